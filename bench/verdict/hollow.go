package verdict

import (
	"flashwave/bench/class"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// Hollow are what figures of a whole run hide, each in a sentence: parts of it, waves and
// classes, of which no request succeeded while others did, and answers that held nothing.
// SLOs that speak of none of them may all hold; the run did not.
func Hollow(run *result.Run) (list []string) {
	none := func(s result.Stats, of string) {
		if s.Requests.InVain() {
			list = append(list, "none of the "+units.Of(s.Requests.Scheduled, "request", "requests")+of+" succeeded")
		}
	}
	if run.Total.Requests.Succeeded > 0 {
		for _, w := range run.Waves {
			none(w, " in "+WaveName{w.Lane, w.Name}.String())
		}
		for _, c := range run.Classes() {
			none(c, " of "+class.Class{Kind: class.Kind(c.Kind), Name: c.Name}.String())
		}
	}
	for _, f := range run.Generator.Findings {
		if f.Kind == result.FoundTokenless {
			list = append(list, f.Text)
		}
	}
	return list
}
