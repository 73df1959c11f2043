package capacity

import (
	"fmt"
	"slices"
	"strings"

	"flashwave/bench/scenario"
	"flashwave/bench/units"
)

// Unlike tells, in sentences, what of two scenarios makes an endpoint's capacity for the
// one another than for the other: the endpoint, the prompts, the answers, the arrivals.
// The scenarios are called by names.
func Unlike(a, b *scenario.Scenario, inA, inB string) []string {
	return append(Elsewhere(a, b, inA, inB), Otherwise(a, b, inA, inB)...)
}

// A trait is what two scenarios may differ in.
type trait struct {
	what, because string
	say           func(*scenario.Scenario) string
}

// Elsewhere tells whether two scenarios ask different endpoints.
func Elsewhere(a, b *scenario.Scenario, inA, inB string) []string {
	return differing([]trait{{"the endpoints differ", "", endpointOf}}, a, b, inA, inB)
}

// Otherwise tells what else two scenarios ask, and how.
func Otherwise(a, b *scenario.Scenario, inA, inB string) []string {
	return differing([]trait{
		{"the prompts differ", "", promptsOf},
		{"the longest answers differ", "", func(sc *scenario.Scenario) string { return units.Of(sc.LongestAnswer(), "token", "tokens") }},
		{"the answers come otherwise", "", func(sc *scenario.Scenario) string {
			return map[bool]string{true: "streamed", false: "in one piece"}[sc.Streams()]
		}},
		{"the classes differ", ": what is served depends on them", classesOf},
		{"the arrivals differ", ": bursts break SLOs at lower rates", func(sc *scenario.Scenario) string { return sc.Arrivals }},
	}, a, b, inA, inB)
}

func differing(traits []trait, a, b *scenario.Scenario, inA, inB string) []string {
	list := []string{}
	for _, of := range traits {
		if x, y := of.say(a), of.say(b); x != y {
			list = append(list, fmt.Sprintf("%s: %s in %s, %s in %s%s", of.what, x, inA, y, inB, of.because))
		}
	}
	return list
}

// endpointOf is which model is asked where.
func endpointOf(sc *scenario.Scenario) string {
	if sc.Target.Model == "" {
		return sc.Target.URL
	}
	return sc.Target.Model + " at " + sc.Target.URL
}

// promptsOf are where the prompts of all lanes come from.
func promptsOf(sc *scenario.Scenario) string {
	var list []string
	for _, w := range sc.Workloads() {
		source := w.Prompts
		if source == "" {
			source = "one text"
		}
		if w.System != "" {
			source += " with a system prompt"
		}
		if !slices.Contains(list, source) {
			list = append(list, source)
		}
	}
	return strings.Join(list, " and ")
}

// classesOf are those of the tasks of a queue.
func classesOf(sc *scenario.Scenario) string {
	if sc.Target.API != scenario.QueueAPI {
		return "none"
	}
	var list []string
	for _, of := range sc.Mix {
		list = append(list, fmt.Sprintf("%s=%s:%s", of.Name, of.Priorities, units.Share(of.Share)))
	}
	return strings.Join(list, ", ")
}
