package bench

import (
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// shownEvents is how many events a snapshot holds.
const shownEvents = 200

// Snapshot is the run at this instant, with the figures of the view asked for.
// Percentiles are as of the last full second.
func (r *Run) Snapshot(view result.View) result.Snapshot {
	if view.Wave >= len(r.waves.list) {
		view.Wave = -1
	}
	seen := r.sight(view)
	now := r.now()
	inFlight, waiting, _ := r.dispatch.Load()
	ttft, e2e := r.assertions.Tightest()
	open := r.ledger.OpenState(now, ttft, e2e)
	row, overload := r.ticker.look()
	s := result.Snapshot{
		Name: r.scenario.Name, Model: r.scenario.Target.Model, Target: r.options.Target,
		At: r.since(now), View: view,
		Window: seen.window, Curves: seen.curves, Total: seen.total, SLOs: seen.slos, Health: seen.health,
		Lanes: r.dispatch.Lanes(), Series: seen.series,
		Now: result.Now{
			Offered: row.OfferedRPS, Sent: row.SentRPS, Done: row.CompletedRPS, Failed: row.FailedRPS, OutputTPS: row.OutputTPS,
			InFlight: int64(inFlight), Queued: int64(waiting),
			Awaiting: open.Awaiting, Streaming: open.Streaming, Oldest: open.Oldest, Late: open.Late,
			Overload: overload,
			Dropped:  seen.total.Requests.Dropped, Unsent: seen.total.Requests.Unsent,
		},
	}
	s.Events, s.Happened = r.events.newest(shownEvents)
	s.Waves, s.Planned = r.waves.statuses()
	if n, known := r.scenario.PlannedRequests(); known {
		s.PlannedRequests = n
	}
	r.mu.Lock()
	s.State = r.state
	document := r.document
	r.mu.Unlock()
	s.Cost = r.costStatus(seen, s.State)
	if s.State == result.Running && allPaused(s.Lanes) {
		s.State = result.Paused
	}
	if document != nil {
		v := document.Verdict
		s.Verdict, s.At = &v, r.since(r.waves.ended())
	}
	return s
}

// A sight is the costly parts of a snapshot. They last until the next interval.
type sight struct {
	n      int // intervals so far
	view   result.View
	window result.Stats
	total  result.Stats
	curves result.Curves
	series []result.Row
	slos   []result.SLOStatus
	health result.Health
	oneMin time.Duration
	recent float64 // USD in the last minute
}

// sight is that of a view now, computed once an interval.
func (r *Run) sight(view result.View) sight {
	r.mu.Lock()
	s := r.seen
	r.mu.Unlock()
	n := r.ledger.Seconds()
	if s.n == n && n > 0 && s.view == view {
		return s
	}
	s = sight{n: n, view: view}
	s.series, _ = r.ledger.Rows(false)
	s.total = r.stats(-1, r.total(), false)
	if view.Window > 0 {
		l := r.label(view.Wave, false)
		p, from, to := r.ledger.Window(view.Window, view.Wave)
		l.Duration = to - from
		s.window, s.curves = result.Derive(l, p), result.CurvesOf(p)
	} else {
		p := r.ledger.Total(view.Wave)
		s.window, s.curves = r.stats(view.Wave, p, false), result.CurvesOf(p)
	}
	s.slos = r.sloStatuses(view)
	lately, _, _ := r.ledger.Window(liveWindow, -1)
	s.health = r.health.Live(liveWindow, lately)
	s.recent, s.oneMin = r.ledger.Spent(time.Minute)
	r.mu.Lock()
	r.seen = s
	r.mu.Unlock()
	return s
}

// sloStatuses are the SLOs for the screen.
func (a *account) sloStatuses(view result.View) []result.SLOStatus {
	// Many expressions speak of the same stretch, and to add one up is the costly part.
	sofar, lately := map[string]verdict.Stretch{}, map[string]verdict.Stretch{}
	figures := a.sofar()
	list := make([]result.SLOStatus, len(a.assertions.SLOs))
	for i, e := range a.assertions.SLOs {
		if _, ok := sofar[e.Wave]; !ok {
			sofar[e.Wave] = figures.Stretch(e.Expr)
			if view.Window > 0 {
				lately[e.Wave] = a.present(e.Expr, view.Window)
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

// costStatus is money so far and to come.
func (r *Run) costStatus(c sight, state result.State) *result.CostStatus {
	if !r.priced {
		return nil
	}
	s := &result.CostStatus{Spent: r.budget.Total()}
	if c.oneMin > 0 {
		s.PerHour = c.recent / c.oneMin.Hours()
	}
	if b := r.scenario.Budget; b > 0 {
		s.Budget = &b
	}
	s.Projected = r.projected(c, s.Spent, state)
	return s
}

// projected is what the whole run will have cost: the cost of a finished request
// times the requests still to come. nil before anything is known.
func (r *Run) projected(c sight, spent float64, state result.State) *float64 {
	ended := c.total.Requests.Ended()
	n, known := r.scenario.PlannedRequests()
	if ended == 0 || !known {
		return nil
	}
	if state == result.Done || state == result.Draining {
		return &spent
	}
	v := spent / float64(ended) * float64(max(n, ended))
	return &v
}

func allPaused(lanes []result.LaneStatus) bool {
	for _, l := range lanes {
		if !l.Paused {
			return false
		}
	}
	return len(lanes) > 0
}
