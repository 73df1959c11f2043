package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"flashwave/bench/verdict"
)

// gate judges the comparison: by the rules, or else by the default gate.
func (d *Document) gate(rules []Rule, needs []Need) {
	d.Gate = Gate{Reasons: []string{}, Rules: []RuleResult{}}
	gated := d.gated()
	d.judge(gated)
	if len(rules) > 0 {
		for _, r := range gated {
			r.Gates = false
		}
		gated = d.ruled(rules)
		for _, r := range gated {
			r.Gates = true
		}
		// What a rule lacks, it says itself.
		d.Warnings = slices.DeleteFunc(d.Warnings, func(w Warning) bool { return w.Kind == FewSamples })
		d.hold(rules, gated)
	}
	d.need(needs, gated)
	d.withhold()
	d.invalid()
}

// gated are the rows that the default gate looks at.
func (d *Document) gated() (list []*Row) {
	for i := range d.Rows {
		if r := &d.Rows[i]; r.Gates {
			list = append(list, r)
		}
	}
	return list
}

// judge is the default gate. Its question has one side: is NEW worse by more than
// the margin? One row of which that is sure is enough to fail, and it passes only
// if the contrary is sure of every row.
func (d *Document) judge(gated []*Row) {
	g := &d.Gate
	var worse, open []*Row
	for _, r := range gated {
		switch r.worsening().exceeds(r.margin(), false) {
		case yes:
			worse = append(worse, r)
		case no:
		default:
			open = append(open, r)
		}
	}
	missing := missing(gated)
	noisy, unknown := having(open, TooNoisy), d.warned(FewSamples)
	switch {
	case len(worse) > 0:
		g.Status, g.ExitCode = GateWorse, verdict.ExitFailed
		g.Headline = "NEW is worse: " + join(worse)
	case len(missing) > 0 || len(gated) == 0:
		g.inconclusive("not enough data to compare", missing)
	case len(noisy) > 0:
		g.noisy(d, slices.MaxFunc(noisy, nearerToWorse).reason())
	case len(open) > 0:
		g.inconclusive("not enough data to compare", unknown)
	default:
		g.pass(gated)
	}
	g.Reasons = append(g.Reasons, missing...)
	for _, r := range slices.Concat(worse, noisy) {
		g.Reasons = append(g.Reasons, r.reason())
	}
	g.Reasons = append(g.Reasons, unknown...)
}

// pass says of rows of which none is worse what they are.
func (g *Gate) pass(gated []*Row) {
	better, noisy := having(gated, Better), having(gated, TooNoisy)
	g.ExitCode = verdict.ExitPass
	switch {
	case len(better) > 0:
		g.Status, g.Headline = GateBetter, "NEW is better: "+join(better)
	case len(noisy) > 0:
		g.Status, g.Headline = GateNotWorse, "NEW is not worse: "+brief(gated)+seen(gated)
	default:
		g.Status, g.Headline = GateNoDifference, "no difference: "+brief(gated)+seen(gated)
	}
}

// noisy is a judgement that the intervals leave open. Near saturation it takes more
// runs, not longer ones.
func (g *Gate) noisy(d *Document, why string) {
	g.Status, g.ExitCode, g.Headline = GateTooNoisy, verdict.ExitInconclusive, "too noisy to say: "+why
	if full := d.warned(NearFull); len(full) > 0 {
		g.Headline = "too few runs to say: " + why + "; " + strings.Join(full, "; ")
	}
}

// inconclusive is a judgement that cannot be made.
func (g *Gate) inconclusive(headline string, why []string) {
	g.Status, g.ExitCode, g.Headline = Inconclusive, verdict.ExitInconclusive, headline
	if len(why) > 0 {
		g.Headline += ": " + strings.Join(why, "; ")
	}
}

// nearerToWorse compares rows by how many margins they have become worse.
func nearerToWorse(a, b *Row) int {
	margins := func(r *Row) float64 {
		switch {
		case r.Beyond == BeyondNew:
			return math.Inf(1)
		case r.Change == nil:
			return math.Inf(-1)
		}
		return r.turned(interval{*r.Change, *r.Change}).low / r.margin()
	}
	return cmp.Compare(margins(a), margins(b))
}

// missing says of which gated metrics a side has no data.
func missing(gated []*Row) (list []string) {
	for _, r := range gated {
		if where := r.lacking(); where != "" {
			list = append(list, fmt.Sprintf("no data for %s in %s", r.Name(), where))
		}
	}
	return list
}

// lacking names the sides that have no data for a row; "": none.
func (r Row) lacking() string {
	base, fresh := r.Base == nil && r.Beyond != BeyondBase, r.New == nil && r.Beyond != BeyondNew
	switch {
	case r.Beyond == BeyondBoth:
		return "BASE and NEW: too many requests failed or were lost"
	case base && fresh:
		return "BASE and NEW"
	case base:
		return "BASE"
	case fresh:
		return "NEW"
	}
	return ""
}

// join are rows in words: what is beyond every value last, for another row says why.
func join(rows []*Row) string {
	rows = slices.SortedStableFunc(slices.Values(rows), func(a, b *Row) int {
		return cmp.Compare(len(a.Beyond), len(b.Beyond))
	})
	words := make([]string, len(rows))
	for i, r := range rows {
		words[i] = tell(r)
	}
	return strings.Join(words, "; ")
}

func having(rows []*Row, verdict Verdict) (list []*Row) {
	for _, r := range rows {
		if r.Verdict == verdict {
			list = append(list, r)
		}
	}
	return list
}

// hold puts the rules, and the rows that they are about, in the place of the default gate.
func (d *Document) hold(rules []Rule, ruled []*Row) {
	g := &d.Gate
	var failed, noisy, missing []string
	for _, rule := range rules {
		row, a := d.Row(rule.Metric, rule.Stat, rule.Wave), open
		if row != nil {
			a = rule.exceeds(*row)
		}
		switch {
		case a == yes:
			failed = append(failed, rule.Text+": "+tell(row))
		case a == no:
		case row == nil:
			missing = append(missing, "no data for "+rule.Text)
		case row.lacking() != "":
			missing = append(missing, fmt.Sprintf("no data for %s in %s", rule.Text, row.lacking()))
		case row.Confidence == nil:
			missing = append(missing, fmt.Sprintf("no interval for %s: %s", rule.Text, d.unbounded(*row)))
		default:
			noisy = append(noisy, rule.Text+": "+tell(row)+row.swamped())
		}
		g.Rules = append(g.Rules, RuleResult{Expr: rule.Text, Wave: rule.Wave, Failed: a.truth()})
	}
	g.Reasons = slices.Concat([]string{}, failed, missing, noisy)
	switch {
	case len(failed) > 0:
		g.Status, g.ExitCode, g.Headline = GateWorse, verdict.ExitFailed, "NEW is worse than a rule allows: "+failed[0]
	case len(missing) > 0:
		g.inconclusive("not enough data to compare", missing)
	case len(noisy) > 0:
		g.noisy(d, noisy[0])
	case g.ExitCode != verdict.ExitPass: // by the default gate
		g.Status, g.ExitCode = GateWithin, verdict.ExitPass
		fallthrough
	default:
		g.Headline = fmt.Sprintf("no rule of %d failed: %s", len(rules), brief(ruled)+seen(ruled))
	}
}

// ruled are the rows that rules are about.
func (d *Document) ruled(rules []Rule) (list []*Row) {
	for _, rule := range rules {
		if row := d.Row(rule.Metric, rule.Stat, rule.Wave); row != nil && !slices.Contains(list, row) {
			list = append(list, row)
		}
	}
	return list
}

// unbounded says why a row with values has no interval.
func (d *Document) unbounded(r Row) string {
	if r.Kind != "" {
		return fmt.Sprintf("of workloads and turns a run says nothing second by second; from %d runs a side on it is measured", fromRanks)
	}
	if r.Wave != "" && len(d.warned(SideBySide)) > 0 {
		return "waves ran side by side"
	}
	if r.Metric == "itl" || r.Metric == "tpot" { // early versions kept nothing of them in a run's rows
		return fmt.Sprintf("too few requests or seconds, or a run of an earlier version; from %d runs a side on it is measured", fromRanks)
	}
	return "too few requests or seconds"
}

// withheld are the kinds of warnings that let nothing pass: what was compared is not what
// the question is about, or not all of it.
var withheld = []WarningKind{Incomplete, NotAsked, SteeredByHand, ShortAnswers, Flattered, InVain}

// withhold lets no such comparison pass. What is worse all the same is worse.
func (d *Document) withhold() {
	why := d.warned(withheld...)
	if len(why) == 0 {
		return
	}
	says := "nothing can be said"
	if len(d.warned(InVain)) == len(why) {
		says = "not all of NEW can pass"
	}
	if d.Gate.ExitCode != verdict.ExitFailed {
		d.Gate.inconclusive(says, why)
	}
	d.Gate.Reasons = append(why, d.Gate.Reasons...)
}

// invalid voids the judgement where a generator was the bottleneck, or nobody can
// know: what it measured may be itself.
func (d *Document) invalid() {
	if d.Base.Valid && d.New.Valid {
		return
	}
	late := d.warned(NotValid)
	d.Gate.inconclusive("nothing can be said", append(late, d.warned(Incomplete)...))
	d.Gate.Reasons = append(late, d.Gate.Reasons...)
}

// warned are the texts of the warnings of some kinds.
func (d *Document) warned(kinds ...WarningKind) (texts []string) {
	for _, w := range d.Warnings {
		if slices.Contains(kinds, w.Kind) {
			texts = append(texts, w.Text)
		}
	}
	return texts
}

// Row finds a row; nil if there is none. wave is a name with its lane, or without
// where only one lane has it.
func (d *Document) Row(metric, stat, wave string) *Row {
	if wave != "" {
		name, ok := WaveNamed(wave, d.Waves())
		if !ok {
			return nil
		}
		wave = name
	}
	i := slices.IndexFunc(d.Rows, func(r Row) bool { return r.Metric == metric && r.Stat == stat && r.Wave == wave })
	if i < 0 {
		return nil
	}
	return &d.Rows[i]
}

// WaveNamed finds the one of the waves that a rule means: by its name with its lane, or
// without where only one lane has it.
func WaveNamed(name string, waves []string) (wave string, ok bool) {
	if slices.Contains(waves, name) {
		return name, true
	}
	for _, w := range waves {
		if strings.HasSuffix(w, "/"+name) {
			if ok {
				return "", false
			}
			wave, ok = w, true
		}
	}
	return wave, ok
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
