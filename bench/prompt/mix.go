package prompt

import (
	"fmt"
	"math"
	"sort"
	"strings"
)

// MaxShares is how many workloads may be mixed.
const MaxShares = 100

// A Share of the requests of a lane asks prompts of a source of its own.
type Share struct {
	Source
	Share     float64 // of all of them; those of a mix add up to 1
	MaxTokens int     // its workload's
}

// A Mix gives prompts of several sources, each to its share of the requests. Of every
// thousand that follow one another each source gives as many as its share says, rounded,
// in an order of their own; those of one source are its prompts one after the other. A
// conversation counts as the request that begins it.
type Mix struct {
	shares []Share
	ends   []uint64 // up to which place of a thousand a share goes
	seed   uint64
}

// dealt is how many requests are dealt out at once.
const dealt = 1000

// NewMix mixes at least one share.
func NewMix(shares []Share, seed uint64) *Mix {
	m := &Mix{shares: shares, ends: make([]uint64, len(shares)), seed: seed}
	sum := 0.0
	for i, s := range shares {
		sum += s.Share
		m.ends[i] = uint64(math.Round(sum * dealt))
	}
	m.ends[len(shares)-1] = dealt
	return m
}

// Of is the share, from 0, of the request of an index.
func (m *Mix) Of(lane, index uint64) int {
	share, _ := m.place(lane, index)
	return share
}

// place is the share of a request, and which of the share's own requests it is.
func (m *Mix) place(lane, index uint64) (share int, own uint64) {
	hand := index / dealt
	at := permute(dealt, hash(m.seed, lane, hand, dealt), index%dealt)
	share = sort.Search(len(m.ends), func(i int) bool { return at < m.ends[i] })
	first := uint64(0)
	if share > 0 {
		first = m.ends[share-1]
	}
	return share, hand*(m.ends[share]-first) + at - first
}

// At implements [Source].
func (m *Mix) At(lane, index uint64) Prompt {
	share, own := m.place(lane, index)
	p := m.shares[share].At(lane, own)
	p.Share = share + 1
	return p
}

// Converses implements [Talking]: each share says it of its own.
func (m *Mix) Converses(lane, index uint64) bool {
	share, own := m.place(lane, index)
	of, ok := m.shares[share].Source.(Talking)
	return ok && of.Converses(lane, own)
}

// Turns implements [Talking].
func (m *Mix) Turns(lane, index uint64) []Prompt {
	share, own := m.place(lane, index)
	of, ok := m.shares[share].Source.(Talking)
	if !ok {
		return []Prompt{m.At(lane, index)}
	}
	turns := of.Turns(lane, own)
	for i := range turns {
		turns[i].Share = share + 1
	}
	return turns
}

// MeanTurns implements [Talking].
func (m *Mix) MeanTurns() (sum float64) {
	for _, s := range m.shares {
		sum += s.Share * s.turns()
	}
	return sum
}

// turns is how many requests follow from one that begins.
func (s Share) turns() float64 {
	if of, ok := s.Source.(Talking); ok {
		return of.MeanTurns()
	}
	return 1
}

// Shares are the sources that are mixed.
func (m *Mix) Shares() []Share { return m.shares }

// Len implements [Source]: it is that of the source which begins again first.
func (m *Mix) Len() int {
	least := 0.0
	for _, s := range m.shares {
		if n := float64(s.Len()) / s.Share; n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	return int(least)
}

// MeanTokens implements [Source].
func (m *Mix) MeanTokens() int {
	return m.mean(func(s Share) int { return s.MeanTokens() })
}

// MeanAnswer implements [Source]; each share has a limit of its own.
func (m *Mix) MeanAnswer(int) int {
	return m.mean(func(s Share) int { return s.MeanAnswer(s.MaxTokens) })
}

func (m *Mix) mean(of func(Share) int) int {
	sum := 0.0
	for _, s := range m.shares {
		sum += s.Share * s.turns() * float64(of(s))
	}
	return int(math.Round(sum / m.MeanTurns()))
}

// Fingerprint implements [Source].
func (m *Mix) Fingerprint(lane uint64) Fingerprint {
	contents, sequences := []string{"mix"}, []string{"mix"}
	for i, s := range m.shares {
		f := s.Fingerprint(lane)
		contents = append(contents, f.Content, fmt.Sprint(m.ends[i]))
		sequences = append(sequences, f.Sequence, fmt.Sprint(m.ends[i], m.seed))
	}
	return Fingerprint{Content: digestOf(contents...).String(), Sequence: digestOf(sequences...).String()}
}

// Name implements [Source].
func (m *Mix) Name() string {
	names := make([]string, len(m.shares))
	for i, s := range m.shares {
		names[i] = s.Name()
	}
	return strings.Join(names, " + ")
}
