package slo

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"flashwave/bench/class"
)

// maxLength bounds an expression, in bytes.
const maxLength = 1 << 10

// Parse reads one expression; the package comment holds the grammar. Metrics,
// statistics and units may be in capitals, wave names count as they stand. Every
// error is a *[SyntaxError].
func Parse(s string) (Expr, error) {
	p := parser{in: s}
	if len(s) > maxLength {
		return Expr{}, p.fail(0, "", "the expression is longer than %d bytes", maxLength)
	}
	e, err := p.expr()
	if err != nil {
		return Expr{}, err
	}
	if len(e.Text) > maxLength { // a name is written out with escapes
		return Expr{}, p.fail(0, "", "the expression is longer than %d bytes, with escapes for what cannot be printed", maxLength)
	}
	return e, nil
}

// A parser walks over the text of one expression. Its errors are of the concrete
// type; Parse alone turns them into an error, so that nil stays nil.
type parser struct {
	in  string
	pos int
}

func (p *parser) fail(offset int, hint, format string, args ...any) *SyntaxError {
	return &SyntaxError{Input: p.in, Offset: offset, Message: fmt.Sprintf(format, args...), Hint: hint}
}

func (p *parser) expr() (e Expr, err *SyntaxError) {
	subject, err := p.subject(&e)
	if err != nil {
		return e, err
	}
	if e.Op, err = p.op(); err != nil {
		return e, err
	}
	value, err := p.value(&e)
	if err != nil {
		return e, err
	}
	e.Text = subject + " " + string(e.Op) + " " + value
	if e.Wave, e.Turn, err = p.where(); err != nil {
		return e, err
	}
	if e.Wave != "" {
		e.Text += " in " + e.Where()
	}
	return e, nil
}

// subject reads [service.]METRIC[.STAT] and returns it normalised.
func (p *parser) subject(e *Expr) (string, *SyntaxError) {
	word, start := p.word(func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>=!≤≥", r) })
	if word == "" {
		return "", p.fail(start, "for example ttft.p95 < 800ms", "a metric is missing")
	}
	word = strings.ToLower(word)
	rest, service := strings.CutPrefix(word, "service.")
	name, stat, hasStat := strings.Cut(rest, ".")
	at := start + len(word) - len(rest)

	unit, hasService, known := lookup(Metric(name))
	switch {
	case !known:
		return "", p.unknownMetric(start, at, word, name)
	case service && !hasService:
		return "", p.fail(start, "service time exists for ttft, ttfa and e2e; write "+rest, "%s has no service time", name)
	case hasStat && (unit != Milliseconds || Metric(name).span()):
		return "", p.fail(at+len(name), "write "+name, "%s has no statistics", name)
	case hasStat && !Stat(stat).known():
		return "", p.fail(at+len(name)+1, DidYouMean(stat, statNames()), "unknown statistic %q", stat)
	}
	e.Metric, e.Service, e.Stat, e.Unit = Metric(name), service, Stat(stat), unit
	return word, nil
}

func (p *parser) unknownMetric(start, at int, word, name string) *SyntaxError {
	switch {
	case name == "response":
		return p.fail(start, "response time is the default: write "+strings.TrimPrefix(word, "response."), "unknown metric %q", name)
	case Stat(name).known():
		return p.fail(at, "say of what: ttft."+word, "%q is a statistic, not a metric", name)
	}
	return p.fail(at, DidYouMean(name, metricNames()), "unknown metric %q", name)
}

var ops = []struct {
	text string
	op   Op
	hint string // the text is no operator of ours
}{
	{text: "<=", op: LessOrEqual},
	{text: ">=", op: MoreOrEqual},
	{text: "≤", op: LessOrEqual},
	{text: "≥", op: MoreOrEqual},
	{text: "=<", hint: "write <="},
	{text: "=>", hint: "write >="},
	{text: "=", hint: "write <= or >="},
	{text: "!", hint: "write < or >"},
	{text: "<", op: Less},
	{text: ">", op: More},
}

func (p *parser) op() (Op, *SyntaxError) {
	p.skipSpace()
	for _, o := range ops {
		if !strings.HasPrefix(p.in[p.pos:], o.text) {
			continue
		}
		if o.hint != "" {
			return "", p.fail(p.pos, o.hint, "%q is not a comparison here", o.text)
		}
		p.pos += len(o.text)
		return o.op, nil
	}
	return "", p.fail(p.pos, "write <, <=, > or >= and a value", "a comparison is missing")
}

// where reads what follows the value: nothing, or "in WAVE", or "in turn 2".
func (p *parser) where() (name string, turn bool, err *SyntaxError) {
	word, start := p.word(unicode.IsSpace)
	if word == "" {
		return "", false, nil
	}
	if !strings.EqualFold(word, "in") {
		return "", false, p.fail(start, "only \"in WAVE\" may follow the value", "unexpected %q", word)
	}
	p.skipSpace()
	name, start, err = p.waveName()
	if err != nil {
		return "", false, err
	}
	if name == "" {
		return "", false, p.fail(start, "write the name of a wave after \"in\"", "a wave's name is missing")
	}
	more, at := p.word(unicode.IsSpace)
	if bare := p.in[start] == name[0]; more != "" && bare && (strings.EqualFold(name, "turn") || strings.EqualFold(name, "turns")) {
		if name, err = p.turn(more, at); err != nil {
			return "", false, err
		}
		turn = true
		more, at = p.word(unicode.IsSpace)
	}
	if more != "" {
		return "", false, p.fail(at, "a name with spaces needs quotes: in \"rush hour\"", "unexpected %q", more)
	}
	return name, turn, nil
}

// turn is the class of the turns of that name.
func (p *parser) turn(name string, at int) (string, *SyntaxError) {
	c, hint, ok := class.ParseTurn(name)
	if !ok {
		return "", p.fail(at, hint, "%q are not turns that are told apart", name)
	}
	return c.String(), nil
}

func (p *parser) waveName() (name string, start int, err *SyntaxError) {
	start = p.pos
	rest := p.in[start:]
	const hint = "end the name with the same quote"
	switch {
	case strings.HasPrefix(rest, `"`):
		literal, bad := strconv.QuotedPrefix(rest)
		if bad != nil {
			return "", start, p.fail(start, hint, "the wave's name is not a quoted string")
		}
		p.pos += len(literal)
		name, _ = strconv.Unquote(literal) // QuotedPrefix has checked it
		return name, start, nil
	case strings.HasPrefix(rest, "'"):
		name, _, closed := strings.Cut(rest[1:], "'")
		if !closed {
			return "", start, p.fail(start, hint, "the wave's name is not a quoted string")
		}
		p.pos += len(name) + 2
		return name, start, nil
	}
	name, start = p.word(unicode.IsSpace)
	return name, start, nil
}

// quoted is a wave's name as Parse reads it back: bare if that can be.
func quoted(name string) string {
	for _, r := range name {
		if r == '"' || r == '\'' || r == '\\' || r == utf8.RuneError || !unicode.IsGraphic(r) || unicode.IsSpace(r) {
			return strconv.Quote(name)
		}
	}
	return name
}

// word reads up to the first character that ends it, after any space.
func (p *parser) word(ends func(rune) bool) (word string, start int) {
	p.skipSpace()
	start = p.pos
	length := strings.IndexFunc(p.in[start:], ends)
	if length < 0 {
		length = len(p.in) - start
	}
	p.pos += length
	return p.in[start:p.pos], start
}

func (p *parser) skipSpace() {
	p.pos = len(p.in) - len(strings.TrimLeftFunc(p.in[p.pos:], unicode.IsSpace))
}

func metricNames() []string {
	names := make([]string, len(metrics))
	for i, m := range metrics {
		names[i] = string(m.metric)
	}
	return names
}

func statNames() []string {
	names := make([]string, len(stats))
	for i, s := range stats {
		names[i] = string(s.stat)
	}
	return names
}
