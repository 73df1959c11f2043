package screentest

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"flashwave/bench/result"
	"flashwave/client/outcome"
)

// A Simulation is a made-up run of a sale that moves with time: calm, a ramp,
// the rush, in which latencies rise until SLOs break, and a recovery. It is a
// Source that notes what it was asked to do.
type Simulation struct {
	Mu      sync.Mutex
	Clock   func() time.Duration // since the start
	Edit    func(*result.Snapshot)
	acts    []string
	views   []result.View
	Stopped int
	factor  float64
	paused  bool
}

// The sale's waves, in seconds and requests per second.
const (
	calmEnds, rushBegins, rushEnds   = 120.0, 130.0, 430.0
	calmRate, rushRate, recoveryRate = 200.0 / 60, 200.0, 1000.0 / 60

	// SaleEnds is how long the sale is.
	SaleEnds = 490.0
)

// At is a simulation that stands still.
func At(d time.Duration, edit func(*result.Snapshot)) *Simulation {
	return &Simulation{Clock: func() time.Duration { return d }, Edit: edit, factor: 1}
}

func (s *Simulation) note(format string, args ...any) {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	s.acts = append(s.acts, fmt.Sprintf(format, args...))
}

// TogglePause notes it, and pauses or goes on.
func (s *Simulation) TogglePause(lane int) {
	s.note("pause %d", lane)
	s.Mu.Lock()
	s.paused = !s.paused
	s.Mu.Unlock()
}

// Scale notes it, and changes the factor of the rate.
func (s *Simulation) Scale(lane int, by float64) {
	s.note("scale %d %.3f", lane, by)
	s.Mu.Lock()
	s.factor *= by
	s.Mu.Unlock()
}

// Burst notes it.
func (s *Simulation) Burst(lane, n int) { s.note("burst %d %d", lane, n) }

// NextWave notes it.
func (s *Simulation) NextWave(lane int) { s.note("next %d", lane) }

// Stop notes it: the first one drains, the second one ends.
func (s *Simulation) Stop() {
	s.note("stop")
	s.Mu.Lock()
	s.Stopped++
	s.Mu.Unlock()
}

// Taken returns the acts so far, and forgets them.
func (s *Simulation) Taken() []string {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	acts := s.acts
	s.acts = nil
	return acts
}

// Polls is how often a snapshot was taken.
func (s *Simulation) Polls() int {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return len(s.views)
}

// lastView is the view that was asked for last.
func (s *Simulation) lastView() result.View {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	return s.views[len(s.views)-1]
}

// Snapshot is the sale now.
func (s *Simulation) Snapshot(view result.View) result.Snapshot {
	s.Mu.Lock()
	defer s.Mu.Unlock()
	s.views = append(s.views, view)
	snap := saleAt(s.Clock().Seconds(), view)
	snap.Lanes[0].Factor, snap.Lanes[0].Paused = s.factor, s.paused
	if s.paused && snap.State == result.Running {
		snap.State = result.Paused
	}
	if s.Stopped == 1 && snap.State != result.Done {
		snap.State = result.Draining
	}
	if s.Edit != nil {
		s.Edit(&snap)
	}
	if s.Stopped > 1 {
		snap.State, snap.Verdict = result.Done, &result.Verdict{Status: result.Aborted, ExitCode: 105, Headline: "stopped by hand", Reasons: []string{"interrupted"}}
	}
	return snap
}

// Ptr is a pointer to a value.
func Ptr[T any](v T) *T { return &v }

// saleLoad is the rate of arrivals at an instant.
func saleLoad(t float64) float64 {
	switch {
	case t < 0 || t >= SaleEnds:
		return 0
	case t < calmEnds:
		return calmRate
	case t < rushBegins:
		return calmRate + (rushRate-calmRate)*(t-calmEnds)/(rushBegins-calmEnds)
	case t < rushEnds:
		return rushRate
	default:
		return recoveryRate
	}
}

// strain is how far the endpoint is from calm, 0 to 1, at an instant.
func strain(t float64) float64 {
	switch {
	case t < rushBegins:
		return saleLoad(t) / rushRate * 0.2
	case t < rushEnds:
		return 0.2 + 0.8*min(1, (t-rushBegins)/140)
	default:
		return max(0.05, 1-(t-rushEnds)/20)
	}
}

// wobble is noise that is the same at every run.
func wobble(t, of float64) float64 { return 1 + 0.06*math.Sin(t*of)*math.Cos(t*of/3.7) }

func saleLatency(t, base, worst float64) *result.Latency {
	x := base + (worst-base)*strain(t)*strain(t)
	x *= wobble(t, 1.9)
	return &result.Latency{Count: 900, Mean: x * 1.2, Min: x * 0.4, P50: x, P90: x * 1.7, P95: x * 2.1, P99: x * 2.8, P999: x * 3.4, Max: x * 4.1}
}

func salePercentile(l *result.Latency) *result.RowPercentile {
	return &result.RowPercentile{Count: l.Count, P50: l.P50, P95: l.P95, P99: l.P99, Max: l.Max}
}

func saleLatencies(t float64) result.Latencies {
	service := func(l *result.Latency) *result.Latency {
		v := *l
		v.P50, v.P95, v.P99, v.Max = l.P50*0.98, l.P95*0.97, l.P99*0.95, l.Max*0.95
		return &v
	}
	ttft, e2e := saleLatency(t, 118, 420), saleLatency(t, 1450, 3300)
	queue := &result.Latency{Count: 900, P50: 0, P95: 0, P99: 2.1, Max: 9.4}
	return result.Latencies{
		TTFT: result.Pair{Response: ttft, Service: service(ttft)}, TTFA: result.Pair{Response: ttft, Service: service(ttft)},
		E2E: result.Pair{Response: e2e, Service: service(e2e)},
		ITL: saleLatency(t, 12, 19), TPOT: saleLatency(t, 13, 18), Stall: saleLatency(t, 31, 90), Queue: queue,
		Connect: &result.Latency{Count: 12, P50: 0.4, P95: 0.9, P99: 1.2, Max: 1.3},
	}
}

// saleHist spreads values around a median; one in eight waits for a cold start,
// which takes several times as long: a second mode.
func saleHist(seed float64, l *result.Latency, n int) *result.Hist {
	h := result.NewHist()
	for i := range n {
		spread := math.Sin(seed*7.3 + float64(i)*2.399963)
		ms := l.P50 * math.Pow(1.5, spread*math.Abs(spread))
		if i%8 == 5 {
			ms = l.P50 * (4.5 + spread)
		}
		h.Record(time.Duration(ms * float64(time.Millisecond)))
	}
	return h
}

// saleCurves are the curves of a whole second, each made once: that takes a while.
func saleCurves(t float64) result.Curves {
	made, _ := curvesMade.LoadOrStore(t, sync.OnceValue(func() result.Curves {
		l := saleLatencies(t)
		curve := func(l *result.Latency) result.Curve { return saleHist(t, l, 20_000).Curve() }
		return result.Curves{
			TTFT: result.CurvePair{Response: curve(l.TTFT.Response), Service: curve(l.TTFT.Service)},
			E2E:  result.CurvePair{Response: curve(l.E2E.Response), Service: curve(l.E2E.Service)},
		}
	}))
	return made.(func() result.Curves)()
}

var curvesMade sync.Map // of saleCurves, by second

func saleHeat(t float64, l *result.Latency, rps float64) result.Heat {
	return saleHist(t, l, int(rps)).Heat()
}

// saleRow is one second of the timeline.
func saleRow(t float64, wave string) result.Row {
	offered := saleLoad(t+0.5) * wobble(t, 0.7)
	failed := offered * 0.05 * max(0, strain(t)-0.5)
	done := saleLoad(max(0, t-2)) * wobble(t+1, 0.9)
	l := saleLatencies(t)
	return result.Row{
		Heat: &result.RowHeat{
			TTFT: result.HeatPair{Response: saleHeat(t, l.TTFT.Response, done), Service: saleHeat(t, l.TTFT.Service, done)},
			E2E:  result.HeatPair{Response: saleHeat(t, l.E2E.Response, done), Service: saleHeat(t, l.E2E.Service, done)},
		},
		TS: t, StepS: 1, Waves: []string{wave},
		Counts:     result.Counts{Scheduled: int64(offered), Sent: int64(offered), Succeeded: int64(done - failed), Failed: int64(math.Round(failed)), RateLimited: int64(failed)},
		InFlight:   int64(done * l.E2E.Response.P50 / 1000),
		OfferedRPS: offered, SentRPS: offered, CompletedRPS: done, FailedRPS: failed, OutputTPS: Ptr(done * 47), CostUSD: Ptr(done * 0.000034),
		Latency: result.RowLatencies{
			TTFT: result.RowPair{Response: salePercentile(l.TTFT.Response), Service: salePercentile(l.TTFT.Service)},
			E2E:  result.RowPair{Response: salePercentile(l.E2E.Response), Service: salePercentile(l.E2E.Service)},
			ITL:  salePercentile(l.ITL),
		},
	}
}

// SaleSeries is the whole timeline.
var SaleSeries = sync.OnceValue(func() []result.Row {
	var rows []result.Row
	for sec := 0.0; sec < SaleEnds; sec++ {
		wave := slices.IndexFunc(saleWaves(0), func(w result.WaveStatus) bool { return sec < (w.Started + w.Length).Seconds() })
		rows = append(rows, saleRow(sec, saleWaves(0)[wave].Name))
	}
	return rows
})

// saleWaves are the waves as they stand at an instant.
func saleWaves(t float64) []result.WaveStatus {
	sec := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	wave := func(name, load string, from, to float64) result.WaveStatus {
		return result.WaveStatus{Name: name, Load: load, Started: sec(from), Length: sec(to - from), Begun: t >= from, Ended: t >= to}
	}
	return []result.WaveStatus{
		wave("calm", "200/m", 0, calmEnds), wave("midnight", "200/m..12000/m", calmEnds, rushBegins),
		wave("rush", "12000/m", rushBegins, rushEnds), wave("recovery", "1000/m", rushEnds, SaleEnds),
	}
}

func saleCurve() []result.CurvePoint {
	point := func(at, load float64) result.CurvePoint {
		return result.CurvePoint{At: time.Duration(at * float64(time.Second)), Load: load}
	}
	return []result.CurvePoint{
		point(0, calmRate), point(calmEnds, calmRate), point(rushBegins, rushRate),
		point(rushEnds, rushRate), point(rushEnds, recoveryRate), point(SaleEnds, recoveryRate),
	}
}

// saleStats are the figures of a view at an instant.
func saleStats(t float64, rows []result.Row) result.Stats {
	s := result.Stats{Name: "total", Outcomes: map[outcome.Outcome]int64{}}
	for _, r := range rows {
		s.Requests.Scheduled += r.Counts.Scheduled
		s.Requests.Sent += r.Counts.Sent
		s.Requests.Succeeded += r.Counts.Succeeded
		s.Requests.Failed += r.Counts.Failed
	}
	timeouts := s.Requests.Failed / 14
	s.Outcomes = map[outcome.Outcome]int64{outcome.OK: s.Requests.Succeeded, outcome.RateLimited: s.Requests.Failed - timeouts, outcome.Timeout: timeouts}
	if done := s.Requests.Succeeded + s.Requests.Failed; done > 0 {
		s.ErrorRate = Ptr(float64(s.Requests.Failed) / float64(done))
		s.Latency = saleLatencies(t)
		s.Goodput = &result.Goodput{RPS: saleLoad(t) * (1 - 0.4*strain(t)), GoodFraction: 1 - 0.1*strain(t)}
		s.Cost = &result.Cost{Total: float64(done) * 0.000034, PerThousandOK: Ptr(0.034)}
		s.Tokens = result.Tokens{Prompt: Ptr(done * 412), Output: Ptr(done * 47), OutputTPS: Ptr(saleLoad(t) * 47)}
	}
	if s.Requests.Failed > 0 {
		s.Errors = []result.ErrorCount{
			{Outcome: outcome.Timeout, Message: "no token within N s", Count: timeouts, Sample: "no token within 60 s"},
			{Outcome: outcome.RateLimited, Message: "HTTP 429: rate limit reached for N tokens per min", Count: s.Requests.Failed - timeouts, Sample: `HTTP 429: {"error":{"message":"Rate limit reached for deepseek-v3.2: limit 9000000 tokens per min, used 9000112, try again in 2s","type":"tokens","code":"rate_limit_exceeded"}}`},
		}
	}
	return s
}

func saleSLOs(t float64, s result.Stats) []result.SLOStatus {
	status := func(expr, metric, stat, wave, unit string, bound float64, live *float64) result.SLOStatus {
		out := result.SLOStatus{Expr: expr, Metric: metric, Stat: stat, Wave: wave, Unit: unit, Op: "<", Bound: bound, Live: live}
		if live != nil {
			out.LiveOK, out.RunOK = Ptr(*live < bound), Ptr(t < 200 || metric != "e2e")
		}
		return out
	}
	var ttft, e2e *float64
	if l := s.Latency.TTFT.Response; l != nil {
		ttft, e2e = Ptr(l.P95), Ptr(s.Latency.E2E.Response.P99)
	}
	return []result.SLOStatus{
		status("ttft.p95 < 800ms", "ttft", "p95", "", "ms", 800, ttft),
		status("e2e.p99 < 8s in rush", "e2e", "p99", "rush", "ms", 8000, e2e),
		status("error_rate < 1%", "error_rate", "", "", "ratio", 0.01, s.ErrorRate),
	}
}

// saleAt is the snapshot of the sale at an instant, in seconds.
func saleAt(t float64, view result.View) result.Snapshot {
	s := result.Snapshot{
		Name: "midnight-sale", Model: "deepseek-v3.2", Target: "127.0.0.1:8000", State: result.Running,
		At: time.Duration(t * float64(time.Second)), Planned: time.Duration(SaleEnds) * time.Second, View: view,
		Waves: saleWaves(t),
		Lanes: []result.LaneStatus{{Wave: -1, Factor: 1, Curve: saleCurve()}},
	}
	for i, w := range s.Waves {
		if w.Begun && !w.Ended {
			s.Lanes[0].Wave = i
		}
	}
	if t < 0 {
		s.State = result.Warming
	}
	s.Series = SaleSeries()[:int(max(0, min(t, SaleEnds)))]
	s.Total = saleStats(t, s.Series)
	s.Window = s.Total
	if s.Window.Latency.TTFT.Response != nil {
		s.Curves = saleCurves(math.Floor(t))
	}
	s.SLOs = saleSLOs(t, s.Window)
	saleNow(&s, t)
	saleEvents(&s, t)
	return s
}

func saleNow(s *result.Snapshot, t float64) {
	s.Health = result.Health{OK: true, CPUPercent: Ptr(31.2), LagP99: Ptr(412 * time.Microsecond)}
	if len(s.Series) == 0 {
		return
	}
	r := s.Series[len(s.Series)-1]
	s.Now = result.Now{
		Offered: r.OfferedRPS, Sent: r.SentRPS, Done: r.CompletedRPS, Failed: r.FailedRPS, OutputTPS: r.OutputTPS,
		InFlight: r.InFlight, Awaiting: r.InFlight / 4, Streaming: r.InFlight - r.InFlight/4,
		Oldest: time.Duration(r.Latency.E2E.Response.Max) * time.Millisecond, Late: int64(20 * max(0, strain(t)-0.6)),
	}
	spent := 0.0
	for _, row := range s.Series {
		spent += *row.CostUSD
	}
	s.Cost = &result.CostStatus{Spent: spent, PerHour: *r.CostUSD * 3600, Projected: Ptr(2.14), Budget: Ptr(5.0)}
}

func saleEvents(s *result.Snapshot, t float64) {
	for _, e := range []result.Event{
		{TS: 0, Kind: result.WaveStarted, Wave: "calm", Text: "wave calm began at 200/m"},
		{TS: 120, Kind: result.WaveStarted, Wave: "midnight", Text: "wave midnight began at 200/m, rising to 12000/m"},
		{TS: 130, Kind: result.WaveStarted, Wave: "rush", Text: "wave rush began at 12000/m"},
		{TS: 198, Kind: result.Limited, Wave: "rush", Text: "429 rate limited: 12 in 1 s, retry-after 2 s, limit 9,000,000 tokens/min"},
		{TS: 221, Kind: result.Breached, Wave: "rush", Text: "e2e.p99 < 8s first breached at 200 requests/s"},
		{TS: 240, Kind: result.Steered, Wave: "rush", Text: "rate +10 % by hand: ×1.10"},
		{TS: 430, Kind: result.WaveStarted, Wave: "recovery", Text: "wave recovery began at 1000/m"},
	} {
		if e.TS <= t {
			s.Events = append(s.Events, e)
		}
	}
}

// Judged ends a snapshot with a verdict.
func Judged(status result.Status) func(*result.Snapshot) {
	verdicts := map[result.Status]result.Verdict{
		result.Pass:         {Status: result.Pass, Headline: "held 200 req/s; TTFT p95 stayed under 800 ms", Reasons: []string{"every SLO held"}},
		result.Fail:         {Status: result.Fail, ExitCode: 99, Headline: "held 164 req/s; past that E2E p99 left 8 s; 429s first", Reasons: []string{"e2e.p99 < 8s in rush: 9.24 s", "error_rate < 1%: 1.8%", "the run was steered by hand: rate +10 % at 04:00"}},
		result.Inconclusive: {Status: result.Inconclusive, ExitCode: 120, Headline: "the generator was the bottleneck: lag p99 48 ms", Reasons: []string{"lag p99 48 ms is more than 20 ms in rush", "run-queue wait 53 %: another process wants this machine's CPU; run flashwave on a machine of its own"}},
	}
	return func(s *result.Snapshot) {
		v := verdicts[status]
		held := status == result.Pass
		v.SLOs = []result.SLO{
			{Expr: "ttft.p95 < 800ms", Observed: Ptr(712.0), Unit: "ms", OK: Ptr(true)},
			{Expr: "e2e.p99 < 8s in rush", Wave: "rush", Observed: Ptr(9240.0), Unit: "ms", OK: Ptr(held)},
			{Expr: "error_rate < 1%", Observed: Ptr(0.018), Unit: "ratio", OK: Ptr(held)},
		}
		if held {
			v.SLOs[1].Observed, v.SLOs[2].Observed = Ptr(7640.0), Ptr(0.0042)
		}
		s.State, s.Verdict = result.Done, &v
		s.Lanes[0].Wave = -1
	}
}
