package history

import (
	"cmp"
	"slices"
	"time"
)

// A Query says which of what was kept is asked for, and in which order. The zero value
// is all of it, the newest first.
type Query struct {
	Kind   Kind              // "": both
	Labels map[string]string // all of which it has
	By     Order
	Limit  int // so many at most, the first in their order; 0: all
}

// An Order is what a list is sorted by. What has no such figure comes last.
type Order string

// The orders: the newest first, names by the alphabet, and of every figure the highest
// first.
const (
	Newest Order = ""
	Name   Order = "name"
	Rate   Order = "rate"
	Served Order = "served"
	TTFT   Order = "ttft"
	E2E    Order = "e2e"
	Errors Order = "errors"
	Cost   Order = "cost"
)

// Orders are all but the first.
var Orders = []Order{Name, Rate, Served, TTFT, E2E, Errors, Cost}

// figures are what is sorted by.
var figures = map[Order]func(Kept) *float64{
	Rate:   func(k Kept) *float64 { return k.RateRPS },
	Served: func(k Kept) *float64 { return k.SucceededRPS },
	TTFT:   func(k Kept) *float64 { return k.TTFTP95MS },
	E2E:    func(k Kept) *float64 { return k.E2EP95MS },
	Errors: func(k Kept) *float64 { return k.ErrorRate },
	Cost:   func(k Kept) *float64 { return k.CostUSD },
}

// Sort sorts a list of the newest first; within one value that order stays.
func Sort(list []Kept, by Order) {
	if by == Name {
		slices.SortStableFunc(list, func(a, b Kept) int { return cmp.Compare(a.Name, b.Name) })
	}
	of, ok := figures[by]
	if !ok {
		return
	}
	slices.SortStableFunc(list, func(a, b Kept) int {
		switch x, y := of(a), of(b); {
		case x != nil && y != nil:
			return cmp.Compare(*y, *x)
		case x != nil:
			return -1
		case y != nil:
			return 1
		}
		return 0
	})
}

// wants reports whether a run or a search has all the labels that are asked for.
func (q Query) wants(k Kept) bool {
	for key, want := range q.Labels {
		if has, ok := k.Labels[key]; !ok || has != want {
			return false
		}
	}
	return true
}

// readsAll reports whether what is asked for is known only once all was read.
func (q Query) readsAll() bool { return len(q.Labels) > 0 || q.By != Newest }

// A Surplus is what may go: what began before an instant, and is not among the newest
// that are kept. The zero value of either says nothing.
type Surplus struct {
	Before time.Time
	Keep   int
}
