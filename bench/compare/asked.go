package compare

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// same tells of runs that are on both sides.
func (c *comparison) same(warn func(WarningKind, string, ...any)) {
	for _, run := range c.base.runs {
		if slices.ContainsFunc(c.fresh.runs, run.Same) {
			warn(SameRun, "run %s is on both sides: it does not differ from itself", run.ID)
		}
	}
}

// aside are the keys of a scenario that are told apart, or that change no load.
var aside = []string{"name", "labels", "seed", "price", "prices", "abort_on", "budget", "max_lag", "slo"}

// load are the keys of a scenario that say how much is asked for, and when. Goodput is a
// share where they differ, and the rest is told with a warning: to ask what another load
// does is a fair question.
var load = []string{"lanes", "arrivals", "max_in_flight", "overflow", "warmup", "grace"}

// which are the keys of a target that say which it is: what is compared.
var which = []string{"url", "model"}

// way are the keys of a target that say how the generator gets there. It is told with a
// warning where they differ.
var way = []string{"key_env", "key_file", "header_names", "ca", "client_cert", "client_key", "insecure", "proxy", "connect_to"}

// unasked tells of what one run was asked and another was not: then they may differ though
// their endpoints do not. across says that this is the question.
func (c *comparison) unasked(warn func(WarningKind, string, ...any), across bool) {
	runs := slices.Concat(c.base.runs, c.fresh.runs)
	if keys := otherKeys(runs, loadOf); len(keys) > 0 {
		warn(OtherScenario, "the loads differ: the scenarios have other %s", strings.Join(keys, ", "))
	}
	if keys := otherKeys(runs, wayThere); len(keys) > 0 {
		warn(OtherScenario, "the scenarios differ in %s", strings.Join(keys, ", "))
	}
	if !c.sameSLOs() {
		warn(OtherScenario, "the SLOs differ, and so does what is good: of good requests nothing is said")
	}
	switch keys := otherKeys(runs, asked); {
	case len(keys) == 0:
	case across:
		warn(OtherScenario, "the scenarios differ in %s", strings.Join(keys, ", "))
	default:
		warn(NotAsked, "BASE and NEW were not asked the same: the scenarios differ in %s; --across-scenarios compares them all the same", strings.Join(keys, ", "))
	}
}

// noneGood tells of sides of which no request was good: whatever both were, it was not that.
func (c *comparison) noneGood(warn func(WarningKind, string, ...any)) {
	for _, run := range slices.Concat(c.base.runs, c.fresh.runs) {
		if g := run.Total.Goodput; g == nil || g.RPS > 0 {
			return
		}
	}
	warn(NoneGood, "no request was good in BASE or in NEW: neither is what the SLOs ask for")
}

// sameSLOs reports whether all runs were held to the same.
func (c *comparison) sameSLOs() bool {
	return len(distinct(slices.Concat(c.base.runs, c.fresh.runs), func(r *result.Run) string {
		if r.Scenario == nil {
			return ""
		}
		return strings.Join(slices.Sorted(slices.Values(r.Scenario.SLO)), "\n")
	})) == 1
}

// asked is what a run's scenario asks of an endpoint.
func asked(run *result.Run) map[string]any {
	s := scenarioOf(run)
	for _, key := range slices.Concat(aside, load) {
		delete(s, key)
	}
	if run.Scenario != nil {
		for i, l := range run.Scenario.Lanes {
			if l.Workload != nil {
				s[fmt.Sprintf("lanes[%d].workload", i)] = *l.Workload
			}
		}
	}
	if target, ok := s["target"].(map[string]any); ok {
		for _, key := range slices.Concat(which, way) {
			delete(target, key)
		}
	}
	if content := contents(run); content != "" { // a file may have moved, or be another of the same name
		s["prompts"] = content
		if w, ok := s["workload"].(map[string]any); ok {
			delete(w, "prompts")
		}
	}
	return s
}

// loadOf is the load of a run.
func loadOf(run *result.Run) map[string]any {
	of := only(load, scenarioOf(run))
	if run.Scenario != nil && run.Generator.MaxInFlightSeen < int64(run.Scenario.MaxInFlight) {
		delete(of, "max_in_flight") // it was none
	}
	return of
}

// wayThere is how the generator gets to the target of a run.
func wayThere(run *result.Run) map[string]any {
	target, _ := scenarioOf(run)["target"].(map[string]any)
	return only(way, target)
}

// only is what a map has of some keys.
func only(keys []string, m map[string]any) map[string]any {
	some := map[string]any{}
	for _, key := range keys {
		if v, ok := m[key]; ok {
			some[key] = v
		}
	}
	return some
}

// contents are the fingerprints of the prompts of a run's lanes; "" where it does not say.
func contents(run *result.Run) string {
	var list []string
	for _, p := range run.Prompts {
		list = append(list, p.Content)
	}
	return strings.Join(list, " ")
}

// otherKeys are the keys whose values differ between runs.
func otherKeys(runs []*result.Run, of func(*result.Run) map[string]any) []string {
	differ := map[string]bool{}
	first := of(runs[0])
	for _, run := range runs[1:] {
		s := of(run)
		for _, key := range slices.Concat(slices.Collect(maps.Keys(s)), slices.Collect(maps.Keys(first))) {
			differ[key] = differ[key] || !reflect.DeepEqual(s[key], first[key])
		}
	}
	maps.DeleteFunc(differ, func(_ string, other bool) bool { return !other })
	return slices.Sorted(maps.Keys(differ))
}

// scenarioOf is a run's scenario as its document has it.
func scenarioOf(run *result.Run) map[string]any {
	var s map[string]any
	if data, err := json.Marshal(run.Scenario); err == nil {
		_ = json.Unmarshal(data, &s) // what Marshal wrote
	}
	return s
}

// fromScenario is one value of a run's scenario, "none" where there is none.
func fromScenario(run *result.Run, path ...string) string {
	var at any = scenarioOf(run)
	for _, key := range path {
		m, _ := at.(map[string]any)
		at = m[key]
	}
	if at == nil || at == "" {
		return "none"
	}
	return fmt.Sprint(at)
}

// shorter is by which part the answers of NEW may be shorter: so much they differ by chance
// where there are some hundred of them.
const shorter = 0.20

// answers tell of answers that have become shorter though the same model was asked for the
// same: they end earlier, and that is no better.
func (c *comparison) answers(warn func(WarningKind, string, ...any)) {
	runs := slices.Concat(c.base.runs, c.fresh.runs)
	model := func(r *result.Run) string { return fromScenario(r, "target", "model") }
	base, fresh := c.base.answer(), c.fresh.answer()
	if base == nil || fresh == nil || *fresh >= (1-shorter)**base || len(otherKeys(runs, asked)) > 0 || len(distinct(runs, model)) > 1 {
		return
	}
	warn(ShortAnswers, "an answer had %s tokens in BASE and %s in NEW: it ends earlier for that alone", units.Number(*base), units.Number(*fresh))
}

// answer is how many tokens an answer of a side had on average; nil: nobody counted them.
func (s *side) answer() *float64 {
	var tokens, ok float64
	for _, run := range s.runs {
		if t := run.Total; t.Tokens.Output != nil {
			tokens, ok = tokens+float64(*t.Tokens.Output), ok+float64(t.Requests.Succeeded)
		}
	}
	if ok == 0 {
		return nil
	}
	return new(tokens / ok)
}

// lateGaps tell of sides in whose runs the generator read too late for the gaps between
// tokens.
func (c *comparison) lateGaps(warn func(WarningKind, string, ...any)) {
	for _, s := range c.sides() {
		var late []string
		for _, run := range s.runs {
			if run.Generator.Valid && voidGaps(run, "") {
				late = append(late, run.ID)
			}
		}
		if len(late) > 0 {
			warn(LateGaps, "in %s of %s the generator was too late for gaps between tokens: nothing is said of ITL and TPOT", runsNamed(late), s.name)
		}
	}
}

// runsNamed are runs in words: the one by its id, of several the first.
func runsNamed(ids []string) string {
	if len(ids) == 1 {
		return "run " + ids[0]
	}
	return fmt.Sprintf("%d runs, %s …,", len(ids), ids[0])
}

// voidGaps reports whether the gaps of a stretch of a run are the generator's own.
func voidGaps(run *result.Run, wave string) bool {
	s := stats(run, wave)
	all := wave == "" || s != nil && kindOf(*s) != ""
	return slices.ContainsFunc(run.Generator.Findings, func(f result.Finding) bool {
		return f.Voids == result.VoidsGaps && (all || f.Wave == "" || f.Wave == wave)
	})
}
