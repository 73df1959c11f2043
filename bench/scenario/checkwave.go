package scenario

import (
	"fmt"
	"math"

	"flashwave/bench/arrival"
	"flashwave/bench/prompt"
)

// checkLanes checks each lane, its waves, and the curves they make.
func (s *Scenario) checkLanes() error {
	names := map[string]bool{}
	for i, l := range s.Lanes {
		path := fmt.Sprintf("lanes[%d]", i)
		if l.Name != "" {
			if err := checkName(wavePath(i, 0)+".lane", "lane", l.Name); err != nil {
				return err
			}
		}
		switch {
		case names[l.Name]:
			return wrong(path, "put its waves into one lane", "lane %q stands twice", l.Name)
		case len(l.Waves) == 0:
			return wrong(path, "give it a wave, or leave the lane out", "lane %q has no waves", l.Name)
		}
		names[l.Name] = true
		process, err := arrival.ParseProcess(s.arrivalsOf(l))
		if err != nil {
			return about(path+".arrivals", "arrivals", err)
		}
		if err := s.checkWaves(i, process); err != nil {
			return err
		}
	}
	return nil
}

// arrivalsOf is the lane's own law of arrivals, or else the scenario's.
func (s *Scenario) arrivalsOf(l Lane) string {
	if l.Arrivals != "" {
		return l.Arrivals
	}
	return s.Arrivals
}

func (s *Scenario) checkWaves(lane int, process arrival.Process) error {
	l := s.Lanes[lane]
	names := map[string]bool{}
	for j, w := range l.Waves {
		path := wavePath(lane, j)
		if err := checkName(path+".name", "wave", w.Name); err != nil {
			return err
		}
		if names[w.Name] {
			return wrong(path+".name", "names tell waves apart in SLOs and reports", "two waves of one lane are called %q", w.Name)
		}
		names[w.Name] = true
		if err := s.checkWave(path, l, w); err != nil {
			return err
		}
	}
	for j := 0; j < len(l.Waves); j++ {
		if l.Waves[j].Closed() {
			continue
		}
		segments, next, err := l.Segments("", j)
		if err == nil {
			err = arrival.Plan{Segments: segments, Process: process}.Validate()
		}
		if err != nil {
			return about(wavePath(lane, j), fmt.Sprintf("wave %q", l.Waves[j].Name), err)
		}
		j = next - 1
	}
	return s.replay(lane)
}

// replay makes the prompts of a lane that follows a trace of requests those of the trace,
// unless it was given others, or the trace records no length of any.
func (s *Scenario) replay(lane int) error {
	l := &s.Lanes[lane]
	if s.mixes(*l) {
		return nil
	}
	w := s.WorkloadOf(*l)
	for _, wave := range l.Waves {
		if w.Prompts != defaultPrompts || wave.Trace == nil || wave.Trace.load.MeanInput() == 0 {
			continue
		}
		w.Prompts = prompt.FromTrace + wave.Trace.File
		path := "workload"
		if l.Workload != nil {
			path = fmt.Sprintf("lanes[%d].workload", lane)
		}
		if err := w.checkTurns(path); err != nil {
			return err
		}
		if len(s.Lanes) == 1 && l.Workload == nil {
			s.Workload = w
		} else {
			l.Workload = &w
		}
	}
	if _, recorded := recordedIn(w); !recorded {
		if w.thinksAsRecorded() {
			return wrong("workload.think", "give a wave trace=FILE, or prompts: trace:FILE, of a log of requests with sessions", "think is to be as a trace recorded it, and there is none")
		}
		return nil
	}
	if _, err := s.PromptsOf(lane); err != nil {
		return about("workload.prompts", "prompts", err)
	}
	return nil
}

func (s *Scenario) checkWave(path string, l Lane, w Wave) error {
	if err := w.checkLoad(path); err != nil {
		return err
	}
	if err := w.checkLength(path); err != nil {
		return err
	}
	if w.Trace != nil {
		of := s.WorkloadOf(l)
		if err := w.Trace.read("", of.SkipBadLines, !s.mixes(l) && of.thinksAsRecorded()); err != nil {
			return aboutTrace(path, w.Trace, err)
		}
	}
	if w.Concurrency <= s.Slots() {
		return nil
	}
	if s.Slots() < s.MaxInFlight {
		return wrong(path+".concurrency", "raise connections, or leave it out", "concurrency %d needs more than the %d connections", w.Concurrency, s.Slots())
	}
	return wrong(path+".concurrency", "raise max_in_flight and, if need be, the open-files limit (ulimit -n)", "concurrency %d is more than max_in_flight %d", w.Concurrency, s.MaxInFlight)
}

// checkLoad: exactly one of rate, concurrency and trace, within its range.
func (w Wave) checkLoad(path string) error {
	given := given(choice{"rate", w.Rate != nil}, choice{"concurrency", w.Concurrency != 0}, choice{"trace", w.Trace != nil})
	switch {
	case len(given) == 0:
		return wrong(path, "give rate: 200/m, concurrency: 50 or trace: {file: FILE.csv}", "wave %q has no load", w.Name)
	case len(given) > 1:
		return wrong(path+"."+given[1], "a rate or a trace makes an open wave, a concurrency a closed one: keep one", "wave %q has both %s and %s", w.Name, given[0], given[1])
	case w.Concurrency < 0:
		return wrong(path+".concurrency", "for example 50", "concurrency is less than 1")
	case w.Trace != nil:
		return w.Trace.check(path + ".trace")
	case w.Rate != nil:
		for _, r := range []PerSecond{w.Rate.From, w.Rate.To} {
			if err := r.check(); err != nil {
				return about(path+".rate", fmt.Sprintf("rate of wave %q", w.Name), err)
			}
		}
	}
	return nil
}

// checkLength: exactly one of for and requests; neither with a trace.
func (w Wave) checkLength(path string) error {
	given := given(choice{"for", w.For != 0}, choice{"requests", w.Requests != 0})
	switch {
	case w.Trace != nil && len(given) > 0:
		return wrong(path+"."+given[0], "leave it out; speed and scale change a trace", "a trace has its own length")
	case w.Trace != nil:
		return nil
	case len(given) == 0:
		return wrong(path, "give for: 90s or requests: 1000", "wave %q has no end", w.Name)
	case len(given) > 1:
		return wrong(path+".requests", "keep one of them", "wave %q has both for and requests", w.Name)
	case w.For < 0 || w.For.D() > maxLength:
		return wrong(path+".for", "for example 90s", "a wave lasts more than 0s and at most 366 days")
	case w.Requests < 0 || w.Requests > maxRequests:
		return wrong(path+".requests", "for example 1000", "requests is not between 1 and %d", maxRequests)
	case w.Rate == nil || w.Requests == 0:
		return nil
	case w.Rate.mean() == 0:
		return wrong(path+".requests", "give for: 90s, or a rate above 0", "wave %q never ends: its rate is 0", w.Name)
	case float64(w.Requests)/w.Rate.mean() > maxLength.Seconds() || math.IsNaN(w.Rate.mean()):
		return wrong(path+".requests", "raise the rate, or ask for fewer requests", "wave %q would last longer than 366 days", w.Name)
	}
	return nil
}

// A choice is a word that excludes others.
type choice struct {
	word  string
	given bool
}

func given(choices ...choice) []string {
	var words []string
	for _, c := range choices {
		if c.given {
			words = append(words, c.word)
		}
	}
	return words
}
