package scenario

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

const monitorFile = `every: 30s
objective: 99.9%
slo: ["ttft < 2s"]
workload: {prompt: "Say ready.", max_tokens: 8}
targets:
  - {name: gateway, url: "https://llm.shop.example/v1", model: m, headers: {X-Team: shop}}
  - name: behind
    url: http://127.0.0.1:8000/v1
    every: 5s
    objective: 95%
    slo: ["e2e < 9s", "ttft.p95 < 1s"]
    budget: $2
    timeout: 10s
  - shop
alerts: {bell: true, slack_env: SLACK_URL}
`

func TestMonitorFile(t *testing.T) {
	known := []NamedTarget{{Name: "shop", Target: Target{URL: "http://127.0.0.1:1/v1", API: "chat", Timeout: Default().Target.Timeout, IdleTimeout: Default().Target.IdleTimeout}}}
	m, err := ParseMonitor("endpoints.yaml", []byte(monitorFile), known)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Resolve(Machine{}); err != nil {
		t.Fatal(err)
	}
	if m.Name != "endpoints" || !m.Alerts.Bell || m.Alerts.SlackEnv != "SLACK_URL" || len(m.Targets) != 3 {
		t.Fatalf("%+v", m)
	}
	a, b, c := m.Targets[0], m.Targets[1], m.Targets[2]
	if a.Name != "gateway" || a.Every.D() != 30*time.Second || a.Objective != 0.999 || !slices.Equal(a.Ask.SLO, []string{"ttft < 2s"}) || a.Ask.Workload.MaxTokens != 8 || a.Ask.Target.Timeout.D() != 30*time.Second {
		t.Errorf("%+v", a)
	}
	if b.Every.D() != 5*time.Second || b.Objective != 0.95 || len(b.Ask.SLO) != 2 || b.Ask.Budget != 2 || b.Ask.Target.Timeout.D() != 10*time.Second || b.Ask.Workload.Prompt != "Say ready." {
		t.Errorf("%+v", b)
	}
	if c.Name != "shop" || c.Ask.Target.URL != "http://127.0.0.1:1/v1" || c.Ask.Target.Timeout.D() != 30*time.Second || c.Ask.Budget != 0 {
		t.Errorf("%+v", c)
	}
}

func TestMonitorErrors(t *testing.T) {
	const ok = "\ntargets: [{url: \"mock:\"}]\n"
	for _, c := range []struct{ why, text, at, says string }{
		{"nothing is named", "every: 5s\n", "m.yaml: ", "names no targets"},
		{"an unknown word", "evry: 5s" + ok, "m.yaml:1:1: ", `unknown key "evry"`},
		{"an unknown word of a target", "targets:\n  - {url: \"mock:\", objectiv: 9%}\n", "m.yaml:2:20: ", "objectiv"},
		{"no unit", "every: 5" + ok, "m.yaml:1:8: ", "unit"},
		{"too often", "every: 5ms" + ok, "m.yaml:1:8: ", "100ms"},
		{"too often, one", "targets:\n  - {url: \"mock:\"}\n  - {url: \"http://127.0.0.1/v1\", every: 5ms}\n", "m.yaml:3:41: ", "100ms"},
		{"an objective of 100 %", "objective: 100%" + ok, "m.yaml:1:12: ", "no room"},
		{"an objective that is no share", "objective: high" + ok, "m.yaml:1:12: ", "not a share"},
		{"an SLO for all", "slo: [\"ttfp < 5s\"]" + ok, "m.yaml:1:8: ", `unknown metric "ttfp"`},
		{"an SLO of one", "targets:\n  - {url: \"mock:\", slo: [\"ttft < 5s\", \"e2e > \"]}\n", "m.yaml:2:46: ", "e2e"},
		{"a wave that is none", "slo: [\"ttft.p95 < 5s in rush\"]" + ok, "m.yaml:1:25: ", "rush"},
		{"a wrong URL", "targets:\n  - {url: \"mock:\"}\n  - {name: b, url: foo}\n", "m.yaml:3:20: ", "no scheme"},
		{"no pattern", "targets:\n  - {url: \"mock:\", expect: \"(\"}\n", "m.yaml:2:28: ", "regular expression"},
		{"a name twice", "targets:\n  - {url: \"mock:\", name: a}\n  - {url: \"mock:\", name: a}\n", "m.yaml:3:5: ", `two targets are named "a"`},
		{"a name that nobody has", "targets: [shp]\n", "m.yaml:1:11: ", "shp"},
		{"a webhook's URL", "alerts: {slack_env: \"https://hooks.slack.com/secret\"}" + ok, "m.yaml:1:21: ", "environment variable"},
		{"a key", "targets:\n  - {url: \"mock:\", api_key: sk-1}\n", "m.yaml:2:20: ", "key"},
		{"a budget of nothing", "budget: $0" + ok, "m.yaml:1:9: ", "$0"},
		{"conversations", "workload: {turns: 3}" + ok, "m.yaml:1:19: ", "no conversation"},
	} {
		m, err := ParseMonitor("m.yaml", []byte(c.text), []NamedTarget{{Name: "shop"}})
		if err == nil {
			err = m.Resolve(Machine{})
		}
		var told *Error
		if !errors.As(err, &told) || !strings.HasPrefix(err.Error(), c.at) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %s… %s", c.why, err, c.at, c.says)
		}
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "sk-1")) {
			t.Errorf("%s: %v shows a secret", c.why, err)
		}
	}
}

const queueFile = `slo: ["oldest < 30s in urgent", "depth < 1000"]
targets:
  - {name: shop, url: "redis://10.0.0.7/1", api: queue, queue: "list", classes: "urgent=1-3, bulk=7-10"}
  - {name: usual, url: "redis://10.0.0.7", api: queue, slo: []}
`

// A queue is looked at every second, and what it is held to is told of the whole or of its
// classes; one that is given nothing has the usual.
func TestMonitorOfQueues(t *testing.T) {
	m, err := ParseMonitor("q.yaml", []byte(queueFile), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Resolve(Machine{}); err != nil {
		t.Fatal(err)
	}
	a, b := m.Targets[0], m.Targets[1]
	if !a.Queue() || a.Every.D() != time.Second || len(a.Ask.Mix) != 2 || a.Ask.Mix[1].Priorities != "7-10" || len(a.Ask.SLO) != 2 {
		t.Errorf("%+v", a)
	}
	if want := []string{"starved < 60s in urgent", "starved < 60s in normal", "starved < 60s in bulk", "dead <= 0"}; !slices.Equal(b.Ask.SLO, want) {
		t.Errorf("%v, want %v", b.Ask.SLO, want)
	}
	if w := DefaultWatched(); w.Every != 0 {
		t.Errorf("every %v", w.Every)
	}
}

func TestMonitorOfQueuesErrors(t *testing.T) {
	const one = `{name: shop, url: "redis://10.0.0.7", api: queue`
	for _, c := range []struct{ why, text, at, says string }{
		{"nobody fills a built-in one", "targets: [{api: queue}]\n", "m.yaml:1:", "no URL is given"},
		{"an endpoint", "targets: [{url: \"http://a/v1\", api: queue}]\n", "m.yaml:1:", "redis://"},
		{"a password", "targets: [{url: \"redis://u:hush@a\", api: queue}]\n", "m.yaml:1:", "holds a secret"},
		{"what a look does not tell", "targets:\n  - " + one + ", slo: [\"wait.p95 < 2s\"]}\n", "m.yaml:2:", "does not tell wait"},
		{"a latency of an endpoint", "targets:\n  - " + one + ", slo: [\"e2e < 2s\"]}\n", "m.yaml:2:", "does not tell e2e"},
		{"a share", "targets:\n  - " + one + ", slo: [\"depth < 5%\"]}\n", "m.yaml:2:", "nobody knows what the whole is"},
		{"dead letters of a class", "targets:\n  - " + one + ", slo: [\"dead <= 0 in bulk\"]}\n", "m.yaml:2:", "dead letters lie together"},
		{"a class that there is none of", "targets:\n  - " + one + ", slo: [\"depth < 5 in bluk\"]}\n", "m.yaml:2:", "bluk"},
		{"a statistic of an age", "targets:\n  - " + one + ", slo: [\"oldest.p95 < 5s\"]}\n", "m.yaml:2:", "oldest has no statistics"},
		{"an answer", "targets:\n  - " + one + ", expect: ten}\n", "m.yaml:2:", "gives no answer"},
		{"a budget", "targets:\n  - " + one + ", budget: $2, price: {input: 1, output: 1}}\n", "m.yaml:2:", "needs no budget"},
		{"keeping", "targets:\n  - " + one + ", keep: true}\n", "m.yaml:2:", "enqueues nothing"},
		{"a tap", "targets:\n  - " + one + ", tap: \"http://a:8090\"}\n", "m.yaml:2:", "enqueues nothing"},
		{"a class twice", "targets:\n  - " + one + ", classes: \"a=1-3, b=3-5\"}\n", "m.yaml:2:", "share a priority"},
		{"classes of an endpoint", "targets:\n  - {url: \"http://a/v1\", classes: \"a=1-3\"}\n", "m.yaml:2:", "priorities are of a queue"},
		{"depth of an endpoint", "slo: [\"depth < 5\"]\ntargets: [{url: \"http://a/v1\"}]\n", "m.yaml:1:", "only tasks of a queue have depth"},
	} {
		m, err := ParseMonitor("m.yaml", []byte(c.text), nil)
		if err == nil {
			err = m.Resolve(Machine{})
		}
		var told *Error
		if !errors.As(err, &told) || !strings.HasPrefix(err.Error(), c.at) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %s… %s", c.why, err, c.at, c.says)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v shows a secret", c.why, err)
		}
	}
}

// Classes without shares are all alike; with some, each needs one.
func TestSetClasses(t *testing.T) {
	var s Scenario
	if err := s.SetClasses("urgent=1-3, normal = 4-6 ,bulk=7"); err != nil || len(s.Mix) != 3 || s.Mix[2].Priorities != "7" || s.Mix[0].Share != 1.0/3 {
		t.Errorf("%v: %+v", err, s.Mix)
	}
	for _, text := range []string{"", "urgent", "urgent=", "urgent=3-1", "urgent=1-3:20%, bulk=4", "urgent=1-3:"} {
		if err := s.SetClasses(text); err == nil {
			t.Errorf("%q are classes", text)
		}
	}
}

// An objective is the share as it was written, to the last bit.
func TestParseObjective(t *testing.T) {
	for text, want := range map[string]float64{"99.9%": 0.999, "99.5 %": 0.995, "95%": 0.95, "99.99%": 0.9999, "50%": 0.5, "7%": 0.07} {
		if got, err := ParseObjective(text); err != nil || got != want {
			t.Errorf("%s is %v, want %v: %v", text, got, want, err)
		}
	}
	for _, text := range []string{"", "%", "0%", "100%", "101%", "-1%", "0.995", "high", "1e1%", "NaN%"} {
		if v, err := ParseObjective(text); err == nil {
			t.Errorf("%q is %v", text, v)
		}
	}
}

func FuzzParseMonitor(f *testing.F) {
	f.Add([]byte(monitorFile))
	f.Add([]byte("targets: [{url: \"mock:\", every: 1s}]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := ParseMonitor("m.yaml", text, nil)
		if err == nil {
			err = m.Resolve(Machine{})
		}
		var told *Error
		if err != nil && !errors.As(err, &told) {
			t.Fatalf("%T: %v", err, err)
		}
	})
}
