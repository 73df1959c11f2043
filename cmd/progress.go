package cmd

import (
	"fmt"
	"io"
	"strings"
	"time"

	"flashwave/bench"
	"flashwave/bench/result"
)

// progressEvery is the pause between two progress lines.
const progressEvery = 10 * time.Second

// progress prints what happens as lines, until the run is over: events as they
// come, and the figures every ten seconds.
func progress(w io.Writer, run *bench.Run) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	seen := 0
	last := time.Now()
	for done := false; !done; {
		select {
		case <-run.Done():
			done = true
		case <-ticker.C:
		}
		s := run.Snapshot(result.View{Window: 10 * time.Second, Wave: -1})
		for ; seen < s.Happened; seen++ {
			i := len(s.Events) - (s.Happened - seen)
			if i < 0 {
				continue // more than the snapshot holds
			}
			e := s.Events[i]
			fmt.Fprintf(w, "%s  %s\n", clock(e.TS), e.Text)
		}
		if time.Since(last) >= progressEvery && !done {
			last = time.Now()
			fmt.Fprintln(w, line(s))
		}
	}
}

// line is the run at this instant in one line.
func line(s result.Snapshot) string {
	parts := []string{clock(s.At.Seconds()), "", string(s.State)}
	q := s.Total.Requests
	of := ""
	if s.PlannedRequests > 0 {
		of = fmt.Sprintf(" of %d", s.PlannedRequests)
	}
	parts = append(parts, fmt.Sprintf("%d%s done,", q.Succeeded+q.Failed, of),
		result.FormatRate(s.Now.Done)+"/s,", fmt.Sprintf("%d in flight,", s.Now.InFlight))
	if s.Now.Queued > 0 {
		parts = append(parts, fmt.Sprintf("%d queued,", s.Now.Queued))
	}
	if l := s.Window.Latency.TTFT.Response; l != nil {
		parts = append(parts, "TTFT p95 "+result.FormatMillis(l.P95)+",")
	}
	if l := s.Window.Latency.E2E.Response; l != nil {
		parts = append(parts, "E2E p95 "+result.FormatMillis(l.P95)+",")
	}
	if s.Total.ErrorRate != nil {
		parts = append(parts, "errors "+result.FormatShare(*s.Total.ErrorRate))
	}
	if s.Cost != nil {
		parts = append(parts, "·", result.FormatUSD(s.Cost.Spent))
	}
	return strings.Join(parts, " ")
}

// clock is seconds as minutes and seconds.
func clock(seconds float64) string {
	s := int(max(seconds, 0))
	return fmt.Sprintf("%02d:%02d", s/60, s%60)
}
