package queue

import (
	"context"
	"crypto/tls"
	"errors"
	"time"

	"github.com/gomodule/redigo/redis"

	"flashwave/client/outcome"
	"flashwave/client/queue/spec"
)

// GaugeConfig is what a gauge needs.
type GaugeConfig struct {
	Address  Address
	Password string      // "": none is asked for
	TLS      *tls.Config // nil: the system's; only where the address says rediss
	Layout   Layout
	Classes  []Class       // the most urgent first
	Timeout  time.Duration // of one look
}

// A Gauge looks at a queue that others fill and empty, and changes nothing in it: it writes
// no key and makes no group. A look is one pipeline of commands that cost the same however
// much waits; where the head of a queue does not say its age itself, and has moved, a second
// one asks for that. It is not safe for concurrent use.
//
// # What happened between two looks
//
// Nobody is asked to count. What came and went follows from where head and tail of each
// queue stood before, and stand now:
//
//   - a sorted set, and BullMQ: what lies behind the tail of the look before has arrived
//     since; what was there and is no more was taken. What came and went between two looks
//     was not seen, so both are "at least"; they are exact where the head has not passed the
//     tail of before, for then nothing that came later was taken. This holds of whoever takes
//     the oldest first. What is put back to be tried again arrives anew, and what is removed
//     otherwise counts as taken.
//   - a stream: Redis counts what was added, delivered and acknowledged; all are exact.
//   - a list: nothing is known but its depth. That something was taken shows in its head.
//
// Of the whole queue the layout's counters tell what was enqueued, completed and failed.
type Gauge struct {
	config GaugeConfig
	conn   redis.Conn
	stands []stand // of each priority, the most urgent first; as of the last look that saw them
	of     []int   // the class of each
	whole  counters
	hungry []time.Time // since when each class waits and nothing of it was taken; zero: it does not
	last   time.Time   // by the server's clock
}

// NewGauge is one that has not looked yet. The error is about the layout or the classes.
func NewGauge(c GaugeConfig) (*Gauge, error) {
	if err := spec.CheckClasses(c.Classes); err != nil {
		return nil, err
	}
	if err := c.Layout.Check(); err != nil {
		return nil, err
	}
	g := &Gauge{config: c, hungry: make([]time.Time, len(c.Classes))}
	for i, class := range c.Classes {
		for priority := class.Low; priority <= class.High; priority++ {
			g.stands = append(g.stands, stand{priority: priority})
			g.of = append(g.of, i)
		}
	}
	return g, nil
}

// Close lets go of the connection. A gauge that looks again connects again.
func (g *Gauge) Close() {
	if g.conn != nil {
		_ = g.conn.Close() // nothing was written to it
		g.conn = nil
	}
}

// Connect connects, if that is not so yet. Its error wraps [spec.ErrUnsupported] where the
// server is one that cannot be looked at.
func (g *Gauge) Connect(ctx context.Context) error {
	if g.conn != nil {
		return nil
	}
	conn, err := Dial(ctx, g.config.Address, g.config.Password, g.config.TLS)
	if err != nil {
		return err
	}
	if mode, err := redis.String(redis.DoContext(conn, ctx, "INFO", "server")); err == nil { // it may be denied
		if err := unsupportedMode(mode); err != nil {
			_ = conn.Close() // it is of no use
			return err
		}
	}
	g.conn = conn
	return nil
}

// Look looks once. What went wrong is in what it saw.
func (g *Gauge) Look(ctx context.Context) Sight {
	within, cancel := context.WithTimeout(ctx, g.config.Timeout)
	defer cancel()
	s, err := g.look(within)
	if err == nil {
		return s
	}
	g.Close()
	s = Sight{Classes: make([]Seen, len(g.config.Classes))}
	switch {
	case ctx.Err() != nil:
		s.Outcome, s.Err = outcome.Cancelled, "the look was given up"
	case errors.Is(err, spec.ErrUnsupported):
		s.Outcome, s.Err = outcome.BadRequest, err.Error()
	default:
		s.Outcome, s.Err = outcomeOf(err)
	}
	for i := range s.Classes {
		s.Classes[i].Outcome, s.Classes[i].Err = s.Outcome, s.Err
	}
	return s
}

func (g *Gauge) look(ctx context.Context) (Sight, error) {
	if err := g.Connect(ctx); err != nil {
		return Sight{}, err
	}
	l := &g.config.Layout
	p := &asking{conn: g.conn}
	at, told := time.Now(), false
	p.ask(func(reply any, err error) {
		if of, err := redis.Int64s(reply, err); err == nil && len(of) == 2 {
			at, told = time.Unix(of[0], 1000*of[1]), true
		}
	}, "TIME")
	now := make([]stand, len(g.stands))
	for i := range now {
		now[i].priority = g.stands[i].priority
		now[i].ask(p, l, &g.stands[i])
	}
	var all counters
	all.ask(p, l, &g.whole)
	if err := p.run(ctx); err != nil {
		return Sight{}, err
	}
	for i := range now {
		now[i].askAgain(p, l, &g.stands[i])
	}
	all.askAgain(p, l)
	if err := p.run(ctx); err != nil {
		return Sight{}, err
	}
	return g.see(now, all, at, told), nil
}

// see is what two looks, the one before and this one, say together.
func (g *Gauge) see(now []stand, all counters, at time.Time, told bool) Sight {
	s := Sight{At: at, Classes: make([]Seen, len(g.config.Classes))}
	if !g.last.IsZero() {
		s.Over = max(at.Sub(g.last), 0)
	}
	var clock *time.Time
	if told {
		clock = &at
	}
	sums := make([]sum, len(s.Classes))
	for i := range now {
		sums[g.of[i]].add(&g.config.Layout, &g.stands[i], &now[i], clock)
		if now[i].err == nil {
			g.stands[i] = now[i]
		}
	}
	for i := range sums {
		s.Classes[i] = sums[i].seen()
		s.Classes[i].Starved = g.starved(i, &sums[i], at)
	}
	s.Seen = add(s.Classes)
	if !told {
		s.Words = append(s.Words, "Redis does not tell its time, by which ages are told: allow the user +time")
	}
	all.tell(&s, &g.config.Layout, &g.whole)
	all.depth = s.Depth
	if s.Outcome == outcome.OK { // or the look after it counts from before, as the stands do
		g.whole, g.last = all, at
	}
	return s
}

// starved is how long a class waits of which nothing was taken.
func (g *Gauge) starved(i int, of *sum, at time.Time) *time.Duration {
	switch {
	case of.err != nil || of.depth == nil:
		return nil
	case *of.depth == 0:
		g.hungry[i] = time.Time{}
		return nil
	case of.moved || g.hungry[i].IsZero():
		g.hungry[i] = at
	}
	return new(max(at.Sub(g.hungry[i]), 0))
}

// An asking is a pipeline, and what is done with its replies.
type asking struct {
	conn redis.Conn
	then []func(reply any, err error)
}

// ask puts a command into the pipeline.
func (p *asking) ask(then func(reply any, err error), command string, args ...any) {
	if p.conn.Send(command, args...) == nil { // whoever receives meets the error
		p.then = append(p.then, then)
	}
}

// A query is a command of those that are asked at one instant.
type query struct {
	then    func(reply any, err error)
	command string
	args    []any
}

// atOnce asks several things at one instant. failed hears of what is refused as a whole.
func (p *asking) atOnce(list []query, failed func(error)) {
	var first error
	note := func(_ any, err error) {
		if err != nil && first == nil {
			first = err
		}
	}
	p.ask(note, "MULTI")
	for _, a := range list {
		p.ask(note, a.command, a.args...)
	}
	p.ask(func(reply any, err error) {
		replies, err := redis.Values(reply, err)
		switch {
		case first != nil: // Redis said why before it gave all of them up
			failed(first)
			return
		case err != nil:
			failed(err)
			return
		}
		for i, reply := range replies[:min(len(replies), len(list))] {
			refused, _ := reply.(redis.Error)
			if refused != "" {
				list[i].then(nil, refused)
				continue
			}
			list[i].then(reply, nil)
		}
	}, "EXEC")
}

// run sends the pipeline and takes in its replies. An error is of the connection.
func (p *asking) run(ctx context.Context) error {
	if len(p.then) == 0 {
		return p.conn.Err()
	}
	if err := p.conn.Flush(); err != nil {
		return err
	}
	for _, then := range p.then {
		reply, err := redis.ReceiveContext(p.conn, ctx)
		if fatal(err) {
			return err
		}
		then(reply, err)
	}
	p.then = nil
	return nil
}
