package monitor

import (
	"slices"
	"time"

	"flashwave/bench/monitor/history"
	"flashwave/bench/monitor/objective"
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/client/outcome"
	"flashwave/client/queue"
)

// budgetOver is the time that has one error budget.
const budgetOver = 30 * 24 * time.Hour

// recently is the time of the latencies of now.
const recently = 10 * time.Minute

// The lengths of what a row shows.
const (
	Beats       = 90 // probes of the heartbeat
	HourMinutes = 60 // minutes of the sparkline
)

// A Snapshot is what a monitor knows at an instant. It shares no memory with it.
type Snapshot struct {
	Name     string
	At       time.Time     // by the time of day
	Running  time.Duration // since it began
	Left     time.Duration // until it ends by itself; 0: it does not
	Ended    bool
	Keeps    bool // there is a history on disk
	Channels []string
	Rows     []Row
	// Incidents are those that are open, and the last others, the newest first.
	Incidents []Incident
	// Events are the last ones, in order of time, of all that happened.
	Events   []Event
	Happened int
	Notices  []Notice // what is wrong with the monitor itself
	Detail   *Detail  // of the target that is looked at; nil: none is
}

// A Row is one target. A nil pointer is "no data".
type Row struct {
	Name, URL, Host, Model string
	Every                  time.Duration
	State                  State
	Since                  time.Time // when it took this state
	Counts                 Counts
	Last                   *time.Time // when the last probe was due
	TTFT, E2E, ITL         *Quantiles // of the last ten minutes
	Hour                   []*float64 // of each minute of the last hour the median TTFT, in ms; of a queue the most that waited
	Beats                  []Beat     // the last probes, in order of time
	Availability           Spans
	Objective              float64
	Burn                   *float64 // rate of the last hour
	BudgetLeft             *float64 // part of the error budget of 30 days, at the rate of the probes; below 0: overdrawn
	SpentToday             *float64 // USD, in UTC
	BudgetToday            float64  // USD; 0: none
	Expires                *time.Time
	Incident               *Incident // that is open
	LastError              string    // why the last bad probe was; "": none was
	Unresolved             []Unresolved
	Class                  string    // of the tasks of a queue; "": an endpoint, or a whole queue
	Queue                  *QueueRow // nil: it is an endpoint
}

// A QueueRow is how a queue stands, or a class of it. A nil pointer is "not known".
type QueueRow struct {
	Depth, Dead, NewDead *int64
	Oldest, Starved      *time.Duration
	Arrived, Taken, Done *Rate        // of the last ten seconds
	Broken               []slo.Metric // of the bounds that do not hold now
	Words                []string     // why something is not known
}

// Quantiles are of a latency, in ms.
type Quantiles struct{ P50, P95, Max float64 }

// A Beat is one probe.
type Beat struct {
	At      time.Time
	Outcome outcome.Outcome
	Good    *bool // nil: void, or not judged
	TTFT    *float64
	E2E     *float64
	Depth   *float64 // of a look at a queue
}

// Spans are a share over the last hour, day and week.
type Spans struct {
	Hour *float64 `json:"hour"`
	Day  *float64 `json:"day"`
	Week *float64 `json:"week"`
}

// An Unresolved is a pair of windows that cannot tell the objective from a better one at
// the rate of the probes.
type Unresolved struct {
	Rate   float64       // of the pair
	Long   time.Duration // its longer window
	Finest float64       // the highest objective that it can tell; 0: none
	Needs  time.Duration // how often it would take a probe
}

// UnresolvedAt are the pairs that cannot tell an objective at a probe every so often.
func UnresolvedAt(o objective.Objective, every time.Duration) (list []Unresolved) {
	for _, p := range objective.Pairs {
		if !p.Resolves(o, every) {
			list = append(list, Unresolved{Rate: p.Rate, Long: p.Long, Finest: float64(p.Finest(every)), Needs: p.Needs(o)})
		}
	}
	return list
}

// Snapshot is what is known now.
func (m *Monitor) Snapshot(v View) Snapshot {
	at := m.clock.now()
	s := Snapshot{Name: m.Name, At: time.Now(), Running: m.since(), Keeps: m.Log != nil, Channels: m.outbox.Channels()}
	if m.For > 0 {
		s.Left = max(m.For-s.Running, 0)
	}
	for _, w := range m.list {
		s.Rows = append(s.Rows, w.show(at))
		if v.Target == w.Name {
			s.Detail = new(w.detail(at, v.Last))
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s.Ended = !m.ended.IsZero()
	s.Incidents = m.newestIncidents()
	s.Events, s.Happened = slices.Clone(m.events), m.happened
	for _, n := range m.notices {
		s.Notices = append(s.Notices, n)
	}
	slices.SortFunc(s.Notices, func(a, b Notice) int { return a.Since.Compare(b.Since) })
	return s
}

// shownIncidents is how many incidents a snapshot holds that are over.
const shownIncidents = 50

// newestIncidents are those that are shown. m.mu is held.
func (m *Monitor) newestIncidents() (list []Incident) {
	over := 0
	for _, i := range slices.Backward(m.incidents) {
		if !i.Open() {
			if over++; over > shownIncidents {
				continue
			}
		}
		i.Told = slices.Clone(i.Told)
		list = append(list, i)
	}
	return list
}

// show is the target's row. It is made anew only when something has changed, or a minute
// has passed.
func (w *watched) show(at time.Time) Row {
	w.mu.Lock()
	defer w.mu.Unlock()
	if minute := history.InMillis(at).Minute(); w.row == nil || w.rowAt != minute {
		r := w.makeRow(at)
		w.row, w.rowAt = &r, minute
	}
	r := *w.row
	r.Hour, r.Beats, r.Unresolved = slices.Clone(r.Hour), slices.Clone(r.Beats), slices.Clone(r.Unresolved)
	return r
}

// makeRow is the row as of now. w.mu is held.
func (w *watched) makeRow(at time.Time) Row {
	r := Row{
		Name: w.Name, URL: w.URL, Host: w.Host, Model: w.model, Every: w.Every, State: w.state, Since: w.since, Counts: w.counts,
		Objective: float64(w.Objective), BudgetToday: w.Scenario.Budget, Expires: w.expiry(), LastError: w.lastBad,
		Hour: w.series.Medians(history.TTFT, at, HourMinutes), Unresolved: UnresolvedAt(w.Objective, w.Every),
	}
	for metric, to := range map[history.Metrics]**Quantiles{history.TTFT: &r.TTFT, history.E2E: &r.E2E, history.ITL: &r.ITL} {
		*to = quantiles(w.series.Latency(metric, at, recently))
	}
	for _, p := range w.series.Recent(Beats) {
		b := Beat{At: p.At.Time(), Outcome: p.Outcome, TTFT: result.MillisOf(p.TTFT), E2E: result.MillisOf(p.E2E)}
		if p.Depth != nil {
			b.Depth = new(float64(*p.Depth))
		}
		if !p.Unjudged {
			b.Good = new(p.Good)
		}
		r.Beats = append(r.Beats, b)
		r.Last = new(p.At.Time())
	}
	r.Availability = w.availability(at)
	if burn, ok := w.Objective.Burn(w.series.Over(at, time.Hour)); ok {
		r.Burn = &burn
	}
	if of := w.series.Over(at, budgetOver); of.All > 0 {
		r.BudgetLeft = new(w.Objective.Left(of, int64(budgetOver/w.Every)))
	}
	if w.tier != nil {
		r.Class, r.Queue, r.Hour = w.Class, w.queueRow(), w.series.Depths(at, HourMinutes)
	}
	if w.Price != nil {
		r.SpentToday = new(w.series.Spent(midnight(at)))
	}
	if w.open != nil {
		r.Incident = new(incidentOf(*w.open))
	}
	return r
}

// queueRow is how the queue stood when it was last seen; w.mu is held.
func (w *watched) queueRow() *QueueRow {
	f := &w.figures
	q := &QueueRow{}
	if f.last == nil || w.state == Unknown || w.state == Down {
		return q
	}
	q.Depth, q.Oldest, q.Starved, q.Words = f.last.Depth, f.last.Oldest, f.last.Starved, f.last.Words
	q.Arrived = f.rate(func(p pace) *queue.Count { return p.arrived })
	q.Taken = f.rate(func(p pace) *queue.Count { return p.taken })
	q.Done = f.rate(func(p pace) *queue.Count { return p.done })
	if w.whole() {
		q.Dead, q.NewDead = f.whole.Dead, f.newDead()
	}
	for _, e := range w.assertions.Bounds {
		if v, ok := f.value(e.Metric, f.last); ok && !e.Holds(v) {
			q.Broken = append(q.Broken, e.Metric)
		}
	}
	return q
}

func (w *watched) availability(at time.Time) (s Spans) {
	for _, span := range []struct {
		last time.Duration
		to   **float64
	}{{time.Hour, &s.Hour}, {24 * time.Hour, &s.Day}, {7 * 24 * time.Hour, &s.Week}} {
		if share, ok := w.series.Over(at, span.last).Availability(); ok {
			*span.to = &share
		}
	}
	return s
}
