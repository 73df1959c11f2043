package monitor

import (
	"context"
	"sync"
	"testing"
	"time"

	"flashwave/bench/ledger"
	"flashwave/bench/monitor/alert"
	"flashwave/bench/price"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/client"
	"flashwave/client/outcome"
)

// A fake is an endpoint in virtual time: answer says what happens to a request that is
// sent so long after the epoch.
type fake struct {
	epoch  time.Time
	answer func(at time.Duration) reply

	mu   sync.Mutex
	sent []time.Duration
	open int
	most int
}

// A reply is how a fake answers: after wait the first token, then four more, each after
// gap; or a failure after wait. One that hangs ends with its context alone.
type reply struct {
	wait, gap time.Duration
	outcome   client.Outcome // "" is ok
	text      string
	hangs     bool
	short     outcome.Shortage
}

func (f *fake) Do(ctx context.Context, _ *client.Request, sink client.Sink) client.Result {
	at := time.Since(f.epoch)
	f.mu.Lock()
	if len(f.sent) < 1000 {
		f.sent = append(f.sent, at)
	}
	f.open++
	f.most = max(f.most, f.open)
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.open--
		f.mu.Unlock()
	}()
	r := f.answer(at)
	res := ledger.NeverSent
	res.Sent, res.Outcome = at, r.outcome
	sink.Sent(at)
	if r.hangs {
		<-ctx.Done()
		res.Done, res.Outcome, res.Err = time.Since(f.epoch), client.Cancelled, "stopped"
		return res
	}
	time.Sleep(r.wait)
	if r.outcome != "" {
		res.Done, res.Err, res.Shortage = time.Since(f.epoch), "as it was told to", r.short
		return res
	}
	res.Outcome, res.Status, res.Text, res.Finish = outcome.OK, 200, r.text, "stop"
	res.FirstToken = time.Since(f.epoch)
	sink.Token(res.FirstToken, client.Content)
	for range 4 {
		time.Sleep(r.gap)
		res.LastToken = time.Since(f.epoch)
		sink.Token(res.LastToken, client.Content)
	}
	res.FirstByte, res.FirstAnswer, res.Done, res.Events, res.Stall = res.FirstToken, res.FirstToken, res.LastToken, 5, r.gap
	res.Usage = client.Usage{Prompt: 20, Output: 5, From: client.FromUsage}
	res.Phases = client.Phases{Connect: time.Millisecond}
	return res
}

// target is one that a fake answers for.
func target(t testing.TB, name string, f *fake, change func(*scenario.Watched)) *Target {
	t.Helper()
	w := scenario.DefaultWatched()
	w.Name, w.Ask.Target.URL, w.Ask.Target.Model = name, "http://"+name+".test/v1", "m"
	if change != nil {
		change(&w)
	}
	plan := &scenario.Monitor{Targets: []scenario.Watched{w}}
	if err := plan.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	made, err := NewTarget(plan.Targets[0], f)
	if err != nil {
		t.Fatal(err)
	}
	f.epoch = time.Now()
	made.Epoch = f.epoch
	made.Price = &price.Price{Input: 1, Output: 2}
	return made
}

func always(r reply) *fake { return &fake{answer: func(time.Duration) reply { return r }} }

// A mailbox is a channel of alerts that keeps what it is told.
type mailbox struct {
	mu   sync.Mutex
	list []alert.Message
	tell func(context.Context) error // nil: it is told at once
}

func (*mailbox) Name() string { return "mailbox" }

func (m *mailbox) Tell(ctx context.Context, msg alert.Message) error {
	if m.tell != nil {
		if err := m.tell(ctx); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append(m.list, msg)
	return nil
}

func (m *mailbox) of(name string) (kinds []alert.Kind) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, msg := range m.list {
		if msg.Target == name {
			kinds = append(kinds, msg.Kind)
		}
	}
	return kinds
}

// rowOf is the row of a target. One whose incident goes on is not up, however its last
// probe ended.
func rowOf(t testing.TB, m *Monitor, name string) Row {
	t.Helper()
	for _, r := range m.Snapshot(View{}).Rows {
		if r.Incident != nil && r.State == Up {
			t.Errorf("%s is up although an incident is open: %+v", r.Name, r.Incident)
		}
		if r.Name == name {
			return r
		}
	}
	t.Fatalf("no row of %s", name)
	return Row{}
}

func end(t testing.TB, m *Monitor) *Document {
	t.Helper()
	m.Stop()
	d := m.Wait()
	schematest.Values(t, "monitor", d)
	return d
}
