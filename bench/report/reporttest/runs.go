// Package reporttest has documents of every kind, for the tests of reports.
package reporttest

import (
	"math"
	"time"

	"flashwave/bench/class"
	"flashwave/bench/price"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/client/outcome"
)

// A fixture makes documents as the engine makes them: of parts.
type fixture struct {
	run    *result.Run
	parts  []*result.Part
	labels []result.Label
}

func newFixture(name string) *fixture {
	sc := scenario.Default()
	sc.Name = name
	sc.Target.URL, sc.Target.Model = "https://api.holysheep.ai/v1", "deepseek-v3.2"
	return &fixture{run: &result.Run{
		Schema: result.Schema, ID: "20261123-222601", Name: name, Labels: map[string]string{}, Scenario: sc,
		Tool:      result.Tool{Version: "v1", Go: "go1.26", OS: "linux", Arch: "amd64"},
		StartedAt: time.Date(2026, 11, 23, 22, 26, 1, 0, time.UTC),
		Generator: result.Generator{Valid: true, Warnings: []string{}},
		Events:    []result.Event{}, Timeline: []result.Row{},
	}}
}

// wave adds a wave to the scenario and to the run.
func (f *fixture) wave(lane, spec string, started, length time.Duration, p *result.Part) {
	_, w, err := scenario.ParseWave(spec)
	if err != nil {
		panic(err)
	}
	f.run.Scenario.AddWave(lane, w)
	kind := "open"
	if w.Closed() {
		kind = "closed"
	}
	f.parts = append(f.parts, p)
	f.labels = append(f.labels, result.Label{Name: w.Name, Lane: lane, Kind: kind, Started: started, Duration: length})
}

// document derives the figures.
func (f *fixture) document(length time.Duration, priced, judged bool) *result.Run {
	run, total := f.run, result.NewPart()
	for i, p := range f.parts {
		l := f.labels[i]
		l.Priced, l.Judged = priced, judged
		run.Waves = append(run.Waves, result.Derive(l, p))
		total.Merge(p)
	}
	run.DurationS, run.EndedAt = length.Seconds(), run.StartedAt.Add(length)
	run.Total = result.Derive(result.Label{Name: "total", Kind: "total", Duration: length, Priced: priced, Judged: judged}, total)
	run.Generator.LagMS, run.Generator.ReadLagMS = total.Hists[result.Lag].Latency(false), total.Hists[result.ReadLag].Latency(false)
	return run
}

// answered is a part of n ok requests whose time to first token has the given
// median and spread, streamed over so many tokens.
func answered(n, tokens int, ttft, queue time.Duration) *result.Part {
	p := result.NewPart()
	for i := range n {
		// The quantiles of a log-normal distribution, by a fixed sequence.
		q := (float64(i) + 0.5) / float64(n)
		spread := math.Exp(0.45 * math.Sqrt2 * math.Erfinv(2*q-1))
		first := time.Duration(float64(ttft) * spread)
		gap := time.Duration(18 * float64(time.Millisecond) * spread)
		wait := time.Duration(float64(queue) * q * q)
		total := first + time.Duration(tokens-1)*gap
		p.Requests.Scheduled++
		p.Requests.Sent++
		p.Requests.Succeeded++
		p.Outcomes[outcome.OK]++
		p.Good++
		p.Here.Sent++
		p.Here.Completed++
		p.Here.Succeeded++
		p.Here.Good++
		p.Here.OutputTokens += int64(tokens)
		p.Here.TotalTokens += int64(tokens) + 100
		p.Prompt, p.Output, p.FromUsage = p.Prompt+100, p.Output+int64(tokens), p.FromUsage+1
		p.Finish["stop"]++
		p.Cost = p.Cost.Add(price.Cost{Input: 0.000028, Output: float64(tokens) * 0.42e-6})
		p.Record(result.TTFTResponse, first+wait)
		p.Record(result.TTFTService, first)
		p.Record(result.TTFAResponse, first+wait)
		p.Record(result.TTFAService, first)
		p.Record(result.E2EResponse, total+wait)
		p.Record(result.E2EService, total)
		p.Record(result.ITL, gap)
		p.Record(result.TPOT, gap)
		p.Record(result.Stall, 3*gap)
		p.Record(result.Queue, wait)
		p.Record(result.Lag, time.Duration(40+360*q)*time.Microsecond)
		p.Record(result.ReadLag, time.Duration(20+180*q)*time.Microsecond)
		if i%100 == 0 {
			p.Record(result.Connect, 200*time.Microsecond+time.Duration(q*100)*time.Microsecond)
		}
	}
	return p
}

// failed adds n failures.
func failed(p *result.Part, n int, o outcome.Outcome, message string) {
	p.Requests.Scheduled += int64(n)
	p.Requests.Sent += int64(n)
	p.Requests.Failed += int64(n)
	p.Here.Sent += int64(n)
	p.Here.Completed += int64(n)
	p.Here.Failed += int64(n)
	p.Outcomes[o] += int64(n)
	for range n {
		p.Errors.Add(o, message)
	}
}

func (f *fixture) machine(cpu, cores float64) {
	f.run.Generator.CPUPercent, f.run.Generator.CPUAllowed = &cpu, &cores
}

// Passed is the benchmark: a closed wave that met what was asked.
func Passed() *result.Run {
	f := newFixture("benchmark")
	f.run.Labels["branch"] = "main"
	f.wave("", "benchmark:c50:1000x", 0, 12*time.Second, answered(1000, 64, 210*time.Millisecond, 0))
	f.machine(31.4, 2)
	run := f.document(12*time.Second+340*time.Millisecond, true, true)
	run.Verdict = result.Verdict{
		Status: result.Pass, Headline: "held 81.0 requests/s, TTFT p95 440 ms, errors 0.0 %", Reasons: []string{},
		SLOs: []result.SLO{
			{Expr: "ttft.p95 < 800ms", Observed: new(440.2), Unit: "ms", OK: new(true)},
			{Expr: "error_rate < 1%", Observed: new(0.0), Unit: "ratio", OK: new(true)},
		},
	}
	return run
}

// Mixed is a mix of conversations and single requests, told apart by both.
func Mixed() *result.Run {
	run := Passed()
	all := result.Label{Duration: 12 * time.Second, Priced: true, Judged: true}
	classes := append([]class.Class{{Kind: class.Workload, Name: "talk"}, {Kind: class.Workload, Name: "ask"}}, class.Turns(3)...)
	run.Workloads, run.Turns = result.DeriveClasses(all, classes, func(c int) *result.Part {
		return answered(200*(c+1), 64, time.Duration(100+50*c)*time.Millisecond, 0)
	})
	run.Sessions = &result.Sessions{Started: 70, Finished: 61, Broken: 5, Cut: 4, GrowthTokens: new(91.5)}
	run.Verdict.SLOs = append(run.Verdict.SLOs, result.SLO{Expr: "ttft.p95 < 900ms in talk", Wave: "talk", Kind: result.OfWorkload, Observed: new(310.0), Unit: "ms", OK: new(true)})
	return run
}

// Limited failed by rate limits, in three waves.
func Limited() *result.Run {
	f := newFixture("midnight-sale")
	f.wave("", "calm:200/m:2m", 0, 2*time.Minute, answered(400, 300, 200*time.Millisecond, 0))
	rush := answered(2400, 300, 400*time.Millisecond, 900*time.Millisecond)
	failed(rush, 201, "rate_limited", "HTTP 429: Rate limit reached for deepseek-v3.2: limit 9000 tokens per minute, retry after 2 s")
	failed(rush, 12, "timeout", "no first token within 60 s")
	for i, kind := range []string{"reset by peer", "broken pipe", "unexpected EOF", "connection aborted"} {
		failed(rush, 4-i, "reset", "read: "+kind)
	}
	rush.Requests.Retries = 7
	rush.Limits.See(600, 0, 9000, 120, 2*time.Second)
	f.wave("", "midnight:200/m..12000/m:10s", 2*time.Minute, 10*time.Second, answered(1016, 300, 300*time.Millisecond, 100*time.Millisecond))
	f.wave("", "rush:12000/m:5m", 130*time.Second, 5*time.Minute, rush)
	f.machine(53, 2)
	run := f.document(8*time.Minute+10*time.Second, true, true)
	l := run.Total.RateLimits
	l.First429S, l.RPMAtFirst429, l.TPMAtFirst429 = new(133.0), new(9012.4), new(2_704_000.0)
	run.Verdict = result.Verdict{
		Status: result.Fail, ExitCode: 99,
		Headline: "ttft.p95 < 800ms first breached at 164 requests/s; e2e.p99 < 8s in rush: it was at least 8 s, for too many requests got no answer; most failures were rate_limited",
		Reasons: []string{
			"e2e.p99 < 8s in rush: it was at least 8 s, for too many requests got no answer",
			"the run was steered by hand (2 times)",
		},
		SLOs: []result.SLO{
			{Expr: "ttft.p95 < 800ms", Observed: new(1812.0), Unit: "ms", OK: new(false)},
			{Expr: "e2e.p99 < 8s in rush", Wave: "rush", AtLeast: new(8000.0), Unit: "ms", OK: new(false)},
			{Expr: "error_rate < 10%", Observed: new(0.0563), Unit: "ratio", OK: new(true)},
			{Expr: "cost < $5", Unit: "usd"},
		},
	}
	return run
}

// Interrupted was stopped with requests open, in two lanes, at an unknown price.
func Interrupted() *result.Run {
	f := newFixture("two lanes")
	p := answered(300, 200, 250*time.Millisecond, 30*time.Millisecond)
	p.Hists[result.TTFAResponse] = nil
	for i := range 300 {
		p.Record(result.TTFAResponse, time.Second+time.Duration(i)*time.Millisecond)
	}
	f.wave("chat", "steady:20/s:1m", 0, 31*time.Second, p)
	f.wave("sale", "before:c5:10s", 0, 10*time.Second, answered(40, 200, 250*time.Millisecond, 0))
	surge := answered(90, 200, 2*time.Second, 14*time.Second)
	surge.Requests.Scheduled += 57
	surge.Requests.Sent += 21
	surge.Requests.Unfinished, surge.Outcomes[outcome.Cancelled] = 21, 21
	surge.Requests.Dropped, surge.Requests.Unsent = 6, 30
	f.wave("sale", "the great surge of everybody at once:50/s:1m", 10*time.Second, 21*time.Second, surge)
	f.wave("sale", "recovery:1000/m:1m", 0, 0, result.NewPart())
	run := f.document(31*time.Second, false, false)
	run.Generator.Warnings = []string{"wave sale/surge: the generator sent its requests up to 6.2ms late (p99)"}
	run.Verdict = result.Verdict{
		Status: result.Aborted, ExitCode: 105, Headline: "stopped after 31 s: interrupted",
		Reasons: []string{"interrupted", "no SLO was given: error_rate <= 1%, lost <= 1% were assumed"},
		SLOs: []result.SLO{
			{Expr: "error_rate <= 1%", Observed: new(0.0), Unit: "ratio", OK: new(true), Assumed: true},
			{Expr: "lost <= 1%", Observed: new(0.117), Unit: "ratio", OK: new(false), Assumed: true},
		},
	}
	return run
}

// Empty is a run in which nothing ended.
func Empty() *result.Run {
	f := newFixture("nothing")
	p := result.NewPart()
	p.Requests = result.Requests{Scheduled: 3, Sent: 3, Unfinished: 3}
	p.Outcomes[outcome.Cancelled] = 3
	f.wave("", "only:c3:3x", 0, 0, p)
	f.run.Generator.Valid = false
	f.run.Generator.Warnings = []string{"the run was cut off before its generator could be judged"}
	run := f.document(0, true, true)
	run.Verdict = result.Verdict{
		Status: result.Inconclusive, ExitCode: 120, Headline: "not enough data to judge: no data for ttft.p95 < 800ms",
		Reasons: []string{"no data for ttft.p95 < 800ms"},
		SLOs:    []result.SLO{{Expr: "ttft.p95 < 800ms", Unit: "ms"}},
	}
	return run
}

// Unary was not streamed: there is no first token.
func Unary() *result.Run {
	f := newFixture("unary")
	f.run.Scenario.Workload.Stream = false
	p := answered(500, 64, 210*time.Millisecond, 0)
	for _, m := range []result.Metric{
		result.TTFTResponse, result.TTFTService, result.TTFAResponse, result.TTFAService,
		result.ITL, result.TPOT, result.Stall,
	} {
		p.Hists[m] = nil
	}
	p.FromUsage, p.FromEvents = 0, 500
	f.wave("", "only:10/s:50s", 0, 50*time.Second, p)
	f.machine(12, 8)
	run := f.document(51*time.Second, true, false)
	run.Total.Cost.EstimatedShare = new(1.0)
	run.Verdict = result.Verdict{Status: result.Pass, Headline: "held 9.8 requests/s, E2E p95 2.85 s, errors 0.0 %"}
	return run
}
