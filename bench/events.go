package bench

import (
	"slices"
	"sync"

	"flashwave/bench/result"
)

// events are what a run remembers of what took place in it. They are safe for concurrent
// use.
type events struct {
	*clock

	mu   sync.Mutex
	list []result.Event
	told int // of them, to the journal
}

// maxEvents bounds what a run remembers; a steering hand makes a few a minute.
const maxEvents = 10_000

// add remembers an event.
func (es *events) add(e result.Event) {
	es.mu.Lock()
	defer es.mu.Unlock()
	if len(es.list) < maxEvents || e.Kind == result.Stopped {
		es.list = append(es.list, e)
	}
}

// note adds a line of text.
func (es *events) note(text string) {
	es.add(result.Event{TS: max(es.since(es.now()).Seconds(), 0), Kind: result.Noted, Text: text})
}

// newest are the last n, and how many there are in all.
func (es *events) newest(n int) (list []result.Event, all int) {
	es.mu.Lock()
	defer es.mu.Unlock()
	return slices.Clone(es.list[max(0, len(es.list)-n):]), len(es.list)
}

// all are all of them.
func (es *events) all() []result.Event {
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
