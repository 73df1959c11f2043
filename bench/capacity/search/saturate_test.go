package search

import (
	"slices"
	"testing"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/scenario"
	"flashwave/bench/servertest"
)

// An endpoint that answers so soon that nobody was seen in flight at the rate that holds is
// saturated as any other is, if the demand comes near to what it served.
func TestWhatAnswersAtOnceIsSaturated(t *testing.T) {
	sharing := servertest.Model{Workers: 1, Sharing: true, Service: servertest.Fixed(2 * time.Millisecond)}
	doc, _ := searchModel(t, sharing, 3*time.Millisecond, func(c *Config) {
		c.StepFor, c.Soak, c.Precision = 10*time.Second, 0, mostPrecision
		sc := c.Options.Scenario
		sc.Arrivals = "poisson" // two that meet are too slow, and so what holds is little of what is served
		demand("night:500/s:10s")(sc)
		if err := sc.Resolve(scenario.Machine{}); err != nil {
			t.Fatal(err)
		}
	})
	held := slices.IndexFunc(doc.Steps, func(st capacity.Step) bool { return capacity.SameRate(st.RateRPS, *doc.Capacity.RPS) })
	if n := doc.Steps[held].InFlightMean; *n > 0 {
		t.Fatalf("%v were in flight at the answer: this shows nothing", *n)
	}
	if !slices.ContainsFunc(doc.Steps, func(st capacity.Step) bool { return st.Kind == capacity.Saturate && *st.Concurrency > 1 }) {
		t.Error("nothing was saturated")
	}
}
