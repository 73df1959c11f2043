package search

import (
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench"
	"flashwave/bench/price"
	"flashwave/bench/prompt"
	"flashwave/bench/scenario"
	"flashwave/client"
	"flashwave/client/mock"
	"flashwave/client/pipetest"
)

// mostOpen is how many requests may be open: more than any demand of a test keeps waiting.
// Each has two ends of a connection, and a saturated endpoint is given all of them.
const mostOpen = 500

// onMock runs a test in virtual time against the built-in endpoint. change may
// alter the scenario before it is resolved.
func onMock(t *testing.T, c mock.Config, change func(*scenario.Scenario), test func(t *testing.T, o bench.Options)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		endpoint, err := mock.New(c)
		if err != nil {
			t.Fatal(err)
		}
		l := pipetest.New()
		served := make(chan struct{})
		go func() {
			defer close(served)
			_ = endpoint.Serve(l)
		}()
		epoch := time.Now()
		cl, err := client.New(client.Config{
			URL: "http://endpoint.test/v1", Timeout: 2 * time.Minute, IdleTimeout: time.Minute,
			ConnectTimeout: 10 * time.Second, Epoch: epoch, DialContext: l.DialContext,
		})
		if err != nil {
			t.Fatal(err)
		}
		sc := scenario.Default()
		sc.Target.Model = mock.DefaultModel
		sc.Workload.Prompts = "synthetic:16"
		sc.MaxInFlight = mostOpen
		if change != nil {
			change(sc)
		}
		if err := sc.Resolve(scenario.Machine{}); err != nil {
			t.Fatal(err)
		}
		o := bench.Options{Scenario: sc, Client: cl, Epoch: epoch, ID: "test", Price: &price.Price{Input: 1, Output: 2}}
		for range sc.Lanes {
			source, err := prompt.Open(sc.Workload.Prompts, sc.Workload.Prompt, sc.Workload.System, sc.Seed)
			if err != nil {
				t.Fatal(err)
			}
			o.Prompts = append(o.Prompts, source)
		}
		test(t, o)
		cl.Close()
		_ = endpoint.Close()
		<-served
		synctest.Wait()
	})
}
