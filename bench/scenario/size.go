package scenario

import (
	"encoding/json"
	"strconv"

	"github.com/dustin/go-humanize"
)

// Size is a number of bytes; its text may have a unit: 64MiB, 512KiB, 1000000.
type Size int64

// maxSize is more than any event has.
const maxSize = 1 << 30

// ParseSize reads a size above 0, of 1 GiB at most. Every error is an *[Error].
func ParseSize(s string) (Size, error) {
	n, err := humanize.ParseBytes(s)
	switch {
	case err != nil:
		return 0, &Error{Message: "not a size", Hint: "write a number of bytes with its unit: 64MiB"}
	case n == 0:
		return 0, &Error{Message: "a size is at least a byte"}
	case n > maxSize:
		return 0, &Error{Message: "more than 1GiB is not possible"}
	}
	return Size(n), nil
}

// String is the size in the largest unit of which it is a whole number.
func (s Size) String() string {
	for _, unit := range []struct {
		name  string
		bytes Size
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if s > 0 && s%unit.bytes == 0 {
			return strconv.FormatInt(int64(s/unit.bytes), 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// MarshalJSON writes the size with its unit.
func (s Size) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Size) UnmarshalJSON(data []byte) (err error) {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	*s, err = ParseSize(text)
	return err
}
