package search

import (
	"math/rand/v2"
	"slices"

	"flashwave/client/mock"
)

// ttfts plays the documented model of the built-in endpoint, apart from its code:
// continuous batching with chunked prefill, arrivals at a constant rate for so many
// seconds. It answers with the times to first token, in seconds, of those that
// arrived after a tenth of that time.
func ttfts(c mock.Config, prompt int, rate, length float64) []float64 {
	type seq struct {
		at           float64
		unread, left int
		first        bool
	}
	rng := rand.New(rand.NewPCG(7, 7))
	step := func(b int) float64 { return c.Step.Seconds() * (1 + float64(b)/64) }
	var waiting, reading, decoding []*seq
	var list []float64
	arrived, total := 0, int(rate*length)
	due := func(i int) float64 { return (float64(i) + 0.5) / rate }
	for clock := due(0); arrived < total || len(waiting)+len(reading)+len(decoding) > 0; {
		if len(waiting)+len(reading)+len(decoding) == 0 {
			clock = max(clock, due(arrived))
		}
		for arrived < total && due(arrived) <= clock {
			tokens := c.Tokens - c.Tokens/2 + rng.IntN(2*(c.Tokens/2)+1)
			waiting = append(waiting, &seq{at: due(arrived), unread: prompt, left: tokens})
			arrived++
		}
		for len(waiting) > 0 && len(reading)+len(decoding) < c.Batch {
			reading, waiting = append(reading, waiting[0]), waiting[1:]
		}
		budget := max(1, int(step(len(decoding))*c.PrefillTPS))
		read := 0
		for len(reading) > 0 && read < budget {
			s := reading[0]
			n := min(s.unread, budget-read)
			s.unread, read = s.unread-n, read+n
			if s.unread > 0 {
				break
			}
			decoding, reading = append(decoding, s), reading[1:]
		}
		clock += float64(read) / c.PrefillTPS
		if len(decoding) > 0 {
			clock += step(len(decoding))
		}
		decoding = slices.DeleteFunc(decoding, func(s *seq) bool {
			if !s.first {
				s.first = true
				if s.at > length/10 {
					list = append(list, clock-s.at)
				}
			}
			s.left--
			return s.left == 0
		})
	}
	return list
}

// sweep is the highest rate, in steps of half a percent of the ceiling, at which
// the model's TTFT p95 stays below the bound, in seconds, for two minutes.
func sweep(c mock.Config, prompt int, bound float64) (best float64) {
	ceiling, _ := c.Capacity(prompt, c.Tokens)
	for part := 0.4; part <= 1.1; part += 0.005 {
		all := ttfts(c, prompt, part*ceiling, 120)
		slices.Sort(all)
		if all[len(all)*95/100] < bound {
			best = part * ceiling
		}
	}
	return best
}
