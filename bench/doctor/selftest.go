package doctor

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"flashwave/bench/health"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
	"flashwave/client/mock"
)

// A SelfTest is what this machine drove on loopback: the scenario's peak first,
// then twice as much and so on, to eight times; or, if the peak was too much, half
// of it and so on. A step counts if the generator was valid by the same rules as
// that of a run.
//
// The endpoint of the test lives on this machine, too, and takes some of its cores:
// what is found is a lower bound of what can be driven elsewhere.
type SelfTest struct {
	Endpoint     string   `json:"endpoint"`       // "process": of its own; "in process": of the generator's
	Note         string   `json:"note,omitempty"` // why it is in process
	AnswerTokens int      `json:"answer_tokens"`  // mean length of the answers
	StepS        float64  `json:"step_s"`
	Rate         []Step   `json:"rate"`    // none: the scenario has no open wave
	Streams      []Step   `json:"streams"` // a token every 50 ms in each
	MaxRPS       *float64 `json:"max_rps"` // the highest rate that was driven; null: none was
	MaxStreams   *int     `json:"max_streams"`
}

// A lab is where the steps are taken.
type lab struct {
	executable string // "": the endpoint stays in process
	note       string
	length     time.Duration
	tokens     int
	slots      int
	workload   scenario.Workload
	maxLag     scenario.Duration
	seed       uint64
	http2      bool
	transport  string
	progress   func(string)
}

// leastRate is the least that a step of the self-test sends: at less, a few
// seconds hold too few requests to judge by.
const leastRate = 10

func newLab(sc *scenario.Scenario, o Options) *lab {
	l := &lab{
		executable: o.Executable, length: stepFor(sc, o.For), tokens: o.Tokens, slots: most(health.OpenFilesLimit()),
		workload: heaviest(sc), maxLag: sc.MaxLag, seed: sc.Seed, http2: sc.Target.HTTP2, transport: sc.Target.Transport, progress: o.Progress,
	}
	if l.tokens <= 0 {
		l.tokens = min(mock.Default().Tokens, max(1, l.workload.MaxTokens))
	}
	l.workload.MaxTokens = 4 * l.tokens // beyond nearly every answer, so that their mean is what was asked for
	l.workload.ExtraBody = nil          // is for another endpoint
	if !startable(o.Executable) {
		l.executable, l.note = "", "this program cannot start itself again"
	}
	return l
}

// heaviest is the workload of the lane with the most load.
func heaviest(sc *scenario.Scenario) scenario.Workload {
	w, most := sc.Workload, -1.0
	for _, l := range sc.Lanes {
		if load := mostOpen(sc, l); load > most {
			most, w = load, sc.Workload
			if l.Workload != nil {
				w = *l.Workload
			}
		}
	}
	return w
}

// most is how many requests one process should have open: as a run's default.
func most(files *int64) int {
	if files == nil {
		return 10_000
	}
	return int(max(1, min(10_000, *files/5*4)))
}

// endpoint starts the built-in endpoint, in another process if that can be.
func (l *lab) endpoint(ctx context.Context, c mock.Config) (*endpoint, error) {
	if l.executable != "" {
		e, err := launch(ctx, l.executable, c)
		if err == nil || ctx.Err() != nil {
			return e, err
		}
		l.executable, l.note = "", "another process could not be started: "+err.Error()
	}
	return host(c)
}

func selfTest(ctx context.Context, sc *scenario.Scenario, n Need, o Options) (*SelfTest, error) {
	l := newLab(sc, o)
	t := &SelfTest{AnswerTokens: l.tokens, StepS: l.length.Seconds(), Rate: []Step{}, Streams: []Step{}}
	var err error
	if n.PeakRPS > 0 {
		goal := max(n.PeakRPS, leastRate)
		if t.Rate, err = l.ladder(ctx, goal, goal, math.Inf(1), l.rate); err != nil {
			return nil, err
		}
		if s := best(t.Rate); s != nil {
			t.MaxRPS = s.RateRPS
		}
	}
	bound := float64(l.slots)
	if t.Streams, err = l.ladder(ctx, min(float64(n.UsualStreams), bound), min(float64(n.Concurrency), bound), bound, l.streams); err != nil {
		return nil, err
	}
	if s := best(t.Streams); s != nil {
		t.MaxStreams = s.Streams
	}
	t.Endpoint, t.Note = "process", l.note
	if l.executable == "" {
		t.Endpoint = "in process"
	}
	return t, nil
}

func (l *lab) rate(ctx context.Context, rate float64) (Step, error) {
	w, c := l.openStep(rate)
	l.progress(fmt.Sprintf("self-test: %s for %s", units.PerSecond(rate), units.Length(l.length)))
	doc, err := l.drive(ctx, w, c)
	if err != nil {
		return Step{}, err
	}
	s := judge(doc)
	s.RateRPS, s.description = &rate, units.PerSecond(rate)
	return s, nil
}

func (l *lab) streams(ctx context.Context, load float64) (Step, error) {
	n := int(math.Round(load))
	w, c := l.closedStep(n)
	l.progress(fmt.Sprintf("self-test: %s at once for %s", streams(n), units.Length(w.For.D())))
	doc, err := l.drive(ctx, w, c)
	if err != nil {
		return Step{}, err
	}
	s := judge(doc)
	s.Streams, s.description = &n, streams(n)
	if s.OK && s.InFlight < int64(n) {
		s.fail(fmt.Sprintf("only %s were open at once", units.Count(s.InFlight)))
	}
	return s, nil
}

// reached says what was driven.
func (t *SelfTest) reached() string {
	var parts []string
	for _, steps := range [][]Step{t.Rate, t.Streams} {
		if s := best(steps); s != nil {
			parts = append(parts, bounded(steps, s)+s.description)
		}
	}
	return strings.Join(parts, " and ")
}

// checks hold what was driven against what is needed.
func (t *SelfTest) checks(n Need) []Check {
	var checks []Check
	if n.PeakRPS > 0 {
		checks = append(checks, t.check("rate", t.Rate, n.PeakRPS, n.PeakRPS, units.PerSecond(n.PeakRPS)+" at the peak"))
	}
	need := streams(n.UsualStreams)
	if n.PeakRPS > 0 && n.UsualStreams > n.Concurrency {
		need = fmt.Sprintf("about %s at once, if an answer lasts %s", need, units.Length(usualAnswer))
	}
	return append(checks, t.check("streams", t.Streams, float64(n.Concurrency), float64(n.UsualStreams), need))
}

// check judges one ladder: below must the scenario cannot be driven, below goal
// perhaps not.
func (t *SelfTest) check(name string, steps []Step, must, goal float64, need string) Check {
	c := Check{Name: name, Status: OK, Need: need}
	held, at := best(steps), 0.0
	if held == nil {
		c.Found = fmt.Sprintf("not even %s could be driven", steps[len(steps)-1].description)
	} else {
		at = held.load()
		c.Found = t.described(steps, held)
	}
	switch {
	case at < must || held == nil:
		c.Status = Fail
	case at < goal:
		c.Status = Warn
	default:
		if first := steps[0]; !first.OK && held.load() == first.load() {
			c.Status, c.Found = Warn, c.Found+", but only on the second try: "+firstOf(first.Reasons)
			c.Advice = "there is little in reserve: stop what else runs here"
		}
		return c
	}
	c.Advice = "use a machine with more cores"
	if at > 0 {
		c.Advice += fmt.Sprintf(", or %d like this one", int(math.Ceil(goal/at)))
	}
	c.Advice += "; the test's endpoint took its share of this one"
	return c
}

// described says what held, and why no more did.
func (t *SelfTest) described(steps []Step, held *Step) string {
	text := held.description + " driven"
	if held.OutputTPS != nil {
		text += fmt.Sprintf(" (%s tokens/s)", units.Rate(*held.OutputTPS))
	}
	for _, s := range steps {
		if s.load() > held.load() && !s.OK {
			return text + fmt.Sprintf(", %s not: %s", s.description, firstOf(s.Reasons))
		}
	}
	return bounded(steps, held) + text
}

func firstOf(reasons []string) string {
	if len(reasons) == 0 {
		return "the generator was late"
	}
	return reasons[0]
}
