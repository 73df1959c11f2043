package store

import (
	"math/rand/v2"
	"testing"
	"time"

	"flashwave/bench/price"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

var (
	began   = time.Date(2026, 11, 23, 22, 26, 1, 250_000_000, time.UTC)
	toolOf  = result.Tool{Version: "test", Go: "go", OS: "os", Arch: "arch"}
	steady  = result.Stats{Name: "steady, calm", Lane: "chat", Kind: "open"}
	rush    = result.Stats{Name: "rush", Lane: "sale", Kind: "closed"}
	surplus = result.Stats{Name: "after", Lane: "sale", Kind: "closed"}
)

// begun is the document of a run with two lanes, as it is when it begins.
func begun(id string) *result.Run {
	sc := scenario.Default()
	sc.Name = "flash-sale"
	sc.Target.URL, sc.Target.Model = "http://127.0.0.1:8000/v1", "deepseek-v3.2"
	sc.SLO = []string{"ttft.p95 < 800ms", "error_rate < 50% in rush"}
	sc.AddWave("chat", scenario.Wave{Name: steady.Name, Rate: &scenario.Rate{From: 2, To: 4}, For: scenario.Duration(time.Hour)})
	sc.AddWave("sale", scenario.Wave{Name: rush.Name, Concurrency: 5, For: scenario.Duration(time.Minute)})
	sc.AddWave("sale", scenario.Wave{Name: surplus.Name, Concurrency: 5, For: scenario.Duration(time.Hour)})
	return &result.Run{
		Schema: result.Schema, ID: id, Name: sc.Name, Labels: map[string]string{"branch": "main"}, Tool: toolOf,
		StartedAt: began, EndedAt: began, Scenario: sc,
		Total:  result.Stats{Name: "total", Kind: "total", Cost: &result.Cost{}},
		Waves:  []result.Stats{steady, rush, surplus},
		Events: []result.Event{}, Timeline: []result.Row{},
	}
}

// A synthetic run makes seconds as an engine would.
type synthetic struct {
	random   *rand.Rand
	requests int // a second and wave
	gaps     int // a request
	at       time.Duration
	timeline *result.Timeline
	totals   map[int]*result.Part
	alone    bool // only the lane "sale"
}

func newSynthetic(seed uint64, requests, gaps int) *synthetic {
	return &synthetic{
		random: rand.New(rand.NewPCG(seed, 1)), requests: requests, gaps: gaps,
		timeline: result.NewTimeline([]string{"chat", "sale", "sale"}, result.Measured{Priced: true, Judged: true}), totals: map[int]*result.Part{},
	}
}

// rushUntil is when the second lane goes from one wave to the next.
const rushUntil = 4 * time.Second

// nearMinutes is where a synthetic run begins that is to see the log go from
// seconds to minutes; the ten minutes before would prove nothing.
const nearMinutes = secondsOnly - 5*time.Second

// second makes the next second; ticks are a little late, as they are.
func (s *synthetic) second() (result.Interval, result.Row) {
	start := s.at
	s.at = s.at.Truncate(time.Second) + time.Second + time.Duration(s.random.IntN(900))*time.Microsecond
	in := result.Interval{Start: start, End: s.at, Parts: map[int]*result.Part{}}
	waves := []string{"chat/" + steady.Name, "sale/rush"}
	live := []int{0, 1}
	if start >= rushUntil {
		waves[1], live[1] = "sale/after", 2
	}
	if s.alone {
		waves, live = waves[1:], live[1:]
	}
	for _, wave := range live {
		in.Parts[wave] = s.part()
		if s.totals[wave] == nil {
			s.totals[wave] = result.NewPart()
		}
		s.totals[wave].Merge(in.Parts[wave])
	}
	row, _ := s.timeline.Add(in, waves, 3, 1)
	return in, row
}

func (s *synthetic) part() *result.Part {
	p := result.NewPart()
	p.Hists[result.ITL] = result.NewGrowingHist()
	for range s.requests {
		p.Requests.Scheduled++
		p.Requests.Sent++
		p.Here.Sent++
		p.Here.Completed++
		s.latencies(p)
		if s.random.IntN(10) == 0 {
			p.Requests.Failed++
			p.Here.Failed++
			p.Here.Refused++
			p.Backoff.Add(time.Duration(s.random.IntN(1e9)))
			p.Outcomes["rate_limited"]++
			p.Errors.Add("rate_limited", "too many requests, limit 9000, request 17")
			p.Limits.See(9000, int64(s.random.IntN(9000)), -1, -1, time.Second)
			p.Tokenless[result.TTFTResponse]++
			continue
		}
		p.Requests.Succeeded++
		p.Here.Succeeded++
		p.Outcomes["ok"]++
		p.Good++
		p.Here.Good++
		p.Prompt, p.Output, p.FromUsage = p.Prompt+100, p.Output+300, p.FromUsage+1
		p.Here.OutputTokens += 300
		p.Here.TotalTokens += 400
		p.Cost = p.Cost.Add(price.Cost{Input: 0.0001, Output: 0.001})
		p.Finish["stop"]++
		p.Streams++
		p.Bundled += p.Requests.Succeeded % 2
	}
	return p
}

func (s *synthetic) latencies(p *result.Part) {
	long := func(mean time.Duration) time.Duration {
		return time.Duration(s.random.ExpFloat64() * float64(mean))
	}
	ttft, total := long(300*time.Millisecond), 2*time.Second+long(time.Second)
	queue, lag := long(time.Millisecond), long(100*time.Microsecond)
	p.Record(result.TTFTResponse, ttft+queue)
	p.Record(result.TTFTService, ttft)
	p.Record(result.E2EResponse, total+queue)
	p.Record(result.E2EService, total)
	p.Record(result.Queue, queue)
	p.Record(result.Lag, lag)
	for range s.gaps {
		p.Record(result.ITL, long(20*time.Millisecond))
	}
}

// total is what all the seconds so far add up to.
func (s *synthetic) total() *result.Part {
	p := result.NewPart()
	result.Interval{Parts: s.totals}.Sum(p, -1)
	return p
}

// end is the document that an engine would end with.
func (s *synthetic) end(run *result.Run) *result.Run {
	done := *run
	done.DurationS = s.at.Seconds()
	done.EndedAt = done.StartedAt.Add(s.at)
	done.Total = result.Derive(result.Label{Name: "total", Kind: "total", Duration: s.at, Priced: true, Judged: true, Closed: true, HDR: true}, s.total())
	done.Verdict = result.Verdict{Status: result.Pass, Headline: "held", Reasons: []string{}, SLOs: []result.SLO{}}
	done.Timeline, done.TimelineStepS = s.timeline.Rows(true), s.timeline.Step.Seconds()
	return &done
}

func waveBegan(at time.Duration, w result.Stats) result.Event {
	return result.Event{TS: at.Seconds(), Kind: result.WaveStarted, Wave: w.Name, Lane: w.Lane, Text: "wave began"}
}

// record journals so many seconds of a synthetic run, and does not end it.
func record(t testing.TB, s *Store, run *synthetic, seconds int) (*Journal, *result.Run) {
	t.Helper()
	j, err := s.Create(began)
	check(t, err)
	doc := begun(j.ID())
	check(t, j.Begin(doc))
	check(t, j.Event(waveBegan(0, steady)))
	check(t, j.Event(waveBegan(0, rush)))
	for range seconds {
		in, row := run.second()
		check(t, j.Interval(in, row))
		if rushUntil == in.End.Truncate(time.Second) {
			check(t, j.Event(waveBegan(rushUntil, surplus)))
		}
		waitForDisk(t, j)
	}
	waitForDisk(t, j)
	return j, doc
}

// waitForDisk waits until everything handed over is written: tests are faster than
// a run.
func waitForDisk(t testing.TB, j *Journal) {
	t.Helper()
	written := make(chan struct{})
	check(t, j.hand(func(*writer) error { close(written); return nil }))
	<-written
}

// abandon lets go of a journal as a killed process would: nothing more is written.
func abandon(j *Journal) {
	close(j.jobs)
	<-j.written
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func openTemp(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.TempDir())
	check(t, err)
	return s
}
