package result

import "time"

// State is where a run is.
type State string

// The states of a run, in their order.
const (
	Warming  State = "warming up"
	Running  State = "running"
	Paused   State = "paused"
	Draining State = "draining" // nothing more is sent
	Done     State = "done"
)

// A View says which figures a snapshot's Window shows.
type View struct {
	Window time.Duration // the last 1 s to 60 s; 0: the whole wave or run
	Wave   int           // index into Snapshot.Waves; -1: all of them
}

// A Snapshot is a run at one instant: a plain value that shares no memory with
// the run (slices in it are never written again).
type Snapshot struct {
	Name   string
	Model  string
	Target string // host and port, or "mock"
	State  State

	At      time.Duration // since the first wave began; negative during warm-up
	Planned time.Duration // length of all the waves; 0: unknown (a closed wave of so many requests)
	// PlannedRequests is how many requests the scenario schedules; 0: unknown.
	PlannedRequests int64

	View   View
	Window Stats  // what View asked for
	Curves Curves // of the requests in Window
	Total  Stats  // of the run so far
	Now    Now
	Waves  []WaveStatus
	Lanes  []LaneStatus
	// Workloads and Turns are the classes of requests over the run so far, as the document
	// has them, without HDR; Sessions what became of its conversations. Empty: it has none.
	Workloads, Turns []Stats
	Sessions         *Sessions
	Queue            *TierStatus // what becomes of the tasks of a queue; nil: there is none
	Series           []Row       // the whole run, at most 600 rows; rows carry no HDR here
	SLOs             []SLOStatus
	// Customers is what those felt so far for whom requests were scheduled, in a shop's
	// words; "" while nothing is known.
	Customers string
	Cost      *CostStatus // nil: the price is unknown
	Health    Health
	Events    []Event  // the newest last, at most 200
	Happened  int      // how many events there were in all
	Verdict   *Verdict // nil until the run is done
}

// Now holds the figures of this instant, and rates over the last full second.
type Now struct {
	Offered, Sent, Done, Failed float64  // requests per second
	OutputTPS                   *float64 // nil: not known
	InFlight, Queued            int64
	Awaiting, Streaming         int64         // of InFlight: before and after the first token
	Oldest                      time.Duration // age of the oldest open request, from its scheduled instant
	Late                        int64         // open requests older than the tightest latency SLO
	Dropped, Unsent             int64         // so far
	Overload                    *Overload     // nil: the endpoint keeps up with what arrives
}

// An Overload is more load than the endpoint can serve: requests in flight and time
// to first token grow together.
type Overload struct {
	Lane            string        // the one that fell furthest behind; "" of a run with a single one
	Since           time.Duration // the start of the run, when it was seen
	Offered, Served float64       // requests per second, of late
	Waiting         int64         // in flight and queued
}

// Unknown is an instant or a length that cannot be planned: a closed wave of so
// many requests ends when it ends.
const Unknown time.Duration = -1

// A WaveStatus is a wave on the timeline.
type WaveStatus struct {
	Name, Lane string
	Closed     bool
	Begun      bool
	Ended      bool
	Started    time.Duration // planned until it began, then real; Unknown if it cannot be planned
	Length     time.Duration // likewise
	Load       string        // "200/m", "200/m..12000/m", "c50", as written
}

// LaneStatus is what steering has made of a lane.
type LaneStatus struct {
	Name        string
	Wave        int     // index into Snapshot.Waves of the live one; -1: none
	Factor      float64 // 1: as planned
	Paused      bool
	Concurrency int // of a live closed wave
	BackingOff  int // its slots that wait after a failure, and have no request open
	// Curve is the lane's load over time, as it was and as it will be: a
	// polyline in requests per second (open) or requests in flight (closed).
	Curve []CurvePoint
	// Bursts are the requests that were added by hand, beside the curve.
	Bursts []Burst
}

// A Burst is so many requests more at one instant.
type Burst struct {
	At time.Duration
	N  int
}

// A CurvePoint is a corner of a lane's load.
type CurvePoint struct {
	At     time.Duration
	Load   float64
	Closed bool
}

// A TierStatus is a queue while the run goes on.
type TierStatus struct {
	Tier           // so far, as of the last full second: without HDR, and no lost task is named
	Now  []TierNow // of each class; nil: the run is over
}

// A TierNow is a class of a queue at one instant.
type TierNow struct {
	Depth            int64          // in Redis when it was looked at last, tasks of others too
	Waiting, Running int64          // of ours
	Oldest           *time.Duration // how long the oldest of them waits; nil: none does
	Hungry           *time.Duration // for how long some wait and none was taken; nil: none waits
	Starving         bool           // for longer than it may, see package verdict

	// Of the window in view, or else of the run so far, as of the last full second:
	Wait                  *Latency // of those that were taken, without HDR
	Enqueued, Taken, Done float64  // tasks per second
}

// SLOStatus is an SLO while the run goes on.
type SLOStatus struct {
	Expr    string
	Metric  string // ttft, e2e, …, error_rate
	Stat    string // p95, …; "" if it has none
	Wave    string // what it speaks of, as in SLO
	Kind    string // likewise
	Service bool
	Op      string   // <, <=, > or >=
	Bound   float64  // in Unit
	Unit    string   // ms, ratio, 1/s, usd, count
	Live    *float64 // over the view's window, open requests included; nil: no data, or see AtLeast
	AtLeast *float64 // the bound proven where Live is nil, for too many are unanswered
	AtMost  *float64 // likewise, where requests could not be judged: it lies between the two
	LiveOK  *bool
	RunOK   *bool // over the run so far
	Assumed bool
}

// CostStatus is money, in USD.
type CostStatus struct {
	Spent     float64
	PerHour   float64  // at the pace of the last minute
	Projected *float64 // of the whole run
	Budget    *float64
}

// Health is the generator's own state at this instant.
type Health struct {
	CPUPercent *float64
	LagP99     *time.Duration // of sending or of reading, whichever was later, over the last 10 s
	MaxLag     time.Duration  // beyond it the generator itself is the bottleneck; 0: not known
	OK         bool
	Warnings   []string
	Findings   Findings // what Warnings are made of; of the last 10 s, too
}
