package account

import (
	"time"

	"flashwave/bench/class"
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// shownEvents is how many events a snapshot holds.
const shownEvents = 200

// liveWindow is how far back the health of the generator is shown.
const liveWindow = 10 * time.Second

// Now is what a run itself knows of an instant.
type Now struct {
	State    result.State
	Row      result.Row       // of the last full second
	Overload *result.Overload // nil: the endpoint keeps up
	Verdict  *result.Verdict  // nil: the run goes on
}

// Snapshot is the run at this instant, with the figures of the view asked for.
// Percentiles are as of the last full second.
func (a *Account) Snapshot(view result.View, now Now) result.Snapshot {
	if view.Wave >= a.Waves.Len() {
		view.Wave = -1
	}
	f := a.figures(view, now.State)
	at := a.Waves.Now()
	inFlight, waiting, _ := a.Dispatch.Load()
	ttft, e2e := a.Assertions.Tightest()
	open := a.Ledger.OpenState(at, ttft, e2e)
	s := result.Snapshot{
		Name: a.Scenario.Name, Model: a.Scenario.Target.Model, Target: a.Target,
		At: a.Waves.Since(at), View: view, State: now.State, Verdict: now.Verdict,
		Window: f.window, Curves: f.curves, Total: f.total, SLOs: f.slos, Customers: f.felt, Health: f.health,
		Lanes: a.Dispatch.Lanes(), Series: f.series,
		Workloads: f.workloads, Turns: f.turns, Sessions: a.Sessions(), Queue: a.queue(f, at, now),
		Now: result.Now{
			Offered: now.Row.OfferedRPS, Sent: now.Row.SentRPS, Done: now.Row.CompletedRPS, Failed: now.Row.FailedRPS, OutputTPS: now.Row.OutputTPS,
			InFlight: int64(inFlight), Queued: int64(waiting),
			Awaiting: open.Awaiting, Streaming: open.Streaming, Oldest: open.Oldest, Late: open.Late,
			Overload: now.Overload,
			Dropped:  f.total.Requests.Dropped, Unsent: f.total.Requests.Unsent,
		},
		Cost: a.costStatus(f, now.State),
	}
	s.Events, s.Happened = a.Journal.Newest(shownEvents)
	s.Waves, s.Planned = a.Waves.Statuses()
	if n, known := a.Scenario.PlannedRequests(); known {
		s.PlannedRequests = n
	}
	if s.State == result.Running && allPaused(s.Lanes) {
		s.State = result.Paused
	}
	if s.Verdict != nil {
		s.At = a.Waves.Since(a.Waves.Ended())
	}
	return s
}

// readingWindow is how far back the SLOs of a reading look.
const readingWindow = time.Minute

// Reading is the run at this instant with its histograms.
func (a *Account) Reading(now Now) result.Reading {
	r := result.Reading{Snapshot: a.Snapshot(result.View{Window: readingWindow, Wave: -1}, now)}
	for i, w := range r.Waves {
		r.Parts = append(r.Parts, result.Portion{Name: w.Name, Lane: w.Lane, Part: a.Ledger.Total(i)})
	}
	for i, c := range a.Assertions.Classes {
		if c.Kind == class.Workload {
			r.Workloads = append(r.Workloads, result.Portion{Name: c.Name, Part: a.Ledger.Class(i)})
		}
	}
	if a.Tier != nil {
		r.Tasks = a.Tier.Sofar()
	}
	return r
}

// figures are the costly parts of a snapshot. They last until the next interval.
type figures struct {
	n                int // intervals so far
	state            result.State
	view             result.View
	window           result.Stats
	total            result.Stats
	workloads, turns []result.Stats
	curves           result.Curves
	series           []result.Row
	queue            *result.TierStatus // of which nothing is of the instant; nil: there is none
	slos             []result.SLOStatus
	felt             string // by customers
	health           result.Health
	oneMin           time.Duration
	recent           float64 // USD in the last minute
}

// figures are those of a view now, computed once an interval.
func (a *Account) figures(view result.View, state result.State) *figures {
	n := a.Ledger.Seconds()
	if f := a.seen.Load(); f != nil && n > 0 && f.n == n && f.state == state && f.view == view {
		return f
	}
	f := &figures{n: n, state: state, view: view}
	f.series, _ = a.Ledger.Rows(false)
	if a.Server != nil {
		a.Server.Levels(f.series, a.Waves.Since)
	}
	sofar := a.Sofar()
	total, _ := sofar.Of(-1)
	f.total = a.stats(-1, total, false)
	if view.Window > 0 {
		l := a.label(view.Wave, false)
		p, from, to := a.Ledger.Window(view.Window, view.Wave)
		l.Duration = to - from
		f.window, f.curves = result.Derive(l, p), result.CurvesOf(p)
	} else {
		p := a.Ledger.Total(view.Wave)
		f.window, f.curves = a.stats(view.Wave, p, false), result.CurvesOf(p)
	}
	f.workloads, f.turns = a.classes(false)
	f.queue = a.queueFigures(f, view)
	f.slos = a.sloStatuses(view, sofar)
	f.felt = a.Assertions.Customers(sofar)
	lately, _, _ := a.Ledger.Window(liveWindow, -1)
	f.health = a.Health.Live(liveWindow, lately)
	f.recent, f.oneMin = a.Ledger.Spent(time.Minute)
	a.seen.Store(f)
	return f
}

// sloStatuses are the SLOs for the screen.
func (a *Account) sloStatuses(view result.View, sofar verdict.Figures) []result.SLOStatus {
	// Many expressions speak of the same stretch, and to add one up is the costly part.
	whole, lately := map[string]verdict.Stretch{}, map[string]verdict.Stretch{}
	list := make([]result.SLOStatus, len(a.Assertions.SLOs))
	for i, e := range a.Assertions.SLOs {
		where := e.Where()
		if _, ok := whole[where]; !ok {
			whole[where] = sofar.Stretch(e.Expr)
			if view.Window > 0 {
				lately[where] = a.Present(e.Expr, view.Window)
			}
		}
		run := slo.Evaluate(e.Expr, whole[where])
		live := run
		if view.Window > 0 {
			live = slo.Evaluate(e.Expr, lately[where])
		}
		list[i] = result.SLOStatus{
			Expr: e.Text, Metric: string(e.Metric), Stat: string(e.Stat), Wave: e.Wave, Service: e.Service,
			Op: string(e.Op), Bound: e.Value, Unit: string(e.Unit), Live: live.Observed, AtLeast: live.AtLeast, AtMost: live.AtMost, LiveOK: live.OK, RunOK: run.OK,
			Assumed: e.Assumed, Kind: a.Assertions.KindOf(e.Expr),
		}
	}
	return list
}

// costStatus is money so far and to come.
func (a *Account) costStatus(f *figures, state result.State) *result.CostStatus {
	if !a.Priced {
		return nil
	}
	s := &result.CostStatus{Spent: a.Budget.Total()}
	if f.oneMin > 0 {
		s.PerHour = f.recent / f.oneMin.Hours()
	}
	if b := a.Scenario.Budget; b > 0 {
		s.Budget = &b
	}
	s.Projected = a.projected(f, s.Spent, state)
	return s
}

// projected is what the whole run will have cost: the cost of a finished request
// times the requests still to come. nil before anything is known.
func (a *Account) projected(f *figures, spent float64, state result.State) *float64 {
	ended := f.total.Requests.Ended()
	n, known := a.Scenario.PlannedRequests()
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
