package scenario

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"flashwave/bench/arrival"
)

// PerSecond is a rate in requests per second; its text has a unit: 200/m, 3.3/s.
type PerSecond float64

// A Rate is a straight line from one rate to another. Its text is one rate,
// 200/m, or two, 200/m..12000/m.
type Rate struct {
	From, To PerSecond
}

// units of a rate, in seconds, the preferred one first.
var units = []struct {
	name    string
	seconds float64
}{
	{"s", 1},
	{"m", 60},
	{"h", 3600},
}

// ParseRate reads a rate of 0 or more requests with its unit: 3.3/s, 200/m, 50/h.
// Every error is an *[Error].
func ParseRate(s string) (PerSecond, error) {
	text := strings.TrimSpace(s)
	number, unit, found := strings.Cut(text, "/")
	if !found {
		if _, ok := decimal(text); ok {
			return 0, &Error{Message: "a unit is missing", Hint: "write " + text + "/s, " + text + "/m or " + text + "/h"}
		}
		return 0, &Error{Message: "not a rate", Hint: "write requests and a unit: 3.3/s, 200/m or 50/h"}
	}
	n, ok := decimal(number)
	if !ok {
		return 0, &Error{Message: "not a rate", Hint: "write requests and a unit: 3.3/s, 200/m or 50/h"}
	}
	for _, u := range units {
		if u.name == unit {
			rate := PerSecond(n / u.seconds)
			return rate, rate.check()
		}
	}
	return 0, &Error{Message: "unknown unit " + strconv.Quote(unit), Hint: "write /s, /m or /h"}
}

func (r PerSecond) check() error {
	switch v := float64(r); {
	case v < 0:
		return &Error{Message: "a rate is never negative", Hint: "0/s is silence"}
	case !(v <= arrival.MaxRate): // NaN too
		return &Error{Message: "more than 1000000/s is not possible", Hint: "one machine cannot send that much"}
	}
	return nil
}

// parseLine reads a rate, or two with ".." between them.
func parseLine(s string) (Rate, error) {
	from, to, ramp := strings.Cut(s, "..")
	r := Rate{}
	var err error
	if r.From, err = ParseRate(from); err != nil {
		return r, err
	}
	if !ramp {
		r.To = r.From
		return r, nil
	}
	r.To, err = ParseRate(to)
	return r, err
}

// String is the shortest text that [ParseRate] reads back as the same rate.
func (r PerSecond) String() string { return shortest(r) }

// String is one rate, or the two ends of a ramp in the same unit.
func (r Rate) String() string {
	if r.From == r.To {
		return shortest(r.From)
	}
	return shortest(r.From, r.To)
}

// mean is the rate's mean over its line, in requests per second.
func (r Rate) mean() float64 { return float64(r.From+r.To) / 2 }

// shortest writes rates in the one unit that makes the shortest exact text.
func shortest(rates ...PerSecond) string {
	best := ""
	for _, u := range units {
		texts := make([]string, len(rates))
		for i, r := range rates {
			text, exact := inUnit(float64(r), u.seconds)
			if !exact {
				texts = nil
				break
			}
			texts[i] = text + "/" + u.name
		}
		if text := strings.Join(texts, ".."); text != "" && (best == "" || len(text) < len(best)) {
			best = text
		}
	}
	return best
}

// inUnit writes a rate per so many seconds. Ten digits are tried before all of
// them: the product may be a rounding error away from the figure that was meant.
func inUnit(perSecond, seconds float64) (text string, exact bool) {
	product := perSecond * seconds
	for _, v := range []float64{rounded(product), product} {
		if v/seconds == perSecond {
			return strconv.FormatFloat(v, 'f', -1, 64), true
		}
	}
	// Seconds are always exact; what is neither NaN nor infinite has been caught.
	return strconv.FormatFloat(perSecond, 'f', -1, 64), seconds == 1
}

func rounded(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 9, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// decimal reads a plain decimal number: no exponent, no base, no infinity.
func decimal(s string) (float64, bool) {
	if s == "" || strings.Trim(s, "+-.0123456789") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

// MarshalJSON writes the rate with its unit.
func (r PerSecond) MarshalJSON() ([]byte, error) { return json.Marshal(r.String()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *PerSecond) UnmarshalJSON(data []byte) (err error) {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	*r, err = ParseRate(s)
	return err
}

// ends is the JSON form of a ramp.
type ends struct {
	From PerSecond `json:"from"`
	To   PerSecond `json:"to"`
}

// MarshalJSON writes a constant rate as one string, a ramp as {"from", "to"}.
func (r Rate) MarshalJSON() ([]byte, error) {
	if r.From == r.To {
		return json.Marshal(r.From)
	}
	return json.Marshal(ends(r))
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (r *Rate) UnmarshalJSON(data []byte) error {
	if strings.HasPrefix(string(data), "{") {
		return json.Unmarshal(data, (*ends)(r))
	}
	if err := json.Unmarshal(data, &r.From); err != nil {
		return err
	}
	r.To = r.From
	return nil
}
