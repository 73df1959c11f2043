package result

import (
	"fmt"
	"testing"

	"flashwave/client/outcome"
)

// Only what the endpoint itself answered counts against it without regard to the
// generator: not what ran out of time, and not what the machine had no file for.
func TestAnswered(t *testing.T) {
	p := NewPart()
	for i, o := range outcome.All() {
		p.Outcomes[o] = int64(1 + i)
	}
	p.Shortages[outcome.Files], p.Shortages[outcome.Memory] = 2, 1
	p.Outcomes["unheard-of"] = 1000
	var want int64
	for _, o := range []outcome.Outcome{
		outcome.RateLimited, outcome.Overloaded, outcome.ServerError, outcome.Auth, outcome.BadRequest,
		outcome.Connect, outcome.Truncated, outcome.StreamError, outcome.Malformed,
	} {
		want += p.Outcomes[o]
	}
	if got := p.Answered(); got != want-3 {
		t.Errorf("%d answered, want %d", got, want-3)
	}
	twice := p.Clone()
	twice.Merge(p)
	if got := twice.Answered(); got != 2*(want-3) {
		t.Errorf("%d answered in both, want %d", got, 2*(want-3))
	}
	twice.Reset()
	if got := twice.Answered(); got != 0 || len(twice.Shortages) != 0 {
		t.Errorf("%d answered, shortages %v after a reset", got, twice.Shortages)
	}
}

// An endpoint that makes up finish reasons fills no memory, and no request is lost
// from their sum.
func TestFinishReasonsAreBounded(t *testing.T) {
	sum := NewPart()
	var n int64
	for i := range 100 {
		p := NewPart()
		for j := range 100 {
			p.Finished(fmt.Sprintf("reason %d of %d", j, i), 1)
			n++
		}
		sum.Merge(p)
	}
	var counted int64
	for _, c := range sum.Finish {
		counted += c
	}
	if len(sum.Finish) > maxFinishReasons+1 || counted != n {
		t.Errorf("%d reasons, %d requests of %d", len(sum.Finish), counted, n)
	}
}
