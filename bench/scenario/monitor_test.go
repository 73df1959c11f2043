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
