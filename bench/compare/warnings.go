package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// cachedApart is how many more of the prompts may be cached on one side.
const cachedApart = 0.05

// warnings say why the sides may not be comparable.
func (c *comparison) warnings(d *Document, across bool) []Warning {
	list := []Warning{}
	warn := func(kind WarningKind, format string, args ...any) {
		list = append(list, Warning{kind, fmt.Sprintf(format, args...)})
	}
	for _, s := range c.sides() {
		for _, run := range s.runs {
			aborted := run.Verdict.Status == result.Aborted
			if unknown := run.CutOff() || aborted && run.Total.Requests.Scheduled == 0; !run.Generator.Valid && !unknown {
				warn(NotValid, "in run %s of %s the generator was the bottleneck", run.ID, s.name)
			}
			if aborted || run.CutOff() {
				warn(Incomplete, "run %s of %s did not go to its end: %s", run.ID, s.name, run.Verdict.Headline)
			}
			if slices.ContainsFunc(run.Events, func(e result.Event) bool { return e.Kind == result.Steered }) {
				warn(SteeredByHand, "run %s of %s was steered by hand", run.ID, s.name)
			}
		}
	}
	c.survivors(warn)
	c.inVain(warn)
	c.lateGaps(warn)
	c.same(warn)
	c.differences(warn)
	c.unasked(warn, across)
	c.noneGood(warn)
	c.answers(warn)
	c.limits(d, warn)
	c.prompts(warn)
	return list
}

// survivors tells of sides of which the requests that got an answer are not all.
func (c *comparison) survivors(warn func(WarningKind, string, ...any)) {
	for _, s := range c.sides() {
		most := 0.0
		for _, run := range s.runs {
			q := run.Total.Requests
			most = max(most, float64(q.Failed+q.Lost())/float64(max(q.Scheduled, 1)))
		}
		if most > marginPoints {
			warn(Survivors, "in %s %s of the requests failed or were lost: they rank beyond every latency, and of the gaps of the others nothing is said", s.name, units.Share(most))
		}
	}
}

// inVain tells of waves and classes of which every request succeeded no more: the figures
// of the whole run hide that of a small one.
func (c *comparison) inVain(warn func(WarningKind, string, ...any)) {
	for _, part := range c.waves() {
		if base, fresh := c.base.requests(part), c.fresh.requests(part); fresh.InVain() && base.Succeeded > 0 {
			warn(InVain, "in NEW none of the %s of %s succeeded, in BASE %s", units.Of(fresh.Scheduled, "request", "requests"), part, units.Count(base.Succeeded))
		}
	}
}

// requests are those of a part in all runs of the side.
func (s *side) requests(part string) (sum result.Requests) {
	for _, run := range s.runs {
		q := stats(run, part).Requests
		sum.Scheduled += q.Scheduled
		sum.Succeeded += q.Succeeded
	}
	return sum
}

// differences tell what is not the same on both sides, or not in all runs of one.
func (c *comparison) differences(warn func(WarningKind, string, ...any)) {
	runs := slices.Concat(c.base.runs, c.fresh.runs)
	for _, same := range []struct {
		kind WarningKind
		what string
		of   func(*result.Run) string
	}{
		{OtherModel, "models", func(r *result.Run) string { return fromScenario(r, "target", "model") }},
		{OtherTarget, "targets", func(r *result.Run) string { return fromScenario(r, "target", "url") }},
		{OtherSeed, "seeds", func(r *result.Run) string { return fromScenario(r, "seed") }},
		{OtherMachine, "machines of the generator", machine},
		{OtherWaves, "waves", waveNames},
	} {
		if values := distinct(runs, same.of); len(values) > 1 {
			warn(same.kind, "the %s differ: %s", same.what, strings.Join(values, ", "))
		}
	}
	base, fresh := c.base.cached(), c.fresh.cached()
	if base != nil && fresh != nil && math.Abs(*base-*fresh) > cachedApart {
		warn(CachedShare, "of the prompt tokens %s were cached in BASE, %s in NEW", units.Share(*base), units.Share(*fresh))
	}
}

// repeatedPrompts is which share of a run's prompts another may have sent before.
const repeatedPrompts = 0.05

// prompts tell of runs, of either side, that sent an endpoint what another had sent
// it before: one that caches prompts answers the later faster. Of several pairs the
// one with the most in common is named.
func (c *comparison) prompts(warn func(WarningKind, string, ...any)) {
	runs := slices.Concat(c.base.runs, c.fresh.runs)
	slices.SortStableFunc(runs, func(a, b *result.Run) int { return a.StartedAt.Compare(b.StartedAt) })
	var later, earlier *result.Run
	most, pairs := 0.0, 0
	for i, run := range runs {
		for _, before := range runs[:i] {
			share := run.Repeated(before)
			if share < repeatedPrompts || endpoint(run) != endpoint(before) || run.Scenario != nil && run.Scenario.Target.BuiltIn() {
				continue
			}
			pairs++
			if share > most {
				later, earlier, most = run, before, share
			}
		}
	}
	if pairs == 0 {
		return
	}
	text := fmt.Sprintf("run %s sent prompts that run %s had sent to the same endpoint, about %s of its own", later.ID, earlier.ID, units.Share(most))
	if pairs > 1 {
		text += fmt.Sprintf(" (and so in %d pairs of runs)", pairs)
	}
	warn(SamePrompts, "%s: a cache of prompts makes the later run faster; run --repeat, or another --seed, sends others", text)
	base, fresh := c.base.cached(), c.fresh.cached()
	if base != nil && fresh != nil && *fresh-*base > cachedApart && slices.Contains(c.fresh.runs, later) {
		warn(Flattered, "NEW sent prompts again, and a cache knew them: of its prompt tokens %s were cached, of those of BASE %s", units.Share(*fresh), units.Share(*base))
	}
}

// endpoint is what answered a run.
func endpoint(run *result.Run) string {
	return fromScenario(run, "target", "url") + " " + fromScenario(run, "target", "model")
}

// limits tell what the intervals cannot hold.
func (c *comparison) limits(d *Document, warn func(WarningKind, string, ...any)) {
	var few, shared []string
	for _, r := range d.Rows {
		if r.Wave == "" && r.Gates && r.Verdict == Unknown {
			few = append(few, r.Name())
		}
	}
	for _, wave := range d.Waves() {
		if _, both := c.base.series[0].of(wave); both {
			shared = append(shared, wave)
		}
	}
	if len(few) > 0 {
		warn(FewSamples, "too few requests, or under %s, for an interval of %s", units.Seconds(c.leastS()), strings.Join(few, ", "))
	}
	if len(shared) > 0 {
		warn(SideBySide, "waves that ran side by side share the rows of the timeline: %s have no intervals", strings.Join(shared, ", "))
	}
	for _, s := range c.sides() {
		if s.burst >= inBursts && d.Method.Name == OrderStatistics {
			warn(Burst, "the failures of %s came together: %s of them tell no more than one; more runs would show how often they come", s.name, units.Number(s.burst))
		}
		if f := s.full; f.near() && d.Method.Name == OrderStatistics {
			warn(NearFull, "%s was near saturation: its backlog wavered %s times as much as arrivals alone make it, and %s of its requests tell no more than one; %s is too few there, run --repeat %d a side",
				s.name, units.Number(f.wavers), units.Number(f.alike), runsAside(len(c.base.runs), len(c.fresh.runs)), fromRanks)
		}
	}
	if d.Method.Name == OrderStatistics {
		warn(NoDrift, "%s: drift between runs is not in the intervals; run --repeat %d a side measures it",
			runsAside(len(c.base.runs), len(c.fresh.runs)), fromRanks)
	}
}

// leastS is how many seconds a run must last for an interval.
func (c *comparison) leastS() float64 {
	least := leastBlock
	for _, run := range slices.Concat(c.base.runs, c.fresh.runs) {
		least = max(least, 2*p95(run.Total)/1000)
	}
	return max(leastWhole*math.Ceil(least), 2)
}

func runsAside(base, fresh int) string {
	switch {
	case base == 1 && fresh == 1:
		return "one run a side"
	case base == fresh:
		return fmt.Sprintf("%d runs a side", base)
	}
	return fmt.Sprintf("%d runs against %d", base, fresh)
}

// cached is the part of a side's prompt tokens that was cached; nil: nobody told of any.
func (s *side) cached() *float64 {
	var cached, prompt int64
	for _, run := range s.runs {
		if t := run.Total.Tokens; t.Cached != nil && t.Prompt != nil {
			cached, prompt = cached+*t.Cached, prompt+*t.Prompt
		}
	}
	if prompt == 0 {
		return nil
	}
	return new(float64(cached) / float64(prompt))
}

// machine is what is known of where the load came from.
func machine(run *result.Run) string {
	name := run.Tool.OS + "/" + run.Tool.Arch
	if cores := run.Generator.CPUAllowed; cores != nil {
		name += fmt.Sprintf(" with %s cores", units.Number(*cores))
	}
	return name
}

func waveNames(run *result.Run) string {
	var names []string
	for _, w := range run.Waves {
		names = append(names, slo.WaveName(w.Lane, w.Name))
	}
	return strings.Join(names, " ")
}

// distinct are the different values over runs, in their order.
func distinct(runs []*result.Run, of func(*result.Run) string) (values []string) {
	for _, run := range runs {
		if v := of(run); !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	return values
}
