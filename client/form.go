package client

import "bytes"

// formLimit bounds the documents that are remembered: a piece of a stream is short.
const formLimit = 4 << 10

// A form is the last document that was read in full, but for the one text in it that
// made a token. The pieces of a stream are the same bytes around it: of one that is, the
// text alone is read, and the document says what the last one said. What else there is
// in it may hold anything, for it is the same.
type form struct {
	doc    []byte // a copy: what was said points into it
	holes  []hole
	said   said
	tokens []Kind
}

// A hole is what stands between two quotes of a form, and is read.
type hole struct {
	from, to int
	empty    bool // it may be empty
}

// take copies a document that is about to be read, and forgets the last one.
func (f *form) take(text []byte) []byte {
	f.holes = f.holes[:0]
	f.doc = append(f.doc[:0], text...)
	return f.doc
}

// learn remembers what c has read out of the copy.
func (f *form) learn(c *chunk) {
	f.said, f.tokens = c.said, append(f.tokens[:0], c.tokens...)
	f.holes = append(f.holes, f.hole(c.heard))
	if pad := f.hole(c.pad); c.pad != nil && pad.from > f.holes[0].to {
		pad.empty = true
		f.holes = append(f.holes, pad)
	}
}

// hole is where a text stands in the copy: both reach to the end of their memory.
func (f *form) hole(text []byte) hole {
	from := cap(f.doc) - cap(text)
	return hole{from: from, to: from + len(text)}
}

// fits reports whether a document differs in nothing but its holes, which hold texts.
func (f *form) fits(text []byte) bool {
	s, at := scanner{b: text}, 0
	for _, hole := range f.holes {
		if !bytes.HasPrefix(text[s.i:], f.doc[at:hole.from]) {
			return false
		}
		s.i += hole.from - at - 1 // at its quote
		heard, ok := s.text()
		if !ok || len(heard) == 0 && !hole.empty {
			return false
		}
		s.i-- // at the other one
		at = hole.to
	}
	return at > 0 && bytes.Equal(text[s.i:], f.doc[at:])
}

// emptied is a form that remembers nothing, with the memory of f.
func (f *form) emptied() form {
	return form{doc: f.doc[:0], holes: f.holes[:0], tokens: f.tokens[:0]}
}
