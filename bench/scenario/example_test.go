package scenario_test

import (
	"fmt"

	"flashwave/bench/scenario"
)

const midnightSale = `name: midnight-sale
target:   {url: "https://api.holysheep.ai/v1", model: deepseek-v3.2, key_env: HOLYSHEEP_API_KEY}
workload: {prompts: "builtin:product-copy-vi", max_tokens: 300, stream: true}
arrivals: poisson
waves:
  - {name: calm,     rate: 200/m,                          for: 2m}
  - {name: midnight, rate: {from: 200/m, to: 12000/m},     for: 10s}
  - {name: rush,     rate: 12000/m,                        for: 5m}
  - {name: recovery, rate: 1000/m,                         for: 2m}
slo:      ["ttft.p95 < 800ms", "e2e.p99 < 8s in rush", "error_rate < 1%"]
budget:   $20
`

// A sale, read, resolved, and written again.
func ExampleParse() {
	s, err := scenario.Parse("sale.yaml", []byte(midnightSale))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := s.Resolve(scenario.Machine{OpenFiles: 1024}); err != nil {
		fmt.Println(err)
		return
	}
	length, _ := s.Planned()
	requests, _ := s.PlannedRequests()
	fmt.Printf("%s: %v, %d requests, at most %v\n", s.Name, length, requests, scenario.PerSecond(s.PeakRate()))
	text, _ := s.YAML()
	fmt.Print(string(text))
	// Output:
	// midnight-sale: 9m10s, 63417 requests, at most 200/s
	// name: midnight-sale
	// target:
	//   url: "https://api.holysheep.ai/v1"
	//   api: chat
	//   model: deepseek-v3.2
	//   key_env: HOLYSHEEP_API_KEY
	//   timeout: 2m
	//   idle_timeout: 1m
	//   retries: 0
	// workload: {prompts: "builtin:product-copy-vi", max_tokens: 300, stream: true}
	// arrivals: poisson
	// waves:
	//   - {name: calm, rate: 200/m, for: 2m}
	//   - {name: midnight, rate: {from: 200/m, to: 12000/m}, for: 10s}
	//   - {name: rush, rate: 200/s, for: 5m}
	//   - {name: recovery, rate: 1000/m, for: 2m}
	// warmup: 0s
	// grace: 2m
	// max_in_flight: 819
	// overflow: queue
	// seed: 1
	// slo: ["ttft.p95 < 800ms", "e2e.p99 < 8s in rush", "error_rate < 1%"]
	// budget: $20
	// max_lag: 20ms
}

// An error says where it is and what was meant.
func ExampleError() {
	_, err := scenario.Parse("sale.yaml", []byte(`
waves:
  - name: rush
    ratee: 200/m
    for: 90s
`))
	e := err.(*scenario.Error)
	fmt.Println("error:", e)
	fmt.Println("hint:", e.Hint)
	// Output:
	// error: sale.yaml:4:5: unknown key "ratee"
	// hint: did you mean rate?
}

// Waves of the command line.
func ExampleParseWave() {
	for _, spec := range []string{"calm:200/m:2m", "bulk/steps:c50:1000x", "midnight:200/m..12000/m:10s", "rush:12000:5m"} {
		lane, w, err := scenario.ParseWave(spec)
		fmt.Printf("%q %q %s %v\n", lane, w.Name, w.Load(), err)
	}
	// Output:
	// "" "calm" 200/m <nil>
	// "bulk" "steps" c50 <nil>
	// "" "midnight" 200/m..12000/m <nil>
	// "" "rush" c0 load "12000": a unit is missing
}
