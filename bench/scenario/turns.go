package scenario

import (
	"strconv"
	"strings"
	"time"

	"flashwave/bench/prompt"
)

// asRecorded is the time to think that a trace shows.
const asRecorded = "trace"

// thinksAsRecorded reports whether sessions of a trace are conversations.
func (w Workload) thinksAsRecorded() bool { return w.Think == asRecorded }

// replaying makes the prompts of a trace those of conversations, if that is what is wanted.
func (w Workload) replaying(r *prompt.Replay) prompt.Source {
	if w.thinksAsRecorded() {
		return r.Conversing(w.Turns)
	}
	return r
}

// maxTurns is more than any conversation has: all of it.
const maxTurns = 10_000

// turnsField is a number of turns, or all.
func turnsField(word string, p *int) field {
	return scalar(word, func(s string) (err error) {
		*p, err = ParseTurns(s)
		return err
	}, func() any {
		switch *p {
		case 0:
			return nil
		case maxTurns:
			return yamlText("all")
		}
		return yamlText(strconv.Itoa(*p))
	})
}

// ParseTurns reads how many questions of a conversation are asked at most: a number, or
// all of those that a file holds. One question is no conversation, and is 0.
func ParseTurns(s string) (int, error) {
	if s == "all" {
		return maxTurns, nil
	}
	n, err := wholeNumber(s, 1, maxTurns)
	if err != nil {
		return 0, &Error{Message: "not a number of turns", Hint: "write 5, or all for those of a file"}
	}
	if n == 1 {
		return 0, nil
	}
	return n, nil
}

// ThinkTime is how long whoever got an answer thinks before asking on: always so long or,
// if it is random, so long on average, exponentially distributed.
func (w Workload) ThinkTime() (mean time.Duration, random bool) {
	text, random := strings.CutPrefix(w.Think, "exp:")
	d, err := ParseDuration(text)
	if err != nil {
		return 0, false
	}
	return d.D(), random
}

// Converses reports whether some requests are turns of a conversation.
func (s *Scenario) Converses() bool { return s.mostTurns(s.Lanes...) > 1 }

// mostTurns is of how many turns conversations of some lanes are at most.
func (s *Scenario) mostTurns(lanes ...Lane) (most int) {
	for _, l := range lanes {
		for _, w := range s.WorkloadsOf(l) {
			most = max(most, w.Turns)
		}
	}
	return most
}

// checkTurns checks what is said of conversations.
func (w *Workload) checkTurns(path string) error {
	_, recorded := recordedIn(*w)
	if w.thinksAsRecorded() {
		if !recorded && (w.Prompts != defaultPrompts || strings.HasPrefix(path, "workloads")) || w.Prompt != "" {
			return wrong(path+".think", "give prompts: trace:FILE, or leave them to the wave's trace", "think is to be as a trace recorded it, and the prompts are others")
		}
		return nil
	}
	if text, _ := strings.CutPrefix(w.Think, "exp:"); w.Think != "" {
		if _, err := ParseDuration(text); err != nil {
			return wrong(path+".think", "write 2s, exp:2s for a random time of that mean, or trace for what a trace recorded", "think %q is not a duration", brief(w.Think))
		}
	}
	switch {
	case w.Turns < 0 || w.Turns > maxTurns:
		return wrong(path+".turns", "write 5, or all for those of a file", "turns is not between 1 and %d", maxTurns)
	case w.Turns < 2 && w.Think != "":
		return wrong(path+".think", "give turns: 5", "only a conversation has a time to think")
	case w.Turns > 1 && recorded:
		return wrong(path+".turns", "its requests come when they were recorded; think: trace makes its sessions conversations", "a trace is no conversation")
	case w.Turns == maxTurns && (w.Prompt != "" || made(w.Prompts)):
		return wrong(path+".turns", "write how many, or give a file of conversations", "%s has no end of turns", w.Prompts)
	}
	return nil
}
