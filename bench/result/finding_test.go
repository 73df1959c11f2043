package result

import (
	"encoding/json"
	"slices"
	"testing"

	"flashwave/bench/slo"
)

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

// Whoever names one reason names that which voids the load, and not what was found before.
func TestTheDecisiveTextIsFirst(t *testing.T) {
	found := Findings{
		{Wave: "a", Kind: FoundSendLag, Text: "late, as it may be", Factor: new(0.6), Voids: VoidsNothing},
		{Wave: "b", Kind: FoundReadLag, Text: "too late", Factor: new(1.2), Voids: VoidsAll},
		{Wave: "a", Kind: FoundReadLag, Text: "much too late", Factor: new(3.0), Voids: VoidsAll},
		{Wave: "a", Kind: FoundReadLag, Text: "too late", Factor: new(1.1), Voids: VoidsAll},
	}
	if got := found.Texts(); !slices.Equal(got, []string{"much too late", "late, as it may be", "too late"}) {
		t.Errorf("%q", got)
	}
}
