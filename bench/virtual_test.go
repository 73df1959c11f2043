package bench

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"flashwave/bench/price"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/client"
	"flashwave/client/outcome"
	"flashwave/client/pipetest"
)

// A fake is an endpoint in virtual time: answer says what happens to the i-th
// request that is sent.
type fake struct {
	epoch  time.Time
	answer func(i int, now time.Duration) reply
	said   func(prompt string, now time.Duration) reply // in its place, if it is set: by what is asked
	forget bool                                         // keep no record of what was sent

	mu       sync.Mutex
	sent     []time.Duration
	prompts  []string
	count    int
	inFlight int
	most     int
	open     map[time.Duration]int // in flight at the end of each instant at which that changed
}

// A reply is how a fake answers: after wait the first token, then further tokens
// every gap; or a failure after wait.
type reply struct {
	wait    time.Duration
	tokens  int
	gap     time.Duration
	burst   int            // tokens that come at once; 0: one
	outcome client.Outcome // "" is ok
	text    string         // of the failure
	short   outcome.Shortage
	late    time.Duration // how long the client takes to hand it to the transport
	usage   client.Usage
	mute    bool          // nothing tells of any tokens
	limits  client.Limits // zero: the headers say nothing
	retries int
}

func (f *fake) enter(text string) (i int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.forget {
		f.sent = append(f.sent, time.Since(f.epoch))
		f.prompts = append(f.prompts, text)
	}
	f.inFlight++
	f.most = max(f.most, f.inFlight)
	f.changed()
	f.count++
	return f.count - 1
}

func (f *fake) leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inFlight--
	f.changed()
}

// changed notes how many are in flight now.
func (f *fake) changed() {
	if f.forget {
		return
	}
	if f.open == nil {
		f.open = map[time.Duration]int{}
	}
	f.open[time.Since(f.epoch)] = f.inFlight
}

// opened are how many were in flight at the end of every instant from one to
// another at which that changed, in their order.
func (f *fake) opened(from, to time.Duration) (counts []int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, at := range slices.Sorted(maps.Keys(f.open)) {
		if from <= at && at < to {
			counts = append(counts, f.open[at])
		}
	}
	return counts
}

// state is how many are in flight now, and how many were sent.
func (f *fake) state() (inFlight, sent int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.inFlight, f.count
}

// sentIn are the instants in a stretch at which something was sent.
func (f *fake) sentIn(from, to time.Duration) (list []time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, at := range slices.Sorted(slices.Values(f.sent)) {
		if from <= at && at < to {
			list = append(list, at)
		}
	}
	return list
}

// Do implements Client.
func (f *fake) Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result {
	asked := req.Messages[len(req.Messages)-1].Content
	i := f.enter(asked)
	defer f.leave()
	now := func() time.Duration { return time.Since(f.epoch) }
	res := client.Result{
		Outcome: client.OK, Status: 200, Sent: now(), FirstByte: client.Never, FirstToken: client.Never,
		FirstAnswer: client.Never, LastToken: client.Never, Phases: client.Phases{Reused: true},
		Limits: client.Limits{LimitRequests: -1, RemainingRequests: -1, LimitTokens: -1, RemainingTokens: -1},
	}
	var r reply
	if f.said != nil {
		r = f.said(asked, res.Sent)
	} else {
		r = f.answer(i, res.Sent)
	}
	if r.late > 0 {
		time.Sleep(r.late)
		res.Sent = now()
	}
	sink.Sent(res.Sent)
	cancelled := func(d time.Duration) bool {
		select {
		case <-time.After(d):
			return false
		case <-ctx.Done():
			res.Outcome, res.Err, res.Done = client.Cancelled, "cancelled", now()
			return true
		}
	}
	if cancelled(r.wait) {
		return res
	}
	for k := range r.tokens {
		if k > 0 && k%max(r.burst, 1) == 0 && cancelled(r.gap) {
			return res
		}
		at := now()
		if k == 0 {
			res.FirstByte, res.FirstToken, res.FirstAnswer = at, at, at
		} else {
			res.Stall = max(res.Stall, at-res.LastToken)
		}
		res.LastToken = at
		res.Events++
		sink.Token(at, client.Content)
	}
	res.Retries = r.retries
	if r.limits != (client.Limits{}) {
		res.Limits = r.limits
	}
	res.Usage = client.Usage{Output: res.Events, From: client.FromEvents}
	if r.usage.From != "" {
		res.Usage = r.usage
	}
	if r.mute {
		res.Usage = client.Usage{}
	}
	res.Done, res.Finish = now(), "stop"
	if r.outcome != "" {
		res.Outcome, res.Err, res.Finish, res.Status = r.outcome, string(r.outcome)+" 17", "", 0
		res.Shortage = r.short
		if r.text != "" {
			res.Err = r.text
		}
	}
	return res
}

// always answers every request alike.
func always(r reply) func(int, time.Duration) reply {
	return func(int, time.Duration) reply { return r }
}

// build resolves a scenario of wave specs; change may alter it before.
func build(t testing.TB, change func(*scenario.Scenario), specs ...string) *scenario.Scenario {
	t.Helper()
	sc := scenario.Default()
	sc.Workload.Prompts = "synthetic:16"
	sc.Target.Model = "m"
	for _, spec := range specs {
		lane, w, err := scenario.ParseWave(spec)
		if err != nil {
			t.Fatal(err)
		}
		sc.AddWave(lane, w)
	}
	if change != nil {
		change(sc)
	}
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	return sc
}

// options are what a run of sc against c needs.
func options(t testing.TB, sc *scenario.Scenario, c Client, epoch time.Time) Options {
	t.Helper()
	o := Options{Scenario: sc, Client: c, Epoch: epoch, ID: "test", Price: &price.Price{Input: 1, Output: 2}}
	for i := range sc.Lanes {
		source, err := sc.PromptsOf(i)
		if err != nil {
			t.Fatal(err)
		}
		o.Prompts = append(o.Prompts, source)
	}
	return o
}

// start begins a run against a fake. It must be called inside a bubble.
func start(t testing.TB, sc *scenario.Scenario, answer func(int, time.Duration) reply) (*Run, *fake) {
	t.Helper()
	f := &fake{epoch: time.Now(), answer: answer}
	run, err := Start(options(t, sc, f, f.epoch))
	if err != nil {
		t.Fatal(err)
	}
	return run, f
}

// execute runs to the end.
func execute(t testing.TB, sc *scenario.Scenario, answer func(int, time.Duration) reply) (*result.Run, *fake) {
	t.Helper()
	run, f := start(t, sc, answer)
	doc := run.Wait()
	conserved(t, doc)
	return doc, f
}

// conserved holds the law of conservation in the total and in every wave, and the
// document to its schema.
func conserved(t testing.TB, doc *result.Run) {
	t.Helper()
	schematest.Values(t, "run", doc)
	var sum int64
	waves := append([]result.Stats{doc.Total}, doc.Waves...)
	for i, s := range append(waves, doc.Classes()...) {
		q := s.Requests
		if q.Scheduled != q.Sent+q.Dropped+q.Unsent {
			t.Errorf("%s: scheduled %d ≠ sent %d + dropped %d + unsent %d", s.Name, q.Scheduled, q.Sent, q.Dropped, q.Unsent)
		}
		if q.Sent != q.Succeeded+q.Failed+q.Unfinished {
			t.Errorf("%s: sent %d ≠ succeeded %d + failed %d + unfinished %d", s.Name, q.Sent, q.Succeeded, q.Failed, q.Unfinished)
		}
		if s.Outcomes["cancelled"] != q.Unfinished {
			t.Errorf("%s: cancelled %d ≠ unfinished %d", s.Name, s.Outcomes["cancelled"], q.Unfinished)
		}
		var outcomes int64
		for _, n := range s.Outcomes {
			outcomes += n
		}
		if outcomes != q.Sent {
			t.Errorf("%s: %d outcomes of %d sent", s.Name, outcomes, q.Sent)
		}
		if g := s.Goodput; g != nil && (g.RPS > *s.Rate.Succeeded*(1+1e-9)) {
			t.Errorf("%s: %g/s were good of %g/s that succeeded", s.Name, g.RPS, *s.Rate.Succeeded)
		}
		if d := s.DurationS - *s.LoadS - *s.DrainS; d > 1e-6 || d < -1e-6 || *s.DrainS < 0 || i > 0 && i < len(waves) && *s.DrainS != 0 {
			t.Errorf("%s: %g s are not %g s of load and %g s of drain", s.Name, s.DurationS, *s.LoadS, *s.DrainS)
		}
		if i > 0 && i < len(waves) {
			sum += q.Scheduled
		}
	}
	rowsAddUp(t, doc)
	if sum != doc.Total.Requests.Scheduled {
		t.Errorf("the waves scheduled %d, the total says %d", sum, doc.Total.Requests.Scheduled)
	}
}

// rowsAddUp holds the rows of the timeline against the total: they count the same
// requests and tokens. Of a run that was cut off, what was open then is in no row.
func rowsAddUp(t testing.TB, doc *result.Run) {
	t.Helper()
	if doc.DurationS == 0 {
		return // no time, no rows
	}
	var q result.Requests
	var limited, good, ttft, e2e int64
	known, tokens := true, 0.0
	for _, row := range doc.Timeline {
		c := row.Counts
		q.Scheduled, q.Sent, q.Succeeded, q.Failed = q.Scheduled+c.Scheduled, q.Sent+c.Sent, q.Succeeded+c.Succeeded, q.Failed+c.Failed
		q.Dropped, q.Unsent, q.Unfinished = q.Dropped+c.Dropped, q.Unsent+c.Unsent, q.Unfinished+c.Unfinished
		limited += c.RateLimited
		if c.Good != nil {
			good += *c.Good
		}
		if row.OutputTPS == nil {
			known = false
		} else {
			tokens += *row.OutputTPS * row.StepS
		}
		if l := row.Latency.TTFT.Response; l != nil {
			ttft += l.Count
		}
		if l := row.Latency.E2E.Response; l != nil {
			e2e += l.Count
		}
		if d := row.CompletedRPS*row.StepS - float64(c.Succeeded+c.Failed); d > 1e-6 || d < -1e-6 {
			t.Errorf("at %g s %g/s were completed in %g s, and %+v", row.TS, row.CompletedRPS, row.StepS, c)
		}
	}
	want := doc.Total.Requests
	want.Retries = 0
	if doc.CutOff() {
		want.Unsent, want.Unfinished = q.Unsent, q.Unfinished
	}
	if q != want {
		t.Errorf("the rows count %+v, the total %+v", q, want)
	}
	if n := doc.Total.Outcomes[outcome.RateLimited]; limited != n {
		t.Errorf("the rows count %d 429s, the total %d", limited, n)
	}
	if g := doc.Total.Goodput; g != nil && math.Abs(g.GoodFraction*float64(want.Scheduled)-float64(good)) > 1e-6 {
		t.Errorf("the rows count %d good ones, the total a share of %g", good, g.GoodFraction)
	}
	for name, c := range map[string]struct {
		of   *result.Latency
		rows int64
	}{"TTFT": {doc.Total.Latency.TTFT.Response, ttft}, "E2E": {doc.Total.Latency.E2E.Response, e2e}} {
		if c.of != nil && c.of.Count != c.rows || c.of == nil && c.rows > 0 {
			t.Errorf("%s: %d in the rows, %+v in all", name, c.rows, c.of)
		}
	}
	// What was streamed and never ended is in the rows, as it came.
	if out := doc.Total.Tokens.Output; known && out != nil && want.Failed+want.Unfinished == 0 && !doc.CutOff() && math.Abs(tokens-float64(*out)) > 1e-3 {
		t.Errorf("%g tokens in the rows, %d in all", tokens, *out)
	}
}

// serve answers over in-memory connections and returns a client of it. It must
// be called inside a bubble; stop ends it.
func serve(t testing.TB, handler http.Handler) (c *client.Client, epoch time.Time, stop func()) {
	t.Helper()
	l := pipetest.New()
	srv := &http.Server{Handler: handler}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.Serve(l)
	}()
	epoch = time.Now()
	c, err := client.New(client.Config{
		URL: "http://endpoint.test/v1", Timeout: 2 * time.Minute, IdleTimeout: time.Minute, ConnectTimeout: 10 * time.Second,
		Epoch: epoch, DialContext: l.DialContext,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c, epoch, func() {
		c.Close()
		_ = srv.Close()
		<-served
	}
}

// streams answers with a token after each of the pauses that plan says.
func streams(plan func() []time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		pauses := plan()
		w.Header().Set("Content-Type", "text/event-stream")
		for _, d := range pauses {
			time.Sleep(d)
			fmt.Fprint(w, `data: {"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}]}`+"\n\n")
			w.(http.Flusher).Flush()
		}
		fmt.Fprintf(w, `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":%d,"total_tokens":9}}`+"\n\ndata: [DONE]\n\n", len(pauses))
	})
}

// oneAtATime lets an answer keep state.
func oneAtATime(answer func(int, time.Duration) reply) func(int, time.Duration) reply {
	var mu sync.Mutex
	return func(i int, now time.Duration) reply {
		mu.Lock()
		defer mu.Unlock()
		return answer(i, now)
	}
}
