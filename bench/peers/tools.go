//go:build linux

package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A load is what a tool is asked to do.
type load struct {
	at       string        // HOST:PORT
	stream   bool          // answers come as token events
	tokens   int           // of an answer
	atOnce   int           // closed: so many requests in flight,
	requests int           // until so many are done;
	lasts    time.Duration // or, for a tool that goes by time, for so long. Open: its length
	rate     int           // open: requests a second
	long     bool          // with the long prompt
	stamped  bool          // it shall tell how far its TTFT is from the target's stamps
	dir      string        // a folder for its files
}

func (l load) url() string             { return "http://" + l.at + "/v1/chat/completions" }
func (l load) file(name string) string { return filepath.Join(l.dir, name) }
func (l load) seconds() string         { return strconv.FormatFloat(l.lasts.Seconds(), 'f', -1, 64) + "s" }
func (l load) prompt() string          { return prompts[l.long] }
func (l load) body() map[string]string { return map[string]string{l.file("body.json"): l.json()} }
func (l load) many(line string) string { return strings.Repeat(line+"\n", l.requests) }
func (l load) alone() bool             { return l.requests == 1 && l.rate == 0 }
func (l load) with(name, text string) map[string]string {
	files := l.body()
	files[l.file(name)] = text
	return files
}

// longPrompt is the size of the long prompt in bytes.
const longPrompt = 100_000

// prompts are what is asked, by whether it is long.
var prompts = map[bool]string{
	false: strings.Repeat("Write a product description for a phone whose battery lasts two days. ", 8),
	true:  strings.Repeat("phones ", longPrompt/7),
}

// json is the body of every request, for tools that make none by themselves.
func (l load) json() string {
	text, _ := json.Marshal(map[string]any{
		"model": "m", "stream": l.stream, "max_tokens": max(l.tokens, 1),
		"messages": []map[string]string{{"role": "user", "content": l.prompt()}},
	})
	return string(text)
}

// A tool is one column of the table.
type tool struct {
	name, version string
	get           getter                        // nil: it is this program or flashwave
	closed, open  func(exe string, l load) call // nil: it has no such load
	timed         bool                          // a closed load of it goes by time
	heavy         bool                          // it takes seconds to start, and is held against streams alone

	exe     string
	missing error         // why it could not be had
	start   time.Duration // CPU to start, ask once and end, as measured last; 0: not yet
}

//go:embed k6.js
var k6Script string

//go:embed k6ttft.js
var k6Stamped string

const wrkScript = `local f = io.open(os.getenv("BODY"))
wrk.method = "POST"
wrk.body = f:read("*a")
wrk.headers["Content-Type"] = "application/json"
`

// tools are all there are, flashwave first: the others are held against it.
func tools() []*tool {
	return []*tool{
		{name: "flashwave", version: "this tree", closed: flashwave(), open: flashwave()},
		{name: "flashwave std", version: "this tree", closed: flashwave("--transport", "std"), open: flashwave("--transport", "std")},
		{name: "floor", version: "this tree", closed: own("floor")},
		{name: "net/http", version: "this tree", closed: own("bare")},
		{name: "hey", version: "v0.1.5", get: goModule("github.com/rakyll/hey"), closed: hey},
		{name: "bombardier", version: "v1.2.6", get: goModule("github.com/codesenberg/bombardier"), closed: bombardier},
		{name: "vegeta", version: "v12.13.0", get: goModule("github.com/tsenart/vegeta/v12"), closed: vegeta, open: vegeta, timed: true},
		{name: "k6", version: "v1.8.1", get: goModule("go.k6.io/k6"), closed: k6, open: k6},
		{name: "oha", version: "1.16.0", get: crate("oha"), closed: oha},
		{name: "wrk", version: "4.1.0-3+b2", get: debian("wrk", "libluajit-5.1-2", "libluajit-5.1-common"), closed: wrk, timed: true},
		{name: "evalscope", version: "1.14.1", get: wheel("evalscope[perf]"), closed: evalscope, heavy: true},
		{name: "aiperf", version: "0.13.0", get: wheel("aiperf"), closed: aiperf, heavy: true},
		{name: "guidellm", version: "0.8.1", get: wheel("guidellm"), closed: guidellm, heavy: true},
		{name: "inference-perf", version: "0.7.0", get: wheel("inference-perf"), closed: inferencePerf, heavy: true},
	}
}

// ready finds the tool's program, or says why there is none.
func (t *tool) ready(ctx context.Context, cache, flashwave string) {
	switch {
	case t.get != nil:
		t.exe, t.missing = t.find(ctx, cache)
	case strings.HasPrefix(t.name, "flashwave"):
		t.exe = flashwave
	default:
		t.exe, t.missing = os.Executable()
	}
}

// flashwave is called as a user calls it.
func flashwave(more ...string) func(string, load) call {
	return func(exe string, l load) call {
		c := call{argv: []string{exe, "run", "--json", "--no-save", "--url", "http://" + l.at + "/v1", "--max-tokens", strconv.Itoa(max(l.tokens, 1))}}
		if l.rate > 0 {
			c.argv = append(c.argv, "--rate", fmt.Sprintf("%d/s", l.rate), "--for", l.seconds())
		} else {
			c.argv = append(c.argv, "-c", strconv.Itoa(l.atOnce), "-n", strconv.Itoa(l.requests))
		}
		if !l.stream {
			c.argv = append(c.argv, "--no-stream")
		}
		if l.long {
			line, _ := json.Marshal(map[string]string{"prompt": l.prompt()})
			c.files = map[string]string{l.file("prompts.jsonl"): string(line) + "\n"}
			c.argv = append(c.argv, "--prompts", l.file("prompts.jsonl"))
		}
		if l.stamped {
			c.argv = append(c.argv, "--out", "requests="+l.file("requests.jsonl"))
		}
		c.argv = append(c.argv, more...)
		return c
	}
}

// own is a client that this program is itself.
func own(role string) func(string, load) call {
	return func(exe string, l load) call {
		return call{
			argv:  []string{exe, role, "-at", l.at, "-at-once", strconv.Itoa(l.atOnce), "-requests", strconv.Itoa(l.requests), "-body", l.file("body.json")},
			env:   []string{"GODEBUG=asyncpreemptoff=1"}, // the floor's one thread has nobody to give way to
			files: l.body(),
		}
	}
}

func hey(exe string, l load) call {
	return call{
		argv:  []string{exe, "-n", strconv.Itoa(l.requests), "-c", strconv.Itoa(l.atOnce), "-t", "0", "-m", "POST", "-T", "application/json", "-D", l.file("body.json"), l.url()},
		files: l.body(),
	}
}

func bombardier(exe string, l load) call {
	return call{
		argv:  []string{exe, "-n", strconv.Itoa(l.requests), "-c", strconv.Itoa(l.atOnce), "-t", "120s", "-m", "POST", "-H", "Content-Type: application/json", "-f", l.file("body.json"), l.url()},
		files: l.body(),
	}
}

// vegeta keeps so many in flight with no rate and so many workers.
func vegeta(exe string, l load) call {
	c := call{
		argv:  []string{exe, "attack", "-timeout", "120s", "-output", l.file("hits")},
		stdin: "POST " + l.url() + "\nContent-Type: application/json\n@" + l.file("body.json") + "\n",
		files: l.body(),
	}
	switch {
	case l.rate > 0:
		c.argv = append(c.argv, "-duration", l.seconds(), "-rate", fmt.Sprintf("%d/1s", l.rate))
	case l.alone():
		c.argv = append(c.argv, "-duration", "1s", "-rate", "1/1s")
	default:
		c.argv = append(c.argv, "-duration", l.seconds(), "-rate", "0", "-max-workers", strconv.Itoa(l.atOnce))
	}
	return c
}

func k6(exe string, l load) call {
	c := call{
		argv:  []string{exe, "run", "--quiet", "--no-usage-report", l.file("k6.js")},
		env:   []string{"URL=" + l.url(), "BODY=" + l.file("body.json"), "VUS=" + strconv.Itoa(l.atOnce), "N=" + strconv.Itoa(l.requests)},
		files: l.with("k6.js", k6Script),
	}
	if l.rate > 0 {
		c.env = append(c.env, "RATE="+strconv.Itoa(l.rate), "FOR="+l.seconds())
	}
	if l.stamped {
		c.files[l.file("k6ttft.js")] = k6Stamped
		c.argv[len(c.argv)-1] = l.file("k6ttft.js")
	}
	return c
}

func oha(exe string, l load) call {
	return call{
		argv:  []string{exe, "--no-tui", "-n", strconv.Itoa(l.requests), "-c", strconv.Itoa(l.atOnce), "-m", "POST", "-T", "application/json", "-D", l.file("body.json"), l.url()},
		files: l.body(),
	}
}

func wrk(exe string, l load) call {
	libraries, _ := filepath.Glob(filepath.Join(filepath.Dir(exe), "..", "lib", "*-linux-gnu*"))
	return call{
		argv:  []string{exe, "-c", strconv.Itoa(l.atOnce), "-t", strconv.Itoa(min(l.atOnce, 2)), "-d", l.seconds(), "--timeout", "120s", "-s", l.file("wrk.lua"), l.url()},
		env:   []string{"BODY=" + l.file("body.json"), "LD_LIBRARY_PATH=" + strings.Join(libraries, ":")},
		files: l.with("wrk.lua", wrkScript),
	}
}

func evalscope(exe string, l load) call {
	return call{argv: []string{
		exe, "perf", "--url", l.url(), "--model", "m", "--api", "openai", "--stream", "--no-test-connection",
		"-n", strconv.Itoa(l.requests), "--parallel", strconv.Itoa(l.atOnce), "--max-tokens", strconv.Itoa(l.tokens),
		"--dataset", "openqa", "--prompt", l.prompt(), "--outputs-dir", l.file("evalscope"),
	}}
}

// tokenizer is the smallest that there can be, for clients that want one though the
// endpoint counts tokens.
func tokenizer(l load) (dir string, files map[string]string) {
	_ = os.MkdirAll(l.file("tokenizer"), 0o755)
	return l.file("tokenizer"), map[string]string{
		l.file("tokenizer/config.json"):           `{"model_type":"gpt2"}`,
		l.file("tokenizer/tokenizer_config.json"): `{"tokenizer_class":"PreTrainedTokenizerFast","unk_token":"?","eos_token":"?"}`,
		l.file("tokenizer/tokenizer.json"):        `{"version":"1.0","added_tokens":[{"id":0,"content":"?","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}],"pre_tokenizer":{"type":"Whitespace"},"model":{"type":"WordLevel","vocab":{"?":0,"a":1},"unk_token":"?"}}`,
	}
}

func aiperf(exe string, l load) call {
	dir, files := tokenizer(l)
	line, _ := json.Marshal(map[string]string{"text": l.prompt()})
	files[l.file("in.jsonl")] = string(line) + "\n"
	return call{files: files, argv: []string{
		exe, "profile", "--model", "m", "--url", "http://" + l.at, "--endpoint-type", "chat", "--streaming", "--ui", "none",
		"--concurrency", strconv.Itoa(l.atOnce), "--request-count", strconv.Itoa(l.requests),
		"--tokenizer", dir, "--use-server-token-count", "--input-file", l.file("in.jsonl"), "--custom-dataset-type", "single_turn",
		"--extra-inputs", fmt.Sprintf("max_tokens:%d", l.tokens), "--artifact-dir", l.file("aiperf"),
	}}
}

func guidellm(exe string, l load) call {
	line, _ := json.Marshal(map[string]any{"prompt": l.prompt(), "prompt_tokens_count": 64, "output_tokens_count": l.tokens})
	return call{files: map[string]string{l.file("in.jsonl"): l.many(string(line))}, argv: []string{
		exe, "run", "--backend", "kind=openai_http,target=http://" + l.at + ",model=m", "--disable-console",
		"--profile", fmt.Sprintf("kind=concurrent,streams=%d", l.atOnce), "--constraint", fmt.Sprintf("kind=max_requests,count=%d", l.requests),
		"--data", "kind=json_file,path=" + l.file("in.jsonl"), "--output", "kind=json,path=" + l.file("guidellm.json"),
	}}
}

func inferencePerf(exe string, l load) call {
	dir, files := tokenizer(l)
	config := map[string]any{
		"data":      map[string]any{"type": "mock"},
		"api":       map[string]any{"type": "chat", "streaming": true},
		"load":      map[string]any{"type": "concurrent", "num_workers": 1, "worker_max_concurrency": l.atOnce, "stages": []map[string]any{{"num_requests": l.requests, "concurrency_level": l.atOnce}}},
		"server":    map[string]any{"type": "vllm", "model_name": "m", "base_url": "http://" + l.at, "ignore_eos": true},
		"tokenizer": map[string]any{"pretrained_model_name_or_path": dir},
		"storage":   map[string]any{"local_storage": map[string]any{"path": l.file("inference-perf")}},
	}
	text, _ := json.Marshal(config) // which is YAML, too
	files[l.file("config.yml")] = string(text)
	return call{files: files, env: []string{"HF_HUB_OFFLINE=1"}, argv: []string{exe, "-c", l.file("config.yml")}}
}
