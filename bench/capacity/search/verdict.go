package search

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
	"flashwave/client"
)

// document is what the search found.
func (s *Search) document() *capacity.Document {
	o := s.cfg.Options
	d := &capacity.Document{
		Schema: capacity.Schema, ID: o.ID, Name: s.base.Name, Labels: s.base.Labels, Tool: o.Tool,
		StartedAt: s.began.UTC(), EndedAt: time.Now().UTC(), DurationS: s.elapsed().Seconds(),
		Scenario: s.base, Plan: s.plan(), SLOs: []capacity.SLO{}, Findings: s.findings(), Steps: []capacity.Step{}, Warnings: []string{},
	}
	if p := s.cfg.Past; p != nil {
		d.StartedAt = p.Document.StartedAt
	}
	if d.Labels == nil {
		d.Labels = map[string]string{}
	}
	for _, c := range s.criteria {
		d.SLOs = append(d.SLOs, capacity.SLO{Expr: c.Text, Assumed: c.assumed})
	}
	for _, st := range s.steps {
		d.Steps = append(d.Steps, st.Step)
	}
	d.Curve, d.Usage = capacity.Curve(d.Steps), s.meter.usage()
	if o.Price != nil {
		d.CostUSD = &s.spent
	}
	d.Capacity = s.capacity()
	d.BySLO = s.bySLO()
	d.Warnings = slices.Concat(d.Warnings, s.warnings, s.cacheWarnings(), s.batchWarnings())
	d.Forecast, d.Cost = s.forecast(s.demand, s.base, client.Never)
	d.Rehearsal = s.rehearsed
	d.Queue = s.queueFound()
	d.Verdict = s.verdict(d.Capacity)
	weigh(d, s.rehearsedOn)
	return d
}

func (s *Search) plan() capacity.Plan {
	c := s.cfg
	return capacity.Plan{
		By: &c.By, MinRateRPS: c.MinRate, MaxRateRPS: c.MaxRate, Precision: c.Precision,
		StepForS: c.StepFor.Seconds(), SoakS: c.Soak.Seconds(), HoldForS: some(c.HoldFor.Seconds()), WarmupS: some(c.Warmup.Seconds()), ForS: c.For.Seconds(), BudgetUSD: some(s.base.Budget),
	}
}

// capacity is the answer, as far as it is known.
func (s *Search) capacity() capacity.Capacity {
	c := capacity.Capacity{Confirmed: s.soaked}
	if ground, _ := s.footing(); ground == forecast.Firm {
		c.Saturated = forecast.Saturated(s.measured())
	}
	high := 0.0
	if s.hunt != nil {
		high = s.hunt.beyond()
	}
	at := s.at(s.answer)
	if s.cfg.inFlight() {
		c.Concurrency, c.LowConcurrency, c.HighConcurrency = whole(s.answer), whole(s.answer), whole(high)
		if at != nil {
			c.RPS = at.SucceededRPS
		}
	} else {
		c.RPS, c.LowRPS, c.HighRPS = some(s.answer), some(s.answer), some(high)
	}
	c.LimitedBy, c.SLO = s.limited()
	c.AtLeast = s.answer > 0 && len(s.hunt.breaks) == 0
	if c.RPS != nil {
		c.RPM = new(60 * *c.RPS)
	}
	if at != nil {
		c.InFlight, c.OutputTPS = at.InFlightMean, at.Tokens.OutputTPS
		if at.Tokens.TotalTPS != nil {
			c.TokensPM = new(60 * *at.Tokens.TotalTPS)
		}
	}
	return c
}

// at is the last step at a load that did not break there; nil: there is none.
func (s *Search) at(load float64) (last *capacity.Step) {
	for i := range s.steps {
		st := &s.steps[i].Step
		judged := st.Verdict == capacity.Held || st.Verdict == capacity.Undecided && st.Looks > 0
		if tried, ok := st.Tried(); ok && judged && st.GeneratorValid && near(tried, load) {
			last = st
		}
	}
	return last
}

// limited is what ends the capacity: what the lowest rate that did not hold was
// limited by; where every rate held, what ended the search.
func (s *Search) limited() (capacity.Limit, *string) {
	var lowest *step
	if s.hunt != nil && len(s.hunt.breaks) > 0 {
		lowest = s.of(s.hunt.edge())
	}
	switch {
	case lowest != nil && lowest.Verdict == capacity.Undecided:
		return capacity.ByUndecidable, nil
	case lowest != nil:
		if lowest.slo == "" {
			return lowest.limit, nil
		}
		return lowest.limit, &lowest.slo
	case s.stop != nil:
		return s.stop.limit, nil
	case s.hunt != nil && s.answer > 0 && s.hunt.spared():
		return capacity.ByRateLimit, nil
	case s.answer > 0:
		return capacity.ByMaxRate, nil
	case s.hunt != nil && s.hunt.low() > 0: // as far as was seen
		return capacity.ByUndecidable, nil
	}
	return capacity.ByNothing, nil
}

// of is the step of a trial.
func (s *Search) of(t trial) *step {
	for i := range s.steps {
		if s.steps[i].StartedS == t.at {
			return &s.steps[i]
		}
	}
	return nil
}

// ground is what the verdict rests on: the first that applies.
func (s *Search) ground(c capacity.Capacity) result.Ground {
	switch {
	case s.stop != nil:
		return s.stop.on
	case s.hunt != nil && s.hunt.drifts, s.answer > 0 && s.cfg.Soak > 0 && !c.Confirmed:
		return result.GroundData
	case s.answer == 0 && s.doubtful(c):
		return result.GroundData
	case s.answer == 0:
		return result.GroundSLO
	case len(s.outOfReach()) > 0:
		return short(c)
	}
	return result.GroundPass
}

// doubtful reports whether some load may hold, though none is named: one held as far as was
// seen, or nobody can say whether the lowest broke.
func (s *Search) doubtful(c capacity.Capacity) bool {
	return c.LimitedBy == capacity.ByUndecidable || s.hunt != nil && s.hunt.low() > 0
}

// short is what a goodput out of reach of the capacity says: a higher rate may come to it
// where none broke.
func short(c capacity.Capacity) result.Ground {
	if c.AtLeast {
		return result.GroundData
	}
	return result.GroundSLO
}

// beyondReach are the goodputs that the capacity does not come to, in words.
func beyondReach(list []capacity.Judged) (text string) {
	for _, j := range list {
		text += "; " + j.Expr + " is out of reach: it was " + units.Maybe(j.Observed, units.PerSecond) + " there"
	}
	return text
}

// verdict judges the search.
func (s *Search) verdict(c capacity.Capacity) capacity.Verdict {
	v := capacity.Verdict{Reasons: []string{}, Headline: s.headline(c)}
	v.Status, v.ExitCode = verdict.Decide(s.ground(c))
	if s.stop != nil {
		v.Reasons = append(v.Reasons, s.stop.text)
	}
	for _, f := range s.findings() {
		if f.Kind != capacity.Quotas {
			v.Reasons = append(v.Reasons, f.Text)
		}
	}
	for _, sl := range s.criteria {
		if sl.assumed {
			v.Reasons = append(v.Reasons, sl.Text+" was assumed, for no SLO of its kind was given")
		}
	}
	return v
}

// headline is the answer in one sentence.
func (s *Search) headline(c capacity.Capacity) string {
	if s.replay.only && s.stop != nil {
		sofar := "no rate had held yet"
		if s.answer > 0 {
			sofar = s.soFar(c)
		}
		return fmt.Sprintf("cut off after %d steps: %s", len(s.steps), sofar)
	}
	return s.soFar(c)
}

// soFar is the answer as far as it is known.
func (s *Search) soFar(c capacity.Capacity) string {
	if s.answer == 0 {
		text := map[bool]string{false: "no rate held", true: "no number in flight held"}[s.cfg.inFlight()]
		if s.doubtful(c) {
			text += " beyond doubt"
		} else if s.hunt != nil && s.hunt.high() > 0 {
			text += ", down to " + s.asked(s.hunt.high())
		}
		if s.stop != nil {
			return "no answer: " + s.stop.text
		}
		return text + s.brokeFirst(c)
	}
	holds := "holds "
	if c.AtLeast {
		holds = "holds at least "
	}
	text := holds + s.asked(s.answer)
	switch {
	case c.RPS == nil:
	case s.cfg.inFlight():
		text += fmt.Sprintf(" (%s requests/s)", units.Rate(*c.RPS))
	default:
		text += fmt.Sprintf(" (%s a minute)", units.Rate(*c.RPM))
	}
	if e := latencyCriterion(s.criteria); e != nil && !s.several() {
		text += " at " + e.Text
	}
	if h := s.hunt; h != nil && h.drifts {
		of := "an earlier time"
		if st := s.at(s.answer); st != nil {
			of = units.ClockSeconds(st.StartedS)
		}
		return "held " + strings.TrimPrefix(text, "holds ") + " as of " + of + " into the search, and the endpoint drifts: it would not hold now"
	}
	text += s.brokeFirst(c)
	text += beyondReach(s.outOfReach())
	if !c.Confirmed && s.cfg.Soak > 0 {
		text += "; not confirmed by a soak"
	}
	return text
}

// asked is a load in words, as a sentence has it.
func (s *Search) asked(load float64) string {
	if s.cfg.inFlight() {
		return s.cfg.By.Amount(load)
	}
	return units.Rate(load) + " requests/s"
}

// whole is a load as a whole number; nil for 0.
func whole(load float64) *int {
	if load == 0 {
		return nil
	}
	return new(int(math.Round(load)))
}

// brokeFirst is what ends the capacity, in words.
func (s *Search) brokeFirst(c capacity.Capacity) string {
	slo := ""
	if c.SLO != nil {
		slo = *c.SLO
	}
	switch c.LimitedBy {
	case capacity.ByLatency:
		return "; past that " + slo + " breaks first" + s.nextToBreak()
	case capacity.ByBacklog:
		return "; past that " + s.pilesFirst() + s.nextToBreak()
	case capacity.ByErrors:
		return "; past that failures come first (" + slo + ")" + s.nextToBreak()
	case capacity.ByRateLimit:
		text := "; past that 429s come first"
		if c.AtLeast {
			text = fmt.Sprintf("; nothing broke %s above the limit that it announces", units.Bound(s.hunt.margin(), units.Ratio))
		}
		if q := s.quota(); q != "" {
			text += ": " + q
		}
		return text
	case capacity.ByUndecidable:
		if s.several() && s.first() != "" {
			return "; past that " + s.first() + " may break" + s.nextToBreak()
		}
		return "; whether more holds is undecided"
	case capacity.ByMaxRate:
		if s.cfg.inFlight() {
			return "; nothing broke up to the slots that there are: give more by --max-in-flight"
		}
		return "; nothing broke up to the highest rate allowed"
	case capacity.ByNothing:
		return ""
	}
	if s.stop != nil {
		return "; then " + s.stop.text
	}
	return ""
}

// cacheDiffers is by how much of the prompt tokens cached shares may differ.
const cacheDiffers = 0.05

// cacheWarnings says where a prompt cache of the endpoint flattered some steps.
func (s *Search) cacheWarnings() []string {
	least, most, n := 1.0, 0.0, 0
	for _, st := range s.steps {
		if _, ok := st.Tried(); ok && st.CachedShare != nil {
			c := st.CachedShare
			least, most = min(least, *c), max(most, *c)
			n++
		}
	}
	if n < 2 || most-least <= cacheDiffers {
		return nil
	}
	return []string{fmt.Sprintf("the endpoint answered %s to %s of the prompt tokens from its cache, by step: the steps do not compare quite; prompts of synthetic:N are never the same",
		units.Share(least), units.Share(most))}
}
