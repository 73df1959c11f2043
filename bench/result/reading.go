package result

import "time"

// A Reading is a run at one instant with all that its histograms hold, for whoever
// passes it on: a plain value that shares no memory with the run.
type Reading struct {
	Snapshot
	Parts     []Portion // by wave; every request is in one of them
	Workloads []Portion // of the shares of a mix, the same requests again; nil: there is none
	Tasks     *Tasks    // of the classes of a queue, which these requests are; nil: there is none

	Watched *QueueReading // of a queue that is watched, or a class of it; nil: it is none
}

// A QueueReading is how a queue that others fill, or a class of it, stands, and what came and
// went of it while it was watched, at least. Nil is "not known".
type QueueReading struct {
	Class                string // "": the whole queue
	Depth, Dead          *int64
	Oldest, Starved      *time.Duration
	Arrived, Taken, Done *int64 // they only grow
}

// A Portion is what some of the requests did so far, up to the last full second. Its
// counts and histograms only grow while the run goes on.
type Portion struct {
	Name, Lane string
	Part       *Part
}
