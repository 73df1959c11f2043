package bench

import (
	"fmt"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/client"
)

// A judge holds the SLOs of a run.
type judge struct {
	exprs    []slo.Expr // over a wave or the run
	assumed  bool       // exprs are flashwave's own
	request  []slo.Expr // over each request: they make the goodput
	abortOn  []slo.Expr
	breached map[int]float64 // of exprs: the requests per second offered when they were first breached
}

func newJudge(sc *scenario.Scenario) (*judge, error) {
	j := &judge{breached: map[int]float64{}}
	for _, text := range sc.SLO {
		e, err := slo.Parse(text)
		if err != nil {
			return nil, err
		}
		if e.PerRequest() {
			j.request = append(j.request, e)
		} else {
			j.exprs = append(j.exprs, e)
		}
	}
	for _, text := range sc.AbortOn {
		e, err := slo.Parse(text)
		if err != nil {
			return nil, err
		}
		j.abortOn = append(j.abortOn, e)
	}
	if len(j.request) == 0 {
		j.request = fromPercentiles(j.exprs)
	}
	if len(j.exprs) == 0 {
		j.exprs, j.assumed = slo.Assumed(), true
	}
	return j, nil
}

// fromPercentiles makes per-request bounds of the percentile SLOs on TTFT, E2E
// and TPOT: they serve where no per-request SLO was given.
func fromPercentiles(exprs []slo.Expr) (bounds []slo.Expr) {
	for _, e := range exprs {
		if _, ok := e.Quantile(); !ok || !e.Op.Upper() {
			continue
		}
		switch e.Metric {
		case slo.TTFT, slo.E2E, slo.TPOT:
			e.Stat = ""
			bounds = append(bounds, e)
		}
	}
	return bounds
}

// judged reports whether there is a notion of a good request.
func (j *judge) judged() bool { return len(j.request) > 0 }

// good reports whether a request that ended ok met every bound.
func (j *judge) good(lane, wave string, scheduled time.Duration, res client.Result) bool {
	for _, e := range j.request {
		if !concerns(e, lane, wave) {
			continue
		}
		d, ok := measured(e, scheduled, res)
		if !ok || !e.Holds(result.Millis(d)) {
			return false
		}
	}
	return true
}

// measured is one request's value of a latency metric.
func measured(e slo.Expr, scheduled time.Duration, res client.Result) (time.Duration, bool) {
	from := scheduled
	if e.Service {
		from = res.Sent
	}
	switch e.Metric {
	case slo.TTFT:
		return res.FirstToken - from, res.FirstToken != client.Never
	case slo.TTFA:
		return res.FirstAnswer - from, res.FirstAnswer != client.Never
	case slo.E2E:
		return res.Done - from, true
	case slo.TPOT:
		d, ok := tpot(res)
		return d, ok || res.Events > 0 // a single token has no time between tokens
	case slo.ITL, slo.Stall:
		return res.Stall, true
	case slo.Queue:
		return res.Sent - scheduled, true
	case slo.Connect:
		return res.Phases.DNS + res.Phases.Connect + res.Phases.TLS, true
	}
	return 0, false
}

// concerns reports whether an expression speaks of a wave: of all when it names
// none.
func concerns(e slo.Expr, lane, wave string) bool {
	return e.Wave == "" || e.Wave == wave || e.Wave == lane+"/"+wave
}

// stretchOf is what an expression is held against, over the whole run so far.
func (r *Run) stretchOf(e slo.Expr) result.Stretch {
	return r.stretch(e, func(wave int) (*result.Part, time.Duration) {
		if wave < 0 {
			return r.total(), r.length(wave) // with the cost of the warm-up
		}
		return r.rec.total(wave), r.length(wave)
	})
}

// recent is the same over the last seconds.
func (r *Run) recent(e slo.Expr, d time.Duration) result.Stretch {
	return r.stretch(e, func(wave int) (*result.Part, time.Duration) {
		p, from, to := r.rec.window(d, wave)
		return p, r.overlap(wave, from, to)
	})
}

// present is the same with the requests that are open now.
func (r *Run) present(e slo.Expr, d time.Duration) result.Stretch {
	s := r.recent(e, d)
	s.Part = s.Part.WithOpen()
	r.open.addTo(s.Part, r.now(), func(t ticket) bool { return concerns(e, t.lane.name, r.waveName(t.wave)) })
	return s
}

// overlap is how much of a window lies in the wall time of a wave, or of the run
// (wave < 0). What is less than a second says nothing about rates: 0.
func (r *Run) overlap(wave int, from, to time.Duration) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	start, end := r.start, to
	if wave >= 0 {
		w := &r.waves[wave]
		if !w.Begun {
			return 0
		}
		start, end = w.start, w.end
	}
	d := min(to, end) - max(from, start)
	if d < time.Second {
		return 0
	}
	return d
}

// stretch adds up the waves that an expression speaks of.
func (r *Run) stretch(e slo.Expr, of func(wave int) (*result.Part, time.Duration)) result.Stretch {
	s := result.Stretch{Priced: r.priced, Judged: r.judge.judged()}
	if e.Wave == "" {
		s.Part, s.Length = of(-1)
		return s
	}
	s.Part = result.NewPart()
	for i := range r.waves {
		w := &r.waves[i] // names never change; the rest would want the lock
		if concerns(e, w.Lane, w.Name) {
			p, length := of(i)
			s.Part.Merge(p)
			s.Length += length
		}
	}
	return s
}

// watch holds the SLOs against the last seconds, notes first breaches, and stops
// the run where it was asked to.
func (r *Run) watch() {
	now := r.now()
	if now < r.start+time.Second {
		return
	}
	r.mu.Lock()
	sending := r.state == result.Running
	r.mu.Unlock()
	recent := map[string]result.Stretch{} // by wave: many expressions speak of the same one
	look := func(e slo.Expr) slo.Result {
		if _, ok := recent[e.Wave]; !ok {
			recent[e.Wave] = r.present(e, liveWindow)
		}
		return slo.Evaluate(e, recent[e.Wave])
	}
	for i, e := range r.judge.exprs {
		if !sending && !e.Op.Upper() {
			continue // rates fall to nothing while the run drains
		}
		live := look(e)
		if live.OK == nil || *live.OK {
			continue
		}
		r.markBreach(e, now)
		if _, before := r.judge.breached[i]; before {
			continue
		}
		_, offered := r.lastRates()
		r.judge.breached[i] = offered
		r.event(result.Event{
			TS: r.since(now).Seconds(), Kind: result.Breached, Wave: e.Wave,
			Text: fmt.Sprintf("%s first breached at %s requests/s", e.Text, units.Rate(offered)),
		})
	}
	for _, e := range r.judge.abortOn {
		if !sending {
			return
		}
		// Lost requests count against what is asserted. To abort when something is
		// bad is to assert the opposite, and to stop when that fails.
		if live := look(opposite(e)); live.OK != nil && !*live.OK {
			r.stop(abortedOn, e.Text)
		}
	}
}

// opposite holds exactly where e does not.
func opposite(e slo.Expr) slo.Expr {
	e.Op = map[slo.Op]slo.Op{
		slo.Less: slo.MoreOrEqual, slo.LessOrEqual: slo.More, slo.More: slo.LessOrEqual, slo.MoreOrEqual: slo.Less,
	}[e.Op]
	return e
}

// liveWindow is how far back the live judgement looks.
const liveWindow = 10 * time.Second

// sloStatuses are the SLOs for the screen.
func (r *Run) sloStatuses(view result.View) []result.SLOStatus {
	// Many expressions speak of the same stretch, and to add one up is the costly part.
	sofar, lately := map[string]result.Stretch{}, map[string]result.Stretch{}
	list := make([]result.SLOStatus, len(r.judge.exprs))
	for i, e := range r.judge.exprs {
		if _, ok := sofar[e.Wave]; !ok {
			sofar[e.Wave] = r.stretchOf(e)
			if view.Window > 0 {
				lately[e.Wave] = r.present(e, view.Window)
			}
		}
		run := slo.Evaluate(e, sofar[e.Wave])
		live := run
		if view.Window > 0 {
			live = slo.Evaluate(e, lately[e.Wave])
		}
		list[i] = result.SLOStatus{
			Expr: e.Text, Metric: string(e.Metric), Stat: string(e.Stat), Wave: e.Wave, Service: e.Service,
			Op: string(e.Op), Bound: e.Value, Unit: string(e.Unit), Live: live.Observed, AtLeast: live.AtLeast, LiveOK: live.OK, RunOK: run.OK,
			Assumed: r.judge.assumed,
		}
	}
	return list
}

// bounds are the tightest bounds on response TTFT and E2E, 0 where there is none:
// what an open request is late by.
func (j *judge) bounds() (ttft, e2e time.Duration) {
	tighter := func(d *time.Duration, ms float64) {
		if v := time.Duration(ms * float64(time.Millisecond)); *d == 0 || v < *d {
			*d = v
		}
	}
	for _, list := range [][]slo.Expr{j.exprs, j.request} {
		for _, e := range list {
			if !e.Latency() || e.Service || !e.Op.Upper() {
				continue
			}
			switch e.Metric {
			case slo.TTFT:
				tighter(&ttft, e.Value)
			case slo.E2E:
				tighter(&e2e, e.Value)
			}
		}
	}
	return ttft, e2e
}

// texts joins expressions for a sentence.
func texts(slos []result.SLO) string {
	var b strings.Builder
	for i, s := range slos {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(s.Expr)
	}
	return b.String()
}
