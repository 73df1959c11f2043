package search

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gomodule/redigo/redis"
	"github.com/google/go-cmp/cmp"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/forecast"
	"flashwave/bench/price"
	"flashwave/bench/prompt"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/bench/tier"
	"flashwave/client"
	"flashwave/client/outcome"
	clientqueue "flashwave/client/queue"
	"flashwave/client/queue/spec"
	"flashwave/client/queue/worker"
)

// fixed answers after a time.
type fixed time.Duration

func (f fixed) Do(ctx context.Context, _ *client.Request, _ client.Sink) client.Result {
	select {
	case <-ctx.Done():
	case <-time.After(time.Duration(f)):
	}
	return client.Result{Outcome: outcome.OK, Text: "fine", Usage: client.Usage{Prompt: 7, Output: 5, From: client.FromUsage}}
}

// call is how long the endpoint of a shop's workers takes.
const call = 300 * time.Millisecond

// queueOf is a scenario of tasks of some classes.
func queueOf(t *testing.T, classes string, slos ...string) *scenario.Scenario {
	t.Helper()
	sc := scenario.Default()
	sc.Target.API, sc.Target.Model, sc.Target.Timeout = scenario.QueueAPI, "model", scenario.Duration(time.Minute)
	sc.Workload.Prompts, sc.SLO = "synthetic:16", slos
	if err := sc.SetClasses(classes); err != nil {
		t.Fatal(err)
	}
	return sc
}

// onQueue runs a test in virtual time at a queue with workers. change may alter the workers.
func onQueue(t *testing.T, sc *scenario.Scenario, workers int, change func(*worker.Config), test func(t *testing.T, o bench.Options)) {
	t.Helper()
	m := miniredis.RunT(t)
	synctest.Test(t, func(t *testing.T) {
		epoch := time.Now()
		if err := sc.Resolve(scenario.Machine{}); err != nil {
			t.Fatal(err)
		}
		classes := must(sc.TaskClasses())
		at := clientqueue.Address{Host: m.Addr()}
		opened, err := tier.Open(t.Context(), clientqueue.Config{
			Address: at, Layout: spec.Shop(), Classes: classes, Timeout: sc.Target.Timeout.D(), Poll: 100 * time.Millisecond, Epoch: epoch,
		})
		if err != nil {
			t.Fatal(err)
		}
		opened.Workers = workers
		w := worker.Default()
		w.Dial = func(ctx context.Context) (redis.Conn, error) { return clientqueue.Dial(ctx, at, "", nil) }
		w.Ask, w.Workers, w.High = fixed(call), workers, classes[len(classes)-1].High
		if change != nil {
			change(&w)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = worker.Run(ctx, w) // its layout is the shop's
		}()
		test(t, bench.Options{
			Scenario: sc, Client: opened, Tier: opened, Epoch: epoch, ID: "test", Price: &price.Price{Input: 1, Output: 2},
			Prompts: []prompt.Source{must(sc.PromptsOf(0))},
		})
		stop()
		<-ended
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
	for _, key := range m.Keys() {
		if strings.Contains(key, ":task:") || strings.Contains(key, ":queue:") {
			t.Errorf("left behind: %s", key)
		}
	}
}

// searchQueue searches a queue with workers in virtual time.
func searchQueue(t *testing.T, sc *scenario.Scenario, bounds func(*Config), change func(*worker.Config)) (doc *capacity.Document) {
	t.Helper()
	onQueue(t, sc, 4, change, func(t *testing.T, o bench.Options) {
		cfg := Defaults()
		cfg.StepFor, cfg.Soak, cfg.For, cfg.MaxRate = 10*time.Second, 30*time.Second, 15*time.Minute, 300
		cfg.Options = o
		cfg.Progress = func(line string) { t.Log(line) }
		if bounds != nil {
			bounds(&cfg)
		}
		s, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		doc = s.Run(t.Context())
		s.clear(t.Context())
		if waiting, running := o.Tier.Unfinished(); waiting+running > 0 {
			t.Errorf("%d wait and %d run when the search is over", waiting, running)
		}
	})
	schematest.Values(t, "capacity", doc)
	return doc
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// What workers take that take ten, ask for each and rest is found, with all that is due in a
// step on its way at once.
func TestAQueueHoldsWhatItsWorkersTake(t *testing.T) {
	t.Parallel()
	sc := queueOf(t, "all=1:100%", "wait.p95 < 2s in all")
	demand("calm:10/s:20s", "rush:100/s:30s", "after:5/s:1m")(sc)
	pages := &notebook{}
	doc := searchQueue(t, sc, func(cfg *Config) {
		cfg.Journal, cfg.StepFor, cfg.Soak = pages, 5*time.Second, 15*time.Second
	}, nil)
	truth := 4 * 10 / (500*time.Millisecond + call).Seconds()
	c := doc.Capacity
	if c.RPS == nil || *c.RPS < 0.9*truth || *c.RPS > 1.1*truth || !c.Confirmed {
		t.Fatalf("%s: holds %v, want %.3g/s within 10 %%, confirmed", doc.Verdict.Headline, c.RPS, truth)
	}
	for _, st := range doc.Steps {
		n := st.Tasks[0]
		if st.Looks > 0 && n.Enqueued != st.Requests.Scheduled {
			t.Errorf("%s: %d tasks of %d requests", st.Asked(), n.Enqueued, st.Requests.Scheduled)
		}
		if st.Verdict == capacity.Held && (n.WaitP95MS == nil || *n.WaitP95MS >= 2000 && st.Concurrency == nil || n.PiledUp) {
			t.Errorf("%s held: %+v", st.Asked(), n)
		}
	}
	foretold(t, reread(t, doc))
	// Who rebuilds it from what was kept finds the same, of the queue too.
	rebuilt, err := Rebuild(pages.past(t, len(pages.notes)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(doc.Queue, rebuilt.Queue); diff != "" {
		t.Errorf("of the queue: %s", diff)
	}
	if diff := cmp.Diff(doc.Forecast, rebuilt.Forecast); diff != "" {
		t.Errorf("of its night: %s", diff)
	}
}

// foretold checks the night of a queue that four workers serve with about 50 tasks a second,
// and asks about others.
func foretold(t *testing.T, doc *capacity.Document) {
	t.Helper()
	q, f := doc.Queue, doc.Forecast
	if q == nil || *q.Workers != 4 || *q.PerWorkerRPS < 11 || *q.PerWorkerRPS > 14 || q.Classes[0].FailsFirst == nil || q.Classes[0].WaitP95MS == nil {
		t.Fatalf("%+v", q)
	}
	// 100 a second come for 30 s and 45 to 55 go, as was found: some 1500 wait in the end, and
	// the last for some 30 s. Eight workers keep up.
	n := f.Tasks
	if n == nil || *n.Holds || *f.Fits || *n.WorkersNeeded < 7 || *n.WorkersNeeded > 9 || f.Replicas != nil || f.Simulated != nil {
		t.Fatalf("%+v", n)
	}
	if c := n.Classes[0]; c.Backlog < 1300 || c.Backlog > 1700 || c.LongestWaitS < 24 || c.LongestWaitS > 38 {
		t.Errorf("%+v", c)
	}
	if doc.Verdict.Status != result.Fail || !strings.Contains(doc.Verdict.Headline, fmt.Sprintf("that takes %d workers", *n.WorkersNeeded)) {
		t.Errorf("%+v", doc.Verdict)
	}
	night := nightOf(t, doc, "calm:10/s:20s", "rush:100/s:30s")
	for workers, holds := range map[int]bool{0: false, 4: false, 10: true} {
		night.Workers = workers
		again, err := night.Answer(doc)
		if err != nil {
			t.Fatal(err)
		}
		schematest.Values(t, "capacity", again)
		if got := again.Forecast.Tasks; got == nil || *got.Holds != holds || *got.WorkersNeeded != *n.WorkersNeeded || (again.Verdict.Status == result.Pass) != holds {
			t.Errorf("%d workers: %+v, %s", workers, got, again.Verdict.Headline)
		}
	}
	fewerWorkers(t, doc)
}

// fewerWorkers asks about fewer workers than there were in a search whose SLOs say nothing that is
// foretold, and of a search that does not know how many there were.
func fewerWorkers(t *testing.T, doc *capacity.Document) {
	t.Helper()
	night := nightOf(t, doc, "rush:20/s:30s")
	found := *doc
	found.SLOs = []capacity.SLO{{Expr: "error_rate <= 1%"}}
	for workers, fits := range map[int]bool{0: true, 1: false, 4: true} {
		night.Workers = workers
		again, err := night.Answer(&found)
		if err != nil {
			t.Fatal(err)
		}
		if (again.Verdict.Status == result.Pass) != fits || !fits && !strings.Contains(again.Verdict.Headline, "times as many workers") {
			t.Errorf("%d workers: %s", workers, again.Verdict.Headline)
		}
	}
	q := *doc.Queue
	found.Queue, q.Workers, night.Workers = &q, nil, 2
	var e *scenario.Error
	if _, err := night.Answer(&found); !errors.As(err, &e) || e.Hint == "" {
		t.Errorf("so many times unknown workers: %v", err)
	}
}

// Where the most urgent are taken first the least urgent pile up first, though each task of
// the others is served in no time: such a rate does not hold.
func TestNoClassMayPileUp(t *testing.T) {
	if !*full {
		t.Skip("-full asks for it")
	}
	t.Parallel()
	doc := searchQueue(t, queueOf(t, "urgent=1:20%, bulk=2:80%", "wait.p95 < 2s in urgent", "lost <= 0", "dead <= 0"), func(cfg *Config) {
		cfg.MinRate, cfg.MaxRate, cfg.Precision = 5, 60, 0.2
	}, nil)
	c := doc.Capacity
	if c.RPS == nil || c.LimitedBy != capacity.ByBacklog || doc.Queue.StarvesFirst == nil || *doc.Queue.StarvesFirst != "bulk" {
		t.Fatalf("%s: limited by %s, %+v", doc.Verdict.Headline, c.LimitedBy, doc.Queue)
	}
	last := map[bool]capacity.StepTasks{}
	for _, st := range doc.Steps {
		if st.Verdict == capacity.Broke && st.RateRPS != nil {
			for i, n := range st.Tasks {
				if n.PiledUp != (i == 1) || i == 0 && *n.WaitP95MS > 2000 {
					t.Errorf("%s broke: %+v", st.Asked(), n)
				}
				last[true] = n
			}
		}
	}
	if !last[true].PiledUp {
		t.Error("bulk never piled up")
	}
}

// A worker that starves a class is found out at any rate, and one whose tasks die.
func TestAClassThatGetsNothingHoldsNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why, slo string
		faults   worker.Faults
	}{
		{"starved", "starved < 5s in bulk", worker.Faults{Starve: "3-3"}},
		{"dead", "dead <= 0 in urgent", worker.Faults{Fail: 0.6}},
	} {
		t.Run(c.why, func(t *testing.T) {
			doc := searchQueue(t, queueOf(t, "urgent=1:50%, bulk=3:50%", c.slo, "error_rate < 100%"), func(cfg *Config) {
				cfg.MinRate, cfg.MaxRate, cfg.For = 5, 20, 5*time.Minute
			}, func(w *worker.Config) { w.Faults, w.Retries = c.faults, 0 })
			if doc.Capacity.RPS != nil || doc.Verdict.Status == result.Pass || !slices.ContainsFunc(doc.Steps, func(st capacity.Step) bool {
				return st.Verdict == capacity.Broke && strings.Contains(st.Why, c.slo)
			}) {
				t.Errorf("%s: %+v", doc.Verdict.Headline, doc.Capacity)
			}
		})
	}
}

// Of the classes of a queue may be asserted what is known of them step by step, and nothing
// else; nor is a queue searched by what has no rate, or rehearsed.
func TestSearchesOfQueuesAreRefused(t *testing.T) {
	for _, c := range []struct {
		slo   string
		by    capacity.Load
		shape *capacity.Shape
		want  string // in the error; "": none
	}{
		{"wait.p95 < 2s in urgent", capacity.Arrivals, nil, ""},
		{"starved < 60s in bulk", capacity.Arrivals, nil, ""},
		{"lost <= 0 in bulk", capacity.Arrivals, nil, ""},
		{"dead <= 1% in bulk", capacity.Arrivals, nil, ""},
		{"e2e.p95 < 8s", capacity.Arrivals, nil, ""},
		{"e2e.p95 < 8s in bulk", capacity.Arrivals, nil, "speaks of some"},
		{"error_rate < 1% in bulk", capacity.Arrivals, nil, "speaks of some"},
		{"wait.p95 < 2s in urgent", capacity.InFlight, nil, "rate"},
		{"wait.p95 < 2s in urgent", capacity.Arrivals, &capacity.Shape{Speed: 1, Scale: 1}, "rehearsed"},
	} {
		t.Run(fmt.Sprint(c.slo, c.by, c.shape != nil), func(t *testing.T) {
			sc := queueOf(t, "urgent=1:50%, bulk=2:50%", c.slo)
			if err := sc.Resolve(scenario.Machine{}); err != nil {
				t.Fatal(err)
			}
			cfg := Defaults()
			cfg.By, cfg.Rehearse, cfg.Options = c.by, c.shape, bench.Options{Scenario: sc}
			_, err := New(cfg)
			var e *scenario.Error
			if refused := errors.As(err, &e); refused != (c.want != "") || refused && (!strings.Contains(e.Message, c.want) || e.Hint == "") {
				t.Error(err)
			}
		})
	}
}

// A night of workers that take ten of one priority at a time is what was foretold of it by
// the rate that holds: to a tenth where there is one priority. Where there are several, as
// many wait in a rush that batches are fuller than at that rate, and the least urgent are
// done earlier than foretold: by half at most.
func TestTheNightOfAQueueComesTrue(t *testing.T) {
	if !*full {
		t.Skip("-full asks for it: the search of a queue foretells its night as well")
	}
	t.Parallel()
	for _, c := range []struct {
		classes string
		rate    float64 // that holds
		early   float64
	}{
		{"all=1:100%", 50, 0.1},
		{"urgent=1:20%, bulk=2:80%", 24, 0.5},
		{"urgent=1-3:20%, normal=4-6:50%, bulk=7-10:30%", 9, 0.5},
	} {
		t.Run(c.classes, func(t *testing.T) {
			sc := queueOf(t, c.classes)
			sc.Target.Timeout = scenario.Duration(10 * time.Minute)
			demand(fmt.Sprintf("calm:%.4g/s:20s", c.rate/3), fmt.Sprintf("rush:%.4g/s:30s", 3*c.rate), fmt.Sprintf("after:%.4g/s:60s", 0.3*c.rate))(sc)
			var doc *result.Run
			onQueue(t, sc, 4, nil, func(t *testing.T, o bench.Options) {
				run, err := bench.Start(o)
				if err != nil {
					t.Fatal(err)
				}
				doc = run.Wait()
			})
			in := forecast.TasksInput{Demand: must(forecast.Of(sc)), ServedRPS: c.rate, Workers: 4}
			for _, of := range sc.Mix {
				in.Classes = append(in.Classes, forecast.TaskClass{Name: of.Name, Share: of.Share})
			}
			f := forecast.MakeTasks(in)
			for i, came := range doc.Queue.Classes {
				const cycles = 4 * 0.8 // seconds: a class of three priorities takes three batches
				foretold, measured := f.Classes[i], came.Latency.Wait.Max/1000
				if foretold.LongestWaitS > measured/(1-c.early)+cycles || foretold.LongestWaitS < 0.9*measured-cycles {
					t.Errorf("%s: the longest wait was %.3g s, and %.3g s foretold", came.Name, measured, foretold.LongestWaitS)
				}
				if wrong := foretold.Backlog - float64(came.DepthMax); math.Abs(wrong) > 0.2*float64(came.DepthMax)+20 {
					t.Errorf("%s: %d waited at most, and %.4g were foretold", came.Name, came.DepthMax, foretold.Backlog)
				}
			}
		})
	}
}
