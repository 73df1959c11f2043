package result

import (
	"fmt"
	"math"
	"slices"
	"time"

	"flashwave/bench/slo"
	"flashwave/bench/units"
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
}

// Rebuild makes the document of a run that was cut off: of the document as it
// was when the run began, and of what was logged since, in order. Rows of the
// timeline are step long at least; what has fewer histograms than seconds needs a
// longer one.
//
// What was in flight at the cut is unfinished, and what was queued is unsent: the
// counts add up as in any other document. The verdict is inconclusive whatever
// the SLOs say of what there is, and so is the generator's health.
func Rebuild(begun *Run, seconds []Logged, events []Event, step time.Duration) *Run {
	run := *begun
	run.Events = append([]Event{}, events...)
	r := rebuild{run: &run, parts: map[int]*Part{}, seconds: seconds, exprs: assertions(begun)}
	for _, s := range seconds {
		r.end = max(r.end, s.End)
		for key, part := range s.Parts {
			if r.parts[key] == nil {
				r.parts[key] = NewPart()
			}
			r.parts[key].Merge(part)
		}
	}
	run.DurationS = r.end.Seconds()
	run.EndedAt = run.StartedAt.Add(r.end)
	r.figures()
	r.timeline(step)
	r.judge()
	return &run
}

// A rebuild is the work of Rebuild in the making.
type rebuild struct {
	run     *Run
	seconds []Logged
	parts   map[int]*Part
	spans   []span // of the waves
	exprs   judged
	end     time.Duration
}

// A span is the wall time of a wave.
type span struct{ start, end time.Duration }

func (r *rebuild) figures() {
	run := r.run
	priced := run.Total.Cost != nil
	total, logged := NewPart(), NewPart()
	run.Waves = slices.Clone(run.Waves)
	r.spans = r.wallTimes()
	for i, w := range run.Waves {
		logged.Merge(r.part(i))
		p := r.part(i).Clone()
		p.cutOff()
		total.Merge(p)
		run.Waves[i] = Derive(Label{
			Name: w.Name, Lane: w.Lane, Kind: w.Kind,
			Started: r.spans[i].start, Duration: r.spans[i].end - r.spans[i].start,
			Priced: priced, Judged: r.exprs.good, HDR: true,
		}, p)
	}
	total.Merge(r.parts[Tail])
	logged.Merge(r.parts[Tail])
	if warm := r.parts[Warmup]; warm != nil {
		total.Cost = total.Cost.Add(warm.Cost)
		total.Estimated += warm.Estimated
		logged.Cost = logged.Cost.Add(warm.Cost)
	}
	r.parts[whole] = logged
	run.Total = Derive(Label{Name: "total", Kind: "total", Duration: r.end, Priced: priced, Judged: r.exprs.good, HDR: true}, total)
	run.Generator = Generator{
		Warnings: []string{"the run was cut off before its generator could be judged"},
		LagMS:    total.Hists[Lag].Latency(true), ReadLagMS: total.Hists[ReadLag].Latency(true),
		StaleRetries: total.StaleRetries,
	}
	for _, s := range r.seconds {
		run.Generator.MaxInFlightSeen = max(run.Generator.MaxInFlightSeen, s.InFlight)
	}
}

// whole is the key of the sum over all waves.
const whole = -3

func (r *rebuild) part(key int) *Part {
	if r.parts[key] == nil {
		r.parts[key] = NewPart()
	}
	return r.parts[key]
}

// cutOff counts what was open when the run was cut off.
func (p *Part) cutOff() {
	q := &p.Requests
	if open := q.Sent - q.Ended(); open > 0 {
		q.Unfinished += open
		p.Outcomes["cancelled"] += open
	}
	if queued := q.Scheduled - q.Sent - q.Dropped - q.Unsent; queued > 0 {
		q.Unsent += queued
	}
}

// wallTimes says from when to when each wave lasted, as the events and the live
// waves of each second tell. The end of a lane's last wave is known to a second.
func (r *rebuild) wallTimes() []span {
	spans := make([]span, len(r.run.Waves))
	next := map[string]time.Duration{} // by lane: when the following wave began
	for i, w := range slices.Backward(r.run.Waves) {
		start, end, begun := r.lived(w)
		if !begun {
			continue
		}
		if cut, ok := next[w.Lane]; ok {
			end = cut
		}
		spans[i] = span{start, max(start, end)}
		next[w.Lane] = start
	}
	return spans
}

// lived is when a wave began, and the end of the last second that saw it live.
func (r *rebuild) lived(w Stats) (start, end time.Duration, begun bool) {
	for _, s := range r.seconds {
		if !slices.Contains(s.Waves, qualified(w)) {
			continue
		}
		if !begun {
			start, begun = s.Start, true
		}
		end = s.End
	}
	for _, e := range r.run.Events {
		if e.Kind == WaveStarted && e.Wave == w.Name && e.Lane == w.Lane {
			return fromSeconds(e.TS), end, true
		}
	}
	return start, end, begun
}

// qualified is a wave's name, with its lane where it has one.
func qualified(w Stats) string {
	if w.Lane == "" {
		return w.Name
	}
	return w.Lane + "/" + w.Name
}

func (r *rebuild) timeline(every time.Duration) {
	t := &Timeline{Step: every}
	for _, s := range r.seconds {
		sum, single := NewPart(), NewTimeline()
		s.Sum(sum, -1)
		single.Add(s.Start, s.End, sum, s.Waves, s.InFlight, s.Queued)
		if n := len(t.rows); n > 0 && t.rows[n-1].start/every == s.Start/every {
			t.rows[n-1].merge(single.rows[0])
			continue
		}
		t.rows = append(t.rows, single.rows[0])
	}
	for len(t.rows) > maxRows {
		t.halve()
	}
	r.run.TimelineStepS, r.run.Timeline = t.Step.Seconds(), t.Rows(true)
}

// judge holds the SLOs against what there is, which proves nothing. What was open
// at the cut counts neither way.
func (r *rebuild) judge() {
	reason := fmt.Sprintf("the run was cut off after %s: this is everything up to the last second", units.Duration(r.end))
	r.run.Verdict = Verdict{
		Status: Inconclusive, ExitCode: 120, Headline: reason, Reasons: []string{reason}, SLOs: []SLO{},
	}
	for _, e := range r.exprs.run {
		r.run.Verdict.SLOs = append(r.run.Verdict.SLOs, Hold(e, r.stretch(e), r.exprs.assumed))
	}
}

// stretch is what an expression speaks of.
func (r *rebuild) stretch(e slo.Expr) Stretch {
	s := Stretch{Part: r.parts[whole], Length: r.end, Priced: r.run.Total.Cost != nil, Judged: r.exprs.good}
	if e.Wave == "" {
		return s
	}
	s.Part, s.Length = NewPart(), 0
	for i, w := range r.run.Waves {
		if e.Wave == w.Name || e.Wave == qualified(w) {
			s.Part.Merge(r.parts[i])
			s.Length += r.spans[i].end - r.spans[i].start
		}
	}
	return s
}

// judged is what a scenario asserts.
type judged struct {
	run     []slo.Expr // over the run or a wave of it
	good    bool       // something says which request is good
	assumed bool
}

// assertions are those of the scenario. One that cannot be read (a later version
// wrote it) is left out.
func assertions(run *Run) judged {
	var j judged
	if run.Scenario == nil {
		return j
	}
	for _, text := range run.Scenario.SLO {
		e, err := slo.Parse(text)
		if err != nil {
			continue
		}
		_, percentile := e.Quantile()
		switch {
		case e.PerRequest():
			j.good = true
			continue
		case percentile && e.Op.Upper() && (e.Metric == slo.TTFT || e.Metric == slo.E2E || e.Metric == slo.TPOT):
			j.good = true
		}
		j.run = append(j.run, e)
	}
	if len(j.run) == 0 {
		j.run, j.assumed = slo.Assumed(), true
	}
	return j
}

// fromSeconds reads a time as documents write it.
func fromSeconds(s float64) time.Duration { return time.Duration(math.Round(s * float64(time.Second))) }
