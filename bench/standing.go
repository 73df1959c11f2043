package bench

import (
	"time"

	"flashwave/bench/result"
)

// told is what the journal was told of waves, so that it hears of changes alone.
type told struct {
	backlogs map[int]result.Backlog
	limited  map[int]result.LimitsMet
	steady   map[int]float64
}

// standing is what no count of a second tells. r.seconds is held.
func (r *Run) standing() *result.Standing {
	s := &result.Standing{
		Backlogs: map[int]result.Backlog{}, Limited: map[int]result.LimitsMet{}, Steady: map[int]float64{},
		Surges: map[int]result.Aftermath{},
	}
	for _, l := range r.lanes {
		s.Asked = append(s.Asked, int64(l.tickets.Load()))
	}
	for i := range r.waves {
		if b := r.backlog(i); b != nil {
			changed(&r.told.backlogs, s.Backlogs, i, *b)
		}
		if l, ok := r.limited(i); ok {
			changed(&r.told.limited, s.Limited, i, l)
		}
		if steady := r.waves[i].steady; steady != nil {
			if rate := steady.rate(); rate != nil {
				changed(&r.told.steady, s.Steady, i, *rate)
			}
		}
		r.mu.Lock()
		after := r.waves[i].recovery
		r.mu.Unlock()
		if news, ok := after.news(r.since); ok {
			s.Surges[i] = news
		}
	}
	return s
}

// changed notes a value that was not told yet.
func changed[V comparable](told *map[int]V, news map[int]V, wave int, v V) {
	if before, ok := (*told)[wave]; ok && before == v {
		return
	}
	if *told == nil {
		*told = map[int]V{}
	}
	(*told)[wave], news[wave] = v, v
}

// news are what came since it was asked last; false: nothing did. r may be nil.
func (r *recovery) news(since func(time.Duration) time.Duration) (a result.Aftermath, ok bool) {
	if r == nil {
		return a, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	a = result.Aftermath{StartS: since(r.start).Seconds(), Seconds: r.fresh}
	if r.end > 0 {
		a.EndS = new(since(r.end).Seconds())
	}
	ok = len(r.fresh) > 0 || !r.told || r.end != r.toldEnd
	r.fresh, r.told, r.toldEnd = nil, true, r.end
	return a, ok
}
