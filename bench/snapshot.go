package bench

import (
	"slices"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/result"
)

// shownEvents is how many events a snapshot holds.
const shownEvents = 200

// Snapshot is the run at this instant, with the figures of the view asked for.
// Percentiles are as of the last full second.
func (r *Run) Snapshot(view result.View) result.Snapshot {
	if view.Wave >= len(r.waves) {
		view.Wave = -1
	}
	cached := r.figures(view)
	now := r.now()
	inFlight, waiting, _ := r.slots.load()
	ttft, e2e := r.assertions.Tightest()
	open := r.ledger.OpenState(now, ttft, e2e)
	lanes := r.laneStatuses()

	r.mu.Lock()
	defer r.mu.Unlock()
	s := result.Snapshot{
		Name: r.scenario.Name, Model: r.scenario.Target.Model, Target: r.options.Target,
		State: r.state, At: r.since(now), View: view,
		Window: cached.window, Curves: cached.curves, Total: cached.total, SLOs: cached.slos, Health: cached.health,
		Lanes: lanes, Series: cached.series, Cost: r.costStatus(cached),
		Events: slices.Clone(r.events[max(0, len(r.events)-shownEvents):]),
	}
	s.Happened = len(r.events)
	row := r.lastRow
	s.Now = result.Now{
		Offered: row.OfferedRPS, Sent: row.SentRPS, Done: row.CompletedRPS, Failed: row.FailedRPS, OutputTPS: row.OutputTPS,
		InFlight: int64(inFlight), Queued: int64(waiting),
		Awaiting: open.Awaiting, Streaming: open.Streaming, Oldest: open.Oldest, Late: open.Late,
		Overload: r.overload,
		Dropped:  cached.total.Requests.Dropped, Unsent: cached.total.Requests.Unsent,
	}
	for _, w := range r.waves {
		s.Waves = append(s.Waves, w.WaveStatus)
	}
	s.Planned = r.planned()
	if n, known := r.scenario.PlannedRequests(); known {
		s.PlannedRequests = n
	}
	if r.state == result.Running && allPaused(lanes) {
		s.State = result.Paused
	}
	if r.document != nil {
		v := r.document.Verdict
		s.Verdict, s.At = &v, r.since(r.end)
	}
	return s
}

// figures are the costly parts of a snapshot, computed once an interval and view.
func (r *Run) figures(view result.View) windowCache {
	r.mu.Lock()
	c := r.windows
	r.mu.Unlock()
	n := r.ledger.Seconds()
	if c.n == n && n > 0 && c.view == view {
		return c
	}
	c = windowCache{n: n, view: view}
	c.series, _ = r.ledger.Rows(false)
	c.total = r.stats(-1, r.total(), false)
	if view.Window > 0 {
		l := r.label(view.Wave, false)
		p, from, to := r.ledger.Window(view.Window, view.Wave)
		l.Duration = to - from
		c.window, c.curves = result.Derive(l, p), result.CurvesOf(p)
	} else {
		p := r.ledger.Total(view.Wave)
		c.window, c.curves = r.stats(view.Wave, p, false), result.CurvesOf(p)
	}
	c.slos = r.sloStatuses(view)
	lately, _, _ := r.ledger.Window(liveWindow, -1)
	c.health = r.health.Live(liveWindow, lately)
	c.recent, c.oneMin = r.ledger.Spent(time.Minute)
	r.mu.Lock()
	r.windows = c
	r.mu.Unlock()
	return c
}

// costStatus is money so far and to come. r.mu is held.
func (r *Run) costStatus(c windowCache) *result.CostStatus {
	if !r.priced {
		return nil
	}
	s := &result.CostStatus{Spent: r.budget.total()}
	if c.oneMin > 0 {
		s.PerHour = c.recent / c.oneMin.Hours()
	}
	if b := r.scenario.Budget; b > 0 {
		s.Budget = &b
	}
	s.Projected = r.projected(c, s.Spent)
	return s
}

// projected is what the whole run will have cost: the cost of a finished request
// times the requests still to come. nil before anything is known.
func (r *Run) projected(c windowCache, spent float64) *float64 {
	ended := c.total.Requests.Ended()
	n, known := r.scenario.PlannedRequests()
	if ended == 0 || !known {
		return nil
	}
	if r.state == result.Done || r.state == result.Draining {
		return &spent
	}
	v := spent / float64(ended) * float64(max(n, ended))
	return &v
}

// planned is the length of all the waves, 0 if it cannot be known. r.mu is held.
func (r *Run) planned() time.Duration {
	var longest time.Duration
	for _, w := range r.waves {
		if w.Started == result.Unknown || w.Length == result.Unknown {
			return 0
		}
		longest = max(longest, w.Started+w.Length)
	}
	return longest
}

func allPaused(lanes []result.LaneStatus) bool {
	for _, l := range lanes {
		if !l.Paused {
			return false
		}
	}
	return len(lanes) > 0
}

// laneStatuses are the lanes as steering has left them.
func (r *Run) laneStatuses() []result.LaneStatus {
	list := make([]result.LaneStatus, len(r.lanes))
	for i, l := range r.lanes {
		list[i] = l.status()
	}
	return list
}

func (l *lane) status() result.LaneStatus {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := result.LaneStatus{Name: l.name, Wave: max(l.live, -1), Factor: l.factor, Paused: l.paused, Bursts: slices.Clone(l.bursts)}
	if c, ok := l.load.(*closedLoad); ok {
		s.Concurrency, s.BackingOff = c.concurrency, len(c.waiting)
	}
	s.Curve = append(s.Curve, l.past...)
	at := time.Duration(0)
	if l.load != nil {
		s.Curve = append(s.Curve, l.load.curve()...)
	}
	if n := len(s.Curve); n > 0 {
		at = s.Curve[n-1].At
	}
	for _, st := range l.stretch[l.begun:] {
		points := st.planned(at)
		s.Curve = append(s.Curve, points...)
		if len(points) > 0 {
			at = points[len(points)-1].At
		}
	}
	// Warm-up lies before the first wave and is no part of the picture.
	for len(s.Curve) > 1 && s.Curve[1].At <= 0 && s.Curve[0].At < 0 {
		s.Curve = s.Curve[1:]
	}
	return s
}

// plannedCurve is the curve of a plan that begins at an instant since the start.
func plannedCurve(plan arrival.Plan, at time.Duration) []result.CurvePoint {
	var points []result.CurvePoint
	for _, s := range plan.Segments {
		points = append(points, result.CurvePoint{At: at, Load: s.From})
		at += s.For
		points = append(points, result.CurvePoint{At: at, Load: s.To})
	}
	return points
}
