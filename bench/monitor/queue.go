package monitor

import (
	"context"
	"fmt"
	"time"

	"flashwave/bench/endpoint"
	"flashwave/bench/ledger"
	"flashwave/bench/monitor/objective"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
	"flashwave/client/queue"
	"flashwave/client/queue/spec"
)

// A Looker looks at a queue, as a [queue.Gauge] does.
type Looker interface {
	Look(ctx context.Context) queue.Sight
}

// A tier is the queue that several targets are about, the whole of it first, and then each
// of its classes: what one look sees is a probe of each of them.
type tier struct {
	look    Looker
	layout  string
	classes []string // the most urgent first
}

// NewQueue are the targets of a queue that is looked at: the whole, and each class.
func NewQueue(w scenario.Watched, look Looker) ([]*Target, error) {
	layout, err := spec.ParseLayout(w.Ask.Target.Queue)
	if err != nil {
		return nil, err
	}
	t := &tier{look: look, layout: layout.Name}
	for _, c := range w.Ask.Mix {
		t.classes = append(t.classes, c.Name)
	}
	var bounds []slo.Expr
	for _, text := range w.Ask.SLO {
		e, err := slo.Parse(text)
		if err != nil {
			return nil, err
		}
		bounds = append(bounds, e)
	}
	var list []*Target
	for _, class := range append([]string{""}, t.classes...) {
		of := &Target{
			Name: w.Name, URL: w.Ask.Target.URL, Host: endpoint.Host(w.Ask.Target), Scenario: w.Ask, Every: w.Every.D(),
			Objective: objective.Objective(w.Objective), Epoch: time.Now(), Class: class,
			tier: t, assertions: &verdict.Assertions{},
		}
		if class != "" {
			of.Name += "/" + class
		}
		for _, e := range bounds {
			if e.Wave == class {
				of.assertions.Bounds = append(of.assertions.Bounds, e)
			}
		}
		list = append(list, of)
	}
	return list, nil
}

// prepareQueue makes a queue ready to be looked at.
func prepareQueue(ctx context.Context, w scenario.Watched, env func(string) string) ([]*Target, error) {
	g, err := endpoint.Gauge(ctx, w.Ask, env)
	if err != nil {
		return nil, err
	}
	list, err := NewQueue(w, g)
	if err != nil {
		g.Close()
		return nil, err
	}
	list[0].close = g.Close
	return list, nil
}

// whole reports whether the target is a whole queue, with whose looks its classes are looked
// at, too.
func (t *Target) whole() bool { return t.tier != nil && t.Class == "" }

// label is what sentences call a target.
func (t *Target) label() string {
	if t.Class != "" {
		return t.Class
	}
	return t.Name
}

// probes are so many probes in words: of a queue they are looks.
func (t *Target) probes(n int64) string {
	if t.tier != nil {
		return units.Of(n, "look", "looks")
	}
	return units.Of(n, "probe", "probes")
}

// lookAt looks at the queue once, for itself and for its classes.
func (w *watched) lookAt(ctx context.Context) {
	at := w.m.clock.now()
	all := append([]*watched{w}, w.classes...)
	for _, of := range all {
		of.due()
	}
	began, scheduled := w.m.since(), time.Since(w.Epoch)
	s := w.tier.look.Look(ctx)
	ended, still := time.Since(w.Epoch), w.m.rests.between(began, w.m.since())
	look := w.seenAs(s)
	var line Probed
	taken := false
	for i, of := range all {
		seen := &s.Seen
		if i > 0 {
			seen = &s.Classes[i-1]
		}
		f := finding{scheduled: scheduled, still: still, res: ledger.NeverSent, seen: seen}
		f.res.Outcome, f.res.Err, f.res.Sent, f.res.Done = seen.Outcome, seen.Err, scheduled, ended
		f.cancelled = s.Outcome == outcome.Cancelled
		if f.blind = i > 0 && s.Outcome != outcome.OK; !f.blind {
			of.mu.Lock()
			of.figures.take(s, *seen)
			f.goodness, f.why = of.judgeSeen(seen)
			f.certain = seen.Outcome == outcome.OK // it is told by the server's clock
			of.mu.Unlock()
		} else {
			f.goodness = verdict.Unjudged
		}
		f.voids()
		f.value.Good = f.goodness
		p, ok := of.conclude(f, at)
		if i == 0 {
			line, taken = p, ok
			continue
		}
		look.Classes[i-1].Good, look.Classes[i-1].Why = p.Good, p.Why
	}
	if taken && w.m.Probed != nil {
		look.Total.Good, look.Total.Why = line.Good, line.Why
		if look.Dead != nil {
			look.NewDead = w.figures.newDead()
		}
		line.Queue = look
		w.m.Probed(line)
	}
}

// due counts a look that is due.
func (w *watched) due() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts.Scheduled++
	w.row = nil
}

// judgeSeen says whether what was seen is within every bound, and why it is not. w.mu is
// held.
func (w *watched) judgeSeen(s *queue.Seen) (verdict.Goodness, string) {
	if s.Outcome != outcome.OK {
		return verdict.Bad, fmt.Sprintf("%s: %s", s.Outcome, s.Err)
	}
	good := verdict.Good
	for _, e := range w.assertions.Bounds {
		v, ok := w.figures.value(e.Metric, s)
		switch {
		case !ok:
			good = verdict.Unjudged
		case !e.Holds(v):
			return verdict.Bad, w.broken(e, v, s)
		}
	}
	return good, ""
}

// broken says, as a shop would, which bound is broken.
func (w *watched) broken(e slo.Expr, v float64, s *queue.Seen) string {
	not := fmt.Sprintf(", not %s %s", e.Op, units.Bound(e.Value, string(e.Unit)))
	lasted := Age(time.Duration(v * float64(time.Millisecond)))
	who := w.figures.worst(e.Metric)
	if w.Class != "" {
		who = w.Class
	}
	switch e.Metric {
	case slo.Starved:
		waits := "tasks wait"
		if depth := w.figures.depthOf(who, s); depth != nil {
			waits = units.Count(*depth) + " wait"
		}
		return fmt.Sprintf("%s gets nothing for %s while %s", who, lasted, waits)
	case slo.Oldest:
		return fmt.Sprintf("the oldest task of %s waits for %s%s", who, lasted, not)
	case slo.Depth:
		of := ""
		if w.Class != "" {
			of = " of " + w.Class
		}
		return units.Of(int64(v), "task", "tasks") + of + " wait" + not
	}
	return units.Of(int64(v), "task is", "tasks are") + " new among the dead letters" + not
}

// Age writes a length of time that was looked at every second or so: in whole seconds where
// it is long enough.
func Age(d time.Duration) string {
	if d < 10*time.Second || d >= time.Hour {
		return units.Duration(d)
	}
	return units.Length(d.Truncate(time.Second))
}

// Queue reports whether the target is a queue, or a class of one.
func (t *Target) Queue() bool { return t.tier != nil }

// Bounds are what each probe is held to.
func (t *Target) Bounds() (texts []string) {
	for _, e := range t.assertions.Bounds {
		texts = append(texts, e.Text)
	}
	return texts
}
