package bench

import (
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

// A run that continues another sends none of its prompts; one that does not sends
// them all again, and both documents say so.
func TestPromptsGoOn(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*scenario.Scenario)
		waves  []string
	}{
		{"closed", nil, []string{"w:c5:40x"}},
		{"after a warm-up", warm(300 * ms), []string{"w:c5:40x"}},
		{"open, in lanes", nil, []string{"a/w:20/s:2s", "b/w:c3:30x"}},
		{"built in", func(sc *scenario.Scenario) { sc.Workload.Prompts = "builtin:product-copy-vi" }, []string{"w:c5:40x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := build(t, c.change, c.waves...)
				run := func(first []uint64) (*result.Run, map[string]bool) {
					f := &fake{epoch: time.Now(), answer: uneven}
					o := options(t, sc, f, f.epoch)
					o.FirstPrompts = first
					r, err := Start(o)
					if err != nil {
						t.Fatal(err)
					}
					doc := r.Wait()
					conserved(t, doc)
					sent := map[string]bool{}
					for _, p := range f.prompts {
						sent[p] = true
					}
					total := int64(0)
					for _, p := range doc.Prompts {
						total += p.Count
					}
					if total != int64(len(f.prompts)) || len(sent) != len(f.prompts) {
						t.Errorf("%d prompts, %d different ones, the document says %d", len(f.prompts), len(sent), total)
					}
					return doc, sent
				}
				one, first := run(nil)
				again, second := run(nil)
				next, third := run(one.NextPrompts())
				if again.Repeated(one) != 1 || !maps.Equal(first, second) {
					t.Errorf("the same command repeats %g of its prompts", again.Repeated(one))
				}
				if next.Repeated(one) != 0 {
					t.Errorf("the next run repeats %g", next.Repeated(one))
				}
				for p := range third {
					if first[p] {
						t.Fatalf("sent again: %s", p)
					}
				}
				for i, p := range next.Prompts {
					if p.First != uint64(one.Prompts[i].Count) || p.Sequence != one.Prompts[i].Sequence {
						t.Errorf("%+v follows %+v", p, one.Prompts[i])
					}
				}
				if !slices.Equal(next.NextPrompts(), doubled(one.NextPrompts())) {
					t.Errorf("%v, then %v", one.NextPrompts(), next.NextPrompts())
				}
			})
		})
	}
}

func doubled(list []uint64) []uint64 {
	out := slices.Clone(list)
	for i := range out {
		out[i] *= 2
	}
	return out
}
