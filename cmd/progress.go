package cmd

import (
	"fmt"
	"io"
	"strings"
	"time"

	"flashwave/bench"
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// progressEvery is the pause between two progress lines.
const progressEvery = 10 * time.Second

// progress prints what happens as lines, until the run is over: events as they
// come, the figures every ten seconds, and those of each wave at its end.
func progress(w io.Writer, run *bench.Run) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	seen, ended := 0, map[int]bool{}
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
			fmt.Fprintf(w, "%s  %s\n", units.ClockSeconds(max(e.TS, 0)), e.Text)
		}
		for i, wave := range s.Waves {
			if !wave.Begun || !wave.Ended && !done || ended[i] {
				continue
			}
			if its := run.Snapshot(result.View{Wave: i}); done || told(wave, its) {
				ended[i] = true
				fmt.Fprintln(w, waveLine(its))
			}
		}
		if time.Since(last) >= progressEvery && !done {
			last = time.Now()
			fmt.Fprintln(w, line(s))
		}
	}
}

// told reports whether it is time to sum up a wave that has ended: its figures reach
// past its end, and no request of it is open, or has been for long.
func told(wave result.WaveStatus, its result.Snapshot) bool {
	n := len(its.Series)
	if n == 0 {
		return false
	}
	last := its.Series[n-1]
	since := time.Duration((last.TS+last.StepS)*float64(time.Second)) - wave.Started - wave.Length
	q := its.Window.Requests
	return since >= progressEvery || since >= 0 && q.Succeeded+q.Failed+q.Lost() == q.Scheduled
}

// waveLine is a wave that has ended in one line.
func waveLine(s result.Snapshot) string {
	w := s.Window
	parts := []string{units.Clock(s.At), "", "wave", slo.WaveName(w.Lane, w.Name), "ended:"}
	parts = append(parts, fmt.Sprintf("%s of %s ok,", units.Count(w.Requests.Succeeded), units.Count(w.Requests.Scheduled)))
	return strings.TrimSuffix(strings.Join(append(parts, latencies(w)...), " "), ",")
}

// latencies are the p95 of a stretch, and its error rate.
func latencies(w result.Stats) (parts []string) {
	if l := w.Latency.TTFT.Response; l != nil {
		parts = append(parts, "TTFT p95 "+units.Millis(l.P95)+",")
	}
	if l := w.Latency.E2E.Response; l != nil {
		parts = append(parts, "E2E p95 "+units.Millis(l.P95)+",")
	}
	if w.ErrorRate != nil {
		parts = append(parts, "errors "+units.Share(*w.ErrorRate))
	}
	return parts
}

// line is the run at this instant in one line.
func line(s result.Snapshot) string {
	parts := []string{units.Clock(s.At), "", string(s.State)}
	q := s.Total.Requests
	of := ""
	if s.PlannedRequests > 0 {
		of = " of " + units.Count(s.PlannedRequests)
	}
	parts = append(parts, units.Count(q.Succeeded+q.Failed)+of+" done,",
		units.PerSecond(s.Now.Done)+",", units.Count(s.Now.InFlight)+" in flight,")
	if s.Now.Queued > 0 {
		parts = append(parts, units.Count(s.Now.Queued)+" queued,")
	}
	recent := s.Window
	recent.ErrorRate = s.Total.ErrorRate
	parts = append(parts, latencies(recent)...)
	if s.Cost != nil {
		parts = append(parts, "·", units.USD(s.Cost.Spent))
	}
	return strings.Join(parts, " ")
}
