package endpoint

import (
	"testing"

	"flashwave/bench/scenario"
)

// What is said of the variable of a key is what is sent: its value, and no other one's.
func TestKeyVariable(t *testing.T) {
	t.Parallel()
	all := map[string]string{"FLASHWAVE_API_KEY": "own", "OPENAI_API_KEY": "openai", "ANTHROPIC_API_KEY": "anthropic", "SHOP": "shop"}
	vendors := map[string]string{"OPENAI_API_KEY": "openai", "ANTHROPIC_API_KEY": "anthropic"}
	for _, c := range []struct {
		target    scenario.Target
		env       map[string]string
		name, key string
	}{
		{scenario.Target{URL: "http://127.0.0.1/v1"}, all, "FLASHWAVE_API_KEY", "own"},
		{scenario.Target{URL: "http://127.0.0.1/v1"}, vendors, "FLASHWAVE_API_KEY", ""},
		{scenario.Target{URL: "http://127.0.0.1/v1", KeyEnv: "SHOP"}, all, "SHOP", "shop"},
		{scenario.Target{URL: "https://api.openai.com/v1"}, vendors, "OPENAI_API_KEY", "openai"},
		{scenario.Target{URL: "https://api.openai.com/v1"}, all, "FLASHWAVE_API_KEY", "own"},
		{scenario.Target{URL: "https://api.anthropic.com"}, vendors, "ANTHROPIC_API_KEY", "anthropic"},
		{scenario.Target{URL: "http://api.anthropic.com"}, vendors, "FLASHWAVE_API_KEY", ""},
	} {
		env := func(name string) string { return c.env[name] }
		if name := KeyVariable(c.target, env); name != c.name {
			t.Errorf("%s: the key is said to be that of %s, want %s", c.target.URL, name, c.name)
		}
		if key, err := findKey(c.target, env); key != c.key || err != nil {
			t.Errorf("%s: the key is %q (%v), want %q", c.target.URL, key, err, c.key)
		}
	}
	if _, err := findKey(scenario.Target{KeyEnv: "NOT_SET"}, func(string) string { return "" }); err == nil {
		t.Error("a variable that is not set is no error")
	}
}
