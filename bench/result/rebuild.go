package result

import (
	"math"
	"slices"
	"time"

	"flashwave/bench/class"
	"flashwave/bench/slo"
	"flashwave/client/outcome"
)

// Totals are what the encoding of a histogram does not hold, or not exactly.
// Durations are in nanoseconds.
type Totals struct {
	Count, Sum, Min, Max, Refused int64
}

// Totals of h; all 0 for none.
func (h *Hist) Totals() Totals {
	if h == nil {
		return Totals{}
	}
	return Totals{h.count, h.sum, h.min, h.max, h.refused}
}

// with is t and o together.
func (t Totals) with(o Totals) Totals {
	t.Refused += o.Refused
	if o.Count == 0 {
		return t
	}
	if t.Count == 0 || o.Min < t.Min {
		t.Min = o.Min
	}
	t.Max = max(t.Max, o.Max)
	t.Sum += o.Sum
	t.Count += o.Count
	return t
}

// Restore makes the sum and the extremes of a decoded histogram exact again.
// Totals that cannot be those of h change nothing, and false is returned.
func (h *Hist) Restore(t Totals) bool {
	fits := h != nil && t.Count == h.count && t.Refused >= 0 && t.Sum >= 0 && t.Min >= 0 && t.Min <= t.Max
	if fits {
		h.sum, h.min, h.max, h.refused = t.Sum, t.Min, t.Max, t.Refused
	}
	return fits
}

// A Logged is one second of a run as its journal kept it.
type Logged struct {
	Interval
	Waves            []string // the live ones, lane/name
	InFlight, Queued int64    // at the end
	Overloaded       bool     // requests piled up
}

// Rebuild makes the document of a run that was cut off: of the document as it
// was when the run began, and of what was logged since, in order. Rows of the
// timeline are step long at least; what has fewer histograms than seconds needs a
// longer one.
//
// What was in flight at the cut is unfinished, and what was queued is unsent: the
// counts add up as in any other document. The verdict, that over the generator too, is
// left to the judge, which also says what a good request is, and which classes there are.
func Rebuild(begun *Run, seconds []Logged, events []Event, step time.Duration, good Good, classes []class.Class) Rebuilt {
	run := *begun
	run.Events = append([]Event{}, events...)
	r := rebuild{run: &run, parts: map[int]*Part{}, seconds: seconds, good: good}
	for range classes {
		r.classes = append(r.classes, NewPart())
	}
	for _, s := range seconds {
		r.end = max(r.end, s.End)
		r.standing.Merge(s.Standing)
		for key, part := range s.Parts {
			if r.parts[key] == nil {
				r.parts[key] = NewPart()
			}
			r.parts[key].Merge(part)
		}
		for c, p := range r.classes {
			p.Merge(s.Classes[c])
		}
	}
	run.DurationS = r.end.Seconds()
	run.EndedAt = run.StartedAt.Add(r.end)
	r.figures(classes)
	r.timeline(step)
	r.queue()
	return Rebuilt{Run: &run, rebuild: r}
}

// Good says which requests are good.
type Good struct {
	Asserted bool    // something says it
	Share    float64 // that must be, for an endpoint to have recovered from a surge
	Text     string  // the same for people
}

// A Rebuilt is a run made of its logs, without a verdict.
type Rebuilt struct {
	Run *Run
	rebuild
}

// Logged is what a wave did as far as it was logged, or what all of them did (-1), and
// how much time of load that was. What was open at the cut counts neither way.
func (r Rebuilt) Logged(wave int) (*Part, time.Duration) {
	if wave < 0 {
		return r.parts[whole], r.loaded()
	}
	return r.part(wave), r.spans[wave].end - r.spans[wave].start
}

// LoggedClass is likewise what the requests of a class did.
func (r Rebuilt) LoggedClass(c int) (*Part, time.Duration) { return r.classes[c], r.loaded() }

// Tasks are what happened to those of a queue; nil: there is none, or an older log does not
// tell.
func (r Rebuilt) Tasks() func() *Tasks {
	if r.tasks == nil {
		return nil
	}
	return func() *Tasks { return r.tasks }
}

// Lanes are the rows of the timeline of each lane by itself.
func (r Rebuilt) Lanes() map[string][]Row { return r.lanes }

// A rebuild is the work of Rebuild in the making.
type rebuild struct {
	run     *Run
	seconds []Logged
	parts   map[int]*Part
	classes []*Part
	spans   []wallTime       // of the waves
	lanes   map[string][]Row // the timeline of each
	good    Good
	end     time.Duration

	standing Standing // at the end
	tasks    *Tasks   // of a queue; nil: nothing is known
}

// loaded is how long load was offered: to the end of the last wave.
func (r *rebuild) loaded() (d time.Duration) {
	for _, s := range r.spans {
		d = max(d, s.end)
	}
	return min(d, r.end)
}

// A wallTime is the wall time of a wave.
type wallTime struct {
	start, end time.Duration
	begun      bool
}

func (r *rebuild) figures(classes []class.Class) {
	run := r.run
	priced := run.Total.Cost != nil
	total, logged := NewPart(), NewPart()
	run.Waves = slices.Clone(run.Waves)
	r.spans = r.wallTimes()
	run.Prompts = slices.Clone(run.Prompts)
	for i, w := range run.Waves {
		logged.Merge(r.part(i))
		p := r.part(i).Clone()
		p.cutOff()
		total.Merge(p)
		for k := range run.Prompts {
			if run.Prompts[k].Lane == w.Lane && r.standing.Asked == nil { // an older log, without those of the warm-up
				run.Prompts[k].Count += p.Requests.Scheduled
			}
		}
		run.Waves[i] = Derive(Label{
			Name: w.Name, Lane: w.Lane, Kind: w.Kind,
			Started: r.spans[i].start, Duration: r.spans[i].end - r.spans[i].start, Unbegun: !r.spans[i].begun,
			Priced: priced, Judged: r.good.Asserted, Closed: w.Kind == ClosedWave, HDR: true,
		}, p)
		r.complete(&run.Waves[i], i)
		run.Waves[i].Recovery = r.standing.recovery(i, r.end, r.good.Share, r.good.Text)
	}
	for k := range min(len(run.Prompts), len(r.standing.Asked)) {
		run.Prompts[k].Count = max(r.standing.Asked[k], 0)
	}
	total.Merge(r.parts[Over])
	logged.Merge(r.parts[Over])
	if warm := r.parts[Warmup]; warm != nil {
		total.Cost = total.Cost.Add(warm.Cost)
		total.Estimated += warm.Estimated
		logged.Cost = logged.Cost.Add(warm.Cost)
	}
	r.parts[whole] = logged
	all := Label{
		Name: WholeRun, Kind: WholeRun, Duration: r.end, Drain: r.end - r.loaded(), Priced: priced, Judged: r.good.Asserted,
		Closed: slices.ContainsFunc(run.Waves, func(w Stats) bool { return w.Kind == ClosedWave }), HDR: true,
	}
	run.Total = Derive(all, total)
	r.complete(&run.Total, -1)
	run.Workloads, run.Turns = DeriveClasses(all, classes, func(c int) *Part {
		p := r.classes[c].Clone()
		p.cutOff()
		return p
	})
	if total.Requests.Scheduled > 0 && !slices.ContainsFunc(r.seconds, func(s Logged) bool { return len(s.Classes) > 0 }) {
		run.Workloads, run.Turns = nil, nil // an older log does not tell classes apart
	}
	run.Sessions = r.standing.Sessions
	if len(run.Waves) == 1 {
		run.Total.Rate.Steady = run.Waves[0].Rate.Steady
	}
	run.Generator = Generator{
		LagMS: total.Hists[Lag].Latency(true), ReadLagMS: total.Hists[ReadLag].Latency(true),
		StaleRetries: total.StaleRetries,
	}
	for _, s := range r.seconds {
		run.Generator.MaxInFlightSeen = max(run.Generator.MaxInFlightSeen, s.InFlight)
	}
	if b := r.standing.backlog(-1); b != nil {
		run.Generator.MaxInFlightSeen = max(run.Generator.MaxInFlightSeen, b.InFlight)
	}
}

// complete adds to the figures of a wave, or of the run (wave < 0), what no counts tell.
func (r *rebuild) complete(s *Stats, wave int) {
	s.Backlog = r.standing.backlog(wave)
	if l, ok := r.standing.limited(wave); ok {
		l.AddTo(s)
	}
	if rate, ok := r.standing.Steady[wave]; ok {
		s.Rate.Steady = &rate
	}
}

// whole is the key of the sum over all waves.
const whole = -4

func (r *rebuild) part(key int) *Part {
	if r.parts[key] == nil {
		r.parts[key] = NewPart()
	}
	return r.parts[key]
}

// cutOff counts what was open when the run was cut off.
func (p *Part) cutOff() {
	open := p.Requests.Open()
	p.Requests.Unfinished += open.Unfinished
	p.Requests.Unsent += open.Unsent
	if n := open.Unfinished; n > 0 {
		p.Outcomes[outcome.Cancelled] += n
	}
}

// wallTimes says from when to when each wave lasted, as the events and the live
// waves of each second tell. The end of a lane's last wave is known to a second.
func (r *rebuild) wallTimes() []wallTime {
	spans := make([]wallTime, len(r.run.Waves))
	next := map[string]time.Duration{} // by lane: when the following wave began
	for i, w := range slices.Backward(r.run.Waves) {
		start, end, begun := r.lived(w)
		if !begun {
			continue
		}
		if cut, ok := next[w.Lane]; ok {
			end = cut
		}
		spans[i] = wallTime{start, max(start, end), true}
		next[w.Lane] = start
	}
	return spans
}

// lived is when a wave began, and the end of the last second that saw it live.
func (r *rebuild) lived(w Stats) (start, end time.Duration, begun bool) {
	for _, s := range r.seconds {
		if !slices.Contains(s.Waves, slo.WaveName(w.Lane, w.Name)) {
			continue
		}
		if !begun {
			start, begun = s.Start, true
		}
		end = s.End
	}
	for _, e := range r.run.Events {
		if e.Kind == WaveStarted && e.Wave == w.Name && e.Lane == w.Lane {
			return FromSeconds(e.TS), end, true
		}
	}
	return start, end, begun
}

func (r *rebuild) timeline(every time.Duration) {
	lanes := make([]string, len(r.run.Waves))
	for i, w := range r.run.Waves {
		lanes[i] = w.Lane
	}
	t := NewTimeline(lanes, Measured{Priced: r.run.Total.Cost != nil, Judged: r.good.Asserted})
	t.Step = every
	for _, s := range r.seconds {
		one := t.step(s.Interval, s.Waves, s.InFlight, s.Queued)
		one.overloaded = s.Overloaded
		if n := len(t.rows); n > 0 && (one.end <= one.start || t.rows[n-1].start/every == s.Start/every) {
			t.rows[n-1].merge(one)
			continue
		}
		t.rows = append(t.rows, one)
	}
	for len(t.rows) > maxRows {
		t.halve()
	}
	r.run.TimelineStepS, r.run.Timeline, r.lanes = t.Step.Seconds(), t.Rows(true), t.Lanes()
}

// queue is what became of tasks. What a worker had in hand at the cut runs, and what was in
// the queue waits: their counts add up.
func (r *rebuild) queue() {
	q := r.run.Queue
	r.run.Queue = nil
	if q == nil || !slices.ContainsFunc(r.seconds, func(s Logged) bool { return s.Queue != nil }) {
		return
	}
	r.tasks = &Tasks{}
	for _, c := range q.Classes {
		r.tasks.Names, r.tasks.Classes = append(r.tasks.Names, c.Name), append(r.tasks.Classes, &TaskPart{})
	}
	timeline, looks := TierTimeline{}, q.TierLooks
	for _, s := range r.seconds {
		if s.Queue == nil {
			continue
		}
		looks = s.Queue.Looks
		for i, p := range s.Queue.Classes[:min(len(s.Queue.Classes), len(q.Classes))] {
			r.tasks.Classes[i].Merge(p)
		}
		for _, row := range s.Queue.Rows {
			if len(row.Classes) == len(q.Classes) {
				timeline.Add(row)
			}
		}
	}
	r.run.Queue = q.With(r.tasks.Classes, &timeline, looks, true)
	r.run.Queue.Join(r.run.Total, r.run.Workloads)
}

// FromSeconds reads a time as documents write it.
func FromSeconds(s float64) time.Duration { return time.Duration(math.Round(s * float64(time.Second))) }
