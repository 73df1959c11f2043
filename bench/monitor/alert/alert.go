// Package alert tells people of incidents: a [Channel] is one way to do so, and an
// [Outbox] has each of them told in its own time.
//
// A channel that fails is tried again with a growing pause, and one that hangs is given
// up after a while and tried again likewise. Neither delays another channel, nor whoever
// sends: [Outbox.Send] never waits.
//
// Secrets come from the environment alone. The URL of a webhook is one: it stands in no
// error.
package alert

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"flashwave/bench/units"
)

// Schema names the format of the JSON of a message. Within v1 keys are only ever added.
const Schema = "flashwave.alert/v1"

// A Kind is what a message is about.
type Kind string

// The kinds of message.
const (
	Breach      Kind = "breach"      // a target uses up its error budget too fast
	Recovery    Kind = "recovery"    // it does so no longer
	Certificate Kind = "certificate" // it expires soon
)

// A Message is what is told. Its JSON is what a webhook and a command get.
type Message struct {
	Schema   string    `json:"schema"`
	Kind     Kind      `json:"kind"`
	Monitor  string    `json:"monitor"`
	Target   string    `json:"target"`
	Incident string    `json:"incident"` // the same in the breach and in its recovery
	At       time.Time `json:"at"`
	Text     string    `json:"text"` // one sentence for people

	Objective    *float64 `json:"objective"`         // 0 to 1
	Availability *float64 `json:"availability"`      // of the last hour; null: no data
	BurnRate     *float64 `json:"burn_rate"`         // of the last hour; null: no data
	LastError    string   `json:"last_error"`        // ""; of the last probe that was not good
	DurationS    *float64 `json:"duration_s"`        // of the incident; null: it goes on
	TTFTP95MS    *float64 `json:"ttft_p95_ms"`       // of the last ten minutes; null: no data
	Expires      *string  `json:"expires,omitempty"` // of a certificate, RFC 3339
}

// A Channel tells one message, and blocks until that is done, has failed, or ctx has
// ended. Its error holds no secret. Only one message at a time is given to it.
type Channel interface {
	// Name is what the channel is called: bell, command, webhook, slack.
	Name() string
	Tell(ctx context.Context, m Message) error
}

// The bounds of an outbox.
const (
	attemptWithin = 10 * time.Second
	retryFirst    = time.Second
	retryMost     = 5 * time.Minute
	giveUp        = 24 * time.Hour
	mostWaiting   = 1000 // messages of one channel
	endWithin     = 3 * time.Second
)

// An Outbox has messages told. It is safe for concurrent use.
type Outbox struct {
	told  func(channel string, m Message) // after each message that was delivered
	ctx   context.Context
	end   context.CancelFunc
	boxes []*box
}

// A box is the queue of one channel.
type box struct {
	Channel
	mu      sync.Mutex
	queue   []Message
	wake    chan struct{}
	closing bool
	failed  error     // of the last attempt; nil: it succeeded
	since   time.Time // when the message that is on its way was first tried; zero: none is
	dropped int
	done    chan struct{}
}

// NewOutbox begins to tell messages over channels. told is called after each one that was
// delivered, on the goroutine of its channel; nil: nobody is.
func NewOutbox(channels []Channel, told func(channel string, m Message)) *Outbox {
	o := &Outbox{told: told}
	o.ctx, o.end = context.WithCancel(context.Background())
	for _, c := range channels {
		b := &box{Channel: c, wake: make(chan struct{}, 1), done: make(chan struct{})}
		o.boxes = append(o.boxes, b)
		go o.deliver(b)
	}
	return o
}

// Channels are the names of all channels.
func (o *Outbox) Channels() (names []string) {
	for _, b := range o.boxes {
		names = append(names, b.Name())
	}
	return names
}

// Send has a message told over every channel that is not among but.
func (o *Outbox) Send(m Message, but ...string) {
	m.Schema = Schema
next:
	for _, b := range o.boxes {
		for _, name := range but {
			if name == b.Name() {
				continue next
			}
		}
		b.put(m)
	}
}

// put queues a message. Where too many wait the oldest gives way.
func (b *box) put(m Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) >= mostWaiting {
		b.queue = b.queue[1:]
		b.dropped++
	}
	b.queue = append(b.queue, m)
	b.nudge()
}

// nudge has the channel's goroutine look. b.mu is held.
func (b *box) nudge() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// deliver is the goroutine of one channel. [Outbox.Close] ends it.
func (o *Outbox) deliver(b *box) {
	defer close(b.done)
	for {
		m, ok := b.next()
		switch {
		case ok && !o.attempts(b, m):
			return
		case ok:
			continue
		case b.over():
			return
		}
		select {
		case <-b.wake:
		case <-o.ctx.Done():
			return
		}
	}
}

func (b *box) next() (Message, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) == 0 {
		return Message{}, false
	}
	m := b.queue[0]
	b.queue = b.queue[1:]
	b.since = time.Now()
	return m, true
}

func (b *box) over() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closing && len(b.queue) == 0
}

// attempts tries to tell a message until that succeeds, or it is too old; false: nothing
// is told any more.
func (o *Outbox) attempts(b *box, m Message) bool {
	began := time.Now()
	for pause := retryFirst; ; pause = min(2*pause, retryMost) {
		ctx, cancel := context.WithTimeout(o.ctx, attemptWithin)
		err := tellWithin(ctx, b.Channel, m)
		cancel()
		late := err != nil && time.Since(began) > giveUp
		b.settle(err, late)
		switch {
		case err == nil:
			if o.told != nil {
				o.told(b.Name(), m)
			}
			return true
		case o.ctx.Err() != nil:
			return false
		case late:
			return true
		}
		timer := time.NewTimer(pause/2 + rand.N(pause/2)) // so that many monitors do not come at once
		select {
		case <-timer.C:
		case <-o.ctx.Done():
			timer.Stop()
			return false
		}
	}
}

// tellWithin is Tell for channels that do not heed their context.
func tellWithin(ctx context.Context, c Channel, m Message) error {
	done := make(chan error, 1)
	go func() { done <- c.Tell(ctx, m) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select { // what heeds it says it better
	case err := <-done:
		return err
	case <-time.After(100 * time.Millisecond):
		return fmt.Errorf("no answer within %s", units.Length(attemptWithin))
	}
}

func (b *box) settle(err error, late bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failed = err; err == nil || late {
		b.since = time.Time{}
	}
	if late {
		b.dropped++
	}
}

// A Trouble is a channel over which messages do not go.
type Trouble struct {
	Channel string
	Err     error // of the last attempt
	Waiting int   // messages, the one that is tried among them
	Since   time.Time
}

// Troubles are the channels over which messages do not go now.
func (o *Outbox) Troubles() (list []Trouble) {
	for _, b := range o.boxes {
		b.mu.Lock()
		if b.failed != nil && !b.since.IsZero() {
			list = append(list, Trouble{Channel: b.Name(), Err: b.failed, Waiting: len(b.queue) + 1, Since: b.since})
		}
		b.mu.Unlock()
	}
	return list
}

// Close has what waits told, for a while, and ends. It says how many messages nobody was
// told of over some channel.
func (o *Outbox) Close() (untold int) {
	for _, b := range o.boxes {
		b.mu.Lock()
		b.closing = true
		b.nudge()
		b.mu.Unlock()
	}
	rest := time.AfterFunc(endWithin, o.end)
	defer rest.Stop()
	defer o.end()
	for _, b := range o.boxes {
		<-b.done
		b.mu.Lock()
		untold += len(b.queue) + b.dropped
		if !b.since.IsZero() {
			untold++
		}
		b.mu.Unlock()
	}
	return untold
}
