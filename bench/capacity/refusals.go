package capacity

import (
	"math"
	"slices"
	"time"

	"flashwave/bench/result"
	"flashwave/client"
	"flashwave/client/outcome"
)

// Refusals are how an endpoint refused (429, 503, 529) during a step, settling among
// it. They tell apart a quota, which refuses at any load, a limit of concurrency, which
// refuses above so many in flight, and shedding, which refuses after a wait.
type Refusals struct {
	Count    int64    `json:"count"`
	AfterS   float64  `json:"after_s"`         // median time from sending to the refusal
	Open     *int     `json:"open_limit"`      // requests in flight beyond which they came; null: they came at any number
	Passed   *float64 `json:"passed_rps"`      // requests per second that were let in after the first refusal; null: too few to say
	SavedUp  *float64 `json:"saved_up"`        // requests that were let in before the first refusal, beyond that rate; null: likewise
	Window   bool     `json:"fixed_window"`    // for seconds nobody was let in, and then all: a quota of fixed windows
	InWindow *int64   `json:"window_requests"` // requests let in during a whole window; null: none was seen
}

const (
	leastRefusals = 10              // that say how an endpoint refuses
	astray        = 0.1             // of the refused, and of the others, may be where they do not belong
	blocked       = 2 * time.Second // nobody is let in for so long: a window is used up
)

// A doorman notes who is let in. It is not safe for concurrent use.
type doorman struct {
	open   int            // requests that are on their way
	levels map[int]*entry // by the number of others in flight at the sending
	after  *result.Hist
	seen   []passage     // of the step
	shut   stretch       // in which all are refused; it goes on from step to step
	edge   time.Duration // when the last window began that was seen to; client.Never: none was
}

// A stretch is so many refusals in a row.
type stretch struct {
	since time.Duration
	row   int
}

// add takes in what came next, and reports whether it is the first that was let in after
// nobody was for long.
func (s *stretch) add(p passage) (anew bool) {
	switch {
	case p.refused:
		if s.row == 0 {
			s.since = p.at
		}
		s.row++
	case p.at >= s.since: // who was sent before has only ended since
		anew = s.long(p.at)
		s.row = 0
	}
	return anew
}

// long reports whether nobody was let in for long, up to an instant.
func (s *stretch) long(now time.Duration) bool {
	return s.row >= leastRefusals && now-s.since >= blocked
}

type entry struct{ passed, refused int64 }

// A passage is one request at the door.
type passage struct {
	at      time.Duration
	refused bool
}

func newDoorman() doorman {
	return doorman{levels: map[int]*entry{}, after: result.NewHist(), edge: client.Never}
}

// restart begins a step.
func (d *doorman) restart() {
	d.levels, d.after, d.seen = map[int]*entry{}, result.NewHist(), nil
}

// enters notes that a request is sent, and answers with the number of others.
func (d *doorman) enters() (others int) {
	d.open++
	return d.open - 1
}

// leaves notes what came of it.
func (d *doorman) leaves(others int, res client.Result) {
	d.open--
	refused := res.Outcome == outcome.RateLimited || res.Outcome == outcome.Overloaded
	if res.Outcome == outcome.Cancelled || !refused && res.Status/100 != 2 {
		return
	}
	e := d.levels[others]
	if e == nil {
		e = &entry{}
		d.levels[others] = e
	}
	if refused {
		e.refused++
		d.after.Record(res.Done - res.Sent)
	} else {
		e.passed++
	}
	p := passage{res.Sent, refused}
	d.seen = append(d.seen, p)
	if d.shut.add(p) {
		d.edge = p.at
	}
}

// document is what the step says of refusals; nil: there were too few.
func (d *doorman) document() *Refusals {
	if d.after.Count() < leastRefusals {
		return nil
	}
	r := &Refusals{Count: d.after.Count(), AfterS: d.after.Quantile(0.5).Seconds(), Open: d.limit()}
	slices.SortStableFunc(d.seen, func(a, b passage) int { return int(a.at - b.at) })
	first := slices.IndexFunc(d.seen, func(p passage) bool { return p.refused })
	r.Window, r.InWindow = d.windows()
	end := d.seen[len(d.seen)-1].at
	since := (end - d.seen[first].at).Seconds()
	passed := len(d.seen) - first - int(r.Count)
	if !r.Window && passed >= leastRefusals {
		rate := float64(passed) / since
		r.Passed = &rate
		r.SavedUp = new(max(0, float64(first)-rate*(d.seen[first].at-d.seen[0].at).Seconds()))
	}
	return r
}

// limit is the number of others in flight from which on requests are refused, if that
// tells the refused from the others.
func (d *doorman) limit() *int {
	numbers := make([]int, 0, len(d.levels))
	var passed, refused int64
	for n, e := range d.levels {
		numbers = append(numbers, n)
		passed, refused = passed+e.passed, refused+e.refused
	}
	slices.Sort(numbers)
	early, late := int64(0), passed // refused below n, let in from n on
	best, least := 0, int64(math.MaxInt64)
	for _, n := range numbers {
		if early+late < least {
			best, least = n, early+late
		}
		early, late = early+d.levels[n].refused, late-d.levels[n].passed
	}
	if best == 0 || float64(least) > astray*float64(min(passed, refused)) {
		return nil
	}
	return &best
}

// windows looks for stretches in which all are refused, and for a whole window between
// the ends of two of them.
func (d *doorman) windows() (are bool, requests *int64) {
	var shut stretch
	inside := int64(-1) // let in since a window began; negative: none did
	for _, p := range d.seen {
		if p.refused {
			if shut.add(p); shut.long(p.at) {
				are = true
				if inside > 0 {
					requests, inside = new(inside), -1
				}
			}
			continue
		}
		if shut.add(p) {
			inside = 0
		}
		if inside >= 0 {
			inside++
		}
	}
	return are, requests
}
