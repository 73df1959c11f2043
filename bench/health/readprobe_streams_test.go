//go:build linux

package health

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"flashwave/bench/alarm"
	"flashwave/client"
)

// holding is a sink that holds up whoever reads, once.
type holding struct{ held time.Duration }

func (h *holding) Sent(time.Duration) {}

func (h *holding) Token(time.Duration, client.Kind) {
	time.Sleep(h.held)
	h.held = 0
}

// What holds up the reading of streams is seen by the probe as lateness, and as no
// less; when nothing does the probe keeps beating.
func TestTheProbeReadsWhereStreamsAreRead(t *testing.T) {
	t.Parallel()
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
	}))
	defer endpoint.Close()
	for transport, polled := range map[client.Transport]bool{client.Own: true, client.Standard: false} {
		c, err := client.New(client.Config{URL: endpoint.URL, Transport: transport})
		if err != nil {
			t.Fatal(err)
		}
		var watches []alarm.Watch
		for _, w := range c.ReadWatches() {
			watches = append(watches, w)
		}
		var longest time.Duration
		var beats int64
		probe := startReadProbe(func(o Overdue) {
			longest = max(longest, o.longest())
			beats += o.last - o.first + 1
		}, watches)
		const held = 300 * time.Millisecond
		began := time.Now()
		if r := c.Do(context.Background(), &client.Request{Model: "m", Stream: true}, &holding{held}); r.Outcome != client.OK {
			t.Errorf("%s: %s", r.Outcome, r.Err)
		}
		time.Sleep(50 * time.Millisecond)
		probe.stop()
		took := time.Since(began)
		c.Close()
		if probe.streams != polled || polled && longest < held-(sparsely+2)*TickEvery {
			t.Errorf("%s: held up for %v, the probe was at most %v late", transport, held, longest)
		}
		if most := int64(took/TickEvery)*int64(max(len(watches), 1)) + int64(max(len(watches), 1)); beats < most*9/10-(sparsely+2)*int64(max(len(watches), 1)) || beats > most+1 {
			t.Errorf("%s: %d beats in %v", transport, beats, took)
		}
	}
}
