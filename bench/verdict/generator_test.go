package verdict_test

import (
	"slices"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// late is a part of 1000 requests of a stream with these medians, of which the
// generator sent and read the given ones late.
func late(ttft, itl, lag, readLag time.Duration, sharePerMille int) *result.Part {
	p := result.NewPart()
	for i := range 1000 {
		p.Record(result.TTFTService, ttft)
		if itl > 0 {
			p.Record(result.ITL, itl)
		}
		sent, read := 20*time.Microsecond, 50*time.Microsecond
		if i < sharePerMille {
			sent, read = lag, readLag
		}
		p.Record(result.Lag, sent)
		p.Record(result.ReadLag, read)
	}
	return p
}

// Each metric has its own bound: what is little beside a TTFT is much beside a gap.
func TestLatenessByMetric(t *testing.T) {
	const us, ms = time.Microsecond, time.Millisecond
	waits := []slo.Metric{slo.TTFT, slo.TTFA, slo.E2E, slo.Queue, slo.Connect, slo.ErrorRate}
	gaps := []slo.Metric{slo.ITL, slo.TPOT, slo.Stall}
	for _, c := range []struct {
		name        string
		part        *result.Part
		waits, gaps bool
		kinds       []result.FindingKind
	}{
		{"nothing recorded", result.NewPart(), true, true, nil},
		{"in time", late(200*ms, 20*ms, 20*us, 50*us, 0), true, true, nil},
		{"late within a millisecond, gaps ever so short", late(200*ms, 10*us, 900*us, 900*us, 100), true, true, nil},
		{"read later than a tenth of the median gap", late(200*ms, 20*ms, 20*us, 3*ms, 100), true, false, []result.FindingKind{result.FoundGapLag}},
		{"the same beside long gaps", late(200*ms, 200*ms, 20*us, 3*ms, 100), true, true, nil},
		{"from 5 ms on it is a warning", late(200*ms, 100*ms, 20*us, 8*ms, 100), true, true, []result.FindingKind{result.FoundReadLag}},
		{"sent late, read in time: no gap knows of it", late(200*ms, 20*ms, 60*ms, 50*us, 100), false, false, []result.FindingKind{result.FoundSendLag}},
		{"read later than all may be", late(200*ms, 20*ms, 20*us, 60*ms, 100), false, false, []result.FindingKind{result.FoundReadLag, result.FoundGapLag}},
		{"a slow endpoint bears a tenth of its TTFT", late(time.Second, 20*ms, 20*us, 60*ms, 100), true, false, []result.FindingKind{result.FoundReadLag, result.FoundGapLag}},
		{"half a second is not much beside ten, and hides every stall", late(10*time.Second, 30*ms, 20*us, 400*ms, 100), true, false, []result.FindingKind{result.FoundReadLag, result.FoundGapLag}},
		{"the late ones are few", late(200*ms, 20*ms, 60*ms, 60*ms, 9), true, true, nil},
		{"nothing streams", late(200*ms, 0, 20*us, 8*ms, 100), true, true, []result.FindingKind{result.FoundReadLag}},
		{"seconds late, but a tenth of the TTFT", late(time.Minute, 0, 2*time.Second, 50*us, 11), false, false, []result.FindingKind{result.FoundSendLag, result.FoundLateSends}},
		{"seconds late, in one of a hundred", late(time.Minute, 0, 2*time.Second, 50*us, 10), true, true, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := verdict.Generator("w", c.part, 20*ms)
			var kinds []result.FindingKind
			for _, f := range found {
				kinds = append(kinds, f.Kind)
				if f.Wave != "w" || f.Factor == nil || (*f.Factor > 1) != (f.Voids != result.VoidsNothing) {
					t.Errorf("%+v, factor %v", f, f.Factor)
				}
			}
			if !slices.Equal(kinds, c.kinds) {
				t.Errorf("found %v, want %v", kinds, c.kinds)
			}
			for _, m := range waits {
				if judges(found, m) != c.waits {
					t.Errorf("%s is judged: %t", m, !c.waits)
				}
			}
			for _, m := range gaps {
				if judges(found, m) != c.gaps {
					t.Errorf("%s is judged: %t", m, !c.gaps)
				}
			}
			if found.Valid() != c.waits {
				t.Errorf("valid: %t", !c.waits)
			}
		})
	}
}

// What is refused is in no percentile, however good they are.
func TestRefusedDurationsVoid(t *testing.T) {
	p := late(200*time.Millisecond, 20*time.Millisecond, 0, 0, 0)
	p.Record(result.E2EService, 2*time.Hour)
	found := verdict.Generator("", p, time.Second)
	if len(found) != 1 || found[0].Kind != result.FoundRefused || found.Valid() || found[0].Factor != nil {
		t.Errorf("%+v", found)
	}
}

// judges reports whether nothing that was found keeps an SLO on a metric from being judged.
func judges(fs result.Findings, m slo.Metric) bool {
	_, void := fs.Against(m)
	return !void
}
