package bench_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"flashwave/bench"
	"flashwave/bench/scenario"
	"flashwave/client"
	"flashwave/client/api"
)

func prepared(t *testing.T, edit func(*scenario.Scenario)) *bench.Setup {
	t.Helper()
	sc := scenario.Default()
	sc.Workload.MaxTokens = 8
	edit(sc)
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	s, err := bench.Prepare(context.Background(), sc, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// A check goes through every phase of one request, in their order.
func TestCheck(t *testing.T) {
	t.Parallel()
	s := prepared(t, func(*scenario.Scenario) {})
	for range 2 { // the second time, too, it connects anew
		p := s.Check(context.Background())
		if !p.OK() || p.Status != 200 || p.Err != "" {
			t.Fatalf("%+v", p)
		}
		if p.Phases.Connect <= 0 || p.Phases.Connect > p.FirstByte {
			t.Errorf("connect took %v, the first byte came after %v", p.Phases.Connect, p.FirstByte)
		}
		if p.FirstByte > p.FirstToken || p.FirstToken > p.LastToken || p.LastToken > p.Done {
			t.Errorf("out of order: %+v", p)
		}
		if p.Usage.Output < 1 || p.Usage.From != client.FromUsage || p.Text == "" || p.CostUSD == nil || *p.CostUSD <= 0 {
			t.Errorf("tokens, text or cost are missing: %+v", p)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if p := s.Check(ctx); p.Outcome != "cancelled" || p.FirstToken >= 0 {
		t.Errorf("a cancelled check: %+v", p)
	}
}

// Every dialect of the client can be named in a scenario, and has a counterpart in the
// built-in endpoint; so can every way to send a key.
func TestDialectsOfScenarios(t *testing.T) {
	t.Parallel()
	for _, api := range api.All() {
		for _, auth := range client.Schemes() {
			s := prepared(t, func(sc *scenario.Scenario) {
				sc.Target.API, sc.Target.Auth = string(api), string(auth)
				if api == client.HTTP {
					sc.Target.Body = `{"prompt": {{json .prompt}}, "model": "x"}`
				}
			})
			p := s.Check(context.Background())
			if api != client.HTTP && (!p.OK() || p.Usage.Prompt == 0 || (p.Text == "") != (api == client.Embeddings)) {
				t.Errorf("%s: %+v", api, p)
			}
			if e := s.Estimate(); (e.OutputTokens == 0) != (api == client.Embeddings) {
				t.Errorf("%s: estimate %+v", api, e)
			}
		}
	}
}

// A variable in a header is the environment's; one that is not set is an error, and no
// value stands in one.
func TestHeadersFromTheEnvironment(t *testing.T) {
	t.Parallel()
	sc := scenario.Default()
	sc.Target.Headers = []string{"Authorization: Basic ${SHOP_USER}", "X-Plain: $5"}
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	if _, err := bench.Prepare(context.Background(), sc, func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), "SHOP_USER") {
		t.Errorf("without the variable: %v", err)
	}
	s, err := bench.Prepare(context.Background(), sc, func(name string) string {
		return map[string]string{"SHOP_USER": "aHVudGVyOjI="}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if p := s.Check(context.Background()); !p.OK() {
		t.Errorf("%+v", p)
	}
}

// An appraisal says what a prepared run would, without an endpoint.
func TestAppraise(t *testing.T) {
	t.Parallel()
	sc := scenario.Default()
	sc.Target.URL = "https://shop.example/v1"
	sc.Target.Model = "nobody-knows-it"
	if err := sc.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	e, err := bench.Appraise(sc)
	if err != nil || e.Requests != 1000 || e.Cost != nil || e.OutputTokens != 300_000 {
		t.Errorf("%+v, %v", e, err)
	}
	sc.Budget = 1
	if _, err := bench.Appraise(sc); err == nil || !strings.Contains(err.Error(), "price") {
		t.Errorf("a budget without a price: %v", err)
	}
	s := prepared(t, func(*scenario.Scenario) {})
	here, err := bench.Appraise(s.Scenario)
	if want := s.Estimate(); err != nil || here.Requests != want.Requests || *here.Cost != *want.Cost {
		t.Errorf("appraised %+v, prepared %+v, %v", here, want, err)
	}
}

// How long a benchmark takes is guessed of the built-in endpoint alone, and only where it
// is not known.
func TestTheGuessOfALength(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		url, wave string
		guessed   bool
	}{
		{scenario.MockURL, "load:c50:1000x", true},
		{scenario.MockURL, "load:600/m:60s", false},
		{"http://127.0.0.1:8000/v1", "load:c50:1000x", false},
	} {
		sc := scenario.Default()
		sc.Target.URL = c.url
		lane, w, err := scenario.ParseWave(c.wave)
		if err != nil {
			t.Fatal(err)
		}
		sc.AddWave(lane, w)
		if err := sc.Resolve(scenario.Machine{}); err != nil {
			t.Fatal(err)
		}
		e, err := bench.Appraise(sc)
		if err != nil || (e.Guess > 0) != c.guessed || c.guessed && (e.Guess < 5*time.Second || e.Guess > 30*time.Second) {
			t.Errorf("%s at %s: %+v, %v", c.wave, c.url, e, err)
		}
	}
}

// What was asked in vain, and where requests went instead, is among the warnings of the
// run's document: it voids nothing.
func TestWhatWasAdaptedIsSaid(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case !strings.HasPrefix(r.URL.Path, "/v1/"):
			http.NotFound(w, r)
		case r.Method == http.MethodGet:
			_, _ = io.WriteString(w, `{"data":[{"id":"m"}]}`)
		case strings.Contains(string(body), "stream_options"):
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":{"message":"unknown field: stream_options"}}`)
		default:
			_, _ = io.WriteString(w, `data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
		}
	}))
	defer server.Close()
	s := prepared(t, func(sc *scenario.Scenario) {
		sc.Target.URL = server.URL
		sc.AddWave("", scenario.Wave{Name: "few", Concurrency: 2, Requests: 10})
	})
	run, err := bench.Start(s.Options)
	if err != nil {
		t.Fatal(err)
	}
	doc := run.Wait()
	warnings := strings.Join(doc.Generator.Warnings, "\n")
	if doc.Total.Requests.Succeeded != 10 || doc.Total.Requests.Failed != 0 {
		t.Errorf("%+v", doc.Total.Requests)
	}
	for _, want := range []string{"refused stream_options", "requests went to " + server.URL + "/v1/chat/completions"} {
		if !strings.Contains(warnings, want) {
			t.Errorf("%q is not among %q", want, warnings)
		}
	}
}

// A run whose answers hold no token, and end ok all the same, says so: its figures are
// those of empty answers.
func TestEmptyAnswersAreSaid(t *testing.T) {
	t.Parallel()
	const token = `data: {"choices":[{"delta":{"content":"a"}}]}` + "\n\n"
	for _, test := range []struct {
		name  string
		api   client.API
		asks  bool // for a stream
		says  string
		empty bool
	}{
		{"empty", client.Chat, true, "", true},
		{"a token", client.Chat, true, token, false},
		{"empty, in one piece", client.Chat, false, "", true},
		{"a token, in one piece", client.Chat, false, token, false},
		{"thoughts alone", client.Chat, true, strings.Replace(token, "content", "reasoning", 1), false},
		{"one's own", client.HTTP, true, token, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, test.says+`data: {"choices":[{"delta":{},"finish_reason":"stop"}]}`+"\n\ndata: [DONE]\n\n")
			}))
			defer server.Close()
			s := prepared(t, func(sc *scenario.Scenario) {
				sc.Target.URL, sc.Target.API, sc.Target.Model, sc.Workload.Stream = server.URL+"/v1", string(test.api), "m", test.asks
				if test.api == client.HTTP {
					sc.Target.Body, sc.Target.Model = "{}", ""
				}
				sc.AddWave("", scenario.Wave{Name: "few", Concurrency: 2, Requests: 10})
			})
			run, err := bench.Start(s.Options)
			if err != nil {
				t.Fatal(err)
			}
			doc := run.Wait()
			if doc.Total.Requests.Succeeded != 10 {
				t.Errorf("%+v: %+v", doc.Total.Requests, doc.Total.Errors)
			}
			said := strings.Contains(strings.Join(doc.Generator.Warnings, "\n"), "10 of 10 answers that ended ok held no token")
			if said != test.empty {
				t.Errorf("%q, want it to say that answers are empty: %v", doc.Generator.Warnings, test.empty)
			}
		})
	}
}
