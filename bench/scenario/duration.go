package scenario

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// maxLength keeps sums of lengths far from overflowing.
const maxLength = 366 * 24 * time.Hour

// Duration is a time.Duration whose text has a unit: 90s, 2m.
type Duration time.Duration

// D is the duration as the standard library's type.
func (d Duration) D() time.Duration { return time.Duration(d) }

// ParseDuration reads a duration of 0 or more with its units, as [time.ParseDuration]
// does: 250ms, 90s, 1m30s, 8h; at most 366 days. Every error is an *[Error].
func ParseDuration(s string) (Duration, error) {
	text := strings.TrimSpace(s)
	if n, ok := decimal(text); ok && n != 0 {
		return 0, &Error{Message: "a unit is missing", Hint: "write " + text + "s, " + text + "m or " + text + "h"}
	}
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, &Error{Message: "not a duration", Hint: "write a number and a unit: 250ms, 90s, 2m or 8h"}
	case d < 0:
		return 0, &Error{Message: "a duration is never negative"}
	case d > maxLength:
		return 0, &Error{Message: "more than 366 days are not possible"}
	}
	return Duration(d), nil
}

// String is the duration without units that are 0: 2m, not 2m0s.
func (d Duration) String() string {
	text := d.D().String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// MarshalJSON writes the duration with its unit.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (d *Duration) UnmarshalJSON(data []byte) (err error) {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	*d, err = ParseDuration(s)
	return err
}

// ParseMoney reads a sum of USD above 0: "$20", "5.00". Every error is an *[Error].
func ParseMoney(s string) (float64, error) {
	v, ok := decimal(strings.TrimPrefix(strings.TrimSpace(s), "$"))
	switch {
	case !ok:
		return 0, &Error{Message: "not a sum of USD", Hint: "write $20 or 5.00"}
	case v <= 0:
		return 0, &Error{Message: "a sum is more than $0"}
	}
	return v, nil
}

// money is a sum as [ParseMoney] reads it back.
func money(v float64) string { return "$" + strconv.FormatFloat(v, 'f', -1, 64) }
