package ticker

import (
	"fmt"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// watchQueue makes events of a second of a queue: a class of tasks begins to starve, or gets
// something again, and tasks are lost.
func (s *seconds) watchQueue(news *result.TierSecond, now time.Duration) {
	at := s.Waves.Since(s.Waves.Now()) // after what was judged before
	names := s.Tier.Sofar().Names
	for i, n := range s.Tier.Now(now) {
		name := names[i]
		since, starved := s.starving[name]
		switch {
		case n.Starving && !starved:
			s.starving[name] = now - *n.Hungry
			s.tell(result.Starving, at, fmt.Sprintf("%s starves: %s, nothing taken for %s",
				name, units.Of(n.Waiting, "task waits", "tasks wait"), units.Duration(n.Hungry.Round(time.Second))))
		case starved && !n.Starving:
			delete(s.starving, name)
			s.tell(result.Starving, at, fmt.Sprintf("%s starves no more, after %s", name, units.Duration((now-since).Round(time.Second))))
		}
	}
	for i, p := range news.Classes {
		s.lost.add(names[i], p)
	}
	if text := s.lost.due(names, at); text != "" {
		s.tell(result.TasksLost, at, text)
	}
}

func (s *seconds) tell(kind result.EventKind, at time.Duration, text string) {
	s.Journal.Add(result.Event{TS: at.Seconds(), Kind: kind, Text: text})
}

// lostPause is the least time between two events about lost tasks.
const lostPause = 10 * time.Second

// namedLost is how many lost tasks an event names.
const namedLost = 3

// lostTasks are those of which no event tells yet.
type lostTasks struct {
	of    map[string]int64 // by class
	ids   []string
	noted time.Duration // when the last event was made
	once  bool          // one was
}

func (l *lostTasks) add(class string, p *result.TaskPart) {
	if p.Tasks.Lost == 0 {
		return
	}
	if l.of == nil {
		l.of = map[string]int64{}
	}
	l.of[class] += p.Tasks.Lost
	l.ids = append(l.ids, p.LostIDs...)
}

// due is what there is to tell of classes at an instant; "": nothing, or not yet.
func (l *lostTasks) due(classes []string, at time.Duration) string {
	if len(l.of) == 0 || l.once && at < l.noted+lostPause {
		return ""
	}
	var all int64
	var parts []string
	for _, name := range classes {
		if n := l.of[name]; n > 0 {
			all += n
			parts = append(parts, units.Of(n, name+" task", name+" tasks"))
		}
	}
	text := strings.Join(parts, ", ") + " lost: taken and never finished"
	if len(l.ids) > 0 {
		text += ", " + strings.Join(l.ids[:min(len(l.ids), namedLost)], ", ")
	}
	if more := all - namedLost; more > 0 {
		text += " and " + units.Count(more) + " more"
	}
	*l = lostTasks{noted: at, once: true}
	return text
}
