package prompt

import (
	"crypto/sha256"
	"encoding/binary"
	"io"
	"os"
	"strconv"
	"sync/atomic"

	"flashwave/bench/items"
)

// cards are the prompts of a deck, in the order in which they were written.
type cards interface {
	len() int // at least one
	card(i uint64) Prompt
}

// inHand are prompts that lie ready in memory.
type inHand []Prompt

func (c inHand) len() int             { return len(c) }
func (c inHand) card(i uint64) Prompt { return c[i] }

// inFile are prompts of which the first are held and the others are read when they are
// asked for: of those the place of the line is kept, and no more. The file stays open, so that another one of its name changes
// nothing; it must not be written to meanwhile.
type inFile struct {
	file   *os.File
	begins []int64 // where the line of each prompt begins
	held   []Prompt
	parser parser
	failed *atomic.Int64 // how often it had to
}

func (c inFile) len() int { return len(c.begins) }

// card is the prompt of a line; another one where that can no longer be read.
func (c inFile) card(i uint64) Prompt {
	if i < uint64(len(c.held)) {
		return c.held[i]
	}
	item, err := items.ReadAt(c.file, c.begins[i])
	if err == nil {
		var p Prompt
		if p, err = c.parser.parse(item); err == nil {
			return p
		}
	}
	c.failed.Add(1)
	return c.held[0]
}

// A tally is what is known of prompts once each of them was seen.
type tally struct {
	n      int
	tokens int // of all of them
	answer answers
	sum    [2]uint64   // a sum has no order, and unlike an exclusive or does not cancel what is there twice
	order  interface { // a running hash
		io.Writer
		Sum([]byte) []byte
	} // of all, in their order
}

func newTally() *tally { return &tally{order: sha256.New()} }

func (t *tally) add(p Prompt) {
	t.n++
	t.tokens += p.Tokens()
	t.answer.add(p)
	each := p.digest()
	_, _ = t.order.Write(each[:]) // a hash takes everything
	for i := range t.sum {
		t.sum[i] += binary.LittleEndian.Uint64(each[8*i:])
	}
}

// content is the same for the same prompts in whatever order, sequence for the same order.
func (t *tally) content() string {
	return digestOf("deck", strconv.FormatUint(t.sum[0], 16), strconv.FormatUint(t.sum[1], 16)).String()
}

func (t *tally) sequence() string { return string(t.order.Sum(nil)) }
