package verdict

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// A Case is a run as it is judged.
type Case struct {
	Assertions *Assertions
	Figures    Figures
	Ending     Ending
	// Run is the document so far: its waves, its generator, its timeline and its
	// events are what sentences are made of.
	Run *result.Run
	// Lanes are the rows of the timeline of each lane by itself, by its name: what is
	// served of one lane says nothing of another.
	Lanes map[string][]result.Row
	// Breached are the requests/s that the endpoint had admitted when an SLO was first
	// breached live, by the SLO's text.
	Breached map[string]float64
}

// Judge says how a run is judged. The first that applies counts, in the order of the
// exit codes: a run that was broken off says nothing; what the endpoint itself
// answered counts however late the generator was; a late generator says nothing of
// latencies; and missing data never passes.
func Judge(c Case) result.Verdict {
	v := result.Verdict{Reasons: []string{}, SLOs: []result.SLO{}}
	j := judgement{Case: c}
	j.hold()
	for _, h := range j.held {
		v.SLOs = append(v.SLOs, h.SLO)
	}
	j.pace()
	j.good = c.goodShare()
	v.Ground = j.ground()
	v.Status, v.ExitCode = Decide(v.Ground)
	v.Headline = j.headline(v.Status)
	v.Customers = j.customers()
	v.Reasons = append(v.Reasons, j.reasons(v.Status)...)
	return v
}

// A judgement is a verdict in the making.
type judgement struct {
	Case
	held            []held
	failed, unknown []held
	behind          *lagging // the wave that fell furthest behind; nil: none did
	unbounded       bool     // no SLO says how long customers may wait in some wave that fell behind
	kept            bool     // every wave is known to have kept up
	good            goodShare
	paces           []Pace // of the waves of Run; of a closed one only what was served
}

// A held is an SLO that was held against what happened.
type held struct {
	result.SLO
	expr     slo.Expr
	answered bool   // it fails on what the endpoint itself answered
	against  string // why there is no answer although there is data; "": there is one, or no data
}

// A lagging is a wave whose completions did not keep up with its arrivals.
type lagging struct {
	Pace
	wave WaveName
	last bool // nothing was offered after it
	// named: it must be said which it was, for others came after it or ran beside it.
	named bool
}

// Hold judges an assertion against whatever knows its figures, as a document says it.
func Hold(a Assertion, s slo.Lookup) result.SLO {
	r := slo.Evaluate(a.Expr, s)
	return result.SLO{
		Expr: a.Text, Wave: a.Wave, Observed: r.Observed, AtLeast: r.AtLeast, AtMost: r.AtMost,
		Unit: string(a.Unit), OK: r.OK, Assumed: a.Assumed,
	}
}

func (j *judgement) hold() {
	for _, a := range j.Assertions.SLOs {
		s := j.Figures.Stretch(a.Expr)
		if a.Assumed && s.Unasked {
			continue // whoever was asked nothing is held to nothing, unless somebody said so
		}
		h := held{SLO: Hold(a, s), expr: a.Expr}
		h.Kind = j.Assertions.KindOf(a.Expr)
		h.answered = h.OK != nil && !*h.OK && failsOnAnswers(a.Expr, s)
		if against, void := j.against(a.Expr); void && a.Latency() {
			h.OK, h.against = nil, against.String()
		}
		switch n := s.Part.Unjudged; {
		case h.OK != nil:
		case a.OfGood() && n > 0:
			h.against = unjudged(n)
		case a.Metric == slo.Starved && h.AtLeast != nil:
			h.against = "tasks had got nothing for " + units.Duration(*s.Tasks.Starved) + " when the run ended, and still waited"
		}
		j.held = append(j.held, h)
		switch {
		case h.OK == nil:
			j.unknown = append(j.unknown, h)
		case !*h.OK:
			j.failed = append(j.failed, h)
		}
	}
	slices.SortStableFunc(j.failed, func(a, b held) int { return cmp.Compare(b.factor(), a.factor()) })
}

// against is what weighs most of the generator's findings that leave an SLO on a latency
// without an answer.
func (j *judgement) against(e slo.Expr) (result.Finding, bool) {
	var of result.Findings
	for _, f := range j.Run.Generator.Findings {
		if f.Kind == result.FoundCutOff {
			continue // it says so by itself, and what there is may be looked at
		}
		concerned := f.Wave == "" || e.Wave == ""
		for i, w := range j.Figures.Waves {
			concerned = concerned || w.String() == f.Wave && j.Figures.Concerns(e, i)
		}
		if concerned {
			of = append(of, f)
		}
	}
	return of.Against(e.Metric)
}

// customers is what they felt, by the SLO that was missed most if one on what they wait for
// was. They are not spoken of where the generator's own lateness is in it.
func (j *judgement) customers() string {
	if j.Figures.Tasks != nil {
		if _, void := j.against(slo.Expr{Metric: slo.Wait}); void {
			return ""
		}
		return j.Assertions.servedTasks(j.Figures.Tasks())
	}
	e, bounded := j.Assertions.felt(j.Figures)
	if i := slices.IndexFunc(j.failed, func(h held) bool { return bearable(h.expr) }); i >= 0 {
		e, bounded = j.failed[i].expr, true
	}
	if _, void := j.against(e); void {
		return ""
	}
	return customers(j.Figures.Stretch(e), e, bounded)
}

// factor is by how much an SLO that failed was missed: what was observed over its
// bound, or the other way round where it bounds from below.
func (h held) factor() float64 {
	v := h.Observed
	if v == nil {
		v = h.AtLeast
	}
	if h.AtMost != nil && !h.expr.Op.Upper() {
		v = h.AtMost
	}
	if v == nil {
		return 1
	}
	over, under := *v, h.expr.Value
	if !h.expr.Op.Upper() {
		over, under = under, over
	}
	switch {
	case under > 0:
		return over / under
	case over > 0:
		return math.Inf(1)
	}
	return 1
}

// failsOnAnswers reports whether an SLO over counts fails on what the endpoint itself
// answered, every other request taken for a success.
func failsOnAnswers(e slo.Expr, s Stretch) bool {
	switch e.Metric {
	case slo.RateLimited, slo.Dead:
		return true
	case slo.ErrorRate:
		q := s.Part.Requests
		v, ok := ratio(s.Part.Answered(), q.Succeeded+q.Failed)
		return ok && e.Op.Upper() && !e.Holds(v)
	}
	return false
}

// pace says how fast each wave was answered, and finds the open one that fell furthest
// behind.
func (j *judgement) pace() {
	j.kept = true
	end := 0.0
	for _, w := range j.Run.Waves {
		_, to, _ := w.Wall()
		end = max(end, to)
	}
	for i, w := range j.Run.Waves {
		p := paceOf(w, j.Lanes[w.Lane])
		j.paces = append(j.paces, p)
		if w.Kind == result.ClosedWave || w.Requests.Scheduled == 0 {
			continue // a closed wave waits for its answers
		}
		j.kept = j.kept && p.State == Kept
		if p.State != FellShort {
			continue
		}
		j.unbounded = j.unbounded || !j.Assertions.boundsWaiting(i)
		if j.behind == nil || p.Served*j.behind.Offered < j.behind.Served*p.Offered {
			_, to, _ := w.Wall()
			last := to >= end
			j.behind = &lagging{Pace: p, wave: WaveName{w.Lane, w.Name}, last: last, named: !last || len(j.Lanes) > 1}
		}
	}
}

// paceOf is how fast a wave was answered, by the rows of its lane. A closed wave is
// served at its steady rate where it has one, less what failed.
func paceOf(w result.Stats, lane []result.Row) Pace {
	if w.Kind != result.ClosedWave {
		from, to, _ := w.Wall()
		return PaceOf(lane, result.FromSeconds(from), result.FromSeconds(to))
	}
	p := Pace{}
	switch steady, completed, ok := w.Rate.Steady, w.Rate.Completed, w.Rate.Succeeded; {
	case ok == nil:
	case steady != nil && completed != nil && *completed > 0:
		p.Served = *steady * *ok / *completed
	default:
		p.Served = *ok
	}
	return p
}

// ground is what the verdict rests on: the first that applies.
func (j *judgement) ground() result.Ground {
	answered := slices.ContainsFunc(j.failed, func(h held) bool { return h.answered })
	switch {
	case j.Ending == Refused:
		return result.GroundUsage
	case j.Ending == Interrupted:
		return result.GroundInterrupted
	case j.Ending == OutOfBudget || j.Ending == AbortedOn:
		return result.GroundStopped
	case j.Ending == CutOff:
		return result.GroundCutOff
	case answered:
		return result.GroundAnswers
	case !j.Run.Generator.Valid:
		return result.GroundGenerator
	case len(j.failed) > 0:
		return result.GroundSLO
	case len(j.unknown) > 0 || j.unbounded || j.good.none():
		return result.GroundData
	}
	return result.GroundPass
}

// reasons are all that led to the verdict, the decisive one first.
func (j *judgement) reasons(status result.Status) (list []string) {
	add := func(text string) {
		if text != "" && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	if j.Ending == CutOff {
		add(cutOff(j.Run))
	}
	for _, e := range j.Run.Events {
		if e.Kind == result.Stopped {
			add(e.Text)
		}
	}
	if status == result.Inconclusive {
		j.addWarnings(add)
	}
	for _, h := range j.failed {
		add(missed(h.SLO))
	}
	j.addWarnings(add)
	for _, h := range j.unknown {
		add(h.unanswered())
	}
	if j.behind != nil {
		add(j.behind.String())
		if j.unbounded {
			such := "ttft.p95 < 800ms"
			if t := j.Run.Total.Latency; t.TTFT.Response == nil && t.E2E.Response != nil {
				such = "e2e.p95 < 3s" // nothing streams
			}
			add("no SLO says of every request how long it may wait: give one, such as " + such)
		}
	}
	for _, text := range j.good.reasons() {
		add(text)
	}
	for _, text := range j.hidden() {
		add(text)
	}
	if n := j.steered(); n > 0 {
		add(fmt.Sprintf("the run was steered by hand (%d times)", n))
	}
	add(j.assumed())
	return list
}

func (j *judgement) addWarnings(add func(string)) {
	if j.Run.Generator.Valid || j.Ending == CutOff {
		return
	}
	if f, ok := j.Run.Generator.Findings.Decisive(); ok {
		add(f.String())
	}
	for _, w := range j.Run.Generator.Warnings {
		add(w)
	}
}

// unanswered says why an SLO was not judged.
func (h held) unanswered() string {
	if h.against != "" {
		return h.Expr + " cannot be judged: " + h.against
	}
	return "no data for " + h.Expr
}

func (j *judgement) steered() (n int) {
	for _, e := range j.Run.Events {
		if e.Kind == result.Steered {
			n++
		}
	}
	return n
}

// assumed names the SLOs that nobody gave.
func (j *judgement) assumed() string {
	var texts []string
	for _, h := range j.held {
		if h.Assumed {
			texts = append(texts, h.Expr)
		}
	}
	switch {
	case len(texts) == 0:
		return ""
	case len(texts) < len(j.held):
		return "beside the SLOs given " + strings.Join(texts, ", ") + were(texts) + " assumed"
	case j.Assertions.given > 0:
		return "the SLOs given are per request and make the goodput; for the run " + strings.Join(texts, ", ") + were(texts) + " assumed"
	}
	return "no SLO was given: " + strings.Join(texts, ", ") + were(texts) + " assumed"
}

func were(texts []string) string {
	if len(texts) == 1 {
		return " was"
	}
	return " were"
}
