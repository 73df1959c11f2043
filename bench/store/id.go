package store

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// idLayout is the time of a run's beginning, in UTC, as its id says it.
const idLayout = "20060102-150405"

// idKey is what ids are ordered by: the time, then the number within its second.
// A name that is no id comes before all of them.
func idKey(id string) (stamp string, n int) {
	if len(id) < len(idLayout) {
		return "", 0
	}
	stamp, rest := id[:len(idLayout)], id[len(idLayout):]
	if _, err := time.Parse(idLayout, stamp); err != nil {
		return "", 0
	}
	if rest == "" {
		return stamp, 1
	}
	n, err := strconv.Atoi(strings.TrimPrefix(rest, "-"))
	if err != nil {
		return "", 0
	}
	return stamp, n
}

// newestFirst sorts run directories by their names.
func newestFirst(ids []string) {
	slices.SortFunc(ids, func(a, b string) int {
		stampA, nA := idKey(a)
		stampB, nB := idKey(b)
		return cmp.Or(cmp.Compare(stampB, stampA), cmp.Compare(nB, nA), cmp.Compare(b, a))
	})
}
