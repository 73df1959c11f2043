package answer

import (
	"testing"

	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/report/reporttest"
)

// The answer says what holds and what the sale needs, and no more than is known.
func TestAnswer(t *testing.T) {
	const held, sale = "is what it holds", "; the sale needs 3,600"
	for _, c := range []struct {
		why    string
		change func(*capacity.Document)
		figure string
		says   string
	}{
		{"too little", func(*capacity.Document) {}, "1,501 a minute", held + sale + ": 4 replicas; as it is, 12 of 100 customers are served as was asked, and the longest wait is 29.1 s"},
		{"enough", func(d *capacity.Document) { d.Forecast.Fits, d.Forecast.Replicas = new(true), new(int64(2)) }, "1,501 a minute", held + sale + ": it fits"},
		{"no night is foretold", func(d *capacity.Document) { d.Forecast.Simulated, d.Forecast.Fluid = nil, nil }, "1,501 a minute", held + sale + ": 4 replicas"},
		{"replicas do not help", func(d *capacity.Document) {
			d.Forecast.Replicas, d.Forecast.Simulated, d.Forecast.Fluid = nil, nil, nil
		}, "1,501 a minute", held + sale + ": it does not fit"},
		{"undecided", func(d *capacity.Document) {
			d.Forecast.Fits, d.Forecast.Simulated, d.Forecast.Fluid = nil, nil, nil
		}, "1,501 a minute", held + sale + ": too close to tell"},
		{"no demand", func(d *capacity.Document) { d.Forecast = nil }, "1,501 a minute", held},
		{"nothing is known of how it fits", func(d *capacity.Document) { d.Forecast = &forecast.Forecast{} }, "1,501 a minute", held},
		{"nothing broke", func(d *capacity.Document) { d.Forecast, d.Capacity.AtLeast = nil, true }, "1,501 a minute", "and maybe more is what it holds"},
		{"not confirmed", func(d *capacity.Document) { d.Forecast, d.Capacity.Confirmed = nil, false }, "1,501 a minute", held + ", not confirmed by a soak"},
		{"by concurrency", func(d *capacity.Document) { d.Forecast, d.Capacity.Concurrency = nil, new(48) }, "48 at once", held + ": 1,501 a minute"},
		{"a queue with too few workers", reporttest.MakeQueue, "1,501 a minute", held + "; the sale peaks at 3,600: that takes 8 workers"},
		{"a queue whose workers are not counted", func(d *capacity.Document) {
			reporttest.MakeQueue(d)
			d.Forecast.Tasks.WorkersNeeded = nil
		}, "1,501 a minute", held + "; the sale peaks at 3,600: that takes 2.00 times the workers there are"},
		{"a queue that no workers help", func(d *capacity.Document) {
			reporttest.MakeQueue(d)
			d.Forecast.Tasks.WorkersNeeded, d.Forecast.Tasks.TimesNeeded = nil, nil
		}, "1,501 a minute", held + "; the sale peaks at 3,600: the classes do not hold"},
		{"a queue may let its tasks wait", func(d *capacity.Document) {
			reporttest.MakeQueue(d)
			d.Forecast.Fits, d.Forecast.Tasks.Holds = new(true), new(true)
		}, "1,501 a minute", held + "; the sale peaks at 3,600: every class holds"},
		{"nothing held", func(d *capacity.Document) { d.Capacity = capacity.Capacity{} }, "", ""},
	} {
		d := reporttest.Search(t)
		c.change(d)
		a := OfSearch(d)
		switch {
		case a == nil && c.says != "":
			t.Errorf("%s: no answer", c.why)
		case a != nil && (a.Figure+" "+a.Unit != c.figure || a.Says != c.says):
			t.Errorf("%s: %s %s %s, want %s %s", c.why, a.Figure, a.Unit, a.Says, c.figure, c.says)
		}
	}
}
