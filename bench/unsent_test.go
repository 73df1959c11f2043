package bench

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench/ledger"
	"flashwave/client"
	"flashwave/client/outcome"
)

// late is a client whose requests after the first few are stopped before they
// are sent, as those are that get a slot when the run is over.
type late struct{ *fake }

func (l late) Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result {
	if l.seen() < 5 {
		return l.fake.Do(ctx, req, sink)
	}
	res := ledger.NeverSent
	res.Outcome, res.Err, res.Done = outcome.Cancelled, "context canceled", time.Since(l.epoch)
	return res
}

func (f *fake) seen() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// A request that was stopped before it was sent is unsent: it was never open, and
// has no service age (least of all one that counts from the epoch).
func TestStoppedBeforeItWasSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Hour)
		f := &fake{epoch: time.Now().Add(-time.Hour), answer: always(reply{wait: time.Millisecond, tokens: 1})}
		o := options(t, build(t, nil, "w:10/s:1s"), late{f}, f.epoch)
		var log lockedBuffer
		o.Requests = &log
		run, err := Start(o)
		if err != nil {
			t.Fatal(err)
		}
		doc := run.Wait()
		conserved(t, doc)
		if q := doc.Waves[0].Requests; q.Sent != 5 || q.Unsent != 5 || q.Unfinished != 0 {
			t.Errorf("%+v", q)
		}
		var unsentLines int
		for line := range strings.Lines(log.String()) {
			var l ledger.RequestLine
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatal(err)
			}
			if l.Outcome == "unsent" {
				unsentLines++
			}
		}
		if unsentLines != 5 {
			t.Errorf("%d lines of unsent requests", unsentLines)
		}
	})
}
