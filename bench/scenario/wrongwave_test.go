package scenario_test

// wrongWaves plan a load that cannot be.
var wrongWaves = []wrongFile{
	{
		"a rate without unit", "waves:\n  - {name: calm, rate: 200, for: 2m}\n",
		`sale.yaml:2:24: rate "200": a unit is missing`,
		"write 200/s, 200/m or 200/h",
	},
	{
		"a rate with another unit", "waves:\n  - {name: calm, rate: 200/min, for: 2m}\n",
		`sale.yaml:2:24: rate "200/min": unknown unit "min"`,
		"write /s, /m or /h",
	},
	{
		"a rate in words", "waves: [{name: calm, rate: fast, for: 2m}]\n",
		`sale.yaml:1:28: rate "fast": not a rate`,
		"write requests and a unit: 3.3/s, 200/m or 50/h",
	},
	{
		"a negative rate", "waves: [{rate: -200/m, for: 2m}]\n",
		`sale.yaml:1:16: rate "-200/m": a rate is never negative`,
		"0/s is silence",
	},
	{
		"a rate beyond all machines", "waves: [{rate: 1000001/s, for: 2m}]\n",
		`sale.yaml:1:16: rate "1000001/s": more than 1000000/s is not possible`,
		"one machine cannot send that much",
	},
	{
		"half a ramp", "waves: [{rate: {from: 200/m}, for: 2m}]\n",
		"sale.yaml:1:16: a ramp needs both from and to",
		"write rate: {from: 200/m, to: 12000/m}",
	},
	{
		"the end of a ramp without unit", "waves: [{rate: {from: 200/m, to: 300}, for: 2m}]\n",
		`sale.yaml:1:34: to "300": a unit is missing`,
		"write 300/s, 300/m or 300/h",
	},
	{
		"no waves", "waves: []\n",
		"sale.yaml:1:8: waves is empty",
		"give at least one, or leave waves out for the benchmark: 1000 requests, 50 in flight",
	},
	{
		"waves that are no list", "waves: {rate: 200/m}\n",
		"sale.yaml:1:8: waves is a list, not a mapping",
		"",
	},
	{
		"a wave that is no mapping", "waves: [rush]\n",
		"sale.yaml:1:9: waves[0] is a mapping of words to values, not a single value",
		"for example - {name: rush, rate: 12000/m, for: 5m}",
	},
	{
		"both rate and concurrency", "waves:\n  - {name: rush, rate: 200/m, concurrency: 50, for: 2m}\n",
		`sale.yaml:2:44: wave "rush" has both rate and concurrency`,
		"a rate or a trace makes an open wave, a concurrency a closed one: keep one",
	},
	{
		"no load", "waves:\n  - {name: rush, for: 2m}\n",
		`sale.yaml:2:5: wave "rush" has no load`,
		"give rate: 200/m, concurrency: 50 or trace: {file: FILE.csv}",
	},
	{
		"neither for nor requests", "waves:\n  - name: rush\n    rate: 200/m\n",
		`sale.yaml:2:5: wave "rush" has no end`,
		"give for: 90s or requests: 1000",
	},
	{
		"both for and requests", "waves: [{rate: 200/m, for: 2m, requests: 5}]\n",
		`sale.yaml:1:42: wave "wave1" has both for and requests`,
		"keep one of them",
	},
	{
		"a length without unit", "waves: [{rate: 200/m, for: 90}]\n",
		`sale.yaml:1:28: for "90": a unit is missing`,
		"write 90s, 90m or 90h",
	},
	{
		"no length", "waves: [{rate: 200/m, for: 0s}]\n",
		`sale.yaml:1:28: for "0s": not more than 0s`,
		"",
	},
	{
		"a length in words", "waves: [{rate: 200/m, for: ages}]\n",
		`sale.yaml:1:28: for "ages": not a duration`,
		"write a number and a unit: 250ms, 90s, 2m or 8h",
	},
	{
		"a length before now", "waves: [{rate: 200/m, for: -2m}]\n",
		`sale.yaml:1:28: for "-2m": a duration is never negative`,
		"",
	},
	{
		"requests that never come", "waves: [{rate: 0/s, requests: 5}]\n",
		`sale.yaml:1:31: wave "wave1" never ends: its rate is 0`,
		"give for: 90s, or a rate above 0",
	},
	{
		"requests that take ages", "waves: [{rate: 1/h, requests: 10000000}]\n",
		`sale.yaml:1:31: wave "wave1" would last longer than 366 days`,
		"raise the rate, or ask for fewer requests",
	},
	{
		"part of a request", "waves: [{rate: 1/h, requests: 1.5}]\n",
		`sale.yaml:1:31: requests "1.5": not a whole number`,
		"",
	},
	{
		"for on a trace", "waves: [{trace: {file: night.csv}, for: 2m}]\n",
		"sale.yaml:1:41: a trace has its own length",
		"leave it out; speed and scale change a trace",
	},
	{
		"a trace without file", "waves: [{trace: {speed: 10}}]\n",
		"sale.yaml:1:17: a trace needs its file",
		"give a CSV of minute,requests or of at_s, or a trace of requests",
	},
	{
		"a trace that stands still", "waves: [{trace: {file: night.csv, speed: 0}}]\n",
		"sale.yaml:1:42: speed 0 is not more than 0",
		"10 plays the trace ten times as fast",
	},
	{
		"a trace that is not there", "waves: [{trace: nacht.csv@10}]\n",
		"sale.yaml:1:17: file nacht.csv cannot be read: no such file or directory",
		"paths in a scenario count from its own folder",
	},
	{
		"a trace that is none", "waves: [{trace: prompts.jsonl}]\n",
		"sale.yaml:1:17: trace: prompts.jsonl:1: the first object is of no known trace: a trace has minute,requests or at_s, is Mooncake's, Azure's or BurstGPT's, or a log of requests",
		"",
	},
	{
		"an unknown lane", "waves:\n  - {lane: bulkk, rate: 200/m, for: 2m}\n  - {lane: bulk, rate: 200/m, for: 2m}\nlanes: [{name: bulk, arrivals: poisson}]\n",
		`sale.yaml:2:12: unknown lane "bulkk": it is not in the list lanes`,
		"did you mean bulk?",
	},
	{
		"a lane without waves", wave + "lanes:\n  - {name: bulk}\n",
		`sale.yaml:3:5: lane "bulk" has no waves`,
		"give a wave lane: bulk, or leave the lane out",
	},
	{
		"a lane twice", "waves: [{lane: a, rate: 200/m, for: 2m}]\nlanes: [{name: a}, {name: a}]\n",
		`sale.yaml:2:20: lane "a" stands twice`,
		"keep one of them",
	},
	{
		"a lane without name", wave + "lanes: [{arrivals: poisson}]\n",
		"sale.yaml:2:9: a lane's name is missing",
		"",
	},
	{
		"a lane's arrivals", "waves: [{lane: a, rate: 200/m, for: 2m}]\nlanes:\n  - {name: a, arrivals: gamma}\n",
		"sale.yaml:3:25: arrivals: gamma needs its shape: write gamma:2.5",
		"",
	},
	{
		"a lane's prompts", "waves: [{lane: a, rate: 200/m, for: 2m}]\nlanes:\n  - name: a\n    workload: {prompts: \"builtin:nothing\"}\n",
		"sale.yaml:4:25: prompts: there is no workload builtin:nothing: take one of builtin:product-copy-en, builtin:product-copy-vi",
		"",
	},
	{
		"a lane's name with a slash", "waves: [{lane: a/b, rate: 200/m, for: 2m}]\n",
		`sale.yaml:1:16: the lane's name "a/b" holds '/'`,
		"use letters, digits, spaces and -_. in it",
	},
	{
		"a workload at a wave", "waves: [{rate: 200/m, for: 2m, workload: {max_tokens: 5}}]\n",
		`sale.yaml:1:32: unknown key "workload"`,
		"it belongs to a whole lane: lanes: [{name: …, workload: {…}, arrivals: …}]",
	},
	{
		"a wave's name twice in a lane", "waves:\n  - {name: a, rate: 200/m, for: 2m}\n  - {name: a, rate: 200/m, for: 2m}\n",
		`sale.yaml:3:12: two waves of one lane are called "a"`,
		"names tell waves apart in SLOs and reports",
	},
	{
		"a wave's name with a colon", "waves: [{name: \"a:b\", rate: 200/m, for: 2m}]\n",
		`sale.yaml:1:16: the wave's name "a:b" holds ':'`,
		"use letters, digits, spaces and -_. in it",
	},
	{
		"more in flight than slots", "max_in_flight: 40\nwaves: [{concurrency: 50, for: 2m}]\n",
		"sale.yaml:2:23: concurrency 50 is more than max_in_flight 40",
		"raise max_in_flight and, if need be, the open-files limit (ulimit -n)",
	},
	{
		"more in flight than connections", "target: {connections: 40}\nwaves: [{concurrency: 50, for: 2m}]\n",
		"sale.yaml:2:23: concurrency 50 needs more than the 40 connections",
		"raise connections, or leave it out",
	},
}
