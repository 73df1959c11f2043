package bench

import (
	"fmt"
	"math"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
)

// liveWindow is how far back the live judgement looks.
const liveWindow = 10 * time.Second

// A watch is what the live judgement remembers from second to second. It belongs to
// the ticking goroutine.
type watch struct {
	breached map[string]float64         // by SLO: the requests/s admitted when it was first breached
	recent   map[string][]result.Row    // by lane: the last seconds of load, the newest last
	overload map[string]result.Overload // by lane: those that cannot be kept up with
}

func newWatch() watch {
	return watch{breached: map[string]float64{}, recent: map[string][]result.Row{}, overload: map[string]result.Overload{}}
}

// assertions reads what a scenario asserts.
func assertions(r *Run) (*verdict.Assertions, error) {
	return verdict.Parse(r.scenario.SLO, r.scenario.AbortOn, r.waveNames())
}

func (r *Run) waveNames() []verdict.WaveName {
	names := make([]verdict.WaveName, len(r.waves))
	for i := range r.waves {
		names[i] = r.waves[i].name()
	}
	return names
}

// name is the wave's name. It never changes.
func (w *wave) name() verdict.WaveName { return verdict.WaveName{Lane: w.Lane, Wave: w.Name} }

// figuresOf hands out what the waves did as of says.
func (r *Run) figuresOf(of func(wave int) (*result.Part, time.Duration)) verdict.Figures {
	return verdict.Figures{Waves: r.waveNames(), Of: of, Priced: r.priced, Judged: r.assertions.Judged()}
}

// sofar are the figures of the whole run up to the last full second.
func (r *Run) sofar() verdict.Figures {
	return r.figuresOf(func(wave int) (*result.Part, time.Duration) {
		if wave < 0 {
			return r.total(), r.loadLength() // with the cost of the warm-up
		}
		return r.rec.total(wave), r.length(wave)
	})
}

// present is what the last d were like, with the requests that are open or wait for a
// slot now: an endpoint that hangs must not look well because nothing ends.
func (r *Run) present(e slo.Expr, d time.Duration) verdict.Stretch {
	s := r.figuresOf(func(wave int) (*result.Part, time.Duration) {
		p, from, to := r.rec.window(d, wave)
		return p, r.overlap(wave, from, to)
	}).Stretch(e)
	s.Part = s.Part.WithOpen()
	concerns := func(t ticket) bool { return t.wave >= 0 && e.Concerns(t.lane.name, r.waveName(t.wave)) }
	now := r.now()
	r.open.addTo(s.Part, now, concerns)
	r.slots.addTo(s.Part, now, concerns)
	return s
}

// overlap is how much of a window lies in the load of a wave, or of the run
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

// judgeSecond holds the SLOs against the last seconds, notes first breaches and
// overload, and stops the run where it was asked to. It reports whether the endpoint
// is overloaded.
func (r *Run) judgeSecond(lanes map[string]result.Row) (overloaded bool) {
	now := r.now()
	if now < r.start+time.Second {
		return false
	}
	r.mu.Lock()
	sending := r.state == result.Running
	r.mu.Unlock()
	if sending {
		overloaded = r.judgePace(now, lanes)
	}
	recent := map[string]verdict.Stretch{} // by wave: many expressions speak of the same one
	look := func(e slo.Expr) slo.Result {
		if _, ok := recent[e.Wave]; !ok {
			recent[e.Wave] = r.present(e, liveWindow)
		}
		if !e.Op.Upper() && recent[e.Wave].Length < liveWindow-time.Second/2 {
			return slo.Result{} // what is not there yet may come: the first answers take a while
		}
		return slo.Evaluate(e, recent[e.Wave])
	}
	for _, a := range r.assertions.SLOs {
		if !sending && !a.Op.Upper() {
			continue // rates fall to nothing while the run drains
		}
		if live := look(a.Expr); live.OK != nil && !*live.OK {
			r.breach(a.Expr, now)
		}
	}
	for _, e := range r.assertions.AbortOn {
		if !sending {
			break
		}
		if live := look(verdict.Opposite(e)); live.OK != nil && !*live.OK {
			r.stop(verdict.AbortedOn, e.Text)
		}
	}
	return overloaded
}

// breach notes that an SLO is breached, and an event of it the first time.
func (r *Run) breach(e slo.Expr, now time.Duration) {
	r.markBreach(e, now)
	if _, before := r.watch.breached[e.Text]; before {
		return
	}
	rate := r.admitted(e)
	r.watch.breached[e.Text] = rate
	r.event(result.Event{
		TS: r.since(now).Seconds(), Kind: result.Breached, Wave: e.Wave,
		Text: fmt.Sprintf("%s first breached at %s requests/s", e.Text, units.Rate(rate)),
	})
}

// admitted are the requests per second of the last full second, in what an expression
// speaks of, that the endpoint let in: what it refused at once was no load on it.
func (r *Run) admitted(e slo.Expr) float64 {
	s := r.figuresOf(func(wave int) (*result.Part, time.Duration) {
		p, from, to := r.rec.window(time.Second, wave)
		return p, to - from
	}).Stretch(e)
	if s.Length <= 0 {
		return 0
	}
	return float64(max(s.Part.Requests.Scheduled-s.Part.Here.Refused, 0)) / s.Length.Seconds()
}

// paceSeconds is how far back the pace of the load is looked at.
const paceSeconds = 30

// judgePace notes when the endpoint cannot keep up with a lane, whatever the SLOs say:
// requests in flight and the time to first token grow together, and less is answered
// than arrives. Each lane is looked at by itself, for in the sum of all a small one that
// falls behind is lost. rows are those of the last second, by lane.
func (r *Run) judgePace(now time.Duration, rows map[string]result.Row) bool {
	w := &r.watch
	var worst *result.Overload
	for _, l := range r.lanes {
		recent := append(w.recent[l.name], rows[l.name])
		recent = recent[max(len(recent)-paceSeconds, 0):]
		w.recent[l.name] = recent
		over, ok := overloaded(recent)
		if !ok || l.here() < 0 {
			delete(w.overload, l.name)
			continue
		}
		before, known := w.overload[l.name]
		over.Since = before.Since
		if len(r.lanes) > 1 {
			over.Lane = l.name
		}
		if !known {
			over.Since = r.since(now)
			r.overloadBegan(over, l)
		}
		w.overload[l.name] = over
		if worst == nil || over.Served*worst.Offered < worst.Served*over.Offered {
			worst = &over
		}
	}
	if worst != nil {
		r.rec.mu.Lock()
		r.rec.timeline.Overloaded()
		r.rec.mu.Unlock()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.overload = worst
	return worst != nil
}

// overloaded reports whether more arrived over rows of a lane than the endpoint serves.
func overloaded(rows []result.Row) (result.Overload, bool) {
	first, last := rows[0], rows[len(rows)-1]
	pace := verdict.PaceOf(rows, result.FromSeconds(first.TS), result.FromSeconds(last.TS+last.StepS))
	return result.Overload{Offered: pace.Offered, Served: pace.Served, Waiting: pace.Waiting},
		pace.State == verdict.FellShort && verdict.Oversaturated(rows, pace.Offered)
}

// overloadBegan makes an event of it, which names the wave where others run beside it.
func (r *Run) overloadBegan(over result.Overload, l *lane) {
	where := ""
	if i := l.here(); i >= 0 && over.Lane != "" {
		where = " in " + r.waves[i].name().String()
	}
	r.event(result.Event{
		TS: over.Since.Seconds(), Kind: result.Overloaded, Lane: over.Lane,
		Text: fmt.Sprintf("cannot keep up%s: %s of %s requests/s served, %s waiting and growing",
			where, units.Rate(over.Served), units.Rate(over.Offered), units.Count(over.Waiting)),
	})
}

// sloStatuses are the SLOs for the screen.
func (r *Run) sloStatuses(view result.View) []result.SLOStatus {
	// Many expressions speak of the same stretch, and to add one up is the costly part.
	sofar, lately := map[string]verdict.Stretch{}, map[string]verdict.Stretch{}
	figures := r.sofar()
	list := make([]result.SLOStatus, len(r.assertions.SLOs))
	for i, e := range r.assertions.SLOs {
		if _, ok := sofar[e.Wave]; !ok {
			sofar[e.Wave] = figures.Stretch(e.Expr)
			if view.Window > 0 {
				lately[e.Wave] = r.present(e.Expr, view.Window)
			}
		}
		run := slo.Evaluate(e.Expr, sofar[e.Wave])
		live := run
		if view.Window > 0 {
			live = slo.Evaluate(e.Expr, lately[e.Wave])
		}
		list[i] = result.SLOStatus{
			Expr: e.Text, Metric: string(e.Metric), Stat: string(e.Stat), Wave: e.Wave, Service: e.Service,
			Op: string(e.Op), Bound: e.Value, Unit: string(e.Unit), Live: live.Observed, AtLeast: live.AtLeast, AtMost: live.AtMost, LiveOK: live.OK, RunOK: run.OK,
			Assumed: e.Assumed,
		}
	}
	return list
}

// goodness judges a request by the bounds of its wave; one of the warm-up, by those of
// the wave in whose time it ended.
func (r *Run) goodness(t ticket, res client.Result) verdict.Goodness {
	wave := t.wave
	if wave == result.Warmup {
		wave = t.lane.here()
	}
	if wave < 0 || res.Outcome != outcome.OK {
		return verdict.Bad
	}
	ownAPI := r.scenario.Target.API == string(client.HTTP) // it answers with a document, whatever was asked
	return r.assertions.Goodness(r.waves[wave].name(), func(e slo.Expr) (float64, bool) {
		return measured(e, t, res, ownAPI)
	})
}

// measured is one ok request's value of a latency metric, in ms; NaN: it never came,
// although it was waited for. ok is false where the request has none.
func measured(e slo.Expr, t ticket, res client.Result, ownAPI bool) (ms float64, ok bool) {
	from := t.scheduled
	if e.Service {
		from = res.Sent
	}
	streamed := res.FirstToken != client.Never || t.lane.workload.Stream && !ownAPI
	since := func(at time.Duration) (float64, bool) {
		if at == client.Never {
			return math.NaN(), streamed
		}
		return result.Millis(at - from), true
	}
	gap := func(d time.Duration, ok bool) (float64, bool) { return result.Millis(d), ok }
	switch e.Metric {
	case slo.TTFT:
		return since(res.FirstToken)
	case slo.TTFA:
		return since(res.FirstAnswer)
	case slo.E2E:
		return since(res.Done)
	case slo.TPOT:
		return gap(tpot(res))
	case slo.ITL, slo.Stall:
		return gap(stall(res))
	case slo.Queue:
		return result.Millis(res.Sent - t.scheduled), true
	case slo.Connect:
		return result.Millis(res.Phases.DNS + res.Phases.Connect + res.Phases.TLS), true
	}
	return 0, false
}
