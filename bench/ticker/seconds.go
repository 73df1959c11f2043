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
}

func newSeconds(c Config) *seconds {
	return &seconds{
		Account: c.Account, config: c,
		breached: map[string]float64{}, recent: map[string][]result.Row{}, overload: map[string]result.Overload{},
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
	now, start := s.Waves.Now(), s.Waves.Start()
	for _, text := range s.Health.Witness(now, s.untilNext) {
		s.Journal.Note(text)
	}
	in := s.Ledger.EndSecond(now)
	s.Health.Sample(now, now <= start)
	if now <= start { // what the warm-up cost comes with the first second
		return shown, false
	}
	in.Start, in.End = max(s.Waves.Since(in.Start), 0), s.Waves.Since(in.End)
	inFlight, waiting, _ := s.Dispatch.Load()
	row, lanes := s.Ledger.Add(in, s.liveNames(), int64(inFlight), int64(waiting))
	row.Overloaded = s.judge(lanes)
	sum := result.NewPart()
	in.SumAll(sum)
	s.watchLimits(in, sum)
	in.Standing = s.standing()
	s.Journal.Second(in, row)
	return Shown{Row: row, Overload: s.worst}, true
}

// liveNames are the names of the waves whose wall time it is.
func (s *seconds) liveNames() (names []string) {
	for wave := range s.Ledger.Live() {
		names = append(names, s.Waves.Name(wave).String())
	}
	return names
}
