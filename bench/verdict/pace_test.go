package verdict_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

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
	alarms, rounds := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		rate, n := rapid.Float64Range(2, 80).Draw(rt, "rate"), rapid.IntRange(10, 40).Draw(rt, "seconds")
		rates := make([]float64, n)
		for i := range rates { // a crude spread of about its root
			rates[i] = rate + rapid.Float64Range(-1.7, 1.7).Draw(rt, "noise")*math.Sqrt(rate)
		}
		rounds++
		if verdict.PaceOf(slow(1, rates...), 0, time.Duration(n)*time.Second).State == verdict.FellShort {
			alarms++
		}
	})
	if alarms > 3*rounds/100 {
		t.Errorf("%d false alarms of %d", alarms, rounds)
	}
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

// The SLO that is missing is named on what there is: an endpoint that does not stream, or a
// queue, has no first token.
func TestTheMissingSLOIsOnWhatThereIs(t *testing.T) {
	behind := func(c *verdict.Case) {
		c.Lanes = map[string][]result.Row{"": timeline(0.1, [3]float64{60, 26, 10})}
		for i := range c.Run.Waves {
			c.Run.Waves[i].Kind, c.Run.Waves[i].DurationS = "open", 10
		}
	}
	unary := part(100, nil)
	for _, m := range []result.Metric{result.TTFTResponse, result.TTFTService, result.TTFAResponse, result.TTFAService} {
		unary.Hists[m] = nil
	}
	for such, p := range map[string]*result.Part{"ttft.p95 < 800ms": part(100, nil), "e2e.p95 < 3s": unary} {
		v := judge(t, nil, behind, wave("calm", p))
		if want := "no SLO says of every request how long it may wait: give one, such as " + such; !slices.Contains(v.Reasons, want) {
			t.Errorf("%q, want %q", v.Reasons, want)
		}
	}
}
