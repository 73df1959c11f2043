package run

import (
	"cmp"
	"fmt"

	"flashwave/bench/report/page"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// errors writes the most frequent kinds of failure.
func (p text) errors(list []result.ErrorCount) {
	const most = 5
	if len(list) == 0 {
		return
	}
	p.Gap()
	shown := list[:min(len(list), most)]
	digits, longest := 0, 0
	for _, e := range shown {
		digits, longest = max(digits, len(units.Count(e.Count))), max(longest, len(e.Outcome))
	}
	for i, e := range shown {
		p.Line(fmt.Sprintf("%s%*s  %-*s  %s", p.Label(page.Once("errors", i)), digits, units.Count(e.Count),
			longest, words.Plain(string(e.Outcome)), words.Plain(cmp.Or(e.Sample, e.Message))))
	}
	if rest := len(list) - most; rest > 0 {
		p.Flow("", p.Dim(fmt.Sprintf("and %d more", rest)))
	}
}
