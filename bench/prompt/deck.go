package prompt

import (
	"math/bits"
	"sync"

	"flashwave/bench/items"
)

// A deck is a source of prompts that were written down. Each lane goes through all of
// them, shuffled anew on every pass.
type deck struct {
	name   string
	cards  cards
	tokens int // on average
	answer answers
	seed   uint64
	whole  bool // conversations are to their end
	// skipped are lines of its file that could not be used; nil: none.
	skipped *items.BadLines

	once           sync.Once // the fingerprint takes a while, and many decks need none
	content, order string
}

func newDeck(name string, prompts []Prompt, seed uint64) *deck {
	sum, of := 0, answers{}
	for _, p := range prompts {
		sum += p.Tokens()
		of.add(p)
	}
	return &deck{name: name, cards: inHand(prompts), tokens: mean(sum, len(prompts)), answer: of, seed: seed}
}

// answers is what prompts say of the lengths of their answers.
type answers struct{ said, silent, tokens int }

func (a *answers) add(p Prompt) {
	if n := p.answer(); n > 0 {
		a.said++
		a.tokens += n
	} else {
		a.silent++
	}
}

// mean is their average, if those that say nothing are of so many tokens.
func (a answers) mean(others int) int {
	return mean(a.tokens+a.silent*others, max(1, a.said+a.silent))
}

func mean(sum, n int) int { return (sum + n/2) / n }

func (d *deck) At(lane, index uint64) Prompt {
	n := uint64(d.cards.len())
	pass := index / n
	return d.cards.card(permute(n, hash(d.seed, lane, pass), index%n))
}

// Failed is how many prompts could not be read any more: another one stood in for them.
func (d *deck) Failed() int64 {
	if c, ok := d.cards.(inFile); ok {
		return c.failed.Load()
	}
	return 0
}

// Skipped are the lines of its file that could not be used; nil: none.
func (d *deck) Skipped() *items.BadLines { return d.skipped }

func (d *deck) Len() int                    { return d.cards.len() }
func (d *deck) MeanTokens() int             { return d.tokens }
func (d *deck) MeanAnswer(workload int) int { return d.answer.mean(workload) }
func (d *deck) Name() string                { return d.name }

// permute is where i goes in a permutation of 0 … n−1 that the key chooses. It
// keeps no table: a Feistel network permutes the next power of 4 from n on, and
// what falls outside goes through it again until it falls inside (cycle walking;
// Black and Rogaway, "Ciphers with arbitrary finite domains", 2002).
func permute(n, key, i uint64) uint64 {
	const rounds = 6
	half := (bits.Len64(n-1) + 1) / 2
	mask := uint64(1)<<half - 1
	for {
		left, right := i>>half, i&mask
		for round := range uint64(rounds) {
			left, right = right, left^mix(key+right*rounds+round)&mask
		}
		if i = left<<half | right; i < n {
			return i
		}
	}
}

// hash makes one number of several. With all but the last held, it is a bijection
// of the last.
func hash(parts ...uint64) uint64 {
	var h uint64
	for _, part := range parts {
		h = mix((h + 0x9e3779b97f4a7c15) ^ part)
	}
	return h
}

// mix is a bijection that spreads every bit over all the others: the finaliser of
// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
// generators", 2014).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
