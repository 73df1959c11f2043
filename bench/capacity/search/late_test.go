package search

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/servertest"
	"flashwave/bench/verdict"
	"flashwave/client"
)

// A late client hands requests to another one long after it was given them, as a machine
// does that is out of breath: those from the first on, so many.
type late struct {
	bench.Client
	first, n int64
	sent     atomic.Int64
}

func (l *late) Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result {
	if i := l.sent.Add(1) - l.first; i >= 0 && i < l.n {
		time.Sleep(200 * time.Millisecond)
	}
	return l.Client.Do(ctx, req, sink)
}

// What a late generator measured names no rate and is never a pass, whenever it is late: a
// bad moment is measured again, and where that does not end, or there is no time for it, the
// search says that it was this machine.
func TestALateGeneratorNamesNoRate(t *testing.T) {
	const always = 1 << 40
	for name, c := range map[string]struct {
		first, n int64
		work     time.Duration
		length   time.Duration
		exit     int
		says     string
	}{
		"never":                    {0, 0, 100 * time.Millisecond, 5 * time.Minute, verdict.ExitPass, "holds "},
		"all the time":             {0, always, 100 * time.Millisecond, 5 * time.Minute, verdict.ExitInconclusive, "this machine cannot drive "},
		"after the ramp":           {300, always, 100 * time.Millisecond, 5 * time.Minute, verdict.ExitInconclusive, "this machine cannot drive "},
		"for a moment":             {300, 50, 100 * time.Millisecond, 5 * time.Minute, verdict.ExitPass, "holds "},
		"and there is little time": {0, always, 500 * time.Millisecond, 60 * time.Second, verdict.ExitInconclusive, "is up; this machine cannot drive "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := servertest.Model{Workers: 2, Service: servertest.Fixed(c.work)}
			doc, _ := searchModel(t, m, 8*c.work, func(cfg *Config) {
				cfg.StepFor, cfg.Soak, cfg.For = 10*time.Second, 0, c.length
				cfg.Options.Client = &late{Client: cfg.Options.Client, first: c.first, n: c.n}
			})
			void := 0
			for _, st := range doc.Steps {
				if st.GeneratorValid || st.Kind == capacity.Ramp {
					continue
				}
				void++
				if st.Verdict != capacity.Undecided {
					t.Errorf("%s %s: %s, and the generator was late", st.Kind, st.Asked(), st.Verdict)
				}
			}
			if doc.Verdict.ExitCode != c.exit || !strings.Contains(doc.Verdict.Headline, c.says) || (void > 0) != (c.n > 0) {
				t.Errorf("%d steps void: exit %d, %s", void, doc.Verdict.ExitCode, doc.Verdict.Headline)
			}
			if c.exit != verdict.ExitPass && c.first == 0 && doc.Capacity.RPS != nil {
				t.Errorf("%v/s is named", *doc.Capacity.RPS)
			}
		})
	}
}
