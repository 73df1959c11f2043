// Package spec says what a queue is: where its Redis is, how tasks lie in it, and which
// classes they are of. It is a leaf, so that whoever checks a scenario speaks of queues as
// the client does.
package spec

import (
	"fmt"
	"strconv"
	"strings"
)

// A Class is the tasks of some priorities. The lower its number, the more urgent one is.
type Class struct {
	Name      string
	Low, High int // its priorities
}

// MaxPriority is the largest priority there may be.
const MaxPriority = 1000

// ParsePriorities reads 1-3 or 5.
func ParsePriorities(text string) (low, high int, err error) {
	from, to, several := strings.Cut(strings.TrimSpace(text), "-")
	if !several {
		to = from
	}
	low, err1 := strconv.Atoi(from)
	high, err2 := strconv.Atoi(to)
	if err1 != nil || err2 != nil || low < 0 || high < low || high > MaxPriority {
		return 0, 0, fmt.Errorf("%q are not priorities: write 1-3 or 5", text)
	}
	return low, high, nil
}

// CheckClasses reports whether no two classes share a priority.
func CheckClasses(list []Class) error {
	for i, a := range list {
		for _, b := range list[:i] {
			if a.Low <= b.High && b.Low <= a.High {
				return fmt.Errorf("classes %s and %s share a priority", b.Name, a.Name)
			}
		}
	}
	return nil
}
