package compare

import (
	"fmt"
	"strings"
	"testing"

	"flashwave/bench/class"
	"flashwave/bench/result"
	"flashwave/bench/schema/schematest"
	"flashwave/bench/verdict"
)

// classed are runs of which one class fails a share of its requests, and another none. Of
// the class rare only some runs know.
func classed(t *testing.T, runs, failing int, rare bool) (list []*result.Run) {
	for i := range runs {
		run := frozen(t, fmt.Sprint(failing, i))
		classes := []class.Class{{Kind: class.Workload, Name: "talk"}, {Kind: class.Workload, Name: "ask"}, {Kind: class.Turn, Name: "2"}}
		if rare {
			classes = append(classes, class.Class{Kind: class.Turn, Name: "6+"})
		}
		run.Workloads, run.Turns = result.DeriveClasses(result.Label{Duration: 10e9}, classes, func(c int) *result.Part {
			p := result.NewPart()
			p.Requests = result.Requests{Scheduled: 1000, Sent: 1000, Succeeded: 1000}
			if c == 0 {
				p.Requests.Failed = int64(failing + i%3)
				p.Requests.Succeeded -= p.Requests.Failed
			}
			return p
		})
		list = append(list, run)
	}
	return list
}

// Classes that both sides have are compared, each by itself: with runs enough by ranks; of
// a single run their values are told and nothing passes on them.
func TestClassesAreCompared(t *testing.T) {
	rules := parsed(t, "error_rate > +1% in talk")
	few := Compare(classed(t, 1, 0, false), classed(t, 1, 100, true), Options{Rules: rules})
	many := Compare(classed(t, 6, 0, false), classed(t, 6, 100, true), Options{Rules: rules})
	for _, d := range []*Document{few, many} {
		schematest.Values(t, "compare", d)
		coherent(t, d)
		for where, kind := range map[string]string{"talk": result.OfWorkload, "ask": result.OfWorkload, "turn 2": result.OfTurn} {
			row := d.Row("error_rate", "", where)
			if row == nil || row.Kind != kind || row.Base == nil || row.New == nil {
				t.Fatalf("%s: %+v", where, row)
			}
			if failing := *row.New > 0; failing != (where == "talk") {
				t.Errorf("%s: %v", where, *row.New)
			}
		}
		if d.Row("error_rate", "", "turn 6+") != nil {
			t.Error("a class that one side lacks has rows")
		}
	}
	if few.Gate.ExitCode == verdict.ExitPass || !strings.Contains(strings.Join(few.Gate.Reasons, " "), "second by second") {
		t.Errorf("one run a side: %+v", few.Gate)
	}
	if row := many.Row("error_rate", "", "talk"); row.Verdict != Worse || many.Gate.ExitCode != verdict.ExitFailed {
		t.Errorf("six runs a side: %+v, %+v", row, many.Gate)
	}
}

// What passes as a whole does not while a part of it got nothing that got something before;
// nor is that said of one that neither side served, or of a single request.
func TestNothingPassesInVain(t *testing.T) {
	side := func(scheduled, succeeded int64) (list []*result.Run) {
		for i := range 6 {
			run := frozen(t, fmt.Sprint(scheduled, succeeded, i))
			run.Workloads, _ = result.DeriveClasses(result.Label{Duration: 10e9}, []class.Class{{Kind: class.Workload, Name: "ask"}}, func(int) *result.Part {
				p := result.NewPart()
				p.Requests = result.Requests{Scheduled: scheduled, Sent: scheduled, Succeeded: succeeded, Failed: scheduled - succeeded}
				return p
			})
			list = append(list, run)
		}
		return list
	}
	for _, c := range []struct {
		why       string
		base, new []*result.Run
		says      bool
	}{
		{"broken in NEW", side(3, 3), side(3, 0), true},
		{"mended in NEW", side(3, 0), side(3, 3), false},
		{"broken in both", side(3, 0), side(3, 0), false},
		{"a success left", side(3, 3), side(3, 1), false},
		{"never asked", side(3, 3), side(0, 0), false},
	} {
		d := Compare(c.base, c.new, Options{})
		schematest.Values(t, "compare", d)
		coherent(t, d)
		const want = "in NEW none of the 18 requests of ask succeeded, in BASE 18"
		said := strings.Contains(strings.Join(d.Gate.Reasons, "\n"), want)
		passes := d.Gate.ExitCode == verdict.ExitPass
		if said != c.says || passes == c.says {
			t.Errorf("%s: exit %d, %q", c.why, d.Gate.ExitCode, d.Gate.Reasons)
		}
		if row := d.Row("rps", "", "ask"); (row.New != nil) != (c.why != "never asked") {
			t.Errorf("%s: the rate of NEW is %v", c.why, row.New)
		}
		if c.says && d.Gate.Headline != "not all of NEW can pass: "+want {
			t.Errorf("headline %q", d.Gate.Headline)
		}
	}
}
