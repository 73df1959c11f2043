package monitor

import (
	"time"

	"flashwave/bench/monitor/history"
)

// An EventKind says what an event is about.
type EventKind string

// The kinds of event.
const (
	Changed     EventKind = "changed"  // the state of a target
	Opened      EventKind = "opened"   // an incident
	Closed      EventKind = "closed"   // an incident
	Expiring    EventKind = "expiring" // a certificate
	ClockJumped EventKind = "clock"    // the time of day was set, or the machine slept
	Troubled    EventKind = "trouble"  // of the monitor itself: its disk, its alerts
)

// An Event is something that happened, in a sentence.
type Event struct {
	At     time.Time `json:"at"`
	Kind   EventKind `json:"kind"`
	Target string    `json:"target"` // "": it is of the monitor itself
	Text   string    `json:"text"`
}

// A Notice is something that is wrong with the monitor itself.
type Notice struct {
	About string    `json:"about"` // the history, alerts over a channel
	Text  string    `json:"text"`
	Since time.Time `json:"since"`
}

// An Incident is a time in which a target did not keep its objective.
type Incident struct {
	ID       string     `json:"id"`
	Target   string     `json:"target"`
	OpenedAt time.Time  `json:"opened_at"`
	ClosedAt *time.Time `json:"closed_at"` // null: it is open
	BurnRate float64    `json:"burn_rate"` // of the pair of windows that opened it, at the least
	LongS    float64    `json:"long_s"`    // seconds of its windows
	ShortS   float64    `json:"short_s"`
	Why      string     `json:"why"`  // what the last bad probe before it opened said
	Told     []string   `json:"told"` // the channels over which its opening was told
}

// Open reports whether the incident goes on.
func (i Incident) Open() bool { return i.ClosedAt == nil }

// incidentOf is an incident of a history.
func incidentOf(h history.Incident) Incident {
	i := Incident{
		ID: h.ID, Target: h.Target, OpenedAt: h.Opened.Time(), BurnRate: h.Rate,
		LongS: h.Long.Seconds(), ShortS: h.Short.Seconds(), Why: h.Why, Told: h.Told,
	}
	if h.Closed != 0 {
		i.ClosedAt = new(h.Closed.Time())
	}
	return i
}
