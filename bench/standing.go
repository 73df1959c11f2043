package bench

import "flashwave/bench/result"

// told is what the journal was told of waves, so that it hears of changes alone.
type told struct {
	backlogs map[int]result.Backlog
	limited  map[int]result.LimitsMet
	steady   map[int]float64
}

// standing is what no count of a second tells. t.mu is held.
func (t *ticker) standing() *result.Standing {
	s := &result.Standing{
		Backlogs: map[int]result.Backlog{}, Limited: map[int]result.LimitsMet{}, Steady: map[int]float64{},
		Surges: map[int]result.Aftermath{},
	}
	for lane := range t.scenario.Lanes {
		s.Asked = append(s.Asked, t.dispatch.Asked(lane))
	}
	for i := range t.waves.list {
		if b := t.dispatch.Backlog(i); b != nil {
			changed(&t.told.backlogs, s.Backlogs, i, *b)
		}
		if l, ok := t.ledger.Limited(i); ok {
			changed(&t.told.limited, s.Limited, i, l)
		}
		if rate := t.ledger.Steady(i); rate != nil {
			changed(&t.told.steady, s.Steady, i, *rate)
		}
		if news, ok := t.ledger.Aftermath(i); ok {
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
