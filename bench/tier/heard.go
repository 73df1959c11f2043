package tier

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/client"
	"flashwave/client/outcome"
	"flashwave/client/queue"
	"flashwave/client/tap"
)

// A hearing counts what a tap says of calls. It is safe for concurrent use.
type hearing struct {
	match func(queue.Call) (class int, first, ours bool)

	mu      sync.Mutex
	classes []calls
	open    map[callID]int // the class of each call that is not over; others: of no task of ours
	all     int64
	ours    int64
	noTask  int64
}

// others is the class of what is not ours.
const others = -1

// A callID tells calls of taps apart.
type callID struct {
	tap  string
	call uint64
}

// calls are those of a class.
type calls struct {
	result.TierCalls
	spent  [5]int64 // prompt, cached, cache written, output, reasoning
	cached bool     // any told of what was written to a cache
	usage  bool     // some counts are the endpoint's
	events bool     // some are the tap's
	ttft   *result.Hist
}

func newHearing(classes int, match func(queue.Call) (class int, first, ours bool)) *hearing {
	h := &hearing{match: match, open: map[callID]int{}, classes: make([]calls, classes)}
	for i := range h.classes {
		h.classes[i].Outcomes, h.classes[i].ttft = map[outcome.Outcome]int64{}, result.NewHist()
	}
	return h
}

// hear takes in a record of a call. Those of one call may come late, and one of them not at
// all; a follower tells each once.
func (h *hearing) hear(r tap.Heard) {
	h.mu.Lock()
	defer h.mu.Unlock()
	id := callID{r.Tap, r.Call}
	class, known := h.open[id]
	of := queue.Call{Task: r.Task, Asked: r.Asked, New: !known, Over: r.Ended != nil}
	if of.Over {
		of.Usage = r.Ended.Tokens.Usage()
	}
	its, first, ours := h.match(of)
	if !known {
		class = others
		if ours {
			class = its
		}
		h.begin(class, first, r.Task)
	}
	if !of.Over {
		h.open[id] = class
		return
	}
	delete(h.open, id)
	if class != others {
		h.classes[class].end(r, of.Usage)
	}
}

// begin counts a call, the first of its task or not.
func (h *hearing) begin(class int, first bool, task string) {
	h.all++
	if class == others {
		if task == "" {
			h.noTask++
		}
		return
	}
	h.ours++
	c := &h.classes[class]
	c.Calls++
	c.Open++
	if first {
		c.Tasks++
	} else {
		c.Retries++
	}
}

// end counts how a call ended.
func (c *calls) end(r tap.Heard, u client.Usage) {
	c.Open--
	c.Ended++
	of := r.Ended.Outcome
	if !of.Known() {
		of = outcome.Malformed // the tap is of another version, or none
	}
	c.Outcomes[of]++
	if r.TTFT != client.Never {
		c.ttft.Record(r.TTFT)
	}
	if u.From == client.FromNone {
		return
	}
	c.Tokens.Told++
	for i, n := range []int{u.Prompt, u.Cached, u.CacheWritten, u.Output, u.Reasoning} {
		c.spent[i] += int64(n)
	}
	c.cached = c.cached || u.CacheWritten > 0
	c.usage, c.events = c.usage || u.From == client.FromUsage, c.events || u.From == client.FromEvents
}

// document is what was heard of a class.
func (c *calls) document() *result.TierCalls {
	d := c.TierCalls
	d.Outcomes = map[outcome.Outcome]int64{}
	for of, n := range c.Outcomes {
		d.Outcomes[of] = n
	}
	t := &d.Tokens
	if c.usage || c.events {
		t.Output = new(c.spent[3])
		from := client.FromUsage
		if c.events {
			from = client.FromEvents
		}
		t.From = new(string(from))
		if c.usage && c.events {
			t.From = new("mixed")
		}
	}
	if c.spent[0] > 0 { // no prompt is without tokens: a usage that says 0 does not know
		t.Prompt, t.Cached = new(c.spent[0]), new(c.spent[1])
	}
	if c.usage {
		t.Reasoning = new(c.spent[4])
	}
	if c.cached {
		t.CacheWritten = new(c.spent[2])
	}
	return &d
}

// addTo puts what was heard into the document of a tier.
func (h *hearing) addTo(q *result.Tier, seen tap.FollowStats, withHDR bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	q.Tap = &result.TierTap{
		UncertaintyMS: result.Millis(seen.Uncertainty), LatestMS: result.Millis(seen.Latest),
		Calls: h.all, Matched: h.ours, Unmatched: h.all - h.ours, NoTask: h.noTask,
		Missed: seen.Missed, Broken: seen.Broken, Restarts: seen.Restarts, DeafMS: result.Millis(seen.Deaf), Deaf: seen.DeafNow,
	}
	all := result.NewHist()
	q.Total.Calls = &result.TierCalls{}
	for i := range h.classes {
		of := h.classes[i].document()
		q.Classes[i].Calls, q.Classes[i].Latency.TTFT = of, h.classes[i].ttft.Latency(withHDR)
		q.Total.Calls.Add(*of)
		all.Merge(h.classes[i].ttft)
	}
	q.Total.Latency.TTFT = all.Latency(withHDR)
}

// A listening tier follows a tap.
type listening struct {
	follower *tap.Follower
	cancel   context.CancelFunc
	ended    chan struct{}
	hearing  atomic.Pointer[hearing] // of the present run
}

// Listen follows a tap until the tier is closed. The epoch of the configuration, and who is
// told, are the tier's own. The error says that there is no tap.
func (t *Tier) Listen(ctx context.Context, c tap.FollowConfig) (err error) {
	l := &listening{ended: make(chan struct{})}
	t.listening = l
	t.hearAnew()
	c.Epoch, c.Hear = t.epoch, func(r tap.Heard) { l.hearing.Load().hear(r) }
	if l.follower, err = tap.Dial(ctx, c); err != nil {
		t.listening, t.heard = nil, nil
		return err
	}
	ctx, l.cancel = context.WithCancel(context.Background())
	go func() {
		defer close(l.ended)
		l.follower.Follow(ctx)
	}()
	return nil
}

// hearAnew counts calls from now on. The ends of those that are open are nobody's.
func (t *Tier) hearAnew() {
	l := t.listening
	if l == nil {
		return
	}
	h, before := newHearing(len(t.classes), t.Heard), t.Sharper()
	if last := l.hearing.Load(); last != nil {
		last.mu.Lock()
		for id := range last.open {
			h.open[id] = others
		}
		last.mu.Unlock()
	}
	l.hearing.Store(h)
	t.heard = func(q *result.Tier, withHDR bool) {
		h.addTo(q, l.follower.Stats(), withHDR)
		q.Tap.Taken = t.Sharper() - before
	}
}

// settleTime is how long the end of a run waits for a tap.
const settleTime = time.Second

// Settle waits until all is heard that the tap has recorded by now, for a second at most.
func (t *Tier) Settle() {
	if t.listening == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), settleTime)
	defer cancel()
	t.listening.follower.Settle(ctx)
}

// Close ends the listening, and closes the client.
func (t *Tier) Close() error {
	if l := t.listening; l != nil {
		l.cancel()
		<-l.ended
	}
	return t.Client.Close()
}

// Notes say what went wrong with the tap, in sentences for people.
func (t *Tier) Notes() (list []string) {
	if t.listening == nil {
		return nil
	}
	s := t.listening.follower.Stats()
	if s.Deaf > 0 {
		list = append(list, fmt.Sprintf("the tap was not heard for %s: what workers asked then was seen by looking at the queue alone, unless the tap told it later", units.Duration(s.Deaf)))
	}
	if s.Missed > 0 {
		list = append(list, units.Count(s.Missed)+" records of the tap were gone before they were read")
	}
	if t.listening.hearing.Load().matched() == 0 {
		list = append(list, "no call at the tap said a task of this run: do the workers go through it, and do they tell the id as its --task-id says?")
	}
	return list
}

func (h *hearing) matched() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.ours
}
