package compare

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"flashwave/bench/slo"
)

// A Rule says when a comparison has regressed, for example "ttft.p95 > +10%". It
// has when the whole interval of the change lies beyond every bound, and has not
// when all of it lies within one of them.
type Rule struct {
	Text   string // normalised; ParseRule(Text) is the same Rule
	Metric string // of a Row
	Stat   string
	Wave   string // "" is the whole run
	More   bool   // regressed when the change is more than the bounds; else less
	Equal  bool   // or equal to them
	unit   string // of the row
	bounds []bound
}

// A bound is a change that is held against that of a row.
type bound struct {
	value float64
	ratio bool // as a part of the base; else in the row's unit
}

// exceeds says whether the row has regressed: whether its interval lies beyond
// every bound.
func (r Rule) exceeds(row Row) answer {
	a := yes
	for _, b := range r.bounds {
		i := row.oriented(row.Low, row.High)
		bound := math.Abs(b.value)
		switch {
		case b.ratio && row.Base != nil && *row.Base == 0: // any change of 0 is beyond every part of it
			bound = 0
		case b.ratio:
			i = row.oriented(row.LowRatio, row.HighRatio)
		}
		a = a.and(i.exceeds(bound, r.Equal))
	}
	return a
}

// ParseRule reads a rule:
//
//	METRIC[.STAT] OP CHANGE [and OP CHANGE …] [in WAVE]
//
// METRIC and STAT are those of a [Row]. OP is > or >= with changes upwards, < or <=
// with changes downwards, and points to where the metric is worse. CHANGE has a
// sign and a unit: +10% of the base; +50ms, −2/s, +$0.10; of shares +1pp, a
// percentage point. Every error is a *[slo.SyntaxError].
func ParseRule(text string) (Rule, error) {
	p := &ruleParser{in: text}
	rule, err := p.rule()
	if err != nil {
		return Rule{}, err
	}
	if len(rule.Text) > maxRule { // a name is written out with escapes
		return Rule{}, p.fail(0, "", "the rule is longer than %d bytes, with escapes for what cannot be printed", maxRule)
	}
	return rule, nil
}

// maxRule bounds a rule, in bytes.
const maxRule = 1 << 10

// A ruleParser walks over the text of a rule.
type ruleParser struct {
	in  string
	pos int
}

func (p *ruleParser) fail(at int, hint, format string, args ...any) *slo.SyntaxError {
	return &slo.SyntaxError{Input: p.in, Offset: at, Message: fmt.Sprintf(format, args...), Hint: hint}
}

func (p *ruleParser) rule() (r Rule, err *slo.SyntaxError) {
	if len(p.in) > maxRule {
		return r, p.fail(0, "", "the rule is longer than %d bytes", maxRule)
	}
	m, err := p.subject()
	if err != nil {
		return r, err
	}
	r.Metric, r.Stat, r.unit, r.Text = m.name, m.stat, m.unit, m.path()
	for word := ""; ; word = " and" {
		op, value, err := p.bound(&r, m)
		if err != nil {
			return r, err
		}
		r.Text += word + " " + op + " " + value
		if next := p.peek(); !strings.EqualFold(next, "and") {
			break
		}
		p.word()
	}
	if r.Wave, err = p.wave(); err == nil && r.Wave != "" {
		r.Text += " in " + quoted(r.Wave)
	}
	return r, err
}

// path is how a rule names the metric.
func (m metric) path() string { return strings.TrimSuffix(m.name+"."+m.stat, ".") }

// subject reads METRIC[.STAT].
func (p *ruleParser) subject() (metric, *slo.SyntaxError) {
	word, at := p.word()
	const example = "for example ttft.p95 > +10%"
	if word == "" {
		return metric{}, p.fail(at, example, "a metric is missing")
	}
	word = strings.ToLower(word)
	for _, m := range metrics {
		if m.path() == word {
			return m, nil
		}
	}
	name, stat, _ := strings.Cut(word, ".")
	var paths, stats []string
	for _, m := range metrics {
		paths = append(paths, m.path())
		if m.name == name {
			stats = append(stats, m.stat)
		}
	}
	switch {
	case len(stats) == 0:
		return metric{}, p.fail(at, slo.DidYouMean(word, paths), "unknown metric %q", word)
	case stats[0] == "":
		return metric{}, p.fail(at+len(name), "write "+name, "%s has no statistics", name)
	case stat == "":
		return metric{}, p.fail(at+len(name), "write "+name+".p95", "a statistic is missing")
	}
	return metric{}, p.fail(at+len(name)+1, slo.DidYouMean(stat, stats), "unknown statistic %q", stat)
}

// bound reads OP CHANGE.
func (p *ruleParser) bound(r *Rule, m metric) (op, text string, err *slo.SyntaxError) {
	if op, err = p.op(r, m); err != nil {
		return "", "", err
	}
	word, at := p.word()
	sign := "+"
	if !r.More {
		sign = "-"
	}
	forms := fmt.Sprintf("write %s10%% of the base, or %s", sign, example(m, sign))
	text = strings.NewReplacer("−", "-", "µ", "u", "μ", "u").Replace(strings.ToLower(word))
	if text == "" {
		return "", "", p.fail(at, forms, "a change is missing")
	}
	if !strings.HasPrefix(text, "+") && !strings.HasPrefix(text, "-") {
		return "", "", p.fail(at, "write "+sign+word, "a change has a sign")
	}
	if text[:1] != sign {
		return "", "", p.fail(at, "write "+sign+text[1:], "%s %s would fail on an improvement, too", op, word)
	}
	b, ok := parseChange(text[1:], m.unit)
	if !ok {
		return "", "", p.fail(at, forms, "%q is not a change of %s", word, m.path())
	}
	if sign == "-" {
		b.value = -b.value
	}
	r.bounds = append(r.bounds, b)
	return op, text, nil
}

// op reads a comparison. The first decides; the others must be the same.
func (p *ruleParser) op(r *Rule, m metric) (string, *slo.SyntaxError) {
	p.space()
	at := p.pos
	op := ""
	for _, known := range []string{">=", "<=", ">", "<"} {
		if strings.HasPrefix(p.in[p.pos:], known) {
			op = known
			break
		}
	}
	p.pos += len(op)
	worse := ">"
	if m.more {
		worse = "<"
	}
	first := len(r.bounds) == 0
	switch {
	case op == "":
		return "", p.fail(at, "write "+worse+" and a change", "a comparison is missing")
	case op[:1] != worse:
		return "", p.fail(at, "write "+worse, "%s is worse when it is %s", m.path(), map[bool]string{true: "less", false: "more"}[m.more])
	case !first && r.Equal != (len(op) == 2):
		return "", p.fail(at, "write the same comparison twice", "two comparisons in one rule")
	}
	r.More, r.Equal = !m.more, len(op) == 2
	return op, nil
}

// example is a change in a metric's own unit.
func example(m metric, sign string) string {
	return map[string]string{"ms": sign + "50ms", "ratio": sign + "1pp (percentage points)", "1/s": sign + "5/s", "usd": sign + "$0.10"}[m.unit]
}

// parseChange reads a change without its sign.
func parseChange(text, unit string) (bound, bool) {
	if number, ok := strings.CutSuffix(text, "%"); ok {
		v, ok := positive(number)
		return bound{v / 100, true}, ok
	}
	switch unit {
	case "ms":
		if text == "" || text == "0" || strings.Trim(text, "0123456789.nusmh") != "" {
			return bound{}, false
		}
		d, err := time.ParseDuration(text)
		return bound{value: float64(d) / float64(time.Millisecond)}, err == nil
	case "ratio":
		number, ok := strings.CutSuffix(text, "pp")
		v, fine := positive(number)
		return bound{value: v / 100}, ok && fine
	case "1/s":
		number, per, _ := strings.Cut(text, "/")
		seconds := map[string]float64{"s": 1, "m": 60}[per]
		v, fine := positive(number)
		return bound{value: v / max(seconds, 1)}, fine && seconds > 0
	}
	number, ok := strings.CutPrefix(text, "$")
	v, fine := positive(number)
	return bound{value: v}, ok && fine
}

// positive reads plain digits with at most one point.
func positive(text string) (float64, bool) {
	if text == "" || strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}

// wave reads nothing, or "in WAVE".
func (p *ruleParser) wave() (string, *slo.SyntaxError) {
	word, at := p.word()
	switch {
	case word == "":
		return "", nil
	case !strings.EqualFold(word, "in"):
		return "", p.fail(at, "after a change may follow: and OP CHANGE, in WAVE", "unexpected %q", word)
	}
	p.space()
	at = p.pos
	name := ""
	if literal, err := strconv.QuotedPrefix(p.in[p.pos:]); err == nil {
		p.pos += len(literal)
		name, _ = strconv.Unquote(literal) // QuotedPrefix has checked it
	} else if inside, ok := strings.CutPrefix(p.in[p.pos:], "'"); ok && strings.Contains(inside, "'") {
		name, _, _ = strings.Cut(inside, "'")
		p.pos += len(name) + 2
	} else if strings.HasPrefix(p.in[p.pos:], `"`) || ok {
		return "", p.fail(at, "end the name with a quote", "the wave's name is not a quoted string")
	} else {
		name, _ = p.rest()
	}
	if name == "" {
		return "", p.fail(at, `write the name of a wave after "in"`, "a wave's name is missing")
	}
	if more, at := p.rest(); more != "" {
		return "", p.fail(at, `a name with spaces needs quotes: in "rush hour"`, "unexpected %q", more)
	}
	return name, nil
}

// quoted is a wave's name as ParseRule reads it back.
func quoted(name string) string {
	bare := func(r rune) bool {
		return r != '"' && r != '`' && r != '\'' && r != '\\' && r != unicode.ReplacementChar && unicode.IsGraphic(r) && !unicode.IsSpace(r)
	}
	if slices.ContainsFunc([]rune(name), func(r rune) bool { return !bare(r) }) {
		return strconv.Quote(name)
	}
	return name
}

// word reads up to a space or a comparison.
func (p *ruleParser) word() (string, int) {
	return p.until(func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>=", r) })
}

// rest reads up to a space.
func (p *ruleParser) rest() (string, int) { return p.until(unicode.IsSpace) }

func (p *ruleParser) until(ends func(rune) bool) (string, int) {
	p.space()
	at := p.pos
	length := strings.IndexFunc(p.in[at:], ends)
	if length < 0 {
		length = len(p.in) - at
	}
	p.pos += length
	return p.in[at:p.pos], at
}

// peek is the next word.
func (p *ruleParser) peek() string {
	at := p.pos
	word, _ := p.word()
	p.pos = at
	return word
}

func (p *ruleParser) space() {
	p.pos = len(p.in) - len(strings.TrimLeftFunc(p.in[p.pos:], unicode.IsSpace))
}
