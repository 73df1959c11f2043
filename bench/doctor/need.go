package doctor

import (
	"math"
	"time"

	"flashwave/bench/scenario"
)

const (
	// fileReserve is what a process has open beside its streams: its journal, its
	// logs, the poller, the health probe, the terminal.
	fileReserve = 32
	// streamBytes is what an open stream costs: two buffers of the connection, two
	// goroutines' stacks, the request and its answer's record, and what the collector
	// lets the heap grow by.
	streamBytes = 50 << 10
	// baseBytes is what a run costs without any stream.
	baseBytes = 64 << 20
	// streamsPerConnection is what servers allow on one HTTP/2 connection, as a rule
	// (RFC 9113, 6.5.2, recommends no less than 100).
	streamsPerConnection = 100
	// usualAnswer is how long an answer takes, to say how many are open at a rate:
	// 100 tokens at 20 a second. By Little's law that is rate × time.
	usualAnswer = 5 * time.Second
)

// A Need is what a scenario asks of the machine that drives it.
type Need struct {
	PeakRPS     float64 `json:"peak_rps"`     // of all open waves together; 0: there are none
	Concurrency int     `json:"concurrency"`  // of all closed waves that can be live together; 0: there are none
	Slots       int     `json:"slots"`        // requests the scenario lets be open at once
	MostStreams int     `json:"most_streams"` // that can really be open at once, whatever the endpoint does
	// UsualStreams are open at the peak if an answer takes 5 s.
	UsualStreams int     `json:"usual_streams"`
	Connections  int     `json:"connections"` // to the target, for MostStreams
	OpenFiles    int64   `json:"open_files"`
	MemoryBytes  int64   `json:"memory_bytes"`
	MaxLagMS     float64 `json:"max_lag_ms"`

	loopback bool // the target is on this machine
	builtin  bool // and is the endpoint in this process
}

// NeedOf works out what a resolved scenario needs. Open waves of the lanes count
// together, and so do their closed waves: the upper bound, as they may overlap.
func NeedOf(sc *scenario.Scenario) Need {
	n := Need{
		PeakRPS: sc.PeakRate(), Slots: sc.Slots(),
		MaxLagMS: millis(sc.MaxLag.D()), loopback: onLoopback(sc.Target), builtin: sc.Target.BuiltIn(),
	}
	most := 0.0
	for _, l := range sc.Lanes {
		closed := 0
		for _, w := range l.Waves {
			closed = max(closed, w.Concurrency)
		}
		n.Concurrency += closed
		most += mostOpen(sc, l)
	}
	n.MostStreams = int(max(1, min(float64(n.Slots), math.Ceil(most))))
	n.Concurrency = min(n.Concurrency, n.Slots)
	n.UsualStreams = min(n.MostStreams, n.Concurrency+int(math.Ceil(n.PeakRPS*usualAnswer.Seconds())))
	n.Connections = n.MostStreams
	if sc.Target.HTTP2 {
		n.Connections = (n.MostStreams + streamsPerConnection - 1) / streamsPerConnection
	}
	n.OpenFiles = int64(n.Connections + fileReserve)
	n.MemoryBytes = baseBytes + int64(n.MostStreams)*streamBytes
	return n
}

// mostOpen is how many requests of a lane can be open at once if none ends before
// its timeout.
func mostOpen(sc *scenario.Scenario, l scenario.Lane) float64 {
	closed, peak := 0, (&scenario.Scenario{Lanes: []scenario.Lane{l}}).PeakRate()
	for _, w := range l.Waves {
		closed = max(closed, w.Concurrency)
	}
	most := float64(closed) + math.Ceil(peak*sc.Target.Timeout.D().Seconds())
	if requests, known := (&scenario.Scenario{Lanes: []scenario.Lane{l}}).PlannedRequests(); known {
		most = min(most, float64(requests))
	}
	return most
}

// stepFor is how long a step of the self-test lasts: as long as the scenario, from
// a second to the bound.
func stepFor(sc *scenario.Scenario, bound time.Duration) time.Duration {
	if length, known := sc.Planned(); known {
		bound = min(bound, max(length, time.Second))
	}
	return bound
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
