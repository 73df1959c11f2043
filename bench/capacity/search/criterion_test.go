package search

import (
	"slices"
	"testing"
	"time"

	"flashwave/bench"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// A search assumes what a run assumes, and a bound on latency where none is given.
func TestAssumed(t *testing.T) {
	for _, c := range []struct {
		why     string
		given   []string
		unary   bool
		assumed []string
	}{
		{"nothing given", nil, false, []string{"ttft.p95 < 800ms", "error_rate <= 1%", "lost <= 1%"}},
		{"nothing streams", nil, true, []string{"e2e.p95 < 10s", "error_rate <= 1%", "lost <= 1%"}},
		{"a latency", []string{"e2e.p95 < 2s"}, false, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"an error rate", []string{"error_rate < 5%"}, false, []string{"lost <= 1%"}},
		{"losses", []string{"lost <= 5%"}, false, []string{"error_rate <= 1%"}},
		{"both", []string{"lost <= 5%", "error_rate <= 5%"}, false, nil},
		{"a share of good ones is on another metric", []string{"good_fraction >= 99%", "ttft < 1s"}, false, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"what says nothing about a rate takes no place", []string{"rps > 5/s", "error_rate > 0"}, false, []string{"ttft.p95 < 800ms", "error_rate <= 1%", "lost <= 1%"}},
		{"what a good request is, and not how many must be", []string{"ttft < 1s", "e2e < 5s"}, false, []string{"good_fraction >= 95%", "error_rate <= 1%", "lost <= 1%"}},
		{"a goodput", []string{"goodput >= 20/s", "ttft < 1s"}, false, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"of a wave, which is held at every rate", []string{"error_rate < 5% in main"}, false, []string{"lost <= 1%"}},
	} {
		sc := scenario.Default()
		sc.SLO = c.given
		sc.Workload.Stream = !c.unary
		list, _, _, err := criteria(sc)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, criterion := range list {
			if criterion.assumed {
				got = append(got, criterion.Text)
			}
		}
		if !slices.Equal(got, c.assumed) {
			t.Errorf("%s: %q assumed, want %q", c.why, got, c.assumed)
		}
	}
}

// What was dropped, was never sent or never began to answer is lost; an answer that the
// search itself cut off is not.
func TestLostAtARate(t *testing.T) {
	for _, c := range []struct {
		why              string
		dropped, unsent  int64
		begun, unstarted int64
		want             bool
	}{
		{"all answered", 0, 0, 0, 0, true},
		{"answers that had begun", 0, 0, 20, 0, true},
		{"answers that had not", 0, 0, 0, 20, false},
		{"some of each", 0, 0, 20, 20, false},
		{"no slot", 20, 0, 0, 0, false},
		{"never sent", 0, 20, 0, 0, false},
	} {
		p := result.NewPart()
		q := &p.Requests
		q.Scheduled, q.Dropped, q.Unsent, q.Unfinished = 400, c.dropped, c.unsent, c.begun+c.unstarted
		q.Sent = q.Scheduled - q.Dropped - q.Unsent
		q.Succeeded = q.Sent - q.Unfinished
		for range c.unstarted {
			p.RecordOpen(result.TTFTResponse, time.Second)
		}
		lost := criterion{Expr: slo.MustParse("lost <= 1%")}
		j := lost.hold(bench.Look{Ended: verdict.Stretch{Part: p, Length: time.Minute}})
		if j.OK == nil || *j.OK != c.want {
			t.Errorf("%s: %+v", c.why, j)
		}
		if q.Unfinished != c.begun+c.unstarted {
			t.Errorf("%s: it changed what it looked at", c.why)
		}
	}
}
