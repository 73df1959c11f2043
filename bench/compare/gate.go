package compare

import (
	"fmt"
	"slices"
	"strings"
)

// gate judges the comparison: by the rules, or else by the default gate.
func (d *Document) gate(rules []Rule) {
	d.Gate = Gate{Reasons: []string{}, Rules: []RuleResult{}}
	gated := d.gated()
	worse := holm(gated)
	for _, r := range gated {
		if r.Verdict == Worse && !slices.Contains(worse, r) {
			r.Verdict = TooNoisy
		}
	}
	for _, r := range worse {
		r.Verdict = Worse
	}
	d.judge(gated, worse)
	if len(rules) > 0 {
		d.hold(rules)
	}
	d.invalid()
}

// gated are the rows that the default gate looks at, of which there is any data.
func (d *Document) gated() (list []*Row) {
	for i := range d.Rows {
		if r := &d.Rows[i]; r.Gates && (r.Base != nil || r.New != nil) {
			list = append(list, r)
		}
	}
	return list
}

// judge is the default gate.
func (d *Document) judge(gated, worse []*Row) {
	g := &d.Gate
	noisy, better, missing := having(gated, TooNoisy, Unknown), having(gated, Better), d.missing(gated)
	switch {
	case len(worse) > 0:
		g.Status, g.ExitCode = GateWorse, ExitWorse
		g.Headline = "NEW is worse: " + join(worse)
	case len(missing) > 0 || len(gated) == 0:
		g.Status, g.ExitCode = Inconclusive, ExitInconclusive
		g.Headline = "not enough data to compare"
		if len(missing) > 0 {
			g.Headline += ": " + strings.Join(missing, ", ")
		}
	case len(noisy) > 0:
		g.Status = GateTooNoisy
		g.Headline = "too noisy to say: " + noisy[0].reason()
	case len(better) > 0:
		g.Status = GateBetter
		g.Headline = "NEW is better: " + join(better)
	default:
		g.Status = GateNoDifference
		g.Headline = "no difference: " + brief(gated)
	}
	g.Reasons = append(g.Reasons, missing...)
	for _, r := range gated {
		if r.Verdict == Worse || r.Verdict == TooNoisy || r.Verdict == Unknown {
			g.Reasons = append(g.Reasons, r.reason())
		}
	}
}

// missing says of which gated metrics one side has no data. Goodput may be
// missing: the scenarios say what is good, and a warning that they differ.
func (d *Document) missing(gated []*Row) (list []string) {
	for _, r := range gated {
		if r.Metric == "goodput" || r.Base != nil && r.New != nil {
			continue
		}
		side := "NEW"
		if r.Base == nil {
			side = "BASE"
		}
		list = append(list, fmt.Sprintf("no data for %s in %s", r.Name(), side))
	}
	return list
}

// join are rows in words.
func join(rows []*Row) string {
	words := make([]string, len(rows))
	for i, r := range rows {
		words[i] = tell(r)
	}
	return strings.Join(words, "; ")
}

func having(rows []*Row, verdicts ...Verdict) (list []*Row) {
	for _, r := range rows {
		if slices.Contains(verdicts, r.Verdict) {
			list = append(list, r)
		}
	}
	return list
}

// hold puts the rules in the place of the default gate.
func (d *Document) hold(rules []Rule) {
	var failed, open []string
	for _, rule := range rules {
		res := RuleResult{Expr: rule.Text, Wave: rule.Wave}
		row := d.Row(rule.Metric, rule.Stat, rule.Wave)
		if row != nil {
			res.Failed = rule.fails(*row)
		}
		switch {
		case res.Failed == nil:
			open = append(open, "no data for "+rule.Text)
		case *res.Failed:
			failed = append(failed, rule.Text+": "+tell(row))
		}
		d.Gate.Rules = append(d.Gate.Rules, res)
	}
	g := &d.Gate
	before := g.Status
	g.Status, g.ExitCode, g.Reasons = GateNoDifference, ExitPass, append(failed, open...)
	switch {
	case len(failed) > 0:
		g.Status, g.ExitCode, g.Headline = GateWorse, ExitWorse, "NEW is worse: "+failed[0]
	case len(open) > 0:
		g.Status, g.ExitCode, g.Headline = Inconclusive, ExitInconclusive, "not enough data to compare: "+strings.Join(open, ", ")
	case before == GateBetter:
		g.Status = GateBetter
	default:
		g.Headline = fmt.Sprintf("no rule of %d failed: %s", len(rules), brief(d.gated()))
	}
	if g.Reasons == nil {
		g.Reasons = []string{}
	}
}

// invalid voids the judgement where a generator was the bottleneck: what it
// measured is itself.
func (d *Document) invalid() {
	var sides []string
	if !d.Base.Valid {
		sides = append(sides, "BASE")
	}
	if !d.New.Valid {
		sides = append(sides, "NEW")
	}
	if sides == nil {
		return
	}
	g := &d.Gate
	reason := "the generator was the bottleneck in " + strings.Join(sides, " and ")
	g.Status, g.ExitCode = Inconclusive, ExitInconclusive
	g.Reasons = append([]string{reason, g.Headline}, g.Reasons...)
	g.Headline = "nothing can be said: " + reason
}

// Row finds a row; nil if there is none. wave is a name with its lane, or without
// where only one lane has it.
func (d *Document) Row(metric, stat, wave string) *Row {
	var found *Row
	for i := range d.Rows {
		r := &d.Rows[i]
		if r.Metric != metric || r.Stat != stat {
			continue
		}
		if r.Wave == wave {
			return r
		}
		if wave != "" && strings.HasSuffix(r.Wave, "/"+wave) {
			if found != nil {
				return nil
			}
			found = r
		}
	}
	return found
}

// Waves are the names of the waves that have rows, in their order.
func (d *Document) Waves() (list []string) {
	for _, r := range d.Rows {
		if r.Wave != "" && !slices.Contains(list, r.Wave) {
			list = append(list, r.Wave)
		}
	}
	return list
}
