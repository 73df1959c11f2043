// Package history keeps what a monitor found out, across restarts and however it ended.
//
// [Open] the history in a directory, [Log.Append] to it, [Log.Close] it. Only one process
// at a time has it open.
//
// # The file
//
// A history is one file of lines, history.jsonl, that begins with its version:
//
//	{"flashwave":"history","version":1}
//	{"p":{"target":"gateway","at":1764171000123,"outcome":"ok","good":true,"ttft":212345678,…}}
//	{"m":{"target":"gateway","minute":29402850,"good":4,"all":4,"ttft":{"hdr":"HISTFAAA…",…}}}
//	{"i":{"id":"gateway@1764171000","target":"gateway","opened":1764171000123,…}}
//
// p is a probe, m all probes of a minute, with their latencies as HdrHistograms, and i an
// incident as it opens, is told of and closes. Of a queue each look is a probe, with how much
// waited and how old the oldest was; of a minute it is the largest. Instants are milliseconds, minutes are
// minutes, both of Unix time; durations are nanoseconds. A program refuses the file of a
// version that is later than its own, and reads all earlier ones; lines of a kind it does
// not know, and keys, it passes over.
//
// Probes are written as they end. A process that is killed tears its last line at the
// most: what is behind the last line end is cut off when the file is next opened. A minute
// is written when it is over; one whose line is missing is made of its probes, and of
// several lines of one minute the last counts. So nothing but the torn line is lost.
//
// Probes are kept for a day, and [MostProbes] of each target at the most, minutes and
// incidents for a month. What is older goes when the file has grown to twice its size: a
// new one is written beside it, and takes its place as a whole.
package history

import (
	"encoding/json"
	"time"

	"flashwave/bench/monitor/objective"
	"flashwave/bench/result"
	"flashwave/client/outcome"
)

// Version is that of the files that are written, and the latest that can be read.
const Version = 1

// How long what is kept.
const (
	KeepProbes  = 24 * time.Hour
	KeepMinutes = 31 * 24 * time.Hour
	MostProbes  = 10_000 // of a target
)

// A header begins a file.
type header struct {
	Flashwave string `json:"flashwave"`
	Version   int    `json:"version"`
}

// A Record is one line after the header. Exactly one of its fields is set.
type Record struct {
	Probe    *Probe    `json:"p,omitempty"`
	Minute   *Minute   `json:"m,omitempty"`
	Incident *Incident `json:"i,omitempty"`
}

// A Probe is one request and how it ended.
type Probe struct {
	Target   string          `json:"target"`
	At       Millis          `json:"at"` // when it was due
	Outcome  outcome.Outcome `json:"outcome"`
	Good     bool            `json:"good,omitempty"`     // ok, within every bound, and as expected
	Unjudged bool            `json:"unjudged,omitempty"` // neither good nor bad
	Why      string          `json:"why,omitempty"`      // it is not good
	Status   int             `json:"status,omitempty"`   // of HTTP
	TTFT     *time.Duration  `json:"ttft,omitempty"`
	E2E      *time.Duration  `json:"e2e,omitempty"`
	Connect  *time.Duration  `json:"connect,omitempty"`
	ITL      *Packed         `json:"itl,omitempty"` // every gap
	CostUSD  *float64        `json:"cost_usd,omitempty"`
	Depth    *int64          `json:"depth,omitempty"`  // of a look at a queue: how much waited
	Oldest   *time.Duration  `json:"oldest,omitempty"` // and how old the oldest of it was
}

// A Minute is all probes of a target that were due in one minute.
type Minute struct {
	Target  string  `json:"target"`
	Minute  int64   `json:"minute"` // since 1970
	Good    int64   `json:"good,omitempty"`
	All     int64   `json:"all,omitempty"` // that were judged
	CostUSD float64 `json:"cost_usd,omitempty"`
	TTFT    *Packed `json:"ttft,omitempty"`
	E2E     *Packed `json:"e2e,omitempty"`
	ITL     *Packed `json:"itl,omitempty"`
	Largest
}

// Largest are the largest figures of looks at a queue; nil: nothing is known.
type Largest struct {
	Depth  *int64         `json:"depth,omitempty"`
	Oldest *time.Duration `json:"oldest,omitempty"`
}

// Add takes in others.
func (l *Largest) Add(o Largest) {
	l.Depth, l.Oldest = result.Larger(l.Depth, o.Depth), result.Larger(l.Oldest, o.Oldest)
}

// Tally is how many of its probes were good.
func (m Minute) Tally() objective.Tally { return objective.Tally{Good: m.Good, All: m.All} }

// An Incident is a time in which a target did not keep its objective. Of several lines of
// one ID each adds what it knows.
type Incident struct {
	ID     string `json:"id"`
	Target string `json:"target"`
	Opened Millis `json:"opened"`
	Closed Millis `json:"closed,omitempty"` // 0: it is open
	// Rate, Long and Short are those of the pair of windows that opened it.
	Rate  float64       `json:"rate,omitempty"`
	Long  time.Duration `json:"long,omitempty"`
	Short time.Duration `json:"short,omitempty"`
	Why   string        `json:"why,omitempty"` // what the last bad probe said
	// Told and Recovered are the ways in which its opening, and its end, were told.
	Told      []string `json:"told,omitempty"`
	Recovered []string `json:"recovered,omitempty"`
}

// Millis is an instant, in milliseconds of Unix time.
type Millis int64

// InMillis is an instant.
func InMillis(t time.Time) Millis { return Millis(t.UnixMilli()) }

// Time is the instant.
func (m Millis) Time() time.Time { return time.UnixMilli(int64(m)) }

// Minute is the minute that the instant lies in.
func (m Millis) Minute() int64 {
	n := int64(m) / 60_000
	if int64(m) < n*60_000 {
		n--
	}
	return n
}

// A Packed is a histogram as a file holds it.
type Packed struct {
	HDR string `json:"hdr"` // HdrHistogram V2, base64
	Sum int64  `json:"sum"` // ns, exactly, as the extremes are
	Min int64  `json:"min"`
	Max int64  `json:"max"`
}

// Pack is a histogram as a file holds it; nil where it holds nothing.
func Pack(h *result.Hist) *Packed {
	if h.Count() == 0 {
		return nil
	}
	t := h.Totals()
	return &Packed{HDR: h.Encode(), Sum: t.Sum, Min: t.Min, Max: t.Max}
}

// Hist is the histogram again; nil for nothing, and for what is none.
func (p *Packed) Hist() *result.Hist {
	if p == nil {
		return nil
	}
	h, err := result.DecodeHist(p.HDR)
	if err != nil || h.Refused() > 0 {
		return nil
	}
	h.Restore(result.Totals{Count: h.Count(), Sum: p.Sum, Min: p.Min, Max: p.Max})
	return h
}

// line is a record as the file has it.
func line(r Record) ([]byte, error) {
	b, err := json.Marshal(r)
	return append(b, '\n'), err
}

// minuteOf makes a minute of nothing but a probe.
func minuteOf(p *Probe) Minute {
	m := Minute{Target: p.Target, Minute: p.At.Minute()}
	if !p.Unjudged {
		m.All = 1
		if p.Good {
			m.Good = 1
		}
	}
	if p.CostUSD != nil {
		m.CostUSD = *p.CostUSD
	}
	m.Largest = Largest{p.Depth, p.Oldest}
	return m
}
