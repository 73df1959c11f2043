package mock

import (
	"container/list"
	"encoding/binary"
	"hash/maphash"
)

const (
	// blockTokens is how many tokens are known by one name, as in vLLM.
	blockTokens = 16
	blockBytes  = blockTokens * bytesPerToken
)

// A blockID names a block of tokens: what stands in it, and in all blocks before it.
type blockID uint64

// A cache knows the beginnings of what was read, block by block, and forgets those that
// were of no use for longest. A nil cache knows nothing. It is the engine's, and guarded
// with it.
type cache struct {
	seed  maphash.Seed
	room  int // blocks
	known map[blockID]*list.Element
	used  list.List // the last used first
}

// newCache is a cache of so many tokens; nil of none.
func newCache(tokens int) *cache {
	if tokens < blockTokens {
		return nil
	}
	return &cache{seed: maphash.MakeSeed(), room: tokens / blockTokens, known: map[blockID]*list.Element{}}
}

// blocks names the full blocks of a prompt. It needs no guard.
func (c *cache) blocks(p prompt) []blockID {
	if c == nil || len(p) == 0 {
		return nil
	}
	var ids []blockID
	var h maphash.Hash
	h.SetSeed(c.seed)
	filled, before := 0, [8]byte{}
	for _, text := range p {
		for len(text) > 0 {
			n := min(len(text), blockBytes-filled)
			_, _ = h.WriteString(text[:n]) // never fails
			text, filled = text[n:], filled+n
			if filled < blockBytes {
				continue
			}
			id := h.Sum64()
			ids = append(ids, blockID(id))
			binary.LittleEndian.PutUint64(before[:], id)
			h.Reset()
			_, _ = h.Write(before[:])
			filled = 0
		}
	}
	return ids
}

// find says how many tokens of a prompt are known, of which at least one is read anew: the
// first token of the answer follows from it.
func (c *cache) find(ids []blockID, tokens int) int {
	if c == nil {
		return 0
	}
	n := 0
	for n < len(ids) && (n+1)*blockTokens < tokens && c.known[ids[n]] != nil {
		n++
	}
	c.add(ids[:n])
	return n * blockTokens
}

// add makes the blocks of a prompt known, its beginning the last to be forgotten.
func (c *cache) add(ids []blockID) {
	if c == nil {
		return
	}
	ids = ids[:min(len(ids), c.room)]
	for i := len(ids) - 1; i >= 0; i-- {
		if at := c.known[ids[i]]; at != nil {
			c.used.MoveToFront(at)
			continue
		}
		c.known[ids[i]] = c.used.PushFront(ids[i])
	}
	for len(c.known) > c.room {
		delete(c.known, c.used.Remove(c.used.Back()).(blockID))
	}
}
