package ledger

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/client"
)

// The pace is that of the requests themselves, whatever their order and gaps.
func TestPaceCountsTheLastMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPace(0, 1)
		var sent []time.Duration
		now := time.Duration(0)
		for _, gap := range rapid.SliceOfN(rapid.Int64Range(1, int64(9*time.Second)), 1, 200).Draw(t, "gaps") {
			now += time.Duration(gap)
			p.sent(now)
			p.billed(now, client.Usage{Prompt: 2, Output: 1})
			sent = append(sent, now)
		}
		p.limited(now, 0)
		from := max(0, now.Truncate(time.Second)-time.Minute)
		n := 0
		for _, at := range sent {
			if at >= from {
				n++
			}
		}
		want := float64(n) / max(now-from, time.Second).Minutes()
		if l := p.met(-1); math.Abs(l.rpm-want) > 1e-6 || math.Abs(*l.tpm-3*want) > 1e-6 || l.first != now {
			t.Fatalf("%+v, want %g a minute", l, want)
		}
	})
}
