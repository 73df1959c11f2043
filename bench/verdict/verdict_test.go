package verdict_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// a wave of a made-up run.
type made struct {
	verdict.WaveName
	part   *result.Part
	length time.Duration
}

// judge judges made-up waves by SLOs.
func judge(t testing.TB, slos []string, change func(*verdict.Case), waves ...made) result.Verdict {
	t.Helper()
	names := make([]verdict.WaveName, len(waves))
	total, length := result.NewPart(), time.Duration(0)
	run := &result.Run{Generator: result.Generator{Valid: true}}
	for i, w := range waves {
		names[i] = w.WaveName
	}
	a, err := verdict.Parse(slos, nil, names)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range waves {
		total.Merge(w.part)
		length += w.length
		run.Waves = append(run.Waves, result.Derive(result.Label{Name: w.Wave, Lane: w.Lane, Kind: "closed", Duration: w.length, Judged: a.Judged()}, w.part))
	}
	run.Total = result.Derive(result.Label{Name: "total", Kind: "total", Duration: length, Judged: a.Judged()}, total)
	c := verdict.Case{Assertions: a, Run: run, Figures: verdict.Figures{
		Waves: names, Judged: a.Judged(),
		Of: func(i int) (*result.Part, time.Duration) {
			if i < 0 {
				return total, length
			}
			return waves[i].part, waves[i].length
		},
	}}
	if change != nil {
		change(&c)
	}
	return verdict.Judge(c)
}

// part is a wave of which so many requests succeeded in 100 ms and others ended as said.
func part(ok int, failed map[outcome.Outcome]int) *result.Part {
	p := result.NewPart()
	for range ok {
		p.Requests.Scheduled++
		p.Requests.Sent++
		p.Requests.Succeeded++
		p.Good++
		p.Here.Succeeded++
		p.Here.Completed++
		p.Outcomes[outcome.OK]++
		for _, m := range []result.Metric{result.TTFTResponse, result.TTFTService, result.TTFAResponse, result.TTFAService, result.E2EResponse, result.E2EService} {
			p.Record(m, 100*time.Millisecond)
		}
	}
	for o, n := range failed {
		for range n {
			p.Requests.Scheduled++
			p.Requests.Sent++
			p.Requests.Failed++
			p.Here.Completed++
			p.Outcomes[o]++
		}
	}
	return p
}

func wave(name string, p *result.Part) made {
	return made{verdict.WaveName{Wave: name}, p, 10 * time.Second}
}

// Whatever the SLOs given speak of, failures and losses are judged; until one on that
// very metric takes the place of what is assumed, in the waves it speaks of.
func TestAssumedBesideGiven(t *testing.T) {
	waves := []verdict.WaveName{{Wave: "calm"}, {Wave: "rush"}}
	for _, c := range []struct {
		why   string
		given []string
		want  []string
	}{
		{"none given", nil, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"a latency", []string{"ttft.p95 < 800ms"}, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"per request", []string{"ttft < 800ms"}, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"an error rate", []string{"error_rate < 5%"}, []string{"lost <= 1%"}},
		{"losses", []string{"lost < 5%"}, []string{"error_rate <= 1%"}},
		{"another count of losses", []string{"dropped < 5%", "unfinished <= 0"}, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"a share of good ones", []string{"good_fraction >= 99%"}, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"an error rate of one wave", []string{"error_rate < 50% in rush"}, []string{"error_rate <= 1% in calm", "lost <= 1%"}},
		{"an error rate of each wave", []string{"error_rate < 50% in rush", "error_rate < 2% in calm"}, []string{"lost <= 1%"}},
		{"of the run and of a wave", []string{"error_rate < 50% in rush", "error_rate < 10%"}, []string{"lost <= 1%"}},
		{"both", []string{"error_rate < 50%", "lost <= 0"}, nil},
	} {
		a, err := verdict.Parse(c.given, nil, waves)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range a.SLOs {
			if s.Assumed {
				got = append(got, s.Text)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q assumed, want %q", c.why, got, c.want)
		}
	}
}

// The first that applies counts.
func TestExitCodes(t *testing.T) {
	late := func(c *verdict.Case) {
		c.Run.Generator = result.Generator{Warnings: []string{"the generator was late"}}
	}
	ends := func(e verdict.Ending, then func(*verdict.Case)) func(*verdict.Case) {
		return func(c *verdict.Case) {
			c.Ending = e
			c.Run.Events = append(c.Run.Events, result.Event{Kind: result.Stopped, Text: "it was stopped"})
			if then != nil {
				then(c)
			}
		}
	}
	fast, slow := []string{"ttft.p95 < 800ms"}, []string{"ttft.p95 < 50ms"}
	fine, errors := part(100, nil), part(100, map[outcome.Outcome]int{outcome.ServerError: 50})
	for _, c := range []struct {
		why    string
		slos   []string
		part   *result.Part
		change func(*verdict.Case)
		want   int
		first  string // the first reason, or its beginning
	}{
		{"all holds", fast, fine, nil, verdict.ExitPass, "beside the SLOs given"},
		{"too slow", slow, fine, nil, verdict.ExitFailed, "ttft.p95 < 50ms: it was 100 ms"},
		{"late", fast, fine, late, verdict.ExitInconclusive, "the generator was late"},
		{"too slow, and late: whose fault is it?", slow, fine, late, verdict.ExitInconclusive, "the generator was late"},
		{"errors, however late", fast, errors, late, verdict.ExitFailed, "error_rate <= 1%: it was 33.3 %"},
		{"timeouts of a late generator", fast, part(100, map[outcome.Outcome]int{outcome.Timeout: 50}), late, verdict.ExitInconclusive, "the generator was late"},
		{"broken connections of a late generator", fast, part(100, map[outcome.Outcome]int{outcome.Reset: 50}), late, verdict.ExitInconclusive, "the generator was late"},
		{"some answers among the timeouts of a late generator", fast, part(100, map[outcome.Outcome]int{outcome.Timeout: 50, outcome.Overloaded: 5}), late, verdict.ExitFailed, "error_rate <= 1%"},
		{"429s, however late", []string{"rate_limited <= 0", "error_rate <= 100%"}, part(100, map[outcome.Outcome]int{outcome.RateLimited: 1}), late, verdict.ExitFailed, "rate_limited <= 0"},
		{"no data", []string{"ttft.p95 < 800ms in calm"}, result.NewPart(), nil, verdict.ExitInconclusive, "no data for"},
		{"interrupted, though it failed", slow, errors, ends(verdict.Interrupted, late), verdict.ExitInterrupted, "it was stopped"},
		{"out of budget, though it failed", slow, errors, ends(verdict.OutOfBudget, nil), verdict.ExitStopped, "it was stopped"},
		{"aborted, though it failed", slow, errors, ends(verdict.AbortedOn, nil), verdict.ExitStopped, "it was stopped"},
		{"refused from the start", fast, errors, ends(verdict.Refused, late), verdict.ExitUsage, "it was stopped"},
		{"killed, though all holds", fast, fine, ends(verdict.CutOff, nil), verdict.ExitInconclusive, "the run was cut off"},
	} {
		t.Run(c.why, func(t *testing.T) {
			v := judge(t, c.slos, c.change, wave("calm", c.part))
			if v.ExitCode != c.want || (v.Status == result.Pass) != (c.want == verdict.ExitPass) {
				t.Errorf("exit %d, %s, want %d: %q", v.ExitCode, v.Status, c.want, v.Reasons)
			}
			if len(v.Reasons) == 0 || !strings.HasPrefix(v.Reasons[0], c.first) {
				t.Errorf("reasons %q", v.Reasons)
			}
			if strings.HasPrefix(v.Headline, "held") != (c.want == verdict.ExitPass) {
				t.Errorf("headline %q", v.Headline)
			}
		})
	}
}

// A request that failed ranks above every bound, however it failed and however soon.
func TestFailuresRankBeyondEveryBound(t *testing.T) {
	for _, failing := range outcome.All() {
		if !failing.Failed() {
			continue
		}
		for _, text := range []string{"ttft.p95 < 800ms", "ttfa.p95 < 800ms", "e2e.p95 < 10s", "service.ttft.p50 < 800ms", "service.e2e.p90 < 10s", "ttft.mean < 800ms", "e2e.max < 10s", "ttft.p95 < 800ms in calm"} {
			for _, answering := range []bool{false, true} {
				p := part(50, map[outcome.Outcome]int{failing: 50})
				if answering { // it failed after its first token
					for _, m := range []result.Metric{result.TTFTResponse, result.TTFTService, result.TTFAResponse, result.TTFAService} {
						for range 50 {
							p.Record(m, 10*time.Millisecond)
							p.RecordFailed(m, 10*time.Millisecond)
						}
					}
				}
				slos := []string{text, "error_rate <= 100%"}
				v := judge(t, slos, nil, wave("calm", p))
				s := v.SLOs[0]
				if strings.Contains(text, "p50") { // rank 50 of 100 is the last that succeeded
					if s.OK == nil || !*s.OK || *s.Observed < 99 {
						t.Errorf("%s, %s: %+v", failing, text, s)
					}
					continue
				}
				if v.ExitCode != verdict.ExitFailed || s.OK == nil || *s.OK || s.Observed != nil || s.AtLeast == nil {
					t.Errorf("%s, %s, first token %v: exit %d, %+v", failing, text, answering, v.ExitCode, s)
				}
			}
		}
	}
}

// Of a request that ended ok without an answer token there is no TTFA: it ranks above
// every bound, and says nothing against TTFT.
func TestOkWithoutTheTokenAskedAbout(t *testing.T) {
	p := part(50, nil)
	for range 50 {
		p.Requests.Scheduled++
		p.Requests.Sent++
		p.Requests.Succeeded++
		p.Tokenless[result.TTFAResponse]++
		p.Tokenless[result.TTFAService]++
		p.Record(result.TTFTResponse, 100*time.Millisecond)
		p.Record(result.E2EResponse, 100*time.Millisecond)
	}
	v := judge(t, []string{"ttft.p95 < 800ms", "ttfa.p95 < 800ms", "service.ttfa.p95 < 800ms", "e2e.p95 < 1s"}, nil, wave("calm", p))
	for i, want := range []bool{true, false, false, true} {
		if ok := v.SLOs[i].OK; ok == nil || *ok != want {
			t.Errorf("%+v", v.SLOs[i])
		}
	}
}

// Where nothing that succeeded had a gap, nothing can be said of gaps.
func TestGapsOfStreamsWithoutGaps(t *testing.T) {
	p := part(99, map[outcome.Outcome]int{outcome.ServerError: 1})
	v := judge(t, []string{"tpot.p95 < 50ms", "itl.p99 < 50ms", "stall.p95 < 1s"}, nil, wave("calm", p))
	for _, s := range v.SLOs[:3] {
		if s.OK != nil || s.Observed != nil || s.AtLeast != nil {
			t.Errorf("%+v", s)
		}
	}
	if v.ExitCode != verdict.ExitInconclusive {
		t.Errorf("exit %d", v.ExitCode)
	}
}

// Of streams that came in one piece nothing is known: where more of them are than may lie
// beyond a percentile, it is not judged by the others.
func TestGapsOfAFewStreams(t *testing.T) {
	for _, c := range []struct {
		bundled int64
		expr    string
		judged  bool
	}{
		{0, "tpot.p95 < 50ms", true},
		{4, "tpot.p95 < 50ms", true},
		{6, "tpot.p95 < 50ms", false},
		{97, "itl.p50 < 50ms", false},
		{40, "itl.p50 < 50ms", true},
		{1, "stall.max < 50ms", true},
		{3, "stall.max < 50ms", false},
		{50, "stall.p95 < 50ms", false},
		{50, "ttft.p95 < 800ms", true},
	} {
		p := part(100, nil)
		p.Streams, p.Bundled = 100, c.bundled
		for range 100 - c.bundled {
			p.Record(result.ITL, 10*time.Millisecond)
			p.Record(result.TPOT, 10*time.Millisecond)
			p.Record(result.Stall, 10*time.Millisecond)
		}
		v := judge(t, []string{c.expr}, nil, wave("calm", p))
		if ok := v.SLOs[0].OK; (ok != nil) != c.judged || v.ExitCode != map[bool]int{true: verdict.ExitPass, false: verdict.ExitInconclusive}[c.judged] {
			t.Errorf("%s of %d bundled: exit %d, %+v", c.expr, c.bundled, v.ExitCode, v.SLOs[0])
		}
	}
}

// The headline names what was missed by most, with the figure of its own wave.
func TestTheDecisiveReason(t *testing.T) {
	calm, rush := part(100, map[outcome.Outcome]int{outcome.Timeout: 2}), part(50, map[outcome.Outcome]int{outcome.RateLimited: 50})
	calm.Errors.Add(outcome.Timeout, "first token")
	calm.Errors.Add(outcome.Timeout, "first token")
	rush.Errors.Add(outcome.RateLimited, "too many")
	v := judge(t, []string{"ttft.p95 < 90ms in calm", "error_rate < 1% in calm", "error_rate < 1% in rush", "ttft.p50 < 99ms"}, nil, wave("calm", calm), wave("rush", rush))
	if want := "error_rate < 1% in rush: it was 50.0 %; most failures were rate_limited"; v.Headline != want {
		t.Errorf("headline %q, want %q", v.Headline, want)
	}
	if len(v.Reasons) < 4 || !strings.HasPrefix(v.Headline, v.Reasons[0]) {
		t.Errorf("reasons %q", v.Reasons)
	}
	seen := map[string]bool{}
	for _, r := range v.Reasons {
		if seen[r] {
			t.Errorf("%q stands twice", r)
		}
		seen[r] = true
	}
}

// timeline is a run at these rates for these seconds, with a constant latency.
func timeline(latency float64, waves ...[3]float64) (rows []result.Row) {
	waiting, at := 0.0, 0.0
	for _, w := range waves {
		offered, served, length := w[0], w[1], w[2]
		for range int(length) {
			at++
			waiting += offered - served
			e2e := 1000 * (latency + waiting/served)
			rows = append(rows, result.Row{
				TS: at - 1, StepS: 1, InFlight: int64(waiting),
				Counts: result.Counts{Scheduled: int64(offered), Succeeded: int64(served)},
				Latency: result.RowLatencies{
					TTFT: result.RowPair{Response: &result.RowPercentile{P50: e2e}}, E2E: result.RowPair{Response: &result.RowPercentile{P50: e2e}},
				},
			})
		}
	}
	return rows
}

// slow is a healthy endpoint: each answer takes a time, however long.
func slow(latency int, rates ...float64) (rows []result.Row) {
	for i, rate := range rates {
		done := 0.0
		if i >= latency {
			done = rates[i-latency]
		}
		row := result.Row{TS: float64(i), StepS: 1, InFlight: int64(rate) * int64(latency), Counts: result.Counts{Scheduled: int64(rate), Succeeded: int64(done)}}
		if done > 0 {
			row.Latency.E2E.Response = &result.RowPercentile{P50: 1000 * float64(latency)}
		}
		rows = append(rows, row)
	}
	return rows
}

func ramp(from, to float64, n int) (rates []float64) {
	for i := range n {
		rates = append(rates, from+(to-from)*float64(i)/float64(n-1))
	}
	return rates
}

func level(rate float64, n int) []float64 { return ramp(rate, rate, n) }

func TestPace(t *testing.T) {
	for _, c := range []struct {
		why      string
		rows     []result.Row
		from, to int
		want     verdict.KeptUp
	}{
		{"26 of 60 served", timeline(0.1, [3]float64{60, 26, 30}), 0, 30, verdict.FellShort},
		{"26 of 60 in a short wave", timeline(0.1, [3]float64{60, 26, 8}), 0, 8, verdict.FellShort},
		{"all served", timeline(0.1, [3]float64{60, 60, 30}), 0, 30, verdict.Kept},
		{"98 % served, which chance may do", timeline(0.1, [3]float64{60, 59, 30}), 0, 30, verdict.Kept},
		{"80 % of a few", timeline(0.1, [3]float64{5, 4, 10}), 0, 10, verdict.TooShort},
		{"80 % of a few, for long enough to see them pile up", timeline(0.1, [3]float64{5, 4, 30}), 0, 30, verdict.FellShort},
		{"80 % of many", timeline(0.1, [3]float64{500, 400, 10}), 0, 10, verdict.FellShort},
		{"nothing served", slow(1000, level(60, 30)...), 0, 30, verdict.FellShort},
		{"an answer takes 5 s, all the time", slow(5, level(60, 30)...), 0, 30, verdict.Kept},
		{"an answer takes longer than the wave", slow(15, level(60, 20)...), 16, 20, verdict.TooShort},
		{"a ramp, an answer takes 3 s", slow(3, ramp(10, 300, 30)...), 0, 30, verdict.Kept},
		{"the backlog begins late", timeline(0.1, [3]float64{60, 60, 60}, [3]float64{100, 60, 30}), 0, 90, verdict.FellShort},
		{"a backlog of the wave before is worked off", timeline(0.1, [3]float64{100, 60, 20}, [3]float64{20, 60, 15}, [3]float64{20, 20, 20}), 20, 55, verdict.Kept},
		{"answers that outlast the wave come in the drain", slow(5, append(level(10, 4), 0, 0, 0, 0, 0)...), 0, 4, verdict.TooShort},
		{"nothing offered", timeline(0.1, [3]float64{0, 1, 30}), 0, 30, verdict.TooShort},
		{"no time", nil, 0, 0, verdict.TooShort},
	} {
		got := verdict.PaceOf(c.rows, time.Duration(c.from)*time.Second, time.Duration(c.to)*time.Second)
		if got.State != c.want {
			t.Errorf("%s: %+v, want state %d", c.why, got, c.want)
		}
	}
	p := verdict.PaceOf(timeline(0.1, [3]float64{60, 26, 10}), 0, 10*time.Second)
	if !near(p.Offered, 60) || !near(p.Served, 26) || p.Waiting != 340 {
		t.Errorf("%+v, want 26 of 60 served and 340 waiting", p)
	}
}

func near(got, want float64) bool { return got > want-1e-6 && got < want+1e-6 }

// What is said to be served is what came once answers could, against what arrived as
// long before: the fill is in neither, however long an answer takes.
func TestServedIsWithoutTheFill(t *testing.T) {
	filling := slow(6, level(4, 30)...)
	for i := range filling[:20] {
		filling[i].Counts.Succeeded /= 2
	}
	for _, c := range []struct {
		why             string
		rows            []result.Row
		to              int
		offered, served float64
	}{
		{"at once", slow(0, level(20, 30)...), 30, 20, 20},
		{"an answer takes 8 s", slow(8, level(20, 30)...), 30, 20, 20},
		{"an answer takes most of the wave", slow(25, level(20, 30)...), 30, 20, 20},
		{"a ramp", slow(10, ramp(10, 30, 21)...), 21, 15, 15}, // the first 11 s of it
		{"a rush that is served at 26/s", timeline(0.1, [3]float64{60, 26, 30}), 30, 60, 26},
		{"the last third fell short", timeline(0.1, [3]float64{60, 60, 280}, [3]float64{100, 60, 20}), 300, (80.1*60 + 19.9*100) / 100, 60},
		{"the fill lasts longer than the median", filling, 30, 4, 4},
		{"nothing could be answered", slow(40, level(20, 30)...), 30, 20, 0},
	} {
		p := verdict.PaceOf(c.rows, 0, time.Duration(c.to)*time.Second)
		if !near(p.Offered, c.offered) || !near(p.Served, c.served) {
			t.Errorf("%s: %g of %g/s, want %g of %g", c.why, p.Served, p.Offered, c.served, c.offered)
		}
	}
}

// Chance alone is no backlog: Poisson arrivals at an endpoint that serves each in
// 200 ms.
func TestPaceOfChance(t *testing.T) {
	alarms := 0
	const rounds = 300
	rapid.Check(t, func(rt *rapid.T) {
		rate, n := rapid.Float64Range(2, 80).Draw(rt, "rate"), rapid.IntRange(10, 40).Draw(rt, "seconds")
		rates := make([]float64, n)
		for i := range rates { // a crude spread of about its root
			rates[i] = rate + rapid.Float64Range(-1.7, 1.7).Draw(rt, "noise")*sqrt(rate)
		}
		if verdict.PaceOf(slow(1, rates...), 0, time.Duration(n)*time.Second).State == verdict.FellShort {
			alarms++
		}
	})
	if alarms > rounds/100 {
		t.Errorf("%d false alarms", alarms)
	}
}

func sqrt(x float64) float64 {
	y := x
	for range 30 {
		y = (y + x/y) / 2
	}
	return y
}

// An open wave that fell behind is never said to have been held, whatever the SLOs say.
func TestHeldMeansHeld(t *testing.T) {
	open := func(rows []result.Row, seconds float64) func(*verdict.Case) {
		return func(c *verdict.Case) {
			c.Lanes = map[string][]result.Row{"": rows}
			for i := range c.Run.Waves {
				c.Run.Waves[i].Kind, c.Run.Waves[i].DurationS = "open", seconds
			}
		}
	}
	const lagged = "could not keep up: 26.0 of 60.0 requests/s served, 340 waiting when the load ended"
	behind := open(timeline(0.1, [3]float64{60, 26, 10}), 10)
	for _, c := range []struct {
		why, want string
		slos      []string
		exit      int
		change    func(*verdict.Case)
	}{
		{"kept up", "held 60.0 requests/s", nil, verdict.ExitPass, open(timeline(0.1, [3]float64{60, 60, 20}), 20)},
		{"fell behind, and nobody says how long one may wait", lagged, nil, verdict.ExitInconclusive, behind},
		{"an SLO on service time bounds no wait", lagged, []string{"service.ttft.p95 < 1s"}, verdict.ExitInconclusive, behind},
		{"fell behind within what one may wait", lagged, []string{"ttft.p95 < 1m"}, verdict.ExitPass, behind},
		{"fell behind, and enough were served", lagged, []string{"rps >= 1/s"}, verdict.ExitPass, behind},
		{"fell behind beyond it", "ttft.p95 < 50ms: it was 100 ms", []string{"ttft.p95 < 50ms"}, verdict.ExitFailed, behind},
		{"too short to say", "100 of 100 requests succeeded", nil, verdict.ExitPass, open(slow(10, level(1, 5)...), 5)},
	} {
		v := judge(t, c.slos, c.change, wave("calm", part(100, nil)))
		if !strings.HasPrefix(v.Headline, c.want) || v.ExitCode != c.exit {
			t.Errorf("%s: exit %d, %q, want %d, %q", c.why, v.ExitCode, v.Headline, c.exit, c.want)
		}
	}
}

// Where an expression holds its opposite does not.
func TestOpposite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		op := rapid.SampledFrom([]string{"<", "<=", ">", ">="}).Draw(t, "op")
		e := slo.MustParse("error_rate " + op + " 5%")
		v := rapid.SampledFrom([]float64{0, 0.049, 0.05, 0.051, 1}).Draw(t, "v")
		if e.Holds(v) == verdict.Opposite(e).Holds(v) {
			t.Fatalf("%s and its opposite agree on %g", e, v)
		}
	})
}

// Streams that had begun to answer as whoever drives the run cut it short say nothing of
// its gaps: of a run that went to its end they do.
func TestStreamsThatWereCutShort(t *testing.T) {
	for _, metric := range []string{"ttft", "e2e", "tpot", "stall"} {
		for excerpt, want := range map[bool]bool{true: true, false: false} {
			p := result.NewPart()
			p.Requests = result.Requests{Scheduled: 100, Sent: 100, Succeeded: 80, Unfinished: 20}
			for range 80 {
				for _, m := range []result.Metric{result.TTFTResponse, result.E2EResponse, result.TPOT, result.Stall} {
					p.Record(m, 10*time.Millisecond)
				}
			}
			for range 20 {
				p.RecordOpen(result.E2EResponse, 100*time.Millisecond)
				if excerpt {
					p.Record(result.TTFTResponse, 10*time.Millisecond)
				} else {
					p.RecordOpen(result.TTFTResponse, 2*time.Second)
				}
			}
			s := verdict.Stretch{Part: p, Length: time.Second}
			r := slo.Evaluate(slo.MustParse(metric+".p95 < 1s"), s)
			if r.OK == nil || *r.OK != want && metric != "e2e" {
				t.Errorf("%s, excerpt %v: %+v", metric, excerpt, r)
			}
		}
	}
}
