package monitor

import (
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/client/queue"
)

// A QueueLook is what one look at a queue saw, and nothing of it was changed by that. Null is
// "not known", never 0; what cannot be known, and why, is in Words.
type QueueLook struct {
	ServerTime *time.Time `json:"server_time"` // by the clock of Redis, from which ages count; null: nothing was seen
	OverS      *float64   `json:"over_s"`      // since the look before, in which came and went what was counted; null: there was none

	Total     ClassLook   `json:"total"`
	Classes   []ClassLook `json:"classes"`   // the most urgent first
	Enqueued  *int64      `json:"enqueued"`  // counters of the layout, as they stand
	Completed *int64      `json:"completed"` // likewise
	Failed    *int64      `json:"failed"`    // since the look before, by the layout's counter
	Dead      *int64      `json:"dead"`      // dead letters there are
	NewDead   *int64      `json:"dead_new"`  // of them beyond the fewest there were since the start
	Words     []string    `json:"words"`     // why something is not known
}

// A ClassLook is what one look saw of a class, or of all.
type ClassLook struct {
	Name      string   `json:"name"`
	Good      *bool    `json:"good"` // within every bound; null: a bound has no value, or the class cannot be seen
	Why       string   `json:"why"`  // it is not good
	Depth     *int64   `json:"depth"`
	OldestMS  *float64 `json:"oldest_ms"`  // age of the oldest that waits; also null where none does
	StarvedMS *float64 `json:"starved_ms"` // how long some wait and none was seen to be taken; also null where none waits
	// Arrived, Taken and Done are of the time since the look before: exactly, or with AtLeast
	// as far as was seen. What is tried again arrives again.
	Arrived     *int64   `json:"arrived"`
	Taken       *int64   `json:"taken"`
	Done        *int64   `json:"done"`
	AtLeast     bool     `json:"at_least"` // more than was seen may have come and gone
	ArrivedRate *float64 `json:"arrived_rps"`
	TakenRate   *float64 `json:"taken_rps"`
	DoneRate    *float64 `json:"done_rps"`
}

// seenAs is what a look saw, as programs read it.
func (w *watched) seenAs(s queue.Sight) *QueueLook {
	l := &QueueLook{
		Enqueued: s.Enqueued, Completed: s.Completed, Failed: number(s.Failed), Dead: s.Dead,
		Classes: []ClassLook{}, Words: s.Words, Total: classSeen("all", s.Seen, s.Over),
	}
	if !s.At.IsZero() {
		l.ServerTime = new(s.At.UTC())
	}
	if s.Over > 0 {
		l.OverS = new(s.Over.Seconds())
	}
	for i, c := range s.Classes {
		l.Classes = append(l.Classes, classSeen(w.tier.classes[i], c, s.Over))
	}
	if l.Words == nil {
		l.Words = []string{}
	}
	return l
}

func classSeen(name string, s queue.Seen, over time.Duration) ClassLook {
	rate := func(c *queue.Count) *float64 {
		if c == nil || over <= 0 {
			return nil
		}
		return new(float64(c.N) / over.Seconds())
	}
	return ClassLook{
		Name: name, Depth: s.Depth, OldestMS: result.MillisOf(s.Oldest), StarvedMS: result.MillisOf(s.Starved),
		Arrived: number(s.Arrived), Taken: number(s.Taken), Done: number(s.Done),
		AtLeast:     atLeast(s.Arrived) || atLeast(s.Taken) || atLeast(s.Done),
		ArrivedRate: rate(s.Arrived), TakenRate: rate(s.Taken), DoneRate: rate(s.Done),
	}
}

func number(c *queue.Count) *int64 {
	if c == nil {
		return nil
	}
	return &c.N
}

func atLeast(c *queue.Count) bool { return c != nil && c.AtLeast }

// line is the look in words.
func (l *QueueLook) line() string {
	var parts []string
	for _, c := range l.Classes {
		text := c.Name + " " + units.Maybe(c.Depth, units.Count)
		if c.OldestMS != nil {
			text += " (oldest " + Age(time.Duration(*c.OldestMS*float64(time.Millisecond))) + ")"
		}
		parts = append(parts, text)
	}
	if l.NewDead != nil && *l.NewDead > 0 {
		parts = append(parts, units.Of(*l.NewDead, "new dead letter", "new dead letters"))
	}
	return strings.Join(parts, ", ")
}
