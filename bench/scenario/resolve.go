package scenario

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"flashwave/client/api"
)

// The figures of [Default] and [Scenario.Resolve].
const (
	defaultPrompts  = "builtin:product-copy-vi"
	mostInFlight    = 10000
	filesForSlots   = 0.8
	benchRequests   = 1000
	benchInFlight   = 50
	maxRetries      = 100
	maxTemperature  = 2
	overflowQueue   = "queue"
	overflowDrop    = "drop"
	apiChat         = string(api.Chat)
	apiEmbeddings   = string(api.Embeddings)
	apiHTTP         = string(api.HTTP)
	defaultArrivals = "constant"
)

// MockURL is the target that means the built-in endpoint.
const MockURL = "mock:"

// Default holds every default that depends neither on the machine nor on other
// values: the built-in endpoint, Vietnamese product copy, 300 tokens, streaming.
// It has no waves yet: see [Scenario.Resolve].
func Default() *Scenario {
	return &Scenario{
		Target: Target{
			URL:         MockURL,
			API:         apiChat,
			Timeout:     Duration(120 * time.Second),
			IdleTimeout: Duration(60 * time.Second),
		},
		Workload: Workload{Prompts: defaultPrompts, MaxTokens: 300, Stream: true},
		Arrivals: defaultArrivals,
		Overflow: overflowQueue,
		Seed:     1,
		MaxLag:   Duration(20 * time.Millisecond),
	}
}

// A Machine is what a scenario must know of the computer that runs it.
type Machine struct {
	OpenFiles int64 // the limit of open files; 0: unknown
}

// Resolve fills in what depends on other values and checks everything, whether it
// came from a file or from flags, so that nothing is sent before all of it is
// valid. It opens the files that the scenario names, and no network.
//
//   - no waves: one closed wave "benchmark", 1000 requests, 50 in flight or as many as may be
//   - waves without a name: wave1, wave2 … by their place in the lane
//   - max_in_flight: 10000, or 80 % of the open-files limit if that is less
//   - grace: the timeout
//   - embeddings: no stream and no limit of tokens, for there are none
//   - paths become absolute, header names follow the headers
//
// The model is left to the caller, who can ask the endpoint. Every error is an
// *[Error]. A second Resolve changes nothing; after a change it checks again.
func (s *Scenario) Resolve(limit Machine) error {
	s.fill(limit)
	checks := []func() error{s.checkTarget, s.checkRun, s.checkFiles, s.checkWorkloads, s.checkLanes, s.checkAssertions}
	for _, check := range checks {
		if err := check(); err != nil {
			return s.located(err)
		}
	}
	return nil
}

func (s *Scenario) fill(limit Machine) {
	if s.Workload.Prompt != "" && s.Workload.Prompts == defaultPrompts {
		s.Workload.Prompts = ""
	}
	for _, l := range s.Lanes {
		for i := range l.Waves {
			if l.Waves[i].Name == "" {
				l.Waves[i].Name = fmt.Sprintf("wave%d", i+1)
			}
		}
	}
	if s.Target.API == QueueAPI {
		s.fillQueue()
	}
	if s.MaxInFlight == 0 {
		s.MaxInFlight = mostInFlight
		if limit.OpenFiles > 0 {
			s.MaxInFlight = max(1, int(min(mostInFlight, filesForSlots*float64(limit.OpenFiles))))
		}
	}
	if s.waves() == 0 {
		s.Lanes = nil
		s.AddWave("", Wave{Name: "benchmark", Concurrency: s.UsualInFlight(), Requests: benchRequests})
	}
	if s.Grace == 0 {
		s.Grace = s.Target.Timeout
	}
	for _, w := range s.Workloads() {
		if w.thinksAsRecorded() && w.Turns < 2 {
			w.Turns = maxTurns
		}
	}
	if s.Target.API == apiEmbeddings {
		for _, w := range s.Workloads() {
			w.Stream, w.MaxTokens = false, 0
		}
	}
	if s.Name == "" {
		s.Name = s.ownName()
	}
	for _, header := range s.Target.Headers {
		name := headerName(header)
		known := slices.ContainsFunc(s.Target.HeaderNames, func(n string) bool { return strings.EqualFold(n, name) })
		if name != "" && !known {
			s.Target.HeaderNames = append(s.Target.HeaderNames, name)
		}
	}
}

// waves counts the waves of all lanes.
func (s *Scenario) waves() int {
	n := 0
	for _, l := range s.Lanes {
		n += len(l.Waves)
	}
	return n
}

// ownName is the name of a scenario that gives none: its file's, or those of its
// waves.
func (s *Scenario) ownName() string {
	if s.origin != nil && s.origin.file != "" {
		base := filepath.Base(s.origin.file)
		if name := strings.TrimSuffix(base, filepath.Ext(base)); name != "" {
			return name
		}
	}
	var names []string
	for _, l := range s.Lanes {
		for _, w := range l.Waves {
			names = append(names, w.Name)
		}
	}
	const most = 4
	if len(names) > most {
		names = append(names[:most-1:most-1], names[len(names)-1])
	}
	return strings.Join(names, "-")
}

// within reports whether v is a number from least to most.
func within(v, least, most float64) bool { return v >= least && v <= most && !math.IsNaN(v) }
