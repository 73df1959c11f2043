package cmd

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"flashwave/bench/files"
	"flashwave/bench/health"
	"flashwave/bench/price"
	"flashwave/bench/scenario"
)

// A setting is a flag that changes the scenario: it says what stands there then,
// so that errors about it do not point into the file.
type setting struct {
	flag  string
	paths []string
	apply func(sc *scenario.Scenario, value string) error
}

// scenarioFlags are the flags of run that the scenario file has words for.
type scenarioFlags struct {
	targets  []scenario.NamedTarget // that --url may name
	settings []setting
	waves    []string
	rate     string
	length   string
	open     int
	requests int
}

// define adds the flags to a command, and after them those of its output.
func (f *scenarioFlags) define(cmd *cobra.Command, output func(*pflag.FlagSet)) {
	cmd.Flags().SortFlags = false
	grouped(cmd,
		flagGroup{"target", f.target}, flagGroup{"load", f.load}, flagGroup{"workload", f.workload},
		flagGroup{"judgement", f.judgement}, flagGroup{"output", output})
}

func (f *scenarioFlags) target(fs *pflag.FlagSet) {
	f.value(fs, "url", "base URL of the endpoint, with /v1, or the name of a target of config.yaml (default mock:, the built-in endpoint)", "target.url",
		func(sc *scenario.Scenario, v string) error {
			sc.Aim(v, f.targets)
			return nil
		})
	f.text(fs, "api", "dialect: chat, completions, responses, messages, generate, embeddings, http with --body, or queue for tasks through Redis (default chat)", "target.api",
		func(sc *scenario.Scenario) *string { return &sc.Target.API })
	f.value(fs, "queue", "how tasks of --api queue lie in Redis: shop, list, stream or bullmq, and what differs, as shop,queue=jobs:{priority},payload=JSON; @FILE reads it (default shop)", "target.queue",
		func(sc *scenario.Scenario, v string) (err error) {
			sc.Target.Queue, err = textOrFile(v)
			sc.Target.Queue = strings.TrimSpace(sc.Target.Queue)
			return err
		})
	f.value(fs, "classes", "classes of the tasks of --api queue, the most urgent first, NAME=PRIORITIES:SHARE (default 'urgent=1-3:20%, normal=4-6:50%, bulk=7-10:30%')", "workloads",
		func(sc *scenario.Scenario, v string) error { return sc.SetClasses(v) })
	f.boolean(fs, "join", "enqueue to a queue that holds tasks of others (--api queue)", "target.join", func(sc *scenario.Scenario, v bool) { sc.Target.Join = v })
	f.boolean(fs, "keep", "leave the tasks that no worker took in the queue (--api queue)", "target.keep", func(sc *scenario.Scenario, v bool) { sc.Target.Keep = v })
	f.text(fs, "tap", "URL of a flashwave tap before the endpoint of the workers: exact instants, tokens and TTFT of tasks (--api queue)", "target.tap",
		func(sc *scenario.Scenario) *string { return &sc.Target.Tap })
	f.text(fs, "model", "model id (default: the only one the endpoint lists)", "target.model",
		func(sc *scenario.Scenario) *string { return &sc.Target.Model })
	f.value(fs, "body", "template of the JSON to post, over the workload's fields (--api http); @FILE reads it", "target.body",
		func(sc *scenario.Scenario, v string) (err error) {
			sc.Target.Body, err = textOrFile(v)
			return err
		})
	f.list(fs, "token", "events of --api http that are tokens, by name, type or path (delta.text), repeatable (default: all that say anything)", "target.token",
		func(sc *scenario.Scenario) *[]string { return &sc.Target.Token })
	f.text(fs, "usage", "path of the usage in answers of --api http, such as meta.usage", "target.usage",
		func(sc *scenario.Scenario) *string { return &sc.Target.Usage })
	f.list(fs, "end", "events that a stream of --api http ends with, by name, type or path (done), repeatable: without one it was cut", "target.end",
		func(sc *scenario.Scenario) *[]string { return &sc.Target.End })
	f.list(fs, "fail-if", "an answer of --api http is an error where this holds, repeatable: 'success == false', 'code >= 400'", "target.fail_if",
		func(sc *scenario.Scenario) *[]string { return &sc.Target.FailIf })
	f.text(fs, "key-env", "environment variable that holds the API key (default FLASHWAVE_API_KEY)", "target.key_env",
		func(sc *scenario.Scenario) *string { return &sc.Target.KeyEnv })
	f.text(fs, "key-file", "file that holds the API key", "target.key_file",
		func(sc *scenario.Scenario) *string { return &sc.Target.KeyFile })
	f.text(fs, "auth", "how the key is sent: bearer, api-key, x-api-key, basic or none (default: as the API and the host want it)", "target.auth",
		func(sc *scenario.Scenario) *string { return &sc.Target.Auth })
	f.list(fs, "header", "header to send, 'Name: value', repeatable, never stored; ${NAME} in it is an environment variable", "target.headers",
		func(sc *scenario.Scenario) *[]string { return &sc.Target.Headers })
	f.text(fs, "server-metrics", "during a run ask the server each second for its own metrics, at the URL of its page for Prometheus, such as http://127.0.0.1:8000/metrics; no key is sent there", "target.server_metrics",
		func(sc *scenario.Scenario) *string { return &sc.Target.ServerMetrics })
	f.list(fs, "server-metric", "name of a metric to read there beside the known ones of vLLM, SGLang, TGI, llama.cpp and TensorRT-LLM, repeatable", "target.server_metric",
		func(sc *scenario.Scenario) *[]string { return &sc.Target.ServerMetric })
	f.duration(fs, "timeout", "limit for one request (default 2m)", "target.timeout",
		func(sc *scenario.Scenario) *scenario.Duration { return &sc.Target.Timeout })
	f.duration(fs, "idle-timeout", "limit between two tokens, and for the first (default 1m)", "target.idle_timeout",
		func(sc *scenario.Scenario) *scenario.Duration { return &sc.Target.IdleTimeout })
	f.number(fs, "connections", "size of the connection pool (default: as many as requests in flight)", "target.connections",
		func(sc *scenario.Scenario) *int { return &sc.Target.Connections })
	f.number(fs, "retries", "repeat after 429 and broken connections, up to so often (default 0)", "target.retries",
		func(sc *scenario.Scenario) *int { return &sc.Target.Retries })
	f.text(fs, "max-tokens-key", "key of --max-tokens in a chat (default: max_tokens, or max_completion_tokens for models that want it)", "target.max_tokens_key",
		func(sc *scenario.Scenario) *string { return &sc.Target.MaxTokensKey })
	f.boolean(fs, "no-usage", "do not ask for the usage of a stream (stream_options)", "target.no_usage", func(sc *scenario.Scenario, v bool) { sc.Target.NoUsage = v })
	f.value(fs, "max-event", "most bytes of one event or document (default 4MiB)", "target.max_event",
		func(sc *scenario.Scenario, v string) (err error) {
			sc.Target.MaxEvent, err = scenario.ParseSize(v)
			return err
		})
	f.boolean(fs, "http2", "use HTTP/2", "target.http2", func(sc *scenario.Scenario, v bool) { sc.Target.HTTP2 = v })
	f.boolean(fs, "insecure", "accept any certificate", "target.insecure", func(sc *scenario.Scenario, v bool) { sc.Target.Insecure = v })
	f.text(fs, "transport", "what carries requests over HTTP/1.1: own, or std for net/http (HTTP/2 and proxies go by that anyway)", "target.transport",
		func(sc *scenario.Scenario) *string { return &sc.Target.Transport })
	_ = fs.MarkHidden("transport") // it is there; for comparing the two
	for _, name := range []string{"ca", "client-cert", "client-key", "proxy", "connect-to"} {
		f.text(fs, name, map[string]string{
			"ca":          "certificate authority to trust, a PEM file",
			"client-cert": "certificate of the client, a PEM file", "client-key": "private key of that certificate, a PEM file",
			"proxy": "proxy to go through, a URL (the environment's are ignored)", "connect-to": "connect to this host:port instead of the URL's",
		}[name], "target."+strings.ReplaceAll(name, "-", "_"), func(sc *scenario.Scenario) *string {
			t := &sc.Target
			return map[string]*string{"ca": &t.CA, "client-cert": &t.ClientCert, "client-key": &t.ClientKey, "proxy": &t.Proxy, "connect-to": &t.ConnectTo}[name]
		})
	}
}

func (f *scenarioFlags) load(fs *pflag.FlagSet) {
	fs.IntVarP(&f.open, "concurrency", "c", 0, "keep so many requests in flight (a closed wave)")
	fs.IntVarP(&f.requests, "requests", "n", 0, "end after so many requests")
	fs.StringVar(&f.rate, "rate", "", "send at this rate, such as 200/m or 3.3/s, whatever the endpoint does (an open wave)")
	fs.StringVar(&f.length, "for", "", "end after this time, such as 60s")
	f.wavesOf(fs)
	f.duration(fs, "warmup", "load before the first wave, in no metric", "warmup", func(sc *scenario.Scenario) *scenario.Duration { return &sc.Warmup })
	f.duration(fs, "grace", "how long the end waits for open requests (default: the timeout)", "grace",
		func(sc *scenario.Scenario) *scenario.Duration { return &sc.Grace })
	f.arriving(fs)
}

func (f *scenarioFlags) wavesOf(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.waves, "wave", nil, "add a wave, [lane/]name:LOAD:LENGTH, repeatable; LOAD is 200/m, 200/m..12000/m or c50; LENGTH 90s or 1000x; name:trace=FILE[@SPEED[xSCALE]][#FROM..TO] replays a trace")
}

func (f *scenarioFlags) arriving(fs *pflag.FlagSet) {
	f.text(fs, "arrivals", "gaps between arrivals: constant, poisson or gamma:K", "arrivals", func(sc *scenario.Scenario) *string { return &sc.Arrivals })
	f.number(fs, "max-in-flight", "most requests open at once (default 10000, or what the open-files limit allows)", "max_in_flight",
		func(sc *scenario.Scenario) *int { return &sc.MaxInFlight })
	f.text(fs, "overflow", "what arrivals beyond that do: queue or drop", "overflow", func(sc *scenario.Scenario) *string { return &sc.Overflow })
	f.value(fs, "seed", "seed of arrivals and prompts (default 1)", "seed", func(sc *scenario.Scenario, v string) error {
		_, err := fmt.Sscanf(v, "%d", &sc.Seed)
		if err != nil || fmt.Sprint(sc.Seed) != v {
			return fmt.Errorf("%q is not a whole number", v)
		}
		return nil
	})
}

func (f *scenarioFlags) workload(fs *pflag.FlagSet) {
	f.value(fs, "prompt", "one text for every request", "workload.prompt", each(func(w *scenario.Workload, v string) error {
		w.Prompt, w.Prompts = v, ""
		return nil
	}))
	f.value(fs, "prompts", "prompts from a file (JSONL, ShareGPT, OpenAI's batches), builtin:NAME or synthetic:TOKENS, also synthetic:in=2000±500,out=300±100,prefix=1500x20 (default builtin:product-copy-vi)", "workload.prompts",
		each(func(w *scenario.Workload, v string) error {
			w.Prompts, w.Prompt = v, ""
			return nil
		}))
	f.value(fs, "system", "system prompt", "workload.system", each(func(w *scenario.Workload, v string) error {
		w.System = v
		return nil
	}))
	f.value(fs, "max-tokens", "most tokens of an answer (default 300)", "workload.max_tokens", each(func(w *scenario.Workload, v string) error {
		return parseInt(v, &w.MaxTokens)
	}))
	f.value(fs, "temperature", "sampling temperature", "workload.temperature", each(func(w *scenario.Workload, v string) error {
		var t float64
		if err := json.Unmarshal([]byte(v), &t); err != nil {
			return fmt.Errorf("%q is not a number", v)
		}
		w.Temperature = &t
		return nil
	}))
	f.boolean(fs, "no-stream", "ask for the answer in one piece", "workload.stream", func(sc *scenario.Scenario, v bool) {
		for _, w := range sc.Workloads() {
			w.Stream = !v
		}
	})
	f.value(fs, "extra-body", "object, in JSON, whose keys are added to each request", "workload.extra_body", each(func(w *scenario.Workload, v string) error {
		w.ExtraBody = json.RawMessage(v)
		return nil
	}))
	f.value(fs, "turns", "make conversations of so many turns, each with the answers before it; all: as many as the file's have", "workload.turns",
		each(func(w *scenario.Workload, v string) (err error) {
			w.Turns, err = scenario.ParseTurns(v)
			return err
		}))
	f.value(fs, "think", "time between an answer and the next turn: 2s; exp:2s for a random one of that mean; trace for that of a trace's sessions", "workload.think", each(func(w *scenario.Workload, v string) error {
		w.Think = v
		return nil
	}))
	f.boolean(fs, "skip-bad-lines", "leave out and count the lines of a file that cannot be used", "workload.skip_bad_lines", func(sc *scenario.Scenario, v bool) {
		for _, w := range sc.Workloads() {
			w.SkipBadLines = v
		}
	})
}

func (f *scenarioFlags) judgement(fs *pflag.FlagSet) {
	f.list(fs, "slo", "assertion that must hold, repeatable: 'ttft.p95 < 800ms', 'error_rate < 1% in rush', 'e2e.p99 < 9s in turn 2'", "slo",
		func(sc *scenario.Scenario) *[]string { return &sc.SLO })
	f.list(fs, "abort-on", "stop when this holds over the last 10 s, repeatable", "abort_on",
		func(sc *scenario.Scenario) *[]string { return &sc.AbortOn })
	f.value(fs, "budget", "most money to spend, in USD: the run stops before it is exceeded", "budget", func(sc *scenario.Scenario, v string) (err error) {
		if sc.Budget, err = scenario.ParseMoney(v); err == nil && sc.Budget <= 0 {
			err = fmt.Errorf("a budget is more than $0")
		}
		return err
	})
	f.pricing(fs)
	f.duration(fs, "max-lag", "generator lateness beyond which a run says nothing (default 20ms)", "max_lag",
		func(sc *scenario.Scenario) *scenario.Duration { return &sc.MaxLag })
}

func (f *scenarioFlags) pricing(fs *pflag.FlagSet) {
	f.value(fs, "price", "price of the model in USD per million tokens, IN,OUT or IN,CACHED,OUT or IN,CACHED,WRITTEN,OUT", "price", func(sc *scenario.Scenario, v string) error {
		p, err := price.ParsePair(v)
		sc.Price = &scenario.Price{Input: p.Input, Output: p.Output, Cached: p.Cached, CacheWritten: p.CacheWritten}
		return err
	})
	f.text(fs, "prices", "price book: YAML, or LiteLLM's JSON", "prices", func(sc *scenario.Scenario) *string { return &sc.Prices })
}

// scenario is the file, if one was named, with the flags over it, resolved.
func (f *scenarioFlags) scenario(fs *pflag.FlagSet, file string) (*scenario.Scenario, error) {
	sc := scenario.Default()
	if file != "" {
		var err error
		if sc, err = scenario.Load(file); err != nil {
			return nil, invalid(err)
		}
	}
	return sc, f.over(fs, sc)
}

// over lays the flags over a scenario, and resolves it.
func (f *scenarioFlags) over(fs *pflag.FlagSet, sc *scenario.Scenario) error {
	if fs.Changed("prompt") && fs.Changed("prompts") {
		return usage(fmt.Errorf("--prompt and --prompts exclude each other"), "--prompt is one text for every request, --prompts are many: keep one")
	}
	for _, s := range f.settings {
		if err := s.set(fs, sc); err != nil {
			return err
		}
	}
	if err := f.setLoad(fs, sc); err != nil {
		return err
	}
	var machine scenario.Machine
	if limit := health.OpenFilesLimit(); limit != nil {
		machine.OpenFiles = *limit
	}
	if err := sc.Resolve(machine); err != nil {
		return invalid(err)
	}
	return nil
}

// set applies a flag, if it was given, to the scenario.
func (s setting) set(fs *pflag.FlagSet, sc *scenario.Scenario) error {
	flag := fs.Lookup(s.flag)
	if !flag.Changed {
		return nil
	}
	values := []string{flag.Value.String()}
	if list, ok := flag.Value.(pflag.SliceValue); ok {
		values = list.GetSlice()
		switch s.flag { // what the file says is replaced, not added to
		case "slo":
			sc.SLO = nil
		case "abort-on":
			sc.AbortOn = nil
		case "token":
			sc.Target.Token = nil
		case "end":
			sc.Target.End = nil
		case "fail-if":
			sc.Target.FailIf = nil
		}
	}
	for _, v := range values {
		if err := s.apply(sc, v); err != nil {
			return usage(fmt.Errorf("--%s %s: %w", s.flag, v, err), hintOf(err))
		}
	}
	sc.Replaced(s.paths...)
	return nil
}

// setLoad replaces the file's waves by those of the flags.
func (f *scenarioFlags) setLoad(fs *pflag.FlagSet, sc *scenario.Scenario) error {
	// A command without --rate gives --for another meaning.
	simple := fs.Lookup("rate") != nil &&
		(fs.Changed("concurrency") || fs.Changed("requests") || fs.Changed("rate") || fs.Changed("for"))
	switch {
	case simple && len(f.waves) > 0:
		return usage(fmt.Errorf("--wave says load and length itself: it does not go with -c, -n, --rate or --for"), "")
	case simple:
		w, err := f.simpleWave(fs, sc.UsualInFlight())
		if err != nil {
			return err
		}
		sc.Lanes = nil
		sc.AddWave("", w)
	case len(f.waves) > 0:
		sc.Lanes = nil
		for _, spec := range f.waves {
			lane, w, err := scenario.ParseWave(spec)
			if err != nil {
				return usage(fmt.Errorf("--wave %s: %w", spec, err), hintOf(err))
			}
			sc.AddWave(lane, w)
		}
	}
	return nil
}

// simpleWave is the one wave that -c, -n, --rate and --for describe; without a load it
// keeps as many in flight as is usual.
func (f *scenarioFlags) simpleWave(fs *pflag.FlagSet, usual int) (w scenario.Wave, err error) {
	w.Name = "load"
	switch {
	case fs.Changed("rate") && fs.Changed("concurrency"):
		return w, usage(fmt.Errorf("--rate and -c exclude each other"), "--rate sends on a schedule, -c keeps a number in flight; use --wave for both, one after the other")
	case fs.Changed("rate"):
		rate, err := scenario.ParseRate(f.rate)
		if err != nil {
			return w, usage(fmt.Errorf("--rate %s: %w", f.rate, err), hintOf(err))
		}
		w.Rate = &scenario.Rate{From: rate, To: rate}
	case fs.Changed("concurrency") && f.open <= 0:
		return w, usage(fmt.Errorf("-c %d: at least one request must be in flight", f.open), "")
	case fs.Changed("concurrency"):
		w.Concurrency = f.open
	default:
		w.Concurrency = usual
	}
	if fs.Changed("for") {
		if w.For, err = scenario.ParseDuration(f.length); err != nil {
			return w, usage(fmt.Errorf("--for %s: %w", f.length, err), hintOf(err))
		}
	}
	switch {
	case fs.Changed("requests") && f.requests <= 0:
		return w, usage(fmt.Errorf("-n %d: a run has at least one request", f.requests), "")
	case fs.Changed("requests") && fs.Changed("for"):
		return w, usage(fmt.Errorf("-n and --for exclude each other: both say when the load ends"), "")
	case fs.Changed("requests"):
		w.Requests = f.requests
		if w.Closed() {
			w.Concurrency = f.bounded(fs, w.Concurrency)
		}
	case !fs.Changed("for") && w.Rate != nil:
		return w, usage(fmt.Errorf("--rate %s has no end", f.rate), "add --for 60s or -n 1000")
	case !fs.Changed("for"):
		w.Requests = 1000
	}
	return w, nil
}

// bounded keeps the default concurrency from being more than there are requests.
func (f *scenarioFlags) bounded(fs *pflag.FlagSet, concurrency int) int {
	if fs.Changed("concurrency") {
		return concurrency
	}
	return min(concurrency, f.requests)
}

func (f *scenarioFlags) value(fs *pflag.FlagSet, name, help, path string, apply func(*scenario.Scenario, string) error) {
	fs.String(name, "", help)
	f.settings = append(f.settings, setting{flag: name, paths: []string{path}, apply: apply})
}

func (f *scenarioFlags) list(fs *pflag.FlagSet, name, help, path string, of func(*scenario.Scenario) *[]string) {
	fs.StringArray(name, nil, help)
	f.settings = append(f.settings, setting{flag: name, paths: []string{path}, apply: func(sc *scenario.Scenario, v string) error {
		*of(sc) = append(*of(sc), v)
		return nil
	}})
}

func (f *scenarioFlags) text(fs *pflag.FlagSet, name, help, path string, of func(*scenario.Scenario) *string) {
	f.value(fs, name, help, path, func(sc *scenario.Scenario, v string) error {
		*of(sc) = v
		return nil
	})
}

func (f *scenarioFlags) duration(fs *pflag.FlagSet, name, help, path string, of func(*scenario.Scenario) *scenario.Duration) {
	f.value(fs, name, help, path, func(sc *scenario.Scenario, v string) error {
		d, err := scenario.ParseDuration(v)
		*of(sc) = d
		return err
	})
}

func (f *scenarioFlags) number(fs *pflag.FlagSet, name, help, path string, of func(*scenario.Scenario) *int) {
	f.value(fs, name, help, path, func(sc *scenario.Scenario, v string) error { return parseInt(v, of(sc)) })
}

func (f *scenarioFlags) boolean(fs *pflag.FlagSet, name, help, path string, set func(*scenario.Scenario, bool)) {
	fs.Bool(name, false, help)
	f.settings = append(f.settings, setting{flag: name, paths: []string{path}, apply: func(sc *scenario.Scenario, v string) error {
		set(sc, v == "true")
		return nil
	}})
}

// each changes the scenario's workload and those of its lanes alike.
func each(set func(*scenario.Workload, string) error) func(*scenario.Scenario, string) error {
	return func(sc *scenario.Scenario, v string) error {
		for _, w := range sc.Workloads() {
			if err := set(w, v); err != nil {
				return err
			}
		}
		return nil
	}
}

func parseInt(s string, n *int) error {
	var v int
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		return fmt.Errorf("%q is not a whole number", s)
	}
	*n = v
	return nil
}

// maxTemplate is far more than any body has, in bytes.
const maxTemplate = 16 << 20

// textOrFile is v, or what is in the file if v is @FILE.
func textOrFile(v string) (string, error) {
	name, ok := strings.CutPrefix(v, "@")
	if !ok {
		return v, nil
	}
	b, err := files.Read(name, maxTemplate)
	return string(b), err
}
