// Package scenario holds the plan of a run: a target, a workload, waves of
// load, and how the run is judged. It reads it from YAML, strictly, and
// validates what came from a file and what came from flags in the same way.
package scenario

import (
	"encoding/json"

	"flashwave/bench/prompt"
	"flashwave/client/api"
)

// A Scenario is everything a run needs. Its JSON form is what a result document
// carries: resolved, and without secrets (there are none in it: a key is named,
// never held). It is not safe for concurrent use while it is changed.
//
// The zero value is no good start: take [Default], [Load] or [Parse], overlay it,
// then call [Scenario.Resolve] once.
type Scenario struct {
	Name     string            `json:"name"`
	Labels   map[string]string `json:"labels,omitempty"`
	Target   Target            `json:"target"`
	Workload Workload          `json:"workload"`            // of the lanes that have none of their own
	Mix      []Share           `json:"workloads,omitempty"` // in its place: which share of the requests asks what
	Lanes    []Lane            `json:"lanes"`               // at least one after Resolve

	Arrivals    string   `json:"arrivals"`      // constant, poisson, gamma:K
	MaxInFlight int      `json:"max_in_flight"` // most requests open at once; 0 before Resolve: what the machine allows
	Overflow    string   `json:"overflow"`      // queue or drop
	Warmup      Duration `json:"warmup"`        // load before the first wave, at its starting rate
	Grace       Duration `json:"grace"`         // how long the end waits for open requests; 0 before Resolve: the timeout
	Seed        uint64   `json:"seed"`

	SLO     []string `json:"slo,omitempty"`      // the user's own expressions
	AbortOn []string `json:"abort_on,omitempty"` // over the last 10 s
	Budget  float64  `json:"budget,omitempty"`   // USD; 0: none
	Price   *Price   `json:"price,omitempty"`    // --price
	Prices  string   `json:"prices,omitempty"`   // --prices FILE
	MaxLag  Duration `json:"max_lag"`            // beyond it the generator itself is the bottleneck

	origin *origin         // where the words stood; nil: not from a file
	opened *prompt.Library // the prompts that Resolve opened
}

// PromptsOf opens the prompts of a lane. Those that [Scenario.Resolve] has opened are
// shared by all who ask for them.
func (s *Scenario) PromptsOf(lane int) (prompt.Source, error) {
	l := s.Lanes[lane]
	if s.mixes(l) {
		return s.mixed()
	}
	w := s.WorkloadOf(l)
	if file, ok := recordedIn(w); ok {
		return s.replayed(lane, file, w)
	}
	return s.Prompts(w)
}

// Prompts opens the prompts of a workload by itself.
func (s *Scenario) Prompts(w Workload) (prompt.Source, error) {
	s.shelf()
	if file, ok := recordedIn(w); ok {
		recorded, err := s.opened.Trace(file, w.SkipBadLines, w.thinksAsRecorded())
		if err != nil {
			return nil, err
		}
		return w.replaying(prompt.NewReplay(file, recorded, nil, w.System, s.Seed)), nil
	}
	source, err := s.opened.Open(prompt.Workload{
		Prompts: w.Prompts, Prompt: w.Prompt, System: w.System, Seed: s.Seed, SkipBad: w.SkipBadLines,
		Template: s.Target.API == apiHTTP, API: api.API(s.Target.API), Turns: max(1, w.Turns),
	})
	if err != nil || w.Turns < 2 {
		return source, err
	}
	return prompt.NewSessions(source, w.Turns), nil
}

func (s *Scenario) shelf() {
	if s.opened == nil {
		s.opened = &prompt.Library{}
	}
}

// A Target is one completions endpoint.
type Target struct {
	URL         string   `json:"url"` // base URL with /v1, or that of a call; "mock:" is the built-in endpoint
	API         string   `json:"api"` // chat, completions, responses, messages, generate, embeddings, http, queue
	Model       string   `json:"model"`
	Body        string   `json:"body,omitempty"`    // template, api http only
	Token       []string `json:"token,omitempty"`   // events that are tokens, by name, type or path; api http only
	Usage       string   `json:"usage,omitempty"`   // path of the usage, api http only
	End         []string `json:"end,omitempty"`     // events that a stream ends with, by name, type or path; api http only
	FailIf      []string `json:"fail_if,omitempty"` // expressions that make an answer an error, api http only
	Auth        string   `json:"auth,omitempty"`    // bearer, api-key, x-api-key, basic, none; "": as the API and the host want it
	KeyEnv      string   `json:"key_env,omitempty"`
	KeyFile     string   `json:"key_file,omitempty"`
	HeaderNames []string `json:"header_names,omitempty"` // names only; values are never stored
	Headers     []string `json:"-"`                      // "K: V"

	MaxTokensKey string `json:"max_tokens_key,omitempty"` // of a chat; "": as the model wants it
	NoUsage      bool   `json:"no_usage,omitempty"`       // do not ask for the usage of a stream
	MaxEvent     Size   `json:"max_event,omitempty"`      // most bytes of an event; 0: the client's own limit

	ServerMetrics string   `json:"server_metrics,omitempty"` // URL of the server's own metrics; "": it is not asked
	ServerMetric  []string `json:"server_metric,omitempty"`  // those to read beside the known ones, by name

	Timeout     Duration `json:"timeout"`
	IdleTimeout Duration `json:"idle_timeout"`
	Connections int      `json:"connections,omitempty"` // 0: as many as slots
	HTTP2       bool     `json:"http2,omitempty"`
	CA          string   `json:"ca,omitempty"`
	ClientCert  string   `json:"client_cert,omitempty"`
	ClientKey   string   `json:"client_key,omitempty"` // a path
	Insecure    bool     `json:"insecure,omitempty"`
	Proxy       string   `json:"proxy,omitempty"`
	ConnectTo   string   `json:"connect_to,omitempty"`
	Transport   string   `json:"transport,omitempty"` // own, std; "": own
	Retries     int      `json:"retries"`

	Queue string `json:"queue,omitempty"` // how tasks lie in Redis, api queue only; "": the shop's
	Join  bool   `json:"join,omitempty"`  // the queue may hold tasks of others
	Keep  bool   `json:"keep,omitempty"`  // leave what was enqueued
	Tap   string `json:"tap,omitempty"`   // URL of a flashwave tap before the workers' endpoint; "": none is listened to
}

// BuiltIn reports whether it is the built-in endpoint, which every run has anew.
func (t Target) BuiltIn() bool { return t.URL == MockURL }

// A Workload is what is asked.
type Workload struct {
	Prompt      string          `json:"prompt,omitempty"`  // one text for every request; takes the place of the default prompts
	Prompts     string          `json:"prompts,omitempty"` // FILE, builtin:NAME, synthetic:N, trace:FILE
	System      string          `json:"system,omitempty"`
	MaxTokens   int             `json:"max_tokens"`
	Temperature *float64        `json:"temperature,omitempty"`
	Stream      bool            `json:"stream"`
	ExtraBody   json.RawMessage `json:"extra_body,omitempty"`

	Turns int    `json:"turns,omitempty"` // questions of a conversation, at most; 0: requests by themselves
	Think string `json:"think,omitempty"` // between an answer and the next question: 2s, exp:2s; trace: as it was recorded

	SkipBadLines bool `json:"skip_bad_lines,omitempty"` // of the file of prompts: they are left out and counted
}

// A Lane is a row of waves that follow one another. Lanes run side by side on
// one clock.
type Lane struct {
	Name     string    `json:"name,omitempty"` // "" when the scenario names no lane
	Workload *Workload `json:"workload,omitempty"`
	Arrivals string    `json:"arrivals,omitempty"`
	Waves    []Wave    `json:"waves"`
}

// A Wave is one phase of load. Exactly one of Rate, Trace and Concurrency is
// set, and exactly one of For and Requests (a trace has its own length).
type Wave struct {
	Name        string   `json:"name"`
	Rate        *Rate    `json:"rate,omitempty"`        // open
	Trace       *Trace   `json:"trace,omitempty"`       // open
	Concurrency int      `json:"concurrency,omitempty"` // closed
	For         Duration `json:"for,omitempty"`
	Requests    int      `json:"requests,omitempty"`
}

// A Trace is recorded load, see package trace: a curve of requests a minute, or the
// instants and lengths of requests.
type Trace struct {
	File  string   `json:"file"`
	Speed float64  `json:"speed"`          // 10: ten times as fast
	Scale float64  `json:"scale"`          // 0.1: a tenth of the requests
	From  Duration `json:"from,omitempty"` // where in the trace it begins
	To    Duration `json:"to,omitempty"`   // and ends; 0: at its end

	load *loaded // as Resolve read it
}

// A Price is USD per million tokens.
type Price struct {
	Input        float64 `json:"input"`
	Output       float64 `json:"output"`
	Cached       float64 `json:"cached,omitempty"`        // 0: as input
	CacheWritten float64 `json:"cache_written,omitempty"` // 0: as input, with api messages 1.25 times that
}
