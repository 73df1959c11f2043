// Package search finds the highest rate of arrivals at which an endpoint meets
// its SLOs, or the most requests in flight: how much of a sale it can take.
//
// Begin with [New], then [Search.Run]; [Search.Snapshot] tells where the search is
// while it goes on. The answer is a [capacity.Document].
//
// # The search
//
// A ramp of a few closed steps (1, 4, 16 … requests in flight, until more of them
// bring nothing more or an SLO breaks) says about where the throughput ends. From
// there on every step is open: requests arrive at a rate, whatever the endpoint
// does, for that is how customers come. The rate grows geometrically until one held
// and one did not, and is then halved between them on the scale of ratios until high
// ÷ low is within 1 + precision. What is done next follows from the steps alone (see
// [hunt]), and the newest word counts: a rate that holds takes back that a lower one
// broke. No rate is named that did not run and hold.
//
// The soak confirms over minutes: long enough for a rate limit that looks back a
// minute, and for a backlog that grows slowly. It is put a little below where all
// steps together say that the edge is (see [crossing]), and judged by what came of it,
// as a run is. After one that breaks the next is at what that one served, and about the
// precision lower at least.
//
// Before all that the endpoint can be warmed up by a few requests in flight, which end when
// the latency stands still: it changes by less than a fifth, beyond doubt. Nobody asks for
// it but the user, for it draws on a quota.
//
// In the end a rate a fifth above is tried again, where one broke: the endpoint may have
// warmed up or scaled out, or had a passing fault; with Config.HoldFor it is held that
// long. And the lowest rate that held at first, the sentinel, is run once more: is its
// median latency higher by more than the intervals, the endpoint drifts. Its answer is
// then of its time, and does not pass.
//
// # Limits
//
// What x-ratelimit-* headers tell is believed: nothing runs more than a tenth above it.
// It is tested from above and at itself. Whether what is left will last says its slope,
// with an interval. A limit that nothing tells is counted: a window, which lets nothing
// pass for long and then begins anew, by what had passed when it shut; any other by what
// passes from one 429 to the next under load that rises gently, which is what flowed
// meanwhile, however deep the bucket is. A bucket that is not told and never emptied by
// the search is not seen.
//
// # A step
//
// Load runs at the step's rate for one e2e p95 of what was measured nearest to it,
// and nothing of that counts: the endpoint settles. Then it is judged at up to two
// looks, fixed beforehand: after one and two times the step's length, once every
// request of that time has been answered or is older than the bound it is held to. To
// stop whenever the figures look settled would favour what chance favours; at fixed
// looks the intervals can be widened for their number (see [tail], after Pocock). A
// step breaks as soon as one SLO's whole interval lies beyond its bound, holds once all
// lie within, and else goes on to the next look. One that its last look leaves
// undecided says that the edge is near: the search goes on as far as was seen.
//
// The interval of a percentile is that of its order statistics, exact for
// independent requests whatever their distribution; requests that queue behind
// one another are not quite independent, so near the edge it is a little narrow, and a
// soak is asked. A p95 takes 83 requests before it can hold, a p99 420: the step lasts
// as long as these take, ten times its usual length at most. Requests that failed or got
// no answer rank above every bound, as in the verdict of a run (see package verdict).
//
// A step ends early when it is over-saturated: requests in flight and time to
// first token both rise by a Mann–Kendall test at 1 in 1000, and at least a
// twentieth of the arrivals stays behind. It ends early, too, when more requests failed
// than the SLOs allow, beyond doubt (1 in 10,000), and when what the endpoint says is
// left of its rate limit will not last.
//
// Between two open steps nothing of ours is open any more, single requests are
// sent until their latency is what it was on the idle endpoint, and a rate limit
// gets the time to give back what the last step took.
//
// # What is asked
//
// Each step judges every SLO, so that all steps together say of each where it would end
// the capacity by itself: by_slo. Where two or more were given the search goes on after
// its answer, for four steps above it at most, which are held against those that have not
// broken yet: to where the next one does. A step as long as the soak confirms that, if
// there is time for it; else by_slo says that it is not confirmed.
//
// By requests in flight ([capacity.InFlight]) loads are whole numbers, kept in closed waves
// until the same looks decide; a response time is a service time then. A rate that is served so
// is none at which customers may come, and no demand is held against it.
//
// What counts good requests is a share of those that arrived, with an interval of its own:
// good_fraction >= 95% is to requests that meet all their bounds what a p95 is to one bound.
// goodput >= 20/s holds at a rate where so many are good, or 95 % of those that arrive if
// that is less; the answer must come to the bound itself. Where SLOs say when a request is
// good and none how many must be, good_fraction >= 95% is assumed.
//
// A step has no waves of the scenario: an SLO in a wave is held against all requests or,
// where lanes ask different things, against those of the wave's lane.
//
// # A queue
//
// Where requests are tasks of a queue ([bench.Options.Tier]) a step holds if every SLO of
// every class does for the tasks that were due in it, whenever something becomes of them:
// each look counts its own. How long a class starves is of the whole load, its settling too.
// A bound on that which is longer than a step breaks there no sooner than tasks pile up: the
// soak is to outlast it.
//
// No class may pile up, whatever its SLOs: the tasks that wait and the age of the oldest
// must not both rise with significance, at a pace of a twentieth of those that come (see
// [verdict.PilesUp]). Workers that come every half a second for ten tasks make a sawtooth of
// the depth, ten for each worker high; it is no trend, and to tell one from it takes about
// twenty of its teeth: a step of 20 s has them, one of 5 s has not.
//
// Between two steps what waits is taken back, and what workers have in hand is waited for,
// for a minute: there is no probe, for an empty queue is an idle one. Who saturates an
// endpoint is not asked: workers end what they end.
//
// Workers that take a batch of one priority at a time have small batches while a few more
// urgent tasks come again and again, and end less than they could; the capacity is that of
// the mix. Against four workers of ten tasks, half a second of rest and 0.3 s of calls,
// 50 tasks a second at most, one class holds 50.9 to 52.0/s; a fifth of urgent tasks and the
// rest bulk 21 to 35/s, by how the polls of the workers fall:
// go test ./bench/capacity/search -run 'AQueue|PileUp' -v
//
// # What it finds
//
// Against servers of known capacity (package servertest), at the defaults, e2e.p95 <
// 800ms, in requests/s; go test ./bench/capacity/search -run TestTheSearchFindsTheTruth -full -v
//
//	server                            truth  found  off     takes   429s
//	M/M/8                              77.6   78.9  +1.7 %   209 s
//	M/M/8, steps of 5 s                77.6   76.1  -1.9 %   271 s
//	M/D/8                              79.9   79.1  -1.0 %   210 s
//	a shared processor                 76.7   74.9  -2.4 %   222 s
//	one in ten is long                 75.3   72.7  -3.4 %   264 s
//	noisy by 30 %                      65.6   66.8  +1.8 %   637 s
//	429s over 16 in flight             28.1   27.2  -3.1 %   320 s  0.8 %
//	1,200 a minute, a window, told     20.2   20.0  -1.0 %   140 s  0.2 %
//	the same, not told                 20.2   20.0  -1.0 %   198 s  1.5 %
//	a bucket of 1,200, told            20.2   20.0  -1.0 %    83 s    0 %
//	the same, not told                 20.2   20.0  -1.0 %   106 s  1.1 %
//	3,000 a minute, steps of 3 s       50.5   50.0  -1.0 %    83 s    0 %
//	the same, told without a reset     20.2   20.0  -1.0 %    83 s    0 %
//	21,600 tokens, a window, told      20.2   19.9  -1.7 %   197 s    0 %
//	the first minute 3 times slower    77.6   79.6  +2.6 %   372 s
//	the same, warmed up for 2 min      77.6   77.4  -0.3 %   376 s
//	scaling from 4 to 32, held         160    157   -1.8 %  1593 s
//
// With ten other seeds each (-run TestMostSearchesAreClose -full -v) the first seven
// are found within 5 % in 62 of 70 searches and within 7 % in 69, after 180 to 700 s, the
// longest where it is noisy or 429s come by chance; the cold one within 5 %, after 490 to
// 770 s, and after 310 to 390 s where it is warmed up; limits within 1.2 %.
//
// # The demand
//
// The scenario's open waves, a trace among them, are what the capacity is held
// against: see package forecast for the formulae. If their peak comes near to what
// was served at most, steps of so many requests in flight all the time find out how
// much the endpoint does when it is saturated, whatever its latency then: from there
// on a backlog grows, and by it one is worked off. Where the demand will put many more
// in flight, a last step does: they may be refused, or all be slower. A rehearsal then
// runs the demand, whole or in another shape, and holds what came against what had been
// forecast.
//
// Prompts go on where the last step ended, so that a cache of the endpoint does
// not flatter the later steps; arrivals have a new seed at each.
package search

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/price"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/tier"
	"flashwave/bench/units"
)

// The figures of [Defaults].
const (
	defaultMin       = 0.1
	defaultMax       = 1000
	defaultPrecision = 0.05
	defaultStep      = 20 * time.Second
	defaultSoak      = 2 * time.Minute
	defaultFor       = 30 * time.Minute

	leastStep      = time.Second
	leastSteps     = 3 // that a search must have time for, besides the soak
	leastPrecision = 0.005
	mostPrecision  = 1
	longestStep    = 10 // times its usual length, where requests are few
)

// A Config says what is searched, and within which bounds. Start from [Defaults].
type Config struct {
	// Options are those of a prepared run: client, prompts, price. The scenario
	// gives target, workload, arrivals, SLOs, seed and budget; its waves are the
	// demand, and of its lanes each gets the share of the load it has there.
	Options bench.Options

	By        capacity.Load // what is raised; "": the rate of arrivals
	MinRate   float64       // requests per second, above 0; nothing slower is tried. Of requests in flight the scenario's slots are the bound
	MaxRate   float64       // nothing faster is tried
	Precision float64       // ratio, 0.005 to 1
	StepFor   time.Duration // to the first look of a step, settling apart; from 1 s
	Soak      time.Duration // 0: the answer is not confirmed; of a limit's rate a window of a minute is enough
	HoldFor   time.Duration // a rate that failed is held so long, to see whether the endpoint scales out; 0: it is not
	Warmup    time.Duration // of a few requests in flight before the search, at most: it ends when latency stands still; 0: none
	For       time.Duration // for the whole search: three steps and the soak at least

	// The demand is the scenario's open waves.
	Headroom    float64         // ratio, from 1: the capacity must be so many times the peak of the demand
	Utilisation float64         // ratio, above 0 to 1: the share of its capacity that a replica is planned to give
	Book        *price.Book     // on which models the demand is priced; nil: the built-in one
	Rehearse    *capacity.Shape // run the demand in this shape in the end; nil: do not

	// Workers is how many take tasks from the queue that is searched; 0: not known, unless
	// it is the built-in one.
	Workers int

	Journal capacity.Journal // nil: the search is not kept
	Past    *capacity.Past   // the search that is resumed; nil: a new one begins

	// Progress is told a line when a step has ended; nil: nobody is. It is called
	// from the goroutine of Run.
	Progress func(line string)
}

// Defaults are the bounds that serve where none are given.
func Defaults() Config {
	return Config{
		By: capacity.Arrivals, MinRate: defaultMin, MaxRate: defaultMax, Precision: defaultPrecision,
		StepFor: defaultStep, Soak: defaultSoak, For: defaultFor,
		Headroom: 1, Utilisation: forecast.DefaultUtilisation,
	}
}

func (c Config) check() error {
	wrong := func(hint, format string, args ...any) error {
		return &scenario.Error{Message: fmt.Sprintf(format, args...), Hint: hint}
	}
	switch {
	case c.By != "" && c.By != capacity.Arrivals && c.By != capacity.InFlight:
		return wrong("--by rate, or --by concurrency", "a search is by rate or by concurrency, not by %q", c.By)
	case c.inFlight() && c.Rehearse != nil:
		return wrong("leave --by concurrency out: customers come whether or not others are still being served", "requests in flight say nothing of the demand, which is a rate")
	case !(c.MinRate > 0):
		return wrong("for example --min-rate 0.5/s", "the lowest rate to try is above 0")
	case !(c.MaxRate >= c.MinRate):
		return wrong("give --max-rate, or a lower --min-rate", "the highest rate to try, %s, is less than the lowest, %s", units.PerSecond(c.MaxRate), units.PerSecond(c.MinRate))
	case !(c.Precision >= leastPrecision && c.Precision <= mostPrecision):
		return wrong("--precision 5% is usual; 1% takes two steps more", "a precision of %s is not between 0.5 %% and 100 %%", units.Bound(c.Precision, units.Ratio))
	case c.StepFor < leastStep:
		return wrong("--step-for 20s is usual", "a step lasts 1s or more")
	case c.Soak < 0:
		return wrong("--soak 0s leaves the soak out", "a soak is never shorter than 0s")
	case c.HoldFor < 0 || c.Warmup < 0:
		return wrong("for example --hold-for 3m, or --warmup 1m", "a time is never shorter than 0s")
	case c.Workers < 0:
		return wrong("say how many take tasks from the queue now, such as --workers 4", "there are never fewer than no workers")
	case !(c.Headroom >= 1):
		return wrong("--headroom 1.2 leaves a sixth of the capacity free at the peak", "the headroom is 1 or more")
	case !(c.Utilisation > 0 && c.Utilisation <= 1):
		return wrong("--utilisation 70% is usual", "a utilisation of %s is not above 0 %% and up to 100 %%", units.Bound(c.Utilisation, units.Ratio))
	case c.Rehearse != nil && !(c.Rehearse.Speed > 0 && c.Rehearse.Scale > 0):
		return wrong("--speed 10 --scale 0.5 is ten times as fast, with half the requests", "speed and scale of a rehearsal are above 0")
	case c.For < leastSteps*c.StepFor+c.Soak:
		return wrong("give --for more, or --step-for and --soak less", "%s is too short for steps of %s and a soak of %s",
			scenario.Duration(c.For), scenario.Duration(c.StepFor), scenario.Duration(c.Soak))
	}
	return nil
}

// A Search looks for one endpoint's capacity. [Search.Run] is called once;
// [Search.Snapshot] may be called at any time, from anywhere.
type Search struct {
	cfg      Config
	base     *scenario.Scenario
	criteria []criterion
	bounds   []criterion // that say when one request is good
	shares   []float64   // of the load, by lane
	gauge    *gauge
	meter    *meter
	demand   forecast.Demand
	stage    *stage // of the rehearsal; nil: there is none

	began       time.Time
	sent        uint64  // requests scheduled so far: where the prompts go on
	points      uint64  // runs so far: the seed of the next
	spent       float64 // USD
	idle        float64 // ms: the latency of a single request on the idle endpoint; 0: unknown
	hunt        *hunt
	steps       []step
	answer      float64 // requests per second that hold; 0: none
	soaked      bool
	stop        *stop
	warnings    []string
	rehearsed   *capacity.Rehearsal
	rehearsedOn result.Ground // on which it is judged as a run
	replay      replay
	unkept      error      // why it can no longer be kept
	tonight     int        // workers of a night that is asked about; 0: those of the search
	tier        *tier.Tier // of the newest run; nil: it asks an endpoint itself

	mu   sync.Mutex
	live live
}

// A stop says why a search ended before it had its answer.
type stop struct {
	limit capacity.Limit
	on    result.Ground // what the verdict rests on then
	text  string
}

// A step is a Step, with what it was limited by.
type step struct {
	capacity.Step
	limit capacity.Limit
	slo   string
}

// New prepares a search. An error is a *[scenario.Error] with a hint, or that of an
// SLO.
func New(cfg Config) (*Search, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg.By = cmp.Or(cfg.By, capacity.Arrivals)
	base := cfg.Options.Scenario
	if err := cfg.checkQueue(); err != nil {
		return nil, err
	}
	if cfg.By == capacity.Arrivals && base.Converses() {
		return nil, &scenario.Error{
			Message: "a search by rate finds requests a second, and of conversations only the first turns come at a rate: the others follow their answers",
			Hint:    "--by concurrency finds how many turns may be in flight, --turns 1 asks each question by itself, and a run takes conversations at a rate of your own",
		}
	}
	list, bounds, notes, err := criteria(base)
	if err != nil {
		return nil, err
	}
	if base.Target.API == scenario.QueueAPI {
		notes = append(notes, cfg.queueNotes(list)...)
	}
	demand, err := forecast.Of(base)
	if err != nil {
		return nil, err
	}
	if cfg.inFlight() && !demand.Empty() {
		notes = append(notes, "so many requests in flight are no rate of arrivals: the demand was not held against them; a search by rate does that")
		demand = forecast.Demand{}
	}
	meter := &meter{Client: cfg.Options.Client}
	s := &Search{
		cfg: cfg, base: base, criteria: list, bounds: bounds, shares: shares(base), warnings: notes, demand: demand,
		meter: meter, gauge: newGauge(meter, cfg.Options.Epoch, borne(list)),
	}
	if cfg.Rehearse != nil {
		if s.stage, err = stageOf(*cfg.Rehearse, base); err != nil {
			return nil, err
		}
	}
	if p := cfg.Past; p != nil {
		s.replay.begin(p)
	}
	s.live.Peak = s.peak()
	s.live.By, s.live.Phase, s.live.Budget = cfg.By, capacity.Ramping, some(base.Budget)
	for _, c := range list {
		s.live.SLOs = append(s.live.SLOs, capacity.SLO{Expr: c.Text, Assumed: c.assumed})
	}
	return s, nil
}

// Run searches until the capacity is known, a bound is reached or ctx ends, and
// answers with the document, which is kept by then. It blocks.
func (s *Search) Run(ctx context.Context) *capacity.Document {
	doc := s.find(ctx)
	if j := s.cfg.Journal; j != nil {
		goesOn := s.stop != nil && (s.stop.limit == capacity.ByInterrupt || s.stop.limit == capacity.ByTime)
		if err := j.End(doc, goesOn); s.unkept == nil {
			s.unkept = err
		}
	}
	s.publish()
	s.update(func(l *live) { l.Phase, l.Document, l.Current, l.run, l.Next = capacity.Finished, doc, nil, nil, "" })
	return doc
}

// find searches, and makes the document.
func (s *Search) find(ctx context.Context) *capacity.Document {
	s.began = time.Now()
	if p := s.cfg.Past; p != nil {
		s.began = s.began.Add(-result.FromSeconds(p.State().ElapsedS))
	}
	s.update(func(l *live) { l.began = s.began })
	if j := s.cfg.Journal; j != nil && s.cfg.Past == nil {
		s.unkept = j.Begin(s.begun())
	}
	if s.warmUp(ctx) && s.ramp(ctx) && s.hunting(ctx) {
		for _, more := range []func(context.Context){s.saturate, s.crowd, s.beyond} {
			if more(ctx); s.spare() {
				break
			}
		}
		s.rehearse(ctx)
	}
	return s.document()
}

// spare goes on without what no longer fitted into the time of the search or its budget,
// where the answer is as sure as was asked for; false: nothing was missing, or not that.
func (s *Search) spare() bool {
	short := s.stop != nil && (s.stop.limit == capacity.ByTime || s.stop.limit == capacity.ByBudget)
	if !short || s.answer == 0 || s.cfg.Soak > 0 && !s.soaked {
		return false
	}
	s.warnings = append(s.warnings, "the answer is known, and what would have followed it was left out: "+s.stop.text)
	s.stop = nil
	return true
}

// hunting hunts for the highest rate that holds; false: the search is over.
func (s *Search) hunting(ctx context.Context) bool {
	for {
		m := s.hunt.next()
		if m.kind == "" {
			return s.answer > 0
		}
		st, ok := s.move(ctx, m)
		if !ok {
			return (m.kind == capacity.Retry || m.kind == capacity.Sentinel) && s.spare()
		}
		s.hunt.take(s.trial(st))
		s.answer, s.soaked = s.hunt.answer(), s.hunt.confirmed()
		next := s.hunt.next()
		s.tell(st, s.words(next))
		s.settleDown(ctx, st, next)
	}
}

// move does what the hunt wants.
func (s *Search) move(ctx context.Context, m move) (step, bool) {
	p := s.point(m.kind, m.rate)
	switch {
	case m.kind == capacity.Count:
		return s.count(ctx)
	case m.kind == capacity.Soak:
		p.length, p.looks = max(s.soakFor(m.rate), p.length), 1
	case m.kind == capacity.Retry && s.cfg.HoldFor > 0:
		p.looks, p.hold = 1, s.cfg.HoldFor
	case m.kind == capacity.Retry: // what contradicts takes more to be believed
		p.length, p.looks = 2*p.length, 1
	case m.kind == capacity.Sentinel:
		p.looks = 1
	case s.hunt.windowed(m): // one that is shut stays shut: a few 429s tell
		p.length, p.looks = max(wholeWindow, p.length), 1
		defer s.gauge.tolerate(s.gauge.tolerate(borne(s.criteria) / 10))
	}
	return s.measure(ctx, p)
}

const (
	// wholeWindow is long enough to see the end of a window that has just begun.
	wholeWindow = longestWindow + 2*time.Second
	// limitSoak is long enough to confirm a limit that looks back a minute.
	limitSoak = longestWindow + 15*time.Second
)

// soakFor is how long a rate is soaked: a limit has shown all it has with a window.
func (s *Search) soakFor(rate float64) time.Duration {
	if s.hunt.edgeIs(capacity.ByRateLimit) && near(rate, s.hunt.quota()) {
		return min(s.cfg.Soak, limitSoak)
	}
	return s.cfg.Soak
}

// trial is a step as the hunt takes it.
func (s *Search) trial(st step) trial {
	t := trial{kind: st.Kind, held: st.Verdict == capacity.Held, sure: st.Verdict == capacity.Held, limit: st.limit, supply: st.Supply, at: st.StartedS, told: st.ToldRPS}
	t.rate, _ = st.Tried()
	switch {
	case s.cfg.inFlight():
		t.told = nil // that is a rate
	case st.SucceededRPS != nil:
		t.served = *st.SucceededRPS
	}
	if st.Verdict == capacity.Undecided {
		t.held, _ = leans(s.criteria, st.SLOs)
	}
	for i, j := range st.SLOs {
		t.shares = append(t.shares, s.criteria[i].share(j))
	}
	if st.Kind == capacity.Sentinel {
		if base := s.baseOf(st.Step); base != nil {
			t.shift = shiftOf(*base, st.Step)
		}
	}
	return t
}

// length is how long a step takes to its first look: longer where requests are
// few.
func (s *Search) length(rate float64) time.Duration {
	wants := float64(minShare)
	for _, c := range s.criteria {
		wants = max(wants, float64(c.wants())/c.part())
	}
	need := lasting((wants + 1) / rate)
	return min(max(s.cfg.StepFor, need), longestStep*s.cfg.StepFor)
}

// left is the time that the search still has. So many in flight may have been served faster
// than the highest rate allowed: then it is as long as the requests last that may still come
// at that rate.
func (s *Search) left() time.Duration {
	gone := s.elapsed()
	if !s.cfg.inFlight() {
		gone = max(gone, lasting(float64(s.sent)/s.cfg.MaxRate))
	}
	return s.cfg.For - gone
}

// elapsed is the time that the search took so far. What lies between being cut off and
// being resumed is none of it.
func (s *Search) elapsed() time.Duration { return time.Since(s.began) }
