package cmd

import (
	"flashwave/bench/capacity"
	"flashwave/bench/monitor"
	"flashwave/client/outcome"
)

// refusedHint asks what may be wrong where an endpoint refuses every request.
func refusedHint(how map[outcome.Outcome]int64) string {
	if how[outcome.Auth] > 0 {
		return "is the key right, and may it ask this model?"
	}
	return "are the URL and the model right, and the prompts not too long?"
}

// refusedTarget asks what may be wrong with the first target of a monitor that refused every
// probe.
func refusedTarget(doc *monitor.Document) string {
	for _, t := range doc.Targets {
		auth, refused := t.Outcomes[outcome.Auth], t.Outcomes[outcome.BadRequest]
		switch {
		case auth+refused == 0 || auth+refused < t.Probes.Good+t.Probes.Bad:
		case t.Queue == nil:
			return refusedHint(t.Outcomes)
		case auth > 0:
			return "is the password right (FLASHWAVE_REDIS_PASSWORD), and the user (FLASHWAVE_REDIS_USER)? looking takes +@read +@connection +@transaction +time"
		default:
			return "is --queue right, and are its keys those that the workers take tasks from?"
		}
	}
	return refusedHint(nil)
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
