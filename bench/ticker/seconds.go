package ticker

import (
	"time"

	"flashwave/bench/account"
	"flashwave/bench/result"
)

// seconds are those of a run as they end. They belong to the goroutine of a [Ticker].
type seconds struct {
	*account.Account
	config Config

	breached   map[string]float64         // by SLO: the requests/s admitted when it was first breached
	recent     map[string][]result.Row    // by lane: the last seconds of load, the newest last
	overload   map[string]result.Overload // by lane: those that cannot be kept up with
	worst      *result.Overload           // of these; nil: the endpoint keeps up
	told       told                       // what the journal knows of waves
	limitNoted time.Duration              // when rate limits last made an event
	starving   map[string]time.Duration   // since when, by class of a queue
	lost       lostTasks
}

func newSeconds(c Config) *seconds {
	return &seconds{
		Account: c.Account, config: c,
		breached: map[string]float64{}, recent: map[string][]result.Row{}, overload: map[string]result.Overload{}, starving: map[string]time.Duration{},
		told: told{backlogs: map[int]result.Backlog{}, limited: map[int]result.LimitsMet{}, steady: map[int]float64{}},
	}
}

// untilNext is the time to the next full second, counted from the first wave.
func (s *seconds) untilNext() time.Duration {
	since := s.Waves.Since(s.Waves.Now())
	into := since % time.Second
	if into < 0 {
		into += time.Second
	}
	return time.Second - into
}

// end ends the current second, looks at what it tells, and hands it to the journal; false:
// it belongs to the warm-up.
func (s *seconds) end() (shown Shown, ok bool) {
	now := s.Waves.Now()
	for _, text := range s.Health.Witness(now, s.untilNext) {
		s.Journal.Note(text)
	}
	if s.Tier != nil {
		s.Tier.EndSecond(now)
	}
	inFlight, waiting, _ := s.Dispatch.Load()
	ended, ok := s.Ledger.EndSecond(now, inFlight, waiting)
	s.Health.Sample(now, !ok)
	if !ok {
		return shown, false
	}
	row, in := ended.Row, ended.Interval
	row.Overloaded = s.judge(ended.Lanes)
	s.watchLimits(in)
	in.Standing = s.standing()
	if s.Tier != nil {
		in.Queue = s.Tier.News()
		s.watchQueue(in.Queue, now)
	}
	s.Journal.Second(in, row)
	return Shown{Row: row, Overload: s.worst}, true
}
