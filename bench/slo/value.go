package slo

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// units says how a value of each unit is written, for the hints.
var units = map[Unit]string{
	Milliseconds: "a time such as 800ms or 8s",
	Ratio:        "a share such as 1%",
	PerSecond:    "a rate such as 200/s or 12000/m",
	USD:          "an amount such as $5",
	Count:        "a number such as 5, or a share such as 1%",
}

// micro folds the two characters for µ, so that equal values have one text.
var micro = strings.NewReplacer("µ", "u", "μ", "u")

// value reads VALUE in the unit of the metric and returns its text.
func (p *parser) value(e *Expr) (string, *SyntaxError) {
	word, start := p.word(unicode.IsSpace)
	if word == "" {
		return "", p.fail(start, "write "+units[e.Unit], "a value is missing")
	}
	text := micro.Replace(strings.ToLower(word))
	if strings.HasPrefix(text, "-") {
		return "", p.fail(start, "write "+units[e.Unit], "%s is never negative", e.Metric)
	}
	unit := e.Unit
	if strings.HasSuffix(text, "%") && unit == Count {
		unit, e.Unit, e.Share = Ratio, Ratio, true
	}
	v, ok := parseValue(text, unit)
	if !ok {
		return "", p.badValue(start, word, e)
	}
	if unit == Ratio && v > 1 {
		return "", p.fail(start, shareHint(text), "%s is more than the whole", word)
	}
	if never(e.Op, v, unit) {
		return "", p.fail(start, neverHint(e.Op), "%s %s %s can never hold", e.Metric, e.Op, word)
	}
	e.Value = v
	return text, nil
}

// badValue tells a missing unit from any other fault.
func (p *parser) badValue(start int, word string, e *Expr) *SyntaxError {
	if _, bare := number(word); !bare {
		return p.fail(start, "write "+units[e.Unit], "%q is not a value of %s", word, e.Metric)
	}
	hint := "write " + units[e.Unit]
	if next, _ := p.word(unicode.IsSpace); next != "" && !strings.EqualFold(next, "in") {
		if _, ok := parseValue(strings.ToLower(word+next), e.Unit); ok {
			hint = "write it in one word: " + word + next
		}
	}
	return p.fail(start, hint, "%s is without a unit", word)
}

// never reports whether no value of the unit can satisfy the bound.
func never(op Op, v float64, unit Unit) bool {
	return op == Less && v == 0 || op == More && unit == Ratio && v == 1
}

func neverHint(op Op) string { return "write " + string(op) + "=" }

func shareHint(text string) string {
	if strings.HasSuffix(text, "%") {
		return "a share is between 0% and 100%"
	}
	return "write " + text + "% if it is a percentage"
}

func parseValue(text string, unit Unit) (float64, bool) {
	switch unit {
	case Milliseconds:
		return milliseconds(text)
	case Ratio:
		if percent, ok := strings.CutSuffix(text, "%"); ok {
			// Scaled in the text, so that 0.1% is the float64 nearest to 0.001.
			return scaled(percent, "e-2")
		}
		return number(text)
	case PerSecond:
		return perSecond(text)
	case USD:
		amount, ok := strings.CutPrefix(text, "$")
		if !ok {
			return 0, false
		}
		return number(amount)
	}
	return number(text)
}

func milliseconds(text string) (float64, bool) {
	if text == "0" || !startsLikeNumber(text) {
		return 0, false
	}
	d, err := time.ParseDuration(text)
	return float64(d) / float64(time.Millisecond), err == nil
}

func perSecond(text string) (float64, bool) {
	amount, unit, _ := strings.Cut(text, "/")
	seconds := map[string]float64{"s": 1, "m": 60, "h": 3600}[unit]
	v, ok := number(amount)
	return v / seconds, ok && seconds > 0
}

// number reads digits with at most one point: no sign, exponent, Inf or NaN.
func number(text string) (float64, bool) { return scaled(text, "") }

func scaled(text, exponent string) (float64, bool) {
	if !startsLikeNumber(text) || strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(text+exponent, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

func startsLikeNumber(text string) bool {
	return text != "" && (text[0] == '.' || '0' <= text[0] && text[0] <= '9')
}
