package export

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"pgregory.net/rapid"

	"flashwave/bench/result"
	"flashwave/client/outcome"
)

// A source is whatever a test says.
type source struct {
	reading result.Reading
	done    chan struct{}
}

func newSource(parts ...result.Portion) *source {
	return &source{result.Reading{Snapshot: result.Snapshot{Target: "host:1", Model: "m"}, Parts: parts}, make(chan struct{})}
}

func (s *source) Reading() result.Reading { return s.reading }
func (s *source) Done() <-chan struct{}   { return s.done }

// served is n requests that ended ok after d.
func served(n int, d time.Duration) *result.Part {
	p := result.NewPart()
	for range n {
		p.Requests.Scheduled++
		p.Outcomes[outcome.OK]++
		p.Record(result.TTFTResponse, d)
	}
	return p
}

// page is what a page holds, by metric and labels.
func page(t interface{ Fatal(...any) }, p *Page) map[string]*dto.Metric {
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(p)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*dto.Metric{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			labels := []string{f.GetName()}
			for _, l := range m.GetLabel() {
				if l.GetName() != "target" && l.GetName() != "model" {
					labels = append(labels, l.GetValue())
				}
			}
			all[strings.Join(labels, "|")] = m
		}
	}
	return all
}

// Runs follow one another and their waves have the same names: no counter and no bucket
// falls, whether somebody looks between two of them or not, and nothing counts twice.
func TestCountersNeverFall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := NewPage("test")
		var running *source
		total, before := 0, map[string]float64{}
		for range rapid.IntRange(1, 20).Draw(t, "moves") {
			switch rapid.IntRange(0, 2).Draw(t, "move") {
			case 0: // a run begins, after the one before
				if running != nil {
					close(running.done)
				}
				running = newSource(result.Portion{Name: "w", Part: result.NewPart()})
				p.Follow(running)
			case 1: // it goes on
				if running != nil {
					n := rapid.IntRange(0, 5).Draw(t, "n")
					total += n
					next := served(n, 20*time.Millisecond)
					next.Merge(running.reading.Parts[0].Part)
					running.reading.Parts = []result.Portion{{Name: "w", Part: next}}
				}
			case 2: // somebody looks
				now := page(t, p)
				for name, m := range now {
					for what, v := range map[string]float64{
						"counter": m.GetCounter().GetValue(), "count": float64(m.GetHistogram().GetSampleCount()), "sum": m.GetHistogram().GetSampleSum(),
					} {
						if v < before[name+what] {
							t.Fatalf("%s of %s fell from %v to %v", what, name, before[name+what], v)
						}
						before[name+what] = v
					}
				}
			}
		}
		if running == nil {
			return
		}
		now := page(t, p)
		if got := now["flashwave_requests_total||ok|w"].GetCounter().GetValue(); got != float64(total) {
			t.Fatalf("%v requests, want %d", got, total)
		}
		if got := now["flashwave_ttft_seconds||w"].GetHistogram().GetSampleCount(); got != uint64(total) {
			t.Fatalf("%v in the histogram, want %d", got, total)
		}
	})
}

// However many names a source makes up, and however long, the page stays small and says
// what all of them did.
func TestPageIsBounded(t *testing.T) {
	s := newSource()
	for i := range 3 * maxSeries {
		s.reading.Parts = append(s.reading.Parts, result.Portion{Name: fmt.Sprint(i, strings.Repeat("é\xff", 10_000)), Part: served(1, time.Second)})
		s.reading.SLOs = append(s.reading.SLOs, result.SLOStatus{Expr: fmt.Sprint(i, strings.Repeat("x", 10_000)), RunOK: new(true)})
	}
	p := NewPage("test")
	p.Follow(s)
	sum := 0.0
	series, slos := 0, 0
	for name, m := range page(t, p) {
		if len(name) > 1000 {
			t.Fatalf("a series of %d bytes", len(name))
		}
		switch {
		case strings.HasPrefix(name, "flashwave_requests_scheduled_total"):
			series++
			sum += m.GetCounter().GetValue()
		case strings.HasPrefix(name, "flashwave_slo_met|"):
			slos++
		}
	}
	if sum != 3*maxSeries || series > maxSeries+1 || slos > maxSLOs {
		t.Errorf("%v requests in %d series, %d SLOs", sum, series, slos)
	}
}

// Every value is in the native bucket that is its own, in every classic one from the
// first that holds it on, and in the sum to the nanosecond.
func TestHistogramHoldsEveryValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := result.NewHist()
		values := rapid.SliceOf(rapid.Int64Range(0, int64(time.Hour))).Draw(t, "ns")
		var sum time.Duration
		for _, v := range values {
			h.Record(time.Duration(v))
			sum += time.Duration(v)
		}
		desc := prometheus.NewDesc("x_seconds", "x", nil, nil)
		m, err := newHistogram(desc, h, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		var out dto.Metric
		if err := m.Write(&out); err != nil {
			t.Fatal(err)
		}
		got := out.GetHistogram()
		if got.GetSampleCount() != uint64(len(values)) || got.GetSampleSum() != sum.Seconds() {
			t.Fatalf("%d of %v s, want %d of %v", got.GetSampleCount(), got.GetSampleSum(), len(values), sum)
		}
		for _, b := range got.GetBucket() {
			want := h.CountAtOrBelow(time.Duration(math.Round(b.GetUpperBound() * 1e9)))
			if b.GetCumulativeCount() != uint64(want) {
				t.Fatalf("%d up to %v s, want %d", b.GetCumulativeCount(), b.GetUpperBound(), want)
			}
		}
		native := int64(got.GetZeroCount())
		last := int64(0)
		for _, d := range got.GetPositiveDelta() {
			last += d
			native += last
		}
		if native != int64(len(values)) {
			t.Fatalf("the native buckets hold %d, want %d", native, len(values))
		}
	})
}

// A native bucket is the one whose bounds a value lies between.
func TestBucket(t *testing.T) {
	growth := math.Exp2(1.0 / (1 << schema))
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(zeroThreshold, 3600).Draw(t, "seconds")
		upper := math.Pow(growth, float64(bucket(v)))
		if v > upper*(1+1e-6) || v <= upper/growth*(1-1e-6) {
			t.Fatalf("%v in (%v, %v]", v, upper/growth, upper)
		}
	})
	if got := bucket(1); got != 0 {
		t.Errorf("1 s is in bucket %d, want that which ends at 1", got)
	}
}

// Sources come and go while several look.
func TestPageIsSafe(t *testing.T) {
	p := NewPage("test")
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			for range 20 {
				s := newSource(result.Portion{Name: "w", Part: served(1, time.Second)})
				p.Follow(s)
				page(t, p)
				close(s.done)
			}
		})
	}
	all.Wait()
	if got := page(t, p)["flashwave_requests_total||ok|w"].GetCounter().GetValue(); got != 60 {
		t.Errorf("%v requests, want 60", got)
	}
}

// The colon alone is this machine, and not every interface.
func TestServesThisMachineAlone(t *testing.T) {
	s, err := Serve(t.Context(), NewPage("test"), ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if !s.Addr.IP.IsLoopback() {
		t.Errorf("it listens on %s", s.Addr)
	}
	for _, addr := range []string{"", "9090", "host", "127.0.0.1:port"} {
		if s, err := Serve(t.Context(), NewPage("test"), addr); err == nil {
			s.Close()
			t.Errorf("%q is an address", addr)
		}
	}
}

// The tasks of a queue are told by class: what happened adds up over runs, and what is so now
// is so of the newest.
func TestTasksOfAQueue(t *testing.T) {
	p := NewPage("test")
	of := func(done, waiting int64, now bool) *source {
		s := newSource()
		part := &result.TaskPart{Taken: done, Tasks: result.TierTasks{Enqueued: done + waiting, Done: done, Waiting: waiting, Lost: 1}}
		part.RecordWait(2 * time.Second)
		s.reading.Tasks = &result.Tasks{Names: []string{"urgent"}, Classes: []*result.TaskPart{part}}
		s.reading.Queue = &result.TierStatus{Tier: result.Tier{Classes: []result.TierClass{{Name: "urgent"}}}}
		if now {
			s.reading.Queue.Now = []result.TierNow{{Depth: 9, Waiting: waiting, Oldest: new(3 * time.Second), Starving: true}}
		}
		p.Follow(s)
		return s
	}
	close(of(10, 0, false).done)
	of(5, 4, true)
	for range 2 { // to look changes nothing
		all := page(t, p)
		for name, want := range map[string]float64{
			"flashwave_tasks_enqueued_total|urgent": 19, "flashwave_tasks_taken_total|urgent": 15,
			"flashwave_tasks_total|urgent|done": 15, "flashwave_tasks_total|urgent|lost": 2, "flashwave_tasks_total|urgent|dead": 0,
		} {
			if m := all[name]; m == nil || m.GetCounter().GetValue() != want {
				t.Errorf("%s: %v, want %v", name, m, want)
			}
		}
		for name, want := range map[string]float64{
			"flashwave_queue_depth|urgent": 9, "flashwave_tasks_waiting|urgent": 4, "flashwave_queue_oldest_seconds|urgent": 3, "flashwave_tasks_starving|urgent": 1,
		} {
			if m := all[name]; m == nil || m.GetGauge().GetValue() != want {
				t.Errorf("%s: %v, want %v", name, m, want)
			}
		}
		if h := all["flashwave_task_wait_seconds|urgent"].GetHistogram(); h.GetSampleCount() != 2 || h.GetSampleSum() != 4 {
			t.Errorf("waits %v", h)
		}
	}
}
