package bench

import (
	"context"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/ledger"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/client"
	"flashwave/client/outcome"
)

// A stuckClient never ends some of its calls, whatever is cancelled, until it is let go.
type stuckClient struct {
	*fake
	hangs func(i int) hangPoint
	calls atomic.Int64
	let   chan struct{}
}

// A hangPoint is where a call hangs.
type hangPoint int

const (
	nowhere hangPoint = iota
	beforeSending
	beforeTokens
	afterTokens
)

// Do implements Client.
func (d *stuckClient) Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result {
	res := ledger.NeverSent
	res.Outcome, res.Sent = client.OK, time.Since(d.epoch)
	switch d.hangs(int(d.calls.Add(1)) - 1) {
	case nowhere:
		return d.fake.Do(ctx, req, sink)
	case beforeSending:
		<-d.let
		sink.Sent(res.Sent)
	case beforeTokens:
		sink.Sent(res.Sent)
		<-d.let
	case afterTokens:
		sink.Sent(res.Sent)
		for range 5 {
			time.Sleep(50 * ms)
			sink.Token(time.Since(d.epoch), client.Content)
		}
		<-d.let
	}
	sink.Token(time.Since(d.epoch), client.Content) // too late for anybody
	res.Done = time.Since(d.epoch)
	return res
}

// stuckRun starts a run of which something hangs. Let go what hangs before the end.
func stuckRun(t *testing.T, sc *scenario.Scenario, hangs func(i int) hangPoint, change func(*Options)) (run *Run, letGo func()) {
	t.Helper()
	f := &fake{epoch: time.Now(), answer: always(reply{wait: 100 * ms, tokens: 3, gap: 10 * ms})}
	d := &stuckClient{fake: f, hangs: hangs, let: make(chan struct{})}
	o := options(t, sc, d, f.epoch)
	if change != nil {
		change(&o)
	}
	run, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	return run, func() {
		close(d.let)
		time.Sleep(time.Minute)
		synctest.Wait()
	}
}

// ends holds that a run ends within a time.
func ends(t *testing.T, run *Run, within time.Duration) *result.Run {
	t.Helper()
	began := time.Now()
	select {
	case <-run.Done():
	case <-time.After(within):
		t.Fatalf("the run has not ended %v after the second stop", within)
	}
	t.Logf("it ended after %v", time.Since(began))
	return run.Wait()
}

// A second stop ends a run, with its document, whatever its calls are stuck in.
func TestSecondStopLeavesCallsBehind(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*scenario.Scenario)
		waves  []string
		hangs  func(i int) hangPoint
	}{
		{"closed, all before a token", nil, []string{"w:c5:1h"}, func(int) hangPoint { return beforeTokens }},
		{"closed, all before they are sent", nil, []string{"w:c5:1h"}, func(int) hangPoint { return beforeSending }},
		{"closed, all in the midst of a stream", nil, []string{"w:c5:1h"}, func(int) hangPoint { return afterTokens }},
		{"open, one in three each way", nil, []string{"w:20/s:1h"}, func(i int) hangPoint { return hangPoint(i % 4) }},
		{"open, more due than slots", func(sc *scenario.Scenario) { sc.MaxInFlight = 7 }, []string{"w:20/s:1h"}, func(i int) hangPoint { return hangPoint(i % 4) }},
		{"open, dropping", func(sc *scenario.Scenario) { sc.MaxInFlight, sc.Overflow = 7, "drop" }, []string{"w:20/s:1h"}, func(int) hangPoint { return afterTokens }},
		{"two waves", nil, []string{"a:c3:2s", "b:10/s:1h"}, func(i int) hangPoint { return hangPoint(i % 4) }},
		{"in the warm-up", warm(time.Hour), []string{"w:20/s:1h"}, func(i int) hangPoint { return hangPoint(i % 4) }},
		{"after a warm-up", warm(time.Second), []string{"w:20/s:1h"}, func(i int) hangPoint { return hangPoint(i % 4) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				run, letGo := stuckRun(t, build(t, c.change, c.waves...), c.hangs, nil)
				time.Sleep(5*time.Second + 300*ms)
				run.Stop()
				time.Sleep(2 * time.Second)
				if closed(run.done) {
					t.Fatal("one stop waits for what is open")
				}
				run.Stop()
				doc := ends(t, run, 2*time.Second)
				conserved(t, doc)
				everyoneRanks(t, run)
				if doc.Verdict.ExitCode != 105 {
					t.Errorf("exit code %d: %s", doc.Verdict.ExitCode, doc.Verdict.Headline)
				}
				if run.LeftBehind() == 0 {
					t.Error("nothing was left behind")
				}
				before := run.account.Total()
				letGo() // what ends later changes nothing
				if after := run.account.Total(); after.Requests != before.Requests {
					t.Errorf("%+v, before %+v", after.Requests, before.Requests)
				}
			})
		})
	}
}

// A run that nobody stops ends all the same, a while after its grace period.
func TestStuckCallsEndAfterTheGracePeriod(t *testing.T) {
	for range 50 { // they are left behind just as a second ends: whichever is first, each counts once
		synctest.Test(t, func(t *testing.T) {
			sc := build(t, func(sc *scenario.Scenario) { sc.Grace = scenario.Duration(2 * time.Second) }, "w:10/s:3s")
			run, letGo := stuckRun(t, sc, func(i int) hangPoint { return hangPoint(i % 4) }, nil)
			time.Sleep(3 * time.Second)
			doc := ends(t, run, 2*time.Second+callPatience+ms)
			conserved(t, doc)
			if doc.Total.Requests.Unfinished == 0 || doc.Verdict.ExitCode == 105 {
				t.Errorf("%+v, %s", doc.Total.Requests, doc.Verdict.Headline)
			}
			letGo()
		})
	}
	synctest.Test(t, func(t *testing.T) { // or as soon as it is stopped twice
		sc := build(t, func(sc *scenario.Scenario) { sc.Grace = scenario.Duration(2 * time.Second) }, "w:10/s:3s")
		run, letGo := stuckRun(t, sc, func(i int) hangPoint { return hangPoint(i % 4) }, nil)
		time.Sleep(6 * time.Second)
		run.Stop()
		run.Stop()
		conserved(t, ends(t, run, time.Second))
		letGo()
	})
}

// A slow journal hangs where it says.
type slowJournal struct {
	hangsAt string
	let     chan struct{}
	ended   atomic.Pointer[result.Run]
}

func (j *slowJournal) at(what string) {
	if what == j.hangsAt {
		<-j.let
	}
}

func (j *slowJournal) Begin(*result.Run) error { return nil }

func (j *slowJournal) Interval(result.Interval, result.Row) error {
	j.at("interval")
	return nil
}

func (j *slowJournal) Event(result.Event) error {
	j.at("event")
	return nil
}

func (j *slowJournal) End(doc *result.Run) error {
	j.at("end")
	j.ended.Store(doc)
	return nil
}

// A second stop waits for no journal.
func TestSecondStopLeavesTheJournalBehind(t *testing.T) {
	for _, where := range []string{"interval", "event", "end"} {
		t.Run(where, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := &slowJournal{hangsAt: where, let: make(chan struct{})}
				run, letGo := stuckRun(t, build(t, nil, "w:20/s:1h"), func(int) hangPoint { return nowhere }, func(o *Options) { o.Journal = j })
				time.Sleep(3500 * ms)
				run.Stop()
				time.Sleep(3 * time.Second)
				if closed(run.done) {
					t.Fatal("one stop waits for the journal")
				}
				run.Stop()
				doc := ends(t, run, 2*time.Second)
				conserved(t, doc)
				if doc.Verdict.ExitCode != 105 {
					t.Errorf("exit code %d", doc.Verdict.ExitCode)
				}
				if run.JournalError() == nil {
					t.Error("nothing says that the run was not saved")
				}
				close(j.let)
				letGo()
				if where == "end" && j.ended.Load() == nil {
					t.Error("the document did not reach the journal in the end")
				}
			})
		})
	}
}

// A second stop waits for nobody who does not read the log of requests.
func TestSecondStopLeavesTheLogBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader, writer := io.Pipe() // nobody reads it
		run, letGo := stuckRun(t, build(t, nil, "w:20/s:1h"), func(i int) hangPoint { return hangPoint(i % 4) }, func(o *Options) { o.Requests = writer })
		time.Sleep(3500 * ms)
		run.Stop()
		time.Sleep(ms)
		run.Stop()
		doc := ends(t, run, 2*time.Second)
		conserved(t, doc)
		if _, err := run.RequestLog(); err == nil {
			t.Error("nothing says that the log of requests is incomplete")
		}
		_ = reader.Close()
		letGo()
	})
}

// Nor for the reader of a real pipe.
func TestSecondStopLeavesAPipeBehind(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	f := &fake{epoch: time.Now(), answer: always(reply{tokens: 1, outcome: outcome.ServerError, text: strings.Repeat("x", 300)}), forget: true}
	sc := build(t, nil, "w:c20:1h")
	o := options(t, sc, f, f.epoch)
	o.Requests = writer
	run, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * ms) // the pipe is full
	run.Stop()
	time.Sleep(ms)
	run.Stop()
	conserved(t, ends(t, run, 30*time.Second)) // the machine may be busy
	_ = writer.Close()
}

// A stuckObserver nowhere of no request any more, from one on.
type stuckObserver struct {
	dispatch.Observer
	from atomic.Int64
	let  chan struct{}
}

func (o *stuckObserver) Scheduled(t dispatch.Ticket) {
	if o.from.Add(-1) < 0 {
		<-o.let
	}
	o.Observer.Scheduled(t)
}

// A lane that is stuck is left behind, too. (Not in virtual time, which stands while
// somebody waits for a lock.)
func TestSecondStopLeavesALaneBehind(t *testing.T) {
	t.Parallel()
	f := &fake{epoch: time.Now(), answer: always(reply{wait: 100 * ms, tokens: 1})}
	o, lane := options(t, build(t, nil, "w:50/s:1h"), f, f.epoch), &stuckObserver{let: make(chan struct{})}
	lane.from.Store(15)
	o.observe = func(c *dispatch.Config) { lane.Observer, c.Observer = c.Observer, lane }
	run, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	for lane.from.Load() >= 0 {
		time.Sleep(ms)
	}
	run.Stop()
	time.Sleep(ms)
	run.Stop()
	conserved(t, ends(t, run, 30*time.Second)) // the machine may be busy
	close(lane.let)
}
