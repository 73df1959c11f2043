package report

import (
	"cmp"
	"fmt"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// errors writes the most frequent kinds of failure.
func (p *page) errors(list []result.ErrorCount) {
	const most = 5
	if len(list) == 0 {
		return
	}
	p.gap()
	shown := list[:min(len(list), most)]
	digits, words := 0, 0
	for _, e := range shown {
		digits, words = max(digits, len(units.Count(e.Count))), max(words, len(e.Outcome))
	}
	for i, e := range shown {
		label := ""
		if i == 0 {
			label = "errors"
		}
		p.line(fmt.Sprintf("%s%*s  %-*s  %s", p.label(label), digits, units.Count(e.Count),
			words, plain(string(e.Outcome)), plain(cmp.Or(e.Sample, e.Message))))
	}
	if rest := len(list) - most; rest > 0 {
		p.flow("", p.ink.dim(fmt.Sprintf("and %d more", rest)))
	}
}
