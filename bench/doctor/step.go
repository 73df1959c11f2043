package doctor

import (
	"context"
	"fmt"
	"time"

	"flashwave/bench"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
	"flashwave/client/mock"
)

// A Step is one short run of the self-test: at a rate, or at a number of streams.
type Step struct {
	RateRPS     *float64 `json:"rate_rps"` // open
	Streams     *int     `json:"streams"`  // closed
	OK          bool     `json:"ok"`       // the generator kept up
	Reasons     []string `json:"reasons"`  // why it did not, and warnings
	SentRPS     *float64 `json:"sent_rps"`
	OutputTPS   *float64 `json:"output_tps"`
	InFlight    int64    `json:"max_in_flight_seen"`
	LagMS       *float64 `json:"lag_ms_p99"`
	ReadLagMS   *float64 `json:"read_lag_ms_p99"`
	CPUPercent  *float64 `json:"cpu_percent"` // of the cores the generator may use
	description string
}

const (
	tokenGap  = 50 * time.Millisecond  // between two tokens of a stream, as a busy endpoint sends them
	longStep  = 20 * time.Millisecond  // of the endpoint's model, at most
	fillTime  = 500 * time.Microsecond // that the engine takes to open one more slot of a closed wave
	testGrace = time.Second            // for what is open at the end: it proves nothing more
)

// openStep is a rate for a time. The endpoint's step is such that a batch of 64
// bears the rate, which is half of what the model could bear at all: it is the
// generator that is to be found wanting, not the endpoint.
func (l *lab) openStep(rate float64) (scenario.Wave, mock.Config) {
	c := l.config()
	c.Step = min(longStep, max(time.Microsecond, time.Duration(32/(rate*float64(l.tokens))*float64(time.Second))))
	c.Batch = 10_000
	each := scenario.PerSecond(rate)
	return scenario.Wave{Name: "rate", Rate: &scenario.Rate{From: each, To: each}, For: scenario.Duration(l.length)}, c
}

// closedStep is a number of streams for a time, a token every 50 ms in each: by
// the endpoint's model a step takes Step × (1 + streams ÷ 64).
func (l *lab) closedStep(n int) (scenario.Wave, mock.Config) {
	c := l.config()
	c.Batch = n
	c.Step = max(time.Microsecond, time.Duration(float64(tokenGap)/(1+float64(n)/64)))
	length := l.length + time.Duration(n)*fillTime
	return scenario.Wave{Name: "streams", Concurrency: n, For: scenario.Duration(length)}, c
}

func (l *lab) config() mock.Config {
	c := mock.Default()
	c.PrefillTPS, c.Tokens = 1e9, l.tokens
	return c
}

// drive runs one wave against an endpoint made for it.
func (l *lab) drive(ctx context.Context, w scenario.Wave, c mock.Config) (*result.Run, error) {
	target, err := l.endpoint(ctx, c)
	if err != nil {
		return nil, err
	}
	defer target.stop()
	sc, err := l.scenario(target.base, w)
	if err != nil {
		return nil, err
	}
	setup, err := bench.Prepare(ctx, sc, func(string) string { return "" })
	if err != nil {
		return nil, err
	}
	defer setup.Close()
	setup.Machine, setup.InProcessMock, setup.ID = true, !target.process, "self-test"
	run, err := bench.Start(setup.Options)
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() {
		run.Stop()
		run.Stop() // at once
	})()
	return run.Wait(), ctx.Err()
}

// scenario is the wave with the workload under test.
func (l *lab) scenario(base string, w scenario.Wave) (*scenario.Scenario, error) {
	sc := scenario.Default()
	sc.Target.URL, sc.Target.Model = base, mock.DefaultModel
	sc.Target.HTTP2, sc.Target.Transport = l.http2, l.transport
	sc.Workload, sc.MaxLag, sc.Seed = l.workload, l.maxLag, l.seed
	sc.Grace = scenario.Duration(testGrace)
	sc.MaxInFlight = max(l.slots, w.Concurrency)
	sc.AddWave("", w)
	return sc, sc.Resolve(scenario.Machine{})
}

// judge says whether the generator kept up. Besides its own lateness that means
// that what was due was sent and answered.
func judge(doc *result.Run) Step {
	t := doc.Waves[0] // its time alone: the total's has the end in it, when nothing is sent
	s := Step{
		OK: doc.Generator.Valid, Reasons: doc.Generator.Findings.Texts(),
		SentRPS: t.Rate.Sent, OutputTPS: t.Tokens.OutputTPS, InFlight: doc.Generator.MaxInFlightSeen,
		LagMS: p99(doc.Generator.LagMS), ReadLagMS: p99(doc.Generator.ReadLagMS), CPUPercent: doc.Generator.CPUPercent,
	}
	if q := t.Requests; float64(q.Sent) < 0.95*float64(q.Scheduled) || q.Scheduled == 0 {
		s.fail(fmt.Sprintf("only %s of %s requests were sent: the endpoint on this machine kept their slots", units.Count(q.Sent), units.Count(q.Scheduled)))
	}
	if t.ErrorRate != nil && *t.ErrorRate > 0.01 {
		sample := ""
		if len(t.Errors) > 0 {
			sample = ": " + t.Errors[0].Sample
		}
		s.fail(fmt.Sprintf("%s of the requests failed%s", units.Share(*t.ErrorRate), sample))
	}
	return s
}

func (s *Step) fail(reason string) {
	s.OK = false
	s.Reasons = append([]string{reason}, s.Reasons...)
}

func p99(l *result.Latency) *float64 {
	if l == nil {
		return nil
	}
	return &l.P99
}
