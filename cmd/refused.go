package cmd

import (
	"flashwave/bench/capacity"
	"flashwave/client/outcome"
)

// refusedHint asks what may be wrong where an endpoint refuses every request.
func refusedHint(how map[outcome.Outcome]int64) string {
	if how[outcome.Auth] > 0 {
		return "is the key right, and may it ask this model?"
	}
	return "are the URL and the model right, and the prompts not too long?"
}

// refusedIn is how the requests of a search ended.
func refusedIn(doc *capacity.Document) map[outcome.Outcome]int64 {
	sum := map[outcome.Outcome]int64{}
	for _, st := range doc.Steps {
		for o, n := range st.Outcomes {
			sum[o] += n
		}
	}
	return sum
}
