package result

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"flashwave/bench/slo"
)

// late is a part of 1000 requests of a stream with these medians, of which the
// generator sent and read the given ones late.
func late(ttft, itl, lag, readLag time.Duration, sharePerMille int) *Part {
	p := NewPart()
	for i := range 1000 {
		p.Record(TTFTService, ttft)
		if itl > 0 {
			p.Record(ITL, itl)
		}
		sent, read := 20*time.Microsecond, 50*time.Microsecond
		if i < sharePerMille {
			sent, read = lag, readLag
		}
		p.Record(Lag, sent)
		p.Record(ReadLag, read)
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
		part        *Part
		waits, gaps bool
		kinds       []FindingKind
	}{
		{"nothing recorded", NewPart(), true, true, nil},
		{"in time", late(200*ms, 20*ms, 20*us, 50*us, 0), true, true, nil},
		{"late within a millisecond, gaps ever so short", late(200*ms, 10*us, 900*us, 900*us, 100), true, true, nil},
		{"read later than a tenth of the median gap", late(200*ms, 20*ms, 20*us, 3*ms, 100), true, false, []FindingKind{FoundGapLag}},
		{"the same beside long gaps", late(200*ms, 200*ms, 20*us, 3*ms, 100), true, true, nil},
		{"from 5 ms on it is a warning", late(200*ms, 100*ms, 20*us, 8*ms, 100), true, true, []FindingKind{FoundReadLag}},
		{"sent late, read in time: no gap knows of it", late(200*ms, 20*ms, 60*ms, 50*us, 100), false, false, []FindingKind{FoundSendLag}},
		{"read later than all may be", late(200*ms, 20*ms, 20*us, 60*ms, 100), false, false, []FindingKind{FoundReadLag, FoundGapLag}},
		{"a slow endpoint bears a tenth of its TTFT", late(time.Second, 20*ms, 20*us, 60*ms, 100), true, false, []FindingKind{FoundReadLag, FoundGapLag}},
		{"half a second is not much beside ten, and hides every stall", late(10*time.Second, 30*ms, 20*us, 400*ms, 100), true, false, []FindingKind{FoundReadLag, FoundGapLag}},
		{"the late ones are few", late(200*ms, 20*ms, 60*ms, 60*ms, 9), true, true, nil},
		{"nothing streams", late(200*ms, 0, 20*us, 8*ms, 100), true, true, []FindingKind{FoundReadLag}},
		{"seconds late, but a tenth of the TTFT", late(time.Minute, 0, 2*time.Second, 50*us, 11), false, false, []FindingKind{FoundSendLag, FoundLateSends}},
		{"seconds late, in one of a hundred", late(time.Minute, 0, 2*time.Second, 50*us, 10), true, true, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := Lateness("w", c.part, 20*ms)
			var kinds []FindingKind
			for _, f := range found {
				kinds = append(kinds, f.Kind)
				if f.Wave != "w" || f.Factor == nil || (*f.Factor > 1) != (f.Voids != VoidsNothing) {
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
	p.Record(E2EService, 2*time.Hour)
	found := Lateness("", p, time.Second)
	if len(found) != 1 || found[0].Kind != FoundRefused || found.Valid() || found[0].Factor != nil {
		t.Errorf("%+v", found)
	}
}

// The finding that decides is the one furthest over its bound, not the first; what
// must not be at all is beyond it.
func TestTheDecisiveFinding(t *testing.T) {
	fs := Findings{
		{Wave: "a", Kind: FoundSendLag, Factor: new(1.2), Voids: VoidsAll, Text: "a little late"},
		{Wave: "sale/b", Kind: FoundReadLag, Factor: new(17.0), Voids: VoidsAll, Text: "very late"},
		{Wave: "c", Kind: FoundGapLag, Factor: new(40.0), Voids: VoidsGaps, Text: "late for gaps"},
		{Kind: FoundThrottled, Voids: VoidsNothing, Text: "the quota"},
	}
	if f, ok := fs.Decisive(); !ok || f.Kind != FoundReadLag {
		t.Errorf("%+v decides", f)
	}
	if f, ok := fs.Against(slo.Stall); !ok || f.Kind != FoundGapLag {
		t.Errorf("%+v speaks against stall", f)
	}
	if f, ok := fs.In("c").Against(slo.TTFT); ok {
		t.Errorf("%+v speaks against the TTFT of wave c", f)
	}
	if got := fs.In("sale/b"); len(got) != 2 {
		t.Errorf("%v speak of wave sale/b", got)
	}
	if got := fs.Warnings(); !slices.Equal(got, []string{"wave a: a little late", "wave sale/b: very late", "the quota"}) {
		t.Errorf("%q", got)
	}
	if f, _ := append(fs, Finding{Kind: FoundFiles, Voids: VoidsAll}).Decisive(); f.Kind != FoundFiles {
		t.Errorf("%+v decides", f)
	}
	var none Findings
	if _, ok := none.Decisive(); ok || !none.Valid() || !judges(none, slo.Stall) || none.Warnings() == nil {
		t.Error("nothing found is nothing wrong")
	}
}

// A document of an earlier version has warnings and no findings.
func TestGeneratorsOfEarlierVersionsRead(t *testing.T) {
	var g Generator
	if err := json.Unmarshal([]byte(`{"valid":false,"warnings":["wave w: late"],"lag_ms":null}`), &g); err != nil {
		t.Fatal(err)
	}
	if g.Valid || len(g.Warnings) != 1 || g.Findings != nil {
		t.Errorf("%+v", g)
	}
}

// judges reports whether nothing that was found keeps an SLO on a metric from being judged.
func judges(fs Findings, m slo.Metric) bool {
	_, void := fs.Against(m)
	return !void
}
