package bench

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"flashwave/bench/endpoint"
	"flashwave/bench/prompt"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
	"flashwave/client/mock"
)

// An Estimate says what a run will ask of an endpoint, before anything is sent.
type Estimate struct {
	Requests     int64 // 0: unknown
	PromptTokens int64
	OutputTokens int64 // at most: what every request allows its answer
	PeakRate     float64
	MaxOpen      int
	Length       time.Duration // 0: unknown
	Guess        time.Duration // of the length, where it is unknown and the built-in endpoint is the target; 0: none
	Cost         *float64      // USD, at most; nil: unknown
	Loopback     bool          // the target is on this machine
}

// Appraise estimates a resolved scenario without connecting to anything. Errors
// are those of [Prepare]: prompts that cannot be read, a budget without a price.
func Appraise(sc *scenario.Scenario) (Estimate, error) {
	s, err := Unconnected(sc)
	if err != nil {
		return Estimate{}, err
	}
	return s.Estimate(), nil
}

// Unconnected is a setup for estimates alone: it knows prompts and prices, and has no
// client. Errors are those of [Appraise].
func Unconnected(sc *scenario.Scenario) (*Setup, error) {
	s := &Setup{Options: Options{Scenario: sc}}
	endpoint.Assume(&sc.Target)
	if err := s.appraise(); err != nil {
		return nil, err
	}
	return s, nil
}

// guess is how long the built-in endpoint takes for the closed waves of a lane that end
// after so many requests.
func (s *Setup) guess(lane int) (length time.Duration) {
	engine, l := mock.Default(), s.Scenario.Lanes[lane]
	for _, w := range l.Waves {
		if w.Requests == 0 || w.Concurrency == 0 {
			length += w.For.D()
			continue
		}
		each := engine.AnswerTime(w.Concurrency, int(s.Prompts[lane].MeanTokens()), s.Scenario.WorkloadOf(l).MaxTokens)
		length += time.Duration(float64(each) * float64(w.Requests) / float64(w.Concurrency))
	}
	return length
}

// Estimate adds the scenario up. Prompt tokens are taken at four bytes each.
func (s *Setup) Estimate() Estimate {
	sc := s.Scenario
	e := Estimate{PeakRate: sc.PeakRate(), MaxOpen: sc.Slots(), Loopback: s.Loopback}
	if length, known := sc.Planned(); known {
		e.Length = length
	}
	n, known := sc.PlannedRequests()
	if !known {
		return e
	}
	e.Requests = n
	for i, l := range sc.Lanes {
		if e.Length == 0 && sc.Target.BuiltIn() {
			e.Guess = max(e.Guess, s.guess(i))
		}
		one := &scenario.Scenario{Lanes: []scenario.Lane{l}}
		requests, _ := one.PlannedRequests()
		if sessions, ok := s.Prompts[i].(prompt.Talking); ok && !slices.ContainsFunc(l.Waves, scenario.Wave.Closed) {
			more := int64(float64(requests) * (sessions.MeanTurns() - 1)) // their later turns
			requests, e.Requests = requests+more, e.Requests+more
		}
		e.PromptTokens += requests * int64(s.Prompts[i].MeanTokens())
		e.OutputTokens += requests * int64(s.Prompts[i].MeanAnswer(sc.WorkloadOf(l).MaxTokens))
	}
	if s.Price != nil {
		c := s.Price.Most(e.PromptTokens, e.OutputTokens)
		e.Cost = &c
	}
	return e
}

// String is the estimate in one line.
func (e Estimate) String() string {
	var parts []string
	if e.Requests > 0 {
		parts = append(parts, units.Of(e.Requests, "request", "requests"),
			fmt.Sprintf("about %s prompt and at most %s output tokens", units.Count(e.PromptTokens), units.Count(e.OutputTokens)))
	}
	switch {
	case e.Cost != nil:
		parts = append(parts, "at most "+units.USD(*e.Cost))
	default:
		parts = append(parts, "cost unknown")
	}
	if e.PeakRate > 0 {
		parts = append(parts, "peak "+units.Rate(e.PeakRate)+" requests/s")
	}
	parts = append(parts, "at most "+units.Count(e.MaxOpen)+" open at once")
	return strings.Join(parts, ", ")
}
