package servertest

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/client"
	"flashwave/client/outcome"
)

// The simulation holds to what Erlang proved of its models.
func TestTheTruthIsThatOfTheFormulas(t *testing.T) {
	slo := SLO{Quantile: 0.95, Bound: 400 * time.Millisecond, Errors: 0.01}
	rate := MM8.Capacity(slo, true)
	if p := mmcTail(8, rate, 10, slo.Bound.Seconds()); math.Abs(p-0.05) > 0.007 {
		t.Errorf("M/M/8 at %.4g/s: Erlang C says that %.4f take longer, not 5 %%", rate, p)
	}
	rate = Concurrency16.Capacity(SLO{Quantile: 0, Bound: time.Hour, Errors: 0.01}, true)
	if b := erlangB(16, rate*0.4); math.Abs(b-0.01) > 0.001 {
		t.Errorf("at %.4g/s: Erlang B says that %.4f are refused, not 1 %%", rate, b)
	}
}

// Of a quota so many requests a minute are let in, whatever is counted: 18 tokens each.
func TestAQuotaLetsInWhatItSays(t *testing.T) {
	for name, m := range map[string]Model{
		"requests": Limited(Quota{PerMinute: 1200}), "tokens": Limited(Quota{PerMinute: 21_600, Tokens: true}),
		"a bucket of requests": Limited(Quota{PerMinute: 1200, Depth: 20}), "a bucket of tokens": Limited(Quota{PerMinute: 21_600, Tokens: true, Depth: 360}),
	} {
		passed := 0
		for _, o := range m.Simulate(Constant(100, 100*600)) {
			if !o.Refused {
				passed++
			}
		}
		if truth := m.Capacity(SLO{}, false); math.Abs(float64(passed)/600/truth-1) > 0.01 || math.Abs(truth-20) > 1e-9 {
			t.Errorf("%s: %d in ten minutes, at %v/s", name, passed, truth)
		}
	}
}

// The server does what the simulation does, request for request, of the same work.
func TestTheServerIsTheModel(t *testing.T) {
	for name, m := range map[string]Model{
		"M/M/8": MM8, "M/D/8": MD8, "shared": Shared8, "bimodal": Bimodal8, "noisy": Noisy8,
		"16 open": Concurrency16, "shedding": Shedding, "cold": Cold, "drifting": Drifting,
		"window": Limited(Quota{PerMinute: 1200}), "bucket": Limited(Quota{PerMinute: 1200, Depth: 100}),
		"window of tokens": Limited(Quota{PerMinute: 21_600, Tokens: true}), "bucket of tokens": Limited(Quota{PerMinute: 21_600, Tokens: true, Depth: 1800}),
	} {
		t.Run(name, func(t *testing.T) {
			arrivals := Poisson(90, 9000, 5)
			want := m.Simulate(arrivals)
			got := serve(t, m, arrivals)
			var late, off int
			for i := range want {
				if want[i].Refused != got[i].Refused {
					off++
				} else if !want[i].Refused && math.Abs(want[i].E2E-got[i].E2E) > 1e-5 {
					late++
				}
			}
			if late+off > len(want)/1000 {
				t.Errorf("of %d requests %d took another time, %d ended otherwise", len(want), late, off)
			}
		})
	}
}

// serve plays arrivals on a server in virtual time.
func serve(t *testing.T, m Model, arrivals []float64) []Outcome {
	t.Helper()
	list := make([]Outcome, len(arrivals))
	synctest.Test(t, func(*testing.T) {
		epoch := time.Now()
		s := New(m, epoch)
		var all sync.WaitGroup
		for i, at := range arrivals {
			time.Sleep(time.Until(epoch.Add(seconds(at))))
			all.Go(func() {
				r := s.Do(context.Background(), nil, nobody{})
				list[i] = Outcome{At: at, E2E: (r.Done - r.Sent).Seconds(), Refused: r.Outcome != outcome.OK}
			})
			synctest.Wait()
		}
		all.Wait()
	})
	return list
}

type nobody struct{}

func (nobody) Sent(time.Duration)               {}
func (nobody) Token(time.Duration, client.Kind) {}

func TestAScalerAddsWorkers(t *testing.T) {
	got := serve(t, Autoscaled, Constant(100, 40_000))
	last := got[len(got)-1000:]
	slowest := slices.MaxFunc(last, func(a, b Outcome) int { return int(1e6 * (a.E2E - b.E2E)) })
	if slowest.E2E > 0.21 {
		t.Errorf("in the end a request takes %.3g s", slowest.E2E)
	}
	if got[20*100].E2E < 1 {
		t.Errorf("after 20 s it takes %.3g s, with four workers", got[20*100].E2E)
	}
}

// mmcTail is the share of the requests to M/M/c that take longer than t, by Erlang C.
func mmcTail(c int, rate, mu, t float64) float64 {
	b := erlangB(c, rate/mu)
	rho := rate / mu / float64(c)
	wait := b / (1 - rho + rho*b)
	theta := float64(c)*mu - rate
	if math.Abs(theta-mu) < 1e-9 {
		return math.Exp(-mu*t) * (1 + wait*mu*t)
	}
	return math.Exp(-mu*t)*(1-wait) + wait*(mu*math.Exp(-theta*t)-theta*math.Exp(-mu*t))/(mu-theta)
}

func erlangB(c int, load float64) float64 {
	b := 1.0
	for k := 1; k <= c; k++ {
		b = load * b / (float64(k) + load*b)
	}
	return b
}
