package result

import (
	"math"
	"slices"
	"testing"
)

func TestRepeatedPrompts(t *testing.T) {
	endless := func(sequence string, first uint64, count int64) Prompts {
		return Prompts{Content: "e", Sequence: sequence, First: first, Count: count}
	}
	deck := func(sequence string, first uint64, count int64) Prompts {
		return Prompts{Content: "d", Sequence: sequence, Distinct: 100, First: first, Count: count}
	}
	for _, c := range []struct {
		name         string
		run, earlier []Prompts
		want         float64
	}{
		{"the same", []Prompts{endless("a", 0, 50)}, []Prompts{endless("a", 0, 50)}, 1},
		{"what comes next", []Prompts{endless("a", 50, 50)}, []Prompts{endless("a", 0, 50)}, 0},
		{"half of it", []Prompts{endless("a", 25, 50)}, []Prompts{endless("a", 0, 50)}, 0.5},
		{"more than before", []Prompts{endless("a", 0, 100)}, []Prompts{endless("a", 0, 50)}, 0.5},
		{"less than before", []Prompts{endless("a", 0, 50)}, []Prompts{endless("a", 0, 100)}, 1},
		{"another sequence", []Prompts{endless("b", 0, 50)}, []Prompts{endless("a", 0, 50)}, 0},
		{"another source", []Prompts{endless("a", 0, 50)}, []Prompts{deck("a", 0, 50)}, 0},
		{"a deck, the same", []Prompts{deck("a", 0, 50)}, []Prompts{deck("a", 0, 50)}, 1},
		{"a deck, what comes next", []Prompts{deck("a", 50, 50)}, []Prompts{deck("a", 0, 50)}, 0},
		{"a deck, the next pass", []Prompts{deck("a", 100, 50)}, []Prompts{deck("a", 0, 100)}, 1},
		{"a deck, half of it and the next pass", []Prompts{deck("a", 100, 50)}, []Prompts{deck("a", 0, 50)}, 0.5},
		{"a deck in another order", []Prompts{deck("b", 0, 10)}, []Prompts{deck("a", 0, 25)}, 0.25},
		{"a deck several times", []Prompts{deck("b", 0, 1000)}, []Prompts{deck("a", 0, 1000)}, 1},
		{"one prompt", []Prompts{{Content: "t", Distinct: 1, Count: 5}}, []Prompts{{Content: "t", Distinct: 1, Count: 3}}, 1},
		{"lanes", []Prompts{endless("a", 0, 30), endless("b", 0, 10)}, []Prompts{endless("b", 0, 10), endless("c", 0, 9)}, 0.25},
		{"nothing sent", []Prompts{deck("a", 0, 0)}, []Prompts{deck("a", 0, 0)}, 0},
		{"an earlier document", nil, []Prompts{endless("a", 0, 50)}, 0},
		{"after an earlier document", []Prompts{endless("a", 0, 50)}, nil, 0},
	} {
		if got := (&Run{Prompts: c.run}).Repeated(&Run{Prompts: c.earlier}); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: %g, want %g", c.name, got, c.want)
		}
	}
	run := &Run{Prompts: []Prompts{endless("a", 7, 3), deck("a", 0, 4)}}
	if next := run.NextPrompts(); !slices.Equal(next, []uint64{10, 4}) {
		t.Errorf("the next are %v", next)
	}
	if again := (&Run{Prompts: []Prompts{endless("a", 10, 3)}}).Repeated(run); again != 0 {
		t.Errorf("%g of the next prompts were sent before", again)
	}
}
