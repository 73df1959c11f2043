package search

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/prompt"
	"flashwave/bench/scenario"
	"flashwave/bench/schema/schematest"
	"flashwave/bench/servertest"
	"flashwave/client"
)

// A twofold is an endpoint with a server for short answers, and another for long ones.
type twofold struct{ short, long *servertest.Server }

func (t twofold) Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result {
	if req.MaxTokens > 100 {
		return t.long.Do(ctx, req, sink)
	}
	return t.short.Do(ctx, req, sink)
}

// lanes is a scenario of chat and bulk, half and half; bulk has a workload of its own, or
// that of all.
func lanes(own bool, slos ...string) *scenario.Scenario {
	sc := scenario.Default()
	sc.Target.Model = "model"
	sc.Workload.Prompts, sc.Workload.MaxTokens = "synthetic:16", 50
	demand("chat/calm:1/s:10s", "bulk/rush:1/s:10s")(sc)
	if own {
		w := sc.Workload
		w.MaxTokens = 500
		for i := range sc.Lanes {
			if sc.Lanes[i].Name == "bulk" {
				sc.Lanes[i].Workload = &w
			}
		}
	}
	sc.SLO = slos
	return sc
}

// An SLO in a wave concerns the lane of that wave where lanes ask different things: here
// what bulk asks ends at a fraction of the rate at which chat would.
func TestAnSLOInAWave(t *testing.T) {
	search := func(t *testing.T, slos ...string) (doc *capacity.Document) {
		synctest.Test(t, func(t *testing.T) {
			epoch := time.Now()
			slow := servertest.Model{Workers: 2, Service: servertest.Fixed(500 * time.Millisecond)} // 4/s
			sc := lanes(true, slos...)
			if err := sc.Resolve(scenario.Machine{}); err != nil {
				t.Fatal(err)
			}
			cfg := Defaults()
			cfg.StepFor, cfg.Soak, cfg.MaxRate = 10*time.Second, 20*time.Second, 12
			cfg.Options = bench.Options{Scenario: sc, Client: twofold{servertest.New(servertest.MD8, epoch), servertest.New(slow, epoch)}, Epoch: epoch, ID: "test"}
			for range sc.Lanes {
				source, err := prompt.Open(sc.Workload.Prompts, "", "", sc.Seed)
				if err != nil {
					t.Fatal(err)
				}
				cfg.Options.Prompts = append(cfg.Options.Prompts, source)
			}
			s, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			doc = s.Run(t.Context())
			synctest.Wait()
		})
		schematest.Values(t, "capacity", doc)
		t.Log(doc.Verdict.Headline)
		return doc
	}
	for _, tc := range []struct {
		name  string
		slos  []string
		least float64
		most  float64
		limit capacity.Limit
	}{
		{"of chat, whatever bulk takes", []string{"e2e.p95 < 300ms in chat/calm", "lost <= 100%"}, 11, 12, capacity.ByMaxRate},
		{"of bulk", []string{"e2e.p95 < 700ms in rush"}, 7, 8.2, capacity.ByLatency},
		{"of all", []string{"e2e.p95 < 300ms"}, 0, 0, capacity.ByLatency},
		{"good ones of chat", []string{"e2e < 300ms in chat/calm", "e2e < 2s in bulk/rush", "good_fraction >= 95%"}, 6, 9, capacity.ByLatency},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			doc := search(t, tc.slos...)
			rate := valueOf(doc.Capacity.RPS)
			if rate < tc.least || rate > tc.most || doc.Capacity.LimitedBy != tc.limit {
				t.Errorf("%v/s, %+v", rate, doc.Verdict)
			}
			notes := 0
			for _, w := range doc.Warnings {
				if strings.Contains(w, "waves are phases of a demand") {
					notes++
				}
			}
			if want := strings.Contains(strings.Join(tc.slos, " "), " in "); (notes == 1) != want {
				t.Errorf("%q", doc.Warnings)
			}
		})
	}
}

// Which requests an SLO concerns, and what is assumed of the others.
func TestScopes(t *testing.T) {
	for _, tc := range []struct {
		why     string
		own     bool
		slos    []string
		scopes  []string // of those given and assumed: their lanes, "" for all
		assumed []string
	}{
		{"lanes that ask the same", false, []string{"e2e.p95 < 1s in chat/calm", "error_rate < 5% in bulk/rush"}, []string{"", "", ""}, []string{"lost <= 1%"}},
		{"lanes that do not", true, []string{"e2e.p95 < 1s in chat/calm", "ttft.p95 < 1s"}, []string{"chat", "", "", ""}, []string{"error_rate <= 1%", "lost <= 1%"}},
		{"failures of one lane", true, []string{"e2e.p95 < 1s", "error_rate < 5% in bulk/rush"}, []string{"", "bulk", "chat", ""}, []string{"error_rate <= 1% in chat/calm", "lost <= 1%"}},
	} {
		sc := lanes(tc.own, tc.slos...)
		list, _, notes, err := criteria(sc)
		if err != nil {
			t.Fatal(err)
		}
		var scopes, assumed []string
		for _, c := range list {
			name := ""
			if c.lane != nil {
				name = c.lane.name
			}
			if scopes = append(scopes, name); c.assumed {
				assumed = append(assumed, c.Text)
			}
		}
		if !slices.Equal(scopes, tc.scopes) || !slices.Equal(assumed, tc.assumed) || len(notes) != 1 {
			t.Errorf("%s: %q, assumed %q, notes %q", tc.why, scopes, assumed, notes)
		}
	}
}
