package journal

import (
	"slices"
	"sync"

	"flashwave/bench/result"
	"flashwave/bench/timetable"
)

// events are what a run remembers of what took place in it. They are safe for concurrent
// use.
type events struct {
	clock *timetable.Clock

	mu   sync.Mutex
	list []result.Event
	told int // of them, to the keeper
}

// maxEvents bounds what a run remembers; a steering hand makes a few a minute.
const maxEvents = 10_000

// Add remembers an event.
func (es *events) Add(e result.Event) {
	es.mu.Lock()
	defer es.mu.Unlock()
	if len(es.list) < maxEvents || e.Kind == result.Stopped {
		es.list = append(es.list, e)
	}
}

// Note adds a line of text, now.
func (es *events) Note(text string) {
	es.Add(result.Event{TS: max(es.clock.Since(es.clock.Now()).Seconds(), 0), Kind: result.Noted, Text: text})
}

// Newest are the last n, and how many there are in all.
func (es *events) Newest(n int) (list []result.Event, all int) {
	es.mu.Lock()
	defer es.mu.Unlock()
	return slices.Clone(es.list[max(0, len(es.list)-n):]), len(es.list)
}

// Events are all of them.
func (es *events) Events() []result.Event {
	es.mu.Lock()
	defer es.mu.Unlock()
	return append([]result.Event{}, es.list...)
}

// untold are those that came since it was asked last.
func (es *events) untold() []result.Event {
	es.mu.Lock()
	defer es.mu.Unlock()
	news := es.list[es.told:len(es.list):len(es.list)]
	es.told = len(es.list)
	return news
}
