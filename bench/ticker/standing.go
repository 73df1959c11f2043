package ticker

import "flashwave/bench/result"

// told is what the journal was told of waves, so that it hears of changes alone.
type told struct {
	backlogs map[int]result.Backlog
	limited  map[int]result.LimitsMet
	steady   map[int]float64
}

// standing is what no count of a second tells.
func (s *seconds) standing() *result.Standing {
	news := &result.Standing{
		Backlogs: map[int]result.Backlog{}, Limited: map[int]result.LimitsMet{}, Steady: map[int]float64{},
		Surges: map[int]result.Aftermath{}, Sessions: s.Sessions(),
	}
	for lane := range s.Scenario.Lanes {
		news.Asked = append(news.Asked, s.Dispatch.Asked(lane))
	}
	for i := range s.Waves.Len() {
		if b := s.Dispatch.Backlog(i); b != nil {
			changed(s.told.backlogs, news.Backlogs, i, *b)
		}
		if l, ok := s.Ledger.Limited(i); ok {
			changed(s.told.limited, news.Limited, i, l)
		}
		if rate := s.Ledger.Steady(i); rate != nil {
			changed(s.told.steady, news.Steady, i, *rate)
		}
		if after, ok := s.Ledger.Aftermath(i); ok {
			news.Surges[i] = after
		}
	}
	return news
}

// changed notes a value that was not told yet.
func changed[V comparable](told, news map[int]V, wave int, v V) {
	if before, ok := told[wave]; !ok || before != v {
		told[wave], news[wave] = v, v
	}
}
