package client

import (
	"bytes"
	"slices"
)

// formLimit bounds the documents that are remembered: a piece of a stream is short.
const formLimit = 4 << 10

// A form is the last document that was read in full, but for the one text in it that
// made a token, and for what means nothing. The pieces of a stream are the same bytes
// around these: of one that is, they alone are read, and the document says what the last
// one said. What else there is in it may hold anything, for it is the same.
type form struct {
	name   []byte // of the event
	doc    []byte // a copy: what was said points into it
	holes  []hole
	said   said
	tokens []Kind
}

// A hole is a number of a form, or what stands between two quotes of it, and is read.
type hole struct {
	from, to int
	number   bool
	empty    bool // it may be empty
}

// take copies a document that is about to be read, and forgets the last one.
func (f *form) take(name, text []byte) []byte {
	f.holes = f.holes[:0]
	f.name, f.doc = append(f.name[:0], name...), append(f.doc[:0], text...)
	return f.doc
}

// learn remembers what c has read out of the copy.
func (f *form) learn(c *chunk) {
	f.said, f.tokens = c.said, append(f.tokens[:0], c.tokens...)
	f.holes = append(f.holes, f.hole(c.heard))
	for _, pad := range c.pads {
		f.pad(f.hole(pad))
	}
}

// pad adds a hole that means nothing. They stand in the order of the document.
func (f *form) pad(h hole) {
	h.number = f.doc[h.from-1] != '"'
	h.empty = !h.number
	at := len(f.holes)
	for at > 0 && f.holes[at-1].from > h.from {
		at--
	}
	f.holes = slices.Insert(f.holes, at, h)
}

// hole is where a text stands in the copy: both reach to the end of their memory.
func (f *form) hole(text []byte) hole {
	from := cap(f.doc) - cap(text)
	return hole{from: from, to: from + len(text)}
}

// fits reports whether a document differs in nothing but its holes, which hold what they
// should.
func (f *form) fits(name, text []byte) bool {
	if len(f.holes) == 0 || !bytes.Equal(name, f.name) {
		return false
	}
	s, at := scanner{b: text}, 0
	for i := range f.holes {
		hole := &f.holes[i]
		if !bytes.HasPrefix(text[s.i:], f.doc[at:hole.from]) {
			return false
		}
		s.i += hole.from - at
		if !s.fills(hole) {
			return false
		}
		at = hole.to
	}
	return bytes.Equal(text[s.i:], f.doc[at:])
}

// fills steps over what stands in a hole, up to the quote behind it if there is one.
func (s *scanner) fills(h *hole) bool {
	if h.number {
		return s.digits()
	}
	s.i-- // at its quote
	heard, ok := s.text()
	s.i-- // at the other one
	return ok && (len(heard) > 0 || h.empty)
}

// emptied is a form that remembers nothing, with the memory of f.
func (f *form) emptied() form {
	return form{name: f.name[:0], doc: f.doc[:0], holes: f.holes[:0], tokens: f.tokens[:0]}
}
