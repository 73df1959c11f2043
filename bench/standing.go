package bench

import "flashwave/bench/result"

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
		if l, ok := r.ledger.Limited(i); ok {
			changed(&r.told.limited, s.Limited, i, l)
		}
		if rate := r.ledger.Steady(i); rate != nil {
			changed(&r.told.steady, s.Steady, i, *rate)
		}
		if news, ok := r.ledger.Aftermath(i); ok {
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
