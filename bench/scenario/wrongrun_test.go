package scenario_test

// wrongRuns are to be judged, or ended, as no run can be.
var wrongRuns = []wrongFile{
	{
		"a misspelt metric", "slo:\n  - \"tfft.p95 < 800ms\"\n" + wave,
		`sale.yaml:2:6: "tfft.p95 < 800ms": unknown metric "tfft"`,
		"did you mean ttft?",
	},
	{
		"an SLO without unit", "slo: [\"error_rate < 1%\", ttft.p95 < 800]\n" + wave,
		`sale.yaml:1:37: "ttft.p95 < 800": 800 is without a unit`,
		"write a time such as 800ms or 8s",
	},
	{
		"an SLO behind words of two bytes", "slo: [\"e2e.p95 < 8s in đợt sóng\"]\n" + wave,
		`sale.yaml:1:28: "e2e.p95 < 8s in đợt sóng": unexpected "sóng"`,
		`a name with spaces needs quotes: in "rush hour"`,
	},
	{
		"an SLO of an unknown wave", "slo: [\"e2e.p95 < 8s in rsh\"]\nwaves: [{name: rush, rate: 200/m, for: 2m}]\n",
		`sale.yaml:1:24: "e2e.p95 < 8s in rsh": unknown wave "rsh"`,
		"did you mean rush?",
	},
	{
		"an SLO of one of two waves", "slo: [e2e.p95 < 8s in w]\nwaves: [{name: w, lane: a, rate: 200/m, for: 2m}, {name: w, lane: b, rate: 200/m, for: 2m}]\n",
		`sale.yaml:1:23: "e2e.p95 < 8s in w": 2 lanes have a wave "w"`,
		"write in a/w or in b/w",
	},
	{
		"an SLO of streams without any", "workload: {stream: false}\nslo: [\"ttft.p95 < 800ms\"]\n" + wave,
		`sale.yaml:2:8: "ttft.p95 < 800ms": without streaming there is no ttft`,
		"set stream: true, or assert e2e",
	},
	{
		"a reason to abort that is none", "abort_on: \"error_rate over 50%\"\n" + wave,
		`sale.yaml:1:23: "error_rate over 50%": a comparison is missing`,
		"write <, <=, > or >= and a value",
	},
	{
		"a budget of nothing", "budget: $0\n" + wave,
		`sale.yaml:1:9: budget "$0": a sum is more than $0`,
		"",
	},
	{
		"a budget in words", "budget: 20 USD\n" + wave,
		`sale.yaml:1:9: budget "20 USD": not a sum of USD`,
		"write $20 or 5.00",
	},
	{
		"a budget for tokens without bound", "budget: 20\nworkload: {max_tokens: 0}\n" + wave,
		"sale.yaml:2:24: a budget needs max_tokens",
		"give max_tokens: it bounds what an open request may cost",
	},
	{
		"a negative price", "price: {input: -1, output: 2}\n" + wave,
		"sale.yaml:1:8: a price is less than 0",
		"write USD per million tokens: {input: 0.42, output: 0.42}",
	},
	{
		"half a price", "price: {input: 1}\n" + wave,
		"sale.yaml:1:8: a price needs both input and output",
		"write USD per million tokens: {input: 0.42, output: 0.42}",
	},
	{
		"a price in words", "price: {input: dear, output: 2}\n" + wave,
		`sale.yaml:1:16: input "dear": not a number`,
		"",
	},
	{
		"prices that are none", "prices: night.csv\n" + wave,
		"sale.yaml:1:9: prices: night.csv:1:1: string was used where mapping is expected",
		"want YAML with a list under prices, each with model, input and output in USD per million tokens (host, cached, cache_written, date, source and note as you like), or LiteLLM's model_prices_and_context_window.json",
	},
	{
		"arrivals nobody knows", "arrivals: random\n" + wave,
		`sale.yaml:1:11: arrivals: unknown arrivals "random": write constant, poisson or gamma:K`,
		"",
	},
	{
		"overflow nobody knows", "overflow: drpo\n" + wave,
		`sale.yaml:1:11: unknown overflow "drpo"`,
		"did you mean drop?",
	},
	{
		"a negative seed", "seed: -1\n" + wave,
		`sale.yaml:1:7: seed "-1": not a whole number of 0 or more`,
		"",
	},
	{
		"a bad warm-up", "warmup: 10\n" + wave,
		`sale.yaml:1:9: warmup "10": a unit is missing`,
		"write 10s, 10m or 10h",
	},
	{
		"no grace at all", "grace: 0s\n" + wave,
		`sale.yaml:1:8: grace "0s": not more than 0s`,
		"",
	},
}
