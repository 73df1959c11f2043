package compare

import (
	"fmt"
	"slices"
	"strings"

	"flashwave/bench/verdict"
)

// A Need is a change that a comparison must have been able to see: one that could not
// has not passed, whatever it saw. Of shares it is given in percentage points, of all
// else as a part of the base.
type Need struct {
	Text string
	bound
}

// ParseNeed reads a change without a sign: 10%, 1pp.
func ParseNeed(text string) (Need, error) {
	word := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(text)), "+")
	b, ok := parseChange(word, "ratio")
	if !ok || b.value <= 0 {
		return Need{}, fmt.Errorf("%q is not a change", text)
	}
	return Need{word, b}, nil
}

// Concerns reports whether any of the rules that gate, or else of what gates by default,
// is told in the unit of the need.
func (n Need) Concerns(rules []Rule) bool {
	return len(rules) == 0 || slices.ContainsFunc(rules, func(r Rule) bool { return n.concerns(&Row{Unit: r.unit}) })
}

// concerns reports whether the need is told in the unit of the row's changes.
func (n Need) concerns(r *Row) bool { return r.Points() != n.ratio }

// met reports whether such a change of a row would have been seen. One without bound was.
func (n Need) met(r *Row) bool {
	seen := r.shown(r.Seen, r.SeenRatio)
	return seen != nil && *seen <= n.value || r.Beyond != "" && r.Verdict == Better
}

// need lets no comparison pass that could not see what is needed. What concerns no row was
// seen in none.
func (d *Document) need(needs []Need, rows []*Row) {
	if d.Gate.ExitCode != verdict.ExitPass {
		return
	}
	var blind []string
	for _, n := range needs {
		if !slices.ContainsFunc(rows, n.concerns) {
			blind = append(blind, fmt.Sprintf("a change by %s is needed to be seen, and nothing that gates is told so", n.Text))
		}
		for _, r := range rows {
			if !n.concerns(r) || n.met(r) {
				continue
			}
			blind = append(blind, fmt.Sprintf("%s changed by %s is needed to be seen, and %s would have been", r.subject(), n.Text, r.FormatSeen()))
		}
	}
	if len(blind) == 0 {
		return
	}
	g := &d.Gate
	g.Status, g.ExitCode = GateTooNoisy, verdict.ExitInconclusive
	g.Headline = "too noisy to say: " + blind[0]
	g.Reasons = append(g.Reasons, blind...)
}
