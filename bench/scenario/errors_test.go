package scenario_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"flashwave/bench/scenario"
)

// machine allows 10000 slots.
var machine = scenario.Machine{OpenFiles: 1 << 20}

// resolve reads and resolves a scenario that stands in a folder with the files of
// testdata.
func resolve(t *testing.T, text string) (*scenario.Scenario, error) {
	t.Helper()
	s, err := scenario.Parse(filepath.Join("testdata", "sale.yaml"), []byte(text))
	if err != nil {
		return nil, err
	}
	return s, s.Resolve(machine)
}

// a wave, so that a case is wrong in one place only.
const wave = "waves: [{rate: 200/m, for: 2m}]\n"

var wrongFiles = []struct{ what, yaml, want, hint string }{
	{
		"a misspelt word", "waves:\n  - name: rush\n    ratee: 200/m\n",
		`sale.yaml:3:5: unknown key "ratee"`,
		"did you mean rate?",
	},
	{
		"a hyphen as flags have it", "max-in-flight: 5\n",
		`sale.yaml:1:1: unknown key "max-in-flight"`,
		"did you mean max_in_flight?",
	},
	{
		"a word in the wrong section", "max_tokens: 5\n",
		`sale.yaml:1:1: unknown key "max_tokens"`,
		"max_tokens stands under workload:, a lane's own under lanes:",
	},
	{
		"a word of the target at the top", "url: \"mock:\"\n",
		`sale.yaml:1:1: unknown key "url"`,
		"url stands under target:",
	},
	{
		"a colon without quotes", "url: mock:\n",
		"sale.yaml:1:6: the YAML cannot be read: mapping value is not allowed in this context",
		`put quotes around a text with a colon: "mock:"`,
	},
	{
		"a word nobody knows", "kubernetes: 5\n",
		`sale.yaml:1:1: unknown key "kubernetes"`,
		"use one of abort_on, arrivals, budget, grace, labels, lanes, max_in_flight, max_lag, name, overflow, price, prices, seed, slo, target, warmup, waves, workload, workloads",
	},
	{
		"a key stands twice", "seed: 1\nname: x\nseed: 2\n",
		`sale.yaml:3:1: key "seed" stands twice: first in line 1`,
		"keep one of them",
	},
	{
		"a key written down", "target: {url: \"https://a.example/v1\", key: sk-123}\n",
		"sale.yaml:1:39: a key is never written in a scenario",
		"use key_env: NAME of the environment variable that holds it, or key_file: PATH",
	},
	{
		"a key by another name", "target:\n  api-key: sk-123\n",
		"sale.yaml:2:3: a key is never written in a scenario",
		"use key_env: NAME of the environment variable that holds it, or key_file: PATH",
	},
	{
		"a key where its variable's name belongs", "target: {key_env: sk-123}\n" + wave,
		"sale.yaml:1:19: key_env is not the name of an environment variable",
		"for example key_env: HOLYSHEEP_API_KEY; the key itself is never written",
	},
	{
		"a header with a key", "target: {headers: {x-api-key: \"123\"}}\n",
		"sale.yaml:1:31: a key is never written in a scenario",
		"use key_env: NAME of the environment variable that holds it, or key_file: PATH, or write ${NAME} for it, an environment variable",
	},
	{
		"a header that authorizes", "target: {headers: {Accept: b, Proxy-Authorization: Basic 123}}\n" + wave,
		"sale.yaml:1:52: header Proxy-Authorization holds a secret: a key is never written in a scenario",
		"use key_env: NAME of the environment variable that holds it, or key_file: PATH, or write ${NAME} for it, an environment variable",
	},
	{
		"a header over two lines", "target: {headers: {A: \"b\\nc: d\"}}\n" + wave,
		"sale.yaml:1:23: the value of header A holds a control character",
		"write it on one line",
	},
	{
		"a header with no value left", "target: {header_names: [X-Shop]}\n" + wave,
		`sale.yaml:1:25: header "X-Shop" has no value: a record keeps only its name`,
		"give it again by --header 'X-Shop: …'",
	},
	{
		"a password in the URL", "target: {url: \"https://me:123@a.example/v1\"}\n" + wave,
		"sale.yaml:1:15: url holds a secret: a key is never written in a scenario",
		"use key_env: NAME of the environment variable that holds it, or key_file: PATH",
	},
	{
		"a key in the query", "target: {url: \"https://a.example/v1?key=123\"}\n" + wave,
		"sale.yaml:1:15: url holds a secret: a key is never written in a scenario",
		"use key_env: NAME of the environment variable that holds it, or key_file: PATH",
	},
	{
		"a password for the proxy", "target: {proxy: \"http://me:123@a.example:3128\"}\n" + wave,
		"sale.yaml:1:17: proxy holds a password: it would be written into the record",
		"use a proxy that asks for none",
	},
	{
		"a key in the body", "workload: {extra_body: {api_key: 123}}\n" + wave,
		`sale.yaml:1:24: extra_body holds "api_key": a key is never written in a scenario`,
		"use key_env: NAME of the environment variable that holds it, or key_file: PATH",
	},
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
	{
		"a URL without scheme", "target: {url: api.holysheep.ai/v1}\n" + wave,
		`sale.yaml:1:15: url has no scheme`,
		"write https:// in front of it",
	},
	{
		"a URL nearby without scheme", "target: {url: \"localhost:8000/v1\"}\n" + wave,
		`sale.yaml:1:15: url has no scheme`,
		"write http:// in front of it",
	},
	{
		"a URL of another scheme", "target: {url: \"ftp://a.example/v1\"}\n" + wave,
		`sale.yaml:1:15: url has an unknown scheme`,
		"write http:// or https://",
	},
	{
		"a URL without host", "target: {url: \"https:///v1\"}\n" + wave,
		`sale.yaml:1:15: url has no host or a wrong port`,
		"for example https://api.openai.com/v1",
	},
	{
		"a URL with the path of another call", "target: {url: \"https://a.example/v1/messages?a=1\"}\n" + wave,
		"sale.yaml:1:15: url is that of a call of api messages, and the api is chat",
		"write api: messages (--api messages), or the base URL, without /messages",
	},
	{
		"a token that may be a key", "target: {token: sk-123}\n" + wave,
		"sale.yaml:1:17: api chat knows its own tokens",
		"token says which events of api http are tokens; for a key use key_env or key_file",
	},
	{
		"usage that is known", "target: {usage: meta.usage}\n" + wave,
		"sale.yaml:1:17: api chat knows its own usage",
		"write api: http, or leave it out",
	},
	{
		"an end that is known", "target: {end: [done]}\n" + wave,
		"sale.yaml:1:15: api chat knows its own end",
		"write api: http, or leave it out",
	},
	{
		"errors that are known", "target: {fail_if: [code >= 400]}\n" + wave,
		"sale.yaml:1:19: api chat knows its own errors",
		"write api: http, or leave it out",
	},
	{
		"a key instead of a way to send it", "target: {auth: sk-123}\n" + wave,
		"sale.yaml:1:16: auth is not a way to send a key",
		"write bearer, api-key, x-api-key, basic, none; the key itself goes by key_env or key_file",
	},
	{
		"a limit's key of another API", "target: {api: messages, max_tokens_key: max_completion_tokens}\n" + wave,
		"sale.yaml:1:41: api messages has one key for it",
		"leave it out",
	},
	{
		"a key that is none", "target: {max_tokens_key: \"a b\"}\n" + wave,
		"sale.yaml:1:26: max_tokens_key is no key",
		"for example max_completion_tokens",
	},
	{
		"a size without a number", "target: {max_event: large}\n" + wave,
		"sale.yaml:1:21: max_event \"large\": not a size",
		"write a number of bytes with its unit: 64MiB",
	},
	{
		"a size without bytes", "target: {max_event: 0MiB}\n" + wave,
		"sale.yaml:1:21: max_event \"0MiB\": a size is at least a byte",
		"",
	},
	{
		"a size beyond all", "target: {max_event: 2GiB}\n" + wave,
		"sale.yaml:1:21: max_event \"2GiB\": more than 1GiB is not possible",
		"",
	},
	{
		"an unknown API", "target: {api: chats}\n" + wave,
		`sale.yaml:1:15: unknown api "chats"`,
		"did you mean chat?",
	},
	{
		"api http without body", "target: {url: \"http://a.example/x\", api: http}\n" + wave,
		"sale.yaml:1:42: api http needs a body",
		`give its JSON, for example body: '{"prompt": {{json .prompt}}}'`,
	},
	{
		"a body without api http", "target: {body: \"{}\"}\n" + wave,
		"sale.yaml:1:16: api chat makes its own body",
		"write api: http, or leave the body out",
	},
	{
		"key_env and key_file", "target: {key_env: K, key_file: night.csv}\n" + wave,
		"sale.yaml:1:32: both key_env and key_file are given",
		"keep one of them",
	},
	{
		"a certificate without key", "target: {client_cert: night.csv}\n" + wave,
		"sale.yaml:1:23: client_cert needs its client_key",
		"give client_key: PATH",
	},
	{
		"a certificate that is not there", "target: {ca: ca.pem}\n" + wave,
		"sale.yaml:1:14: file ca.pem cannot be read: no such file or directory",
		"paths in a scenario count from its own folder",
	},
	{
		"an address to connect to without port", "target: {connect_to: 10.0.0.7}\n" + wave,
		`sale.yaml:1:22: connect_to is not HOST:PORT`,
		"for example 10.0.0.7:8443",
	},
	{
		"too many retries", "target: {retries: 101}\n" + wave,
		`sale.yaml:1:19: retries "101": more than 100`,
		"",
	},
	{
		"a negative count", "target: {connections: -1}\n" + wave,
		`sale.yaml:1:23: connections "-1": less than 1`,
		"",
	},
	{
		"no timeout", "target: {timeout: 0s}\n" + wave,
		`sale.yaml:1:19: timeout "0s": not more than 0s`,
		"",
	},
	{
		"both prompt and prompts", "workload: {prompt: hi, prompts: prompts.jsonl}\n" + wave,
		"sale.yaml:1:33: both prompt and prompts are given",
		"prompt is one text, prompts are many: keep one",
	},
	{
		"prompts that are not there", "workload: {prompts: nothing.jsonl}\n" + wave,
		"sale.yaml:1:21: file nothing.jsonl cannot be read: no such file or directory",
		"give a JSONL file, builtin:NAME or synthetic:N",
	},
	{
		"prompts that are none", "workload: {prompts: night.csv}\n" + wave,
		"sale.yaml:1:21: prompts: night.csv:1: not JSON: invalid character 'm' looking for beginning of value; nor can lines 2, 3, 4, 5 and 177 more be used",
		"",
	},
	{
		"turns of nothing", "workload: {turns: 0}\n" + wave,
		`sale.yaml:1:19: turns "0": not a number of turns`,
		"write 5, or all for those of a file",
	},
	{
		"turns without an end", "workload: {turns: all}\n" + wave,
		"sale.yaml:1:19: builtin:product-copy-vi has no end of turns",
		"write how many, or give a file of conversations",
	},
	{
		"a conversation of embeddings", "target: {api: embeddings}\nworkload: {turns: 3}\n" + wave,
		"sale.yaml:2:19: requests of api embeddings say nothing of what was answered before, and make no conversation",
		"leave it out: each request is then one by itself",
	},
	{
		"a conversation with a template", "target: {url: \"http://127.0.0.1:1/x\", api: http, body: '{\"p\": {{json .prompt}}}'}\nworkload: {turns: 3}\n" + wave,
		"sale.yaml:2:19: requests of api http say nothing of what was answered before, and make no conversation",
		"leave it out: each request is then one by itself",
	},
	{
		"a time to think that is none", "workload: {turns: 5, think: long}\n" + wave,
		`sale.yaml:1:29: think "long" is not a duration`,
		"write 2s, exp:2s for a random time of that mean, or trace for what a trace recorded",
	},
	{
		"a time to think about nothing", "workload: {think: 5s}\n" + wave,
		"sale.yaml:1:19: only a conversation has a time to think",
		"give turns: 5",
	},
	{
		"skip_bad_lines that is neither", "workload: {skip_bad_lines: some}\n" + wave,
		`sale.yaml:1:28: skip_bad_lines "some": neither true nor false`,
		"",
	},
	{
		"temperature out of range", "workload: {temperature: 2.5}\n" + wave,
		"sale.yaml:1:25: temperature 2.5 is not between 0 and 2",
		"",
	},
	{
		"temperature in words", "workload: {temperature: hot}\n" + wave,
		`sale.yaml:1:25: temperature "hot": not a number`,
		"",
	},
	{
		"stream: yes", "workload: {stream: yes}\n" + wave,
		`sale.yaml:1:20: stream "yes": neither true nor false`,
		"",
	},
	{
		"extra_body that is no object", "workload: {extra_body: [1]}\n" + wave,
		"sale.yaml:1:24: extra_body is not a JSON object",
		`for example {"top_p": 0.9}`,
	},
	{
		"extra_body that is no JSON", "workload: {extra_body: \"{a\"}\n" + wave,
		"sale.yaml:1:24: extra_body is not a JSON object: invalid character 'a' looking for beginning of object key string",
		`for example {"top_p": 0.9}`,
	},
	{
		"extra_body with a word of ours", "workload: {extra_body: {stream: false}}\n" + wave,
		`sale.yaml:1:24: extra_body sets "stream", which has a word of its own`,
		"write it as a word of the workload or the target",
	},
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
	{
		"nothing behind a word", "budget:\n" + wave,
		"sale.yaml:1:1: budget has no value",
		"",
	},
	{
		"a list where one value belongs", "name: [a]\n" + wave,
		"sale.yaml:1:7: name is one value, not a list",
		"",
	},
	{
		"one value where a section belongs", "target: \"https://a.example/v1\"\n" + wave,
		"sale.yaml:1:9: target is a mapping of words to values, not a single value",
		"",
	},
	{
		"an anchor", "workload: &w {max_tokens: 5}\n",
		"sale.yaml:1:11: workload is a mapping of words to values, not an anchor or alias, which a scenario does not use",
		"",
	},
	{
		"an alias", "seed: 5\ngrace: *w\n",
		"sale.yaml:2:8: grace is one value, not an anchor or alias, which a scenario does not use",
		"",
	},
	{
		"a tag", "seed: !!int 5\n",
		"sale.yaml:1:7: seed is one value, not a tag, which a scenario does not use",
		"",
	},
	{
		"a merge", "target: {<<: {url: mock:}}\n",
		`sale.yaml:1:10: "<<" is not a plain key`,
		"",
	},
	{
		"two documents", "seed: 1\n---\nseed: 2\n",
		"sale.yaml:2:1: a scenario is one YAML document",
		"leave out the second ---",
	},
	{
		"an open bracket", "waves: [{rate: 200/m\n",
		"sale.yaml:1:9: the YAML cannot be read: could not find flow mapping end token '}'",
		"",
	},
	{
		"an empty file", "# nothing yet\n",
		"sale.yaml: the file holds no scenario",
		"begin with target: and waves:",
	},
	{
		"a text", "hello\n",
		"sale.yaml:1:1: a scenario is a mapping of words to values, not a single value",
		"begin with target: and waves:",
	},
	{
		"a list", "- a\n",
		"sale.yaml:1:1: a scenario is a mapping of words to values, not a list",
		"begin with target: and waves:",
	},
	{
		"not UTF-8", "name: \xff\n",
		"sale.yaml: the file is not UTF-8 text",
		"",
	},
	{
		"too long", "#" + strings.Repeat("x", 1<<20),
		"sale.yaml: a scenario is at most 1 MiB",
		"prompts belong into a file of their own: prompts: FILE.jsonl",
	},
	{
		"too deep", "slo: " + strings.Repeat("[", 1000),
		"sale.yaml:1:70: more than 64 levels of nesting",
		"",
	},
	{
		"too many keys", "labels:\n" + strings.Repeat("  a: b\n", 20001),
		"sale.yaml:20001:4: more than 20000 keys",
		"a long curve belongs into a trace: trace: {file: FILE.csv}",
	},
}

func TestWrongFiles(t *testing.T) {
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range wrongFiles {
		t.Run(c.what, func(t *testing.T) {
			_, err := resolve(t, c.yaml)
			var e *scenario.Error
			if !errors.As(err, &e) {
				t.Fatalf("%q was accepted (error %v)", c.yaml, err)
			}
			clean := strings.NewReplacer(dir+string(filepath.Separator), "", "testdata"+string(filepath.Separator), "")
			if got := clean.Replace(e.Error()); got != c.want {
				t.Errorf("error:\n got %s\nwant %s", got, c.want)
			}
			if got := clean.Replace(e.Hint); got != c.hint {
				t.Errorf("hint:\n got %s\nwant %s", got, c.hint)
			}
			if strings.Contains(e.Error()+e.Hint, "123") {
				t.Error("the error shows a secret")
			}
		})
	}
}
