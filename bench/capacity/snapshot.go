package capacity

import (
	"time"

	"flashwave/bench/result"
)

// Phase is where a search is.
type Phase string

// The phases of a search, about in their order.
const (
	Ramping    Phase = "ramp"
	Bracketing Phase = "bracket"
	Bisecting  Phase = "bisect"
	Recovering Phase = "recovery" // between two steps
	Soaking    Phase = "soak"
	Saturating Phase = "saturate"
	GoingOn    Phase = "beyond" // above the answer
	Rehearsing Phase = "rehearsal"
	Finished   Phase = "done"
)

// A Snapshot is a search at one instant: a plain value that shares no memory with
// the search (slices in it are never written again).
type Snapshot struct {
	Phase   Phase
	By      Load // what is raised
	Elapsed time.Duration
	For     time.Duration // the whole search may take; it is mostly over long before
	Spent   *float64      // USD; nil: the price is unknown
	Budget  *float64      // nil: none

	Remaining time.Duration // as searches usually go, the rehearsal included; 0: nothing is left
	MostCost  *float64      // USD that it can have cost in the end, at most; nil: the price is unknown

	SLOs     []SLO
	Steps    []Step   // that have ended
	Current  *Current // nil: none runs
	Low      *float64 // requests per second, or in flight; the most that held
	High     *float64 // the lowest that did not
	Peak     float64  // of the demand, requests per second; 0: there is none, or it is a search by concurrency, which says nothing of it
	Next     string   // what comes next, in words; "": nothing
	Warnings []string
	Document *Document // nil until the search is done
}

// Current is the step that runs.
type Current struct {
	Kind        Kind
	Rate        float64       // requests per second; 0: a closed step, or the rehearsal
	Concurrency int           // of a closed step
	Elapsed     time.Duration // settling included
	Planned     time.Duration // at most; most steps are decided earlier
	Live        result.Snapshot
}
