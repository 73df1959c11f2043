package archive

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// stampLayout is the instant at which something began, in UTC, as its id says it.
const stampLayout = "20060102-150405"

// Began is when something began as its id says, to the second; false of what is no id. Within
// a second the order is that of [Archive.IDs].
func (k Kind) Began(id string) (time.Time, bool) {
	at, n := k.order(id)
	return at, n > 0
}

// order is what ids are ordered by: the instant, then the number within its second; nothing of
// what is no id.
func (k Kind) order(id string) (began time.Time, n int) {
	id, ok := strings.CutPrefix(id, k.Prefix)
	if !ok || len(id) < len(stampLayout) {
		return time.Time{}, 0
	}
	began, err := time.Parse(stampLayout, id[:len(stampLayout)])
	if err != nil {
		return time.Time{}, 0
	}
	rest := id[len(stampLayout):]
	if rest == "" {
		return began, 1
	}
	n, err = strconv.Atoi(strings.TrimPrefix(rest, "-"))
	if err != nil || n < 1 {
		return time.Time{}, 0
	}
	return began, n
}

// newestFirst sorts ids.
func (k Kind) newestFirst(ids []string) {
	slices.SortFunc(ids, func(a, b string) int {
		beganA, nA := k.order(a)
		beganB, nB := k.order(b)
		return cmp.Or(beganB.Compare(beganA), cmp.Compare(nB, nA), cmp.Compare(b, a))
	})
}
