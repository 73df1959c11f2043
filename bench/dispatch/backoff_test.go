package dispatch

import (
	"math/rand/v2"
	"testing"
	"time"

	"flashwave/client"
	"flashwave/client/outcome"
)

const ms = time.Millisecond

// The wait grows with every failure in a row, within its bounds, and differs from
// slot to slot.
func TestBackoffDoubles(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for failures := 1; failures < 100; failures++ {
		most := longestBackoff
		if failures < 7 {
			most = 2 * shortestBackoff << (failures - 1)
		}
		seen := map[time.Duration]bool{}
		for range 200 {
			d := backoff(Ending{Outcome: outcome.Connect, RetryAfter: client.Never}, failures, random)
			if d < most/2 || d > most || d < shortestBackoff || d > longestBackoff {
				t.Fatalf("%s after %d failures", d, failures)
			}
			seen[d] = true
		}
		if len(seen) < 100 {
			t.Errorf("%d different waits after %d failures", len(seen), failures)
		}
	}
	for _, c := range []struct {
		name        string
		e           Ending
		least, most time.Duration
	}{
		{"Retry-After", Ending{RetryAfter: 7 * time.Second}, 7 * time.Second, 7 * time.Second},
		{"it counts from the answer", Ending{RetryAfter: 7 * time.Second, Took: 5 * time.Second}, 7 * time.Second, 7 * time.Second},
		{"Retry-After below the back-off", Ending{RetryAfter: ms}, 10 * ms, 20 * ms},
		{"a failure that took a while", Ending{Took: 9 * ms, RetryAfter: client.Never}, 1 * ms, 11 * ms},
		{"a slow failure", Ending{Took: time.Minute, RetryAfter: client.Never}, 0, 0},
		{"a clock that ran backwards", Ending{Took: -time.Minute, RetryAfter: client.Never}, 10 * ms, 20 * ms},
	} {
		if d := backoff(c.e, 1, random); d < c.least || d > c.most {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}
