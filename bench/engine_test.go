package bench

import (
	"context"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
)

func TestBuiltInEndpoint(t *testing.T) {
	sc := scenario.Default()
	sc.AddWave("", scenario.Wave{Name: "w", Concurrency: 20, Requests: 100})
	sc.Workload.MaxTokens = 10
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	setup, err := Prepare(context.Background(), sc, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	defer setup.Close()
	setup.Machine = true
	run, err := Start(setup.Options)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for range 20 {
			run.Snapshot(result.View{Wave: -1, Window: time.Second})
			time.Sleep(20 * time.Millisecond)
		}
	}()
	doc := run.Wait()
	t.Logf("%+v\n%+v\n%+v", doc.Verdict, doc.Total.Requests, doc.Total.Outcomes)
	t.Logf("%+v %+v", doc.Total.Latency.TTFT.Response, doc.Generator)
	t.Logf("%+v", doc.Total.Errors)
}
