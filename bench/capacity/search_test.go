package capacity

import (
	"testing"
	"time"

	"flashwave/bench"
	"flashwave/bench/scenario"
	"flashwave/client/mock"
)

func TestTheSearchEndsWithARateThatHeld(t *testing.T) {
	c := mock.Default()
	c.Batch, c.Step, c.Tokens = 16, 50*time.Millisecond, 8
	onMock(t, c, func(sc *scenario.Scenario) { sc.SLO = []string{"ttft.p95 < 800ms"} }, func(t *testing.T, o bench.Options) {
		cfg := Defaults()
		cfg.Options = o
		cfg.Progress = func(line string) { t.Log(line) }
		s, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		d := s.Run(t.Context())
		t.Log(d.Verdict.Headline, d.Verdict.Reasons, d.Warnings, d.DurationS)
		ceiling, _ := c.Capacity(16, 8)
		if d.Capacity.RPS == nil || !d.Capacity.Confirmed || *d.Capacity.RPS > ceiling || *d.Capacity.RPS < 0.9*ceiling {
			t.Errorf("%+v: the model's ceiling is %.4g/s", d.Capacity, ceiling)
		}
	})
}
