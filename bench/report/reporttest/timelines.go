package reporttest

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"flashwave/bench/result"
)

// timeline draws a timeline with the engine's own: one interval a second, in which
// rate(t) requests per second are due with a median TTFT of ttft(t), of which a share
// fails.
func (f *fixture) timeline(length time.Duration, rate, failing func(s float64) float64, ttft func(s float64) time.Duration) {
	line := result.NewTimeline([]string{""}, result.Measured{Priced: true, Judged: true})
	random := rand.New(rand.NewPCG(1, 2))
	for at := time.Duration(0); at < length; at += time.Second {
		s := at.Seconds()
		n := int(rate(s))
		bad := int(math.Round(float64(n) * failing(s)))
		p := answered(n-bad, 40, time.Duration(float64(ttft(s))*(0.9+0.2*random.Float64())), 0)
		if bad > 0 {
			failed(p, bad*2/3, "rate_limited", "HTTP 429")
			failed(p, bad-bad*2/3, "timeout", "no first token within 60 s")
		}
		var live []string
		for _, l := range f.labels {
			if l.Started <= at && at < l.Started+l.Duration {
				live = append(live, l.Name)
			}
		}
		in := result.Interval{Start: at, End: min(at+time.Second, length), Parts: map[int]*result.Part{0: p}}
		line.Add(in, live, int64(rate(s)*ttft(s).Seconds()*4), int64(200*failing(s)))
	}
	f.run.TimelineStepS, f.run.Timeline = line.Step.Seconds(), line.Rows(true)
}

// Sale is a flash sale that broke at its peak, with a timeline and events.
func Sale() *result.Run {
	f := newFixture("midnight-sale")
	rush := answered(9000, 40, 700*time.Millisecond, 2*time.Second)
	failed(rush, 700, "rate_limited", "HTTP 429: Rate limit reached for deepseek-v3.2, retry after 2 s")
	failed(rush, 120, "timeout", "no first token within 60 s")
	f.wave("", "calm:10/s:1m", 0, time.Minute, answered(600, 40, 200*time.Millisecond, 0))
	f.wave("", "midnight:10/s..90/s:10s", time.Minute, 10*time.Second, answered(500, 40, 300*time.Millisecond, 0))
	f.wave("", "rush:90/s:2m", 70*time.Second, 2*time.Minute, rush)
	f.wave("", "recovery:15/s:1m", 190*time.Second, time.Minute, answered(900, 40, 220*time.Millisecond, 0))
	f.timeline(250*time.Second+120*time.Millisecond, func(s float64) float64 {
		switch {
		case s < 60:
			return 10
		case s < 70:
			return 10 + 8*(s-60)
		case s < 190:
			return 90
		}
		return 15
	}, func(s float64) float64 {
		return max(0, math.Sin((s-90)/100*math.Pi)) * 0.2
	}, func(s float64) time.Duration {
		return 200*time.Millisecond + time.Duration(max(0, math.Sin((s-70)/140*math.Pi))*900)*time.Millisecond
	})
	f.machine(41, 2)
	f.run.Events = []result.Event{
		{TS: 0, Kind: result.WaveStarted, Wave: "calm", Text: "wave calm began: 10/s"},
		{TS: 70, Kind: result.WaveStarted, Wave: "rush", Text: "wave rush began: 90/s"},
		{TS: 84.2, Kind: result.Breached, Text: "ttft.p95 < 800ms first breached at 90.0 requests/s"},
		{TS: 92, Kind: result.Limited, Wave: "rush", Text: "429 rate limited ×12 in 2 s, retry-after 2 s"},
	}
	run := f.document(250*time.Second+120*time.Millisecond, true, true)
	run.Scenario.SLO = []string{"ttft.p95 < 800ms", "e2e.p99 < 3s in rush", "error_rate < 1%", "ttft < 2s"}
	run.Total.Cost.EstimatedShare = new(0.031)
	run.Waves[2].Recovery = &result.Recovery{RecoveredS: new(21.0), WithinS: 60, SLO: "99 % good"}
	run.Verdict = result.Verdict{
		Status: result.Fail, ExitCode: 99,
		Headline: "ttft.p95 < 800ms first breached at 90.0 requests/s; error_rate < 1%: it was 6.9 %",
		Reasons:  []string{"e2e.p99 < 3s in rush: it was 5.21 s"},
		SLOs: []result.SLO{
			{Expr: "ttft.p95 < 800ms", Observed: new(1812.0), Unit: "ms", OK: new(false)},
			{Expr: "e2e.p99 < 3s in rush", Wave: "rush", Observed: new(5210.0), Unit: "ms", OK: new(false)},
			{Expr: "error_rate < 1%", Observed: new(0.069), Unit: "ratio", OK: new(false)},
		},
	}
	return run
}

// Day is a run of eight hours in twelve waves: a full timeline of merged rows. It takes a
// while, and is not to be changed.
var Day = sync.OnceValue(func() *result.Run {
	f := newFixture("a day in twelve waves")
	const each = 40 * time.Minute
	for i := range 12 {
		f.wave("", "hour-"+strconv.Itoa(i+8)+":"+strconv.Itoa(1+i%4)+"/s:40m", time.Duration(i)*each, each, answered(200, 40, 200*time.Millisecond, 0))
	}
	f.timeline(12*each, func(s float64) float64 {
		return 3 + 2*math.Sin(s/4000)
	}, func(s float64) float64 {
		if s > 20000 && s < 21000 {
			return 0.5
		}
		return 0
	}, func(s float64) time.Duration { return time.Duration(200+150*math.Sin(s/3000)) * time.Millisecond })
	f.machine(12, 8)
	run := f.document(12*each, true, true)
	run.Verdict = result.Verdict{Status: result.Pass, Headline: "held 3.0 requests/s for eight hours", Reasons: []string{}}
	return run
})

// Lanes has two lanes, one row without any answer, and no answer in the last one.
func Lanes() *result.Run {
	f := newFixture("two lanes")
	f.wave("chat", "steady:20/s:40s", 0, 40*time.Second, answered(700, 40, 250*time.Millisecond, 0))
	f.wave("sale", "before:c5:10s", 0, 10*time.Second, answered(40, 40, 250*time.Millisecond, 0))
	f.wave("sale", "the surge of everybody at once:50/s:20s", 10*time.Second, 20*time.Second, answered(900, 40, time.Second, 0))
	f.wave("sale", "after:5/s:10s", 30*time.Second, 10*time.Second, answered(50, 40, 250*time.Millisecond, 0))
	f.timeline(40*time.Second, func(s float64) float64 {
		if s == 12 || s == 13 || s >= 38 {
			return 0
		}
		return 25
	}, func(float64) float64 { return 0 }, func(float64) time.Duration { return 250 * time.Millisecond })
	run := f.document(40*time.Second, false, false)
	run.Verdict = result.Verdict{Status: result.Aborted, ExitCode: 105, Headline: "stopped after 40 s: interrupted"}
	return run
}

// Refused is a run without a single success.
func Refused() *result.Run {
	f := newFixture("refused")
	p := result.NewPart()
	failed(p, 200, "connect", "dial tcp 127.0.0.1:1: connect: connection refused")
	f.wave("", "only:20/s:10s", 0, 10*time.Second, p)
	line := result.NewTimeline([]string{""}, result.Measured{Priced: true})
	for at := time.Duration(0); at < 10*time.Second; at += time.Second {
		second := result.NewPart()
		failed(second, 20, "connect", "dial tcp 127.0.0.1:1: connect: connection refused")
		line.Add(result.Interval{Start: at, End: at + time.Second, Parts: map[int]*result.Part{0: second}}, []string{"only"}, 0, 0)
	}
	f.run.TimelineStepS, f.run.Timeline = 1, line.Rows(true)
	run := f.document(10*time.Second, true, false)
	run.Verdict = result.Verdict{Status: result.Fail, ExitCode: 99, Headline: "nothing was answered: connection refused"}
	return run
}

// Observed is the sale, with what the server said of itself.
func Observed() *result.Run {
	run := *Sale()
	run.Timeline = slices.Clone(run.Timeline)
	series := func(name, metric string, counter bool, most float64) result.ServerSeries {
		return result.ServerSeries{Name: name, Metric: metric, Counter: counter, Value: &most}
	}
	run.ServerMetrics = &result.ServerMetrics{
		Source: "http://127.0.0.1:8000/metrics", Server: "vLLM", Asked: 252, Answered: 251, Problem: "no answer within a second",
		Series: []result.ServerSeries{
			series(result.ServerRunning, "vllm:num_requests_running", false, 256),
			series(result.ServerQueued, "vllm:num_requests_waiting", false, 480),
			series(result.ServerKVCache, "vllm:kv_cache_usage_perc", false, 0.98),
			series(result.ServerPreempted, "vllm:num_preemptions_total", true, 12),
			series("vllm:num_requests_swapped", "vllm:num_requests_swapped", false, 3),
		},
		Notes: []string{"when ttft.p95 < 800ms was first breached: the KV cache had been over 90 % full for 2.00 s, 98 % at most"},
	}
	for i := range run.Timeline {
		load := float64(run.Timeline[i].Counts.Scheduled) / 90
		if i%50 == 49 {
			continue // it did not answer
		}
		run.Timeline[i].Server = map[string]float64{
			result.ServerRunning: 256 * load, result.ServerQueued: 480 * max(0, load-0.5), result.ServerKVCache: min(1, load), result.ServerPreempted: float64(i % 2),
			"vllm:num_requests_swapped": 3 * load,
		}
	}
	return &run
}
