package scenario_test

import (
	"strings"
	"testing"

	"flashwave/bench/scenario"
)

func TestMixes(t *testing.T) {
	for _, c := range []struct{ name, workloads, err, hint string }{
		{"two", "[{name: chat, share: 70%, max_tokens: 40}, {share: 0.3, prompt: hi, system: x}]", "", ""},
		{"thirds", "[{share: 33.3%}, {share: 33.3%}, {share: 33.4%}]", "", ""},
		{"too little", "[{share: 50%}, {share: 40%}]", "the shares add up to 90 %", "they are shares of all requests, and make 100 %"},
		{"too much", "[{share: 50%}, {share: 60%}]", "the shares add up to 110 %", "they are shares of all requests, and make 100 %"},
		{"no share", "[{share: 100%}, {prompt: hi}]", `workload "workload2" has no share`, "write share: 70%"},
		{"a share of nothing", "[{share: 0%}]", `share "0%": not a share of the requests, 0.1% at least`, "write 70%"},
		{"a share of seventy", "[{share: 70}]", `share "70": not a share of the requests, 0.1% at least`, "write 70%"},
		{"a name twice", "[{name: a, share: 50%}, {name: a, share: 50%}]", `two workloads are called "a"`, "names tell their results apart"},
		{"an unknown word", "[{share: 50%, rate: 1/s}]", `unknown key "rate"`, "did you mean name?"},
		{"prompts that are none", "[{share: 50%}, {share: 50%, prompts: \"builtin:poems\"}]", "there is no workload builtin:poems", ""},
	} {
		sc, err := scenario.Parse("sale.yaml", []byte("workloads: "+c.workloads+"\nwaves: [{name: w, rate: 1/s, for: 1s}]\n"))
		if err == nil {
			err = sc.Resolve(scenario.Machine{})
		}
		if c.err != "" {
			e, ok := err.(*scenario.Error)
			if !ok || !strings.Contains(e.Message, c.err) || c.hint != "" && e.Hint != c.hint || e.Line != 1 {
				t.Errorf("%s: %#v", c.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		text, err := sc.YAML()
		if err != nil {
			t.Fatal(err)
		}
		again, err := scenario.Parse("sale.yaml", text)
		if err != nil {
			t.Fatalf("%s: %v\n%s", c.name, err, text)
		}
		if err := again.Resolve(scenario.Machine{}); err != nil || len(again.Mix) != len(sc.Mix) {
			t.Fatalf("%s: %v\n%s", c.name, err, text)
		}
		for i, share := range sc.Mix {
			got := again.Mix[i]
			if got.Name != share.Name || got.Share != share.Share || got.MaxTokens != share.MaxTokens || got.Prompt != share.Prompt || got.Prompts != share.Prompts || got.System != share.System {
				t.Errorf("%s: %+v, want %+v\n%s", c.name, got, share, text)
			}
		}
		if source, err := again.PromptsOf(0); err != nil || source.MeanTokens() == 0 {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
