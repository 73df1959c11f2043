package monitor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"flashwave/bench/class"
	"flashwave/bench/ledger"
	"flashwave/bench/monitor/history"
	"flashwave/bench/result"
	"flashwave/bench/sending"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
	"flashwave/client"
	"flashwave/client/outcome"
	"flashwave/client/queue"
)

// ProbeSchema names the format of the line of a probe. Within v1 keys are only ever added.
const ProbeSchema = "flashwave.probe/v1"

// A Probed is one probe and what came of it. Units are in the keys; null is "no data".
type Probed struct {
	Schema     string          `json:"schema"`
	At         time.Time       `json:"at"` // when it was due
	Target     string          `json:"target"`
	Outcome    outcome.Outcome `json:"outcome"`
	Good       *bool           `json:"good"`   // ok, as expected, and within every bound; null: void, or a bound has no value
	Why        string          `json:"why"`    // it is not good; "": it is
	Status     *int            `json:"status"` // of HTTP; null: there was no response
	TTFTMS     *float64        `json:"ttft_ms"`
	E2EMS      *float64        `json:"e2e_ms"` // null: it did not end ok
	ITLMaxMS   *float64        `json:"itl_max_ms"`
	ConnectMS  *float64        `json:"connect_ms"` // DNS, TCP and TLS
	Output     *int            `json:"output_tokens"`
	CostUSD    *float64        `json:"cost_usd"`               // null: the price is unknown
	Expires    *time.Time      `json:"certificate_expires_at"` // null: there is none
	StoodStill *float64        `json:"stood_still_ms"`         // how long the monitor's own process did not run meanwhile; null: it did
	Queue      *QueueLook      `json:"queue,omitempty"`        // what was seen of a queue; not of an endpoint
}

// gaps is a sink that keeps the gaps between tokens. The client tells it of one at a time.
type gaps struct {
	list []time.Duration
	last time.Duration
	any  bool
}

// mostGaps bounds what an endpoint can have a monitor remember of one answer.
const mostGaps = 10_000

func (*gaps) Sent(time.Duration) {}

func (g *gaps) Token(at time.Duration, _ client.Kind) {
	if g.any && len(g.list) < mostGaps {
		g.list = append(g.list, at-g.last)
	}
	g.last, g.any = at, true
}

// A finding is one probe with all that is made of it.
type finding struct {
	res       client.Result
	scheduled time.Duration
	gaps      []time.Duration
	goodness  verdict.Goodness
	why       string
	certain   bool // bad, or good, however late the monitor itself was
	void      bool
	blind     bool // of a class: the queue itself could not be seen
	cancelled bool
	seen      *queue.Seen // of a queue; nil: it is a probe of an endpoint
	still     time.Duration
	value     ledger.Value
	priced    bool
}

// ask sends one probe and judges it.
func (w *watched) ask(ctx context.Context) finding {
	t := w.Target
	began, scheduled := w.m.since(), time.Since(t.Epoch)
	f := finding{scheduled: scheduled}
	var g gaps
	if err := w.settled(ctx); err != nil {
		f.res = unsettled(ctx, err, scheduled, time.Since(t.Epoch))
	} else {
		t.fresh()
		f.res = t.Client.Do(ctx, t.request, &g)
	}
	f.gaps = g.list
	f.still = w.m.rests.between(began, w.m.since())
	f.cancelled = f.res.Outcome == outcome.Cancelled
	f.judge(t)
	f.value.Good = f.goodness
	if t.Price != nil {
		f.priced = true
		f.value.Cost, f.value.Estimated = ledger.Cost(*t.Price, t.bytes, t.request.MaxTokens, &f.res)
	}
	return f
}

// judge judges a probe of an endpoint.
func (f *finding) judge(t *Target) {
	f.goodness, f.why = t.judge(f.scheduled, &f.res, 0)
	if f.still > 0 && f.res.Outcome == outcome.OK {
		even, _ := t.judge(f.scheduled, &f.res, f.still)
		f.certain = even == f.goodness
	}
	f.voids()
}

// voids finds out whether the probe says nothing of the endpoint.
func (f *finding) voids() {
	f.void = !f.cancelled && f.goodness == verdict.Bad &&
		(f.res.Shortage != outcome.NoShortage || f.still > 0 && !f.certain && !f.res.Outcome.Answered())
	if f.void {
		f.why = voidFor(f)
	}
}

func voidFor(f *finding) string {
	if f.res.Shortage != outcome.NoShortage {
		return fmt.Sprintf("void: this machine is out of %s: %s", f.res.Shortage, f.why)
	}
	return fmt.Sprintf("void: the monitor itself stood still for %s: %s", units.Duration(f.still), f.why)
}

// settled settles what could not be beforehand.
func (w *watched) settled(ctx context.Context) error {
	if w.settle == nil {
		return nil
	}
	err := w.settle(ctx)
	if err == nil {
		w.settle = nil
		w.mu.Lock()
		w.model = w.Scenario.Target.Model
		w.mu.Unlock()
	}
	return err
}

// unsettled is the result of a probe that could not be sent, for its endpoint did not say
// which models it has.
func unsettled(ctx context.Context, err error, from, now time.Duration) client.Result {
	res := ledger.NeverSent
	res.Outcome, res.Err, res.Sent, res.Done = outcome.BadRequest, err.Error(), from, now
	switch {
	case ctx.Err() != nil:
		res.Outcome = outcome.Cancelled
	case errors.Is(err, client.ErrUnreachable):
		res.Outcome = outcome.Connect
	}
	return res
}

// judge says whether a probe was good, and why it was not, where its times may be too long by
// what the monitor itself was late.
func (t *Target) judge(scheduled time.Duration, res *client.Result, late time.Duration) (verdict.Goodness, string) {
	if res.Outcome != outcome.OK {
		return verdict.Bad, fmt.Sprintf("%s: %s", res.Outcome, res.Err)
	}
	if t.Expect != nil && !t.Expect.MatchString(res.Text) {
		return verdict.Bad, "the answer is not as expected: nothing in it matches " + t.Expect.String()
	}
	streams := t.request.Stream && t.Scenario.Target.API != string(client.HTTP) // which answers with a document, whatever was asked
	why := ""
	good := t.assertions.Goodness(verdict.WaveName{}, class.None, func(e slo.Expr) (float64, bool) {
		ms, ok := sending.Measured(e, scheduled, streams, res)
		ms = max(ms-result.Millis(late), 0)
		if why == "" && (!ok || !e.Holds(ms)) {
			why = missed(e, ms, ok)
		}
		return ms, ok
	})
	if good == verdict.Good {
		why = ""
	}
	return good, why
}

func missed(e slo.Expr, ms float64, ok bool) string {
	if !ok {
		return "it has no value of " + string(e.Metric) + ", which " + e.Text + " is about"
	}
	return fmt.Sprintf("%s was %s, not %s %s", e.Metric, units.Millis(ms), e.Op, units.Bound(e.Value, units.Milliseconds))
}

// kept is the probe as the history keeps it.
func (f *finding) kept(target string, at time.Time) history.Probe {
	p := history.Probe{
		Target: target, At: history.InMillis(at), Outcome: f.res.Outcome, Status: f.res.Status, Why: clip(f.why),
		Good: f.goodness == verdict.Good, Unjudged: f.void || f.goodness == verdict.Unjudged,
	}
	if f.priced {
		p.CostUSD = new(f.value.Cost.Total())
	}
	if f.void {
		return p
	}
	if f.res.FirstToken != client.Never {
		p.TTFT = new(max(f.res.FirstToken-f.scheduled, 0))
	}
	if f.res.Outcome == outcome.OK {
		p.E2E = new(max(f.res.Done-f.scheduled, 0))
	}
	if f.seen != nil {
		p.Depth, p.Oldest = f.seen.Depth, f.seen.Oldest
	}
	if ph := f.res.Phases; !ph.Reused && ph.Connect > 0 {
		p.Connect = new(ph.DNS + ph.Connect + ph.TLS)
	}
	if len(f.gaps) > 0 && !f.res.Bundled() {
		h := result.NewHist()
		for _, gap := range f.gaps {
			h.Record(gap)
		}
		p.ITL = history.Pack(h)
	}
	return p
}

// clip keeps what an endpoint says of itself short.
func clip(s string) string {
	const most = 300
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// line is the probe as programs read it.
func (f *finding) line(p history.Probe, expires *time.Time) Probed {
	l := Probed{
		Schema: ProbeSchema, At: p.At.Time().UTC(), Target: p.Target, Outcome: p.Outcome, Why: p.Why,
		TTFTMS: result.MillisOf(p.TTFT), E2EMS: result.MillisOf(p.E2E), ConnectMS: result.MillisOf(p.Connect), CostUSD: p.CostUSD, Expires: expires,
	}
	if !p.Unjudged {
		l.Good = new(p.Good)
	}
	if p.Status != 0 {
		l.Status = new(p.Status)
	}
	if p.ITL != nil {
		l.ITLMaxMS = new(result.Millis(time.Duration(p.ITL.Max)))
	}
	if f.res.Usage.From != client.FromNone {
		l.Output = new(f.res.Usage.Output)
	}
	if f.still > 0 {
		l.StoodStill = new(result.Millis(f.still))
	}
	return l
}
