package result

import (
	"math"
	"slices"

	"flashwave/bench/slo"
)

// A FindingKind says what was found of the load generator.
type FindingKind string

// The kinds of finding. New ones may be added.
const (
	FoundSendLag   FindingKind = "send_lag"            // it sent its requests late
	FoundReadLag   FindingKind = "read_lag"            // it read the answers late
	FoundGapLag    FindingKind = "gap_lag"             // it read them too late for the gaps between tokens
	FoundLateSends FindingKind = "late_sends"          // too many requests were sent a second late, or more
	FoundRefused   FindingKind = "refused_durations"   // durations that no histogram holds
	FoundFiles     FindingKind = "files"               // it had no file left
	FoundPorts     FindingKind = "ports"               // it had no port left
	FoundMemory    FindingKind = "memory"              // it had no memory left for a socket
	FoundStopped   FindingKind = "stopped"             // its process stood still
	FoundSuspended FindingKind = "suspended"           // its machine slept
	FoundClockJump FindingKind = "clock_jump"          // the wall clock and the monotonic clock parted
	FoundCPU       FindingKind = "cpu"                 // a cause: its share of the CPU
	FoundRunQueue  FindingKind = "run_queue"           // a cause: others kept the cores
	FoundThrottled FindingKind = "throttled"           // a cause: its quota of the CPU was used up
	FoundShared    FindingKind = "mock_shares_process" // a cause: the endpoint had part of its CPU
	FoundCutOff    FindingKind = "cut_off"             // it was killed before it could be judged
	FoundTokenless FindingKind = "tokenless"           // answers that ended ok held no token
	FoundServer    FindingKind = "server_disagrees"    // the server counted less than this did
	FoundAdapted   FindingKind = "adapted"             // it asked for less than it was told, or found less than it was told of, for the endpoint would have it so
)

// Voids says which judgements a finding takes away.
type Voids string

// What a finding voids.
const (
	VoidsNothing Voids = "nothing" // it names a cause, or is worth a line
	VoidsGaps    Voids = "gaps"    // SLOs on itl, tpot and stall cannot be judged
	VoidsAll     Voids = "all"     // the wave is not valid
)

// A Finding is one thing that is to be known of the load generator before the
// figures of a wave, or of a run, are believed.
type Finding struct {
	Wave   string      `json:"wave"` // lane/name, or the name alone; "": the whole run
	Kind   FindingKind `json:"kind"`
	Text   string      `json:"text"`   // a sentence for people, without the wave's name
	Factor *float64    `json:"factor"` // the figure ÷ its bound, over 1 where it is broken; null: there is no bound
	Voids  Voids       `json:"voids"`
}

// voids reports whether no SLO on this metric can be judged.
func (f Finding) voids(m slo.Metric) bool {
	switch f.Voids {
	case VoidsAll:
		return true
	case VoidsGaps:
		return m == slo.ITL || m == slo.TPOT || m == slo.Stall
	}
	return false
}

// Settle puts what was found into the generator's health.
func (g *Generator) Settle(found Findings) {
	g.Valid, g.Findings, g.Warnings = found.Valid(), found, found.Warnings()
}

// weight orders findings: the more, the further over its bound. What must not be
// at all is beyond every factor.
func (f Finding) weight() float64 {
	if f.Factor == nil {
		return math.Inf(1)
	}
	return *f.Factor
}

// String is the finding as one line.
func (f Finding) String() string {
	if f.Wave == "" {
		return f.Text
	}
	return "wave " + f.Wave + ": " + f.Text
}

// Findings are all that is to be known of the load generator. None is nil or
// empty.
type Findings []Finding

// Valid reports whether the generator was what a load generator has to be: the
// rule for Generator.Valid.
func (fs Findings) Valid() bool {
	for _, f := range fs {
		if f.Voids == VoidsAll {
			return false
		}
	}
	return true
}

// In is what speaks of a wave, by the name that findings have for it: its own and
// those of the whole run.
func (fs Findings) In(wave string) (of Findings) {
	for _, f := range fs {
		if f.Wave == "" || f.Wave == wave {
			of = append(of, f)
		}
	}
	return of
}

// Against is the finding that weighs most among those for which an SLO on a metric
// cannot be judged; false if there is none. A latency cannot where the generator was
// too late for that very metric, and nothing can where a wave is not valid.
func (fs Findings) Against(m slo.Metric) (Finding, bool) {
	return fs.heaviest(func(f Finding) bool { return f.voids(m) })
}

// Decisive is the finding that weighs most among those that make a wave not valid;
// false if there is none.
func (fs Findings) Decisive() (Finding, bool) {
	return fs.heaviest(func(f Finding) bool { return f.Voids == VoidsAll })
}

// heaviest is the first of the weightiest findings that are meant.
func (fs Findings) heaviest(meant func(Finding) bool) (most Finding, found bool) {
	for _, f := range fs {
		if meant(f) && (!found || f.weight() > most.weight()) {
			most, found = f, true
		}
	}
	return most, found
}

// Warnings are the findings as lines for people: Generator.Warnings. That gaps
// cannot be judged is left out, for it matters to SLOs on them alone, and their
// verdict says it.
func (fs Findings) Warnings() []string {
	lines := []string{}
	for _, f := range fs {
		if f.Kind != FoundGapLag {
			lines = append(lines, f.String())
		}
	}
	return lines
}

// Texts are the sentences of Warnings without the names of waves, each once and the
// decisive one first: for those who know of which load they speak.
func (fs Findings) Texts() []string {
	texts := []string{}
	if f, ok := fs.Decisive(); ok {
		texts = append(texts, f.Text)
	}
	for _, f := range fs {
		if f.Kind != FoundGapLag && !slices.Contains(texts, f.Text) {
			texts = append(texts, f.Text)
		}
	}
	return texts
}
