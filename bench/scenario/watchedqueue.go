package scenario

import (
	"fmt"

	"flashwave/bench/slo"
)

// The objectives of a queue that is watched and is given none: of each class, and of the
// whole.
const (
	usualStarved = "starved < 60s"
	usualDead    = "dead <= 0"
)

// Queue reports whether the target is a queue, which is looked at, and not an endpoint that
// is asked.
func (w Watched) Queue() bool { return w.Ask.Target.API == QueueAPI }

// checkQueue checks what is said of a queue that is watched, and fills in what it is held to.
func (w *Watched) checkQueue(fail func(path, hint, format string, args ...any) error) error {
	if !w.Queue() {
		return nil
	}
	t := &w.Ask.Target
	switch {
	case w.Expect != "":
		return fail("expect", "leave it out", "a queue that is watched is asked nothing, and gives no answer to expect something of")
	case w.Ask.Budget > 0:
		return fail("budget", "leave it out", "looking at a queue costs no tokens, and needs no budget")
	case t.Join || t.Keep || t.Tap != "":
		return fail("join", "leave it out", "a monitor enqueues nothing: join, keep and tap are of a run")
	}
	if len(w.Ask.SLO) == 0 {
		for _, c := range w.Ask.Mix {
			w.Ask.SLO = append(w.Ask.SLO, slo.MustParse(usualStarved).In("", c.Name).Text)
		}
		w.Ask.SLO = append(w.Ask.SLO, usualDead)
	}
	for i, text := range w.Ask.SLO {
		path := fmt.Sprintf("slo[%d]", i)
		e, err := w.Ask.parseSLO(path, text)
		switch {
		case err != nil:
			return err
		case e.Share:
			return fail(path, "write a number, such as depth < 1000", "%q: of a queue that is watched nobody knows what the whole is", text)
		case e.Metric == slo.Dead && e.Wave != "":
			return fail(path, "leave out in "+e.Where(), "%q: dead letters lie together, whatever their class", text)
		}
		switch e.Metric {
		case slo.Depth, slo.Oldest, slo.Starved, slo.Dead:
		default:
			return fail(path, "there are depth, oldest, starved and dead: oldest < 30s in "+w.Ask.Mix[0].Name, "%q: looking at a queue does not tell %s", text, e.Metric)
		}
	}
	return nil
}
