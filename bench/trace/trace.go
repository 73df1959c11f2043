package trace

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"sort"
	"sync/atomic"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/files"
	"flashwave/bench/items"
	"flashwave/bench/units"
)

// maxRows bounds what is replayed of a trace.
const maxRows = 200_000_000

// maxLength is that of a trace when it is replayed.
const maxLength = 366 * 24 * time.Hour

// Options say how a trace is replayed. The zero value is no good start: Speed and Scale
// are 1 where it is replayed as it was.
type Options struct {
	Speed float64 // 10: ten times as fast, with the same number of requests
	// Scale multiplies the requests: of 0.1 each tenth is replayed, at 2 each of them and,
	// midway to the next, one more of its kind.
	Scale float64
	// From and To are the window that is replayed, in the time of the trace from its first
	// row; To 0: to its end.
	From, To time.Duration
	// SkipBad leaves out rows that cannot be used.
	SkipBad bool
	// Sessions makes conversations of the sessions that rows name: only the first request of
	// each is due at its instant, and see [Trace.Session] for the others.
	Sessions bool
}

// A Row is one recorded request.
type Row struct {
	Input, Output int // tokens; 0: not recorded
	// Hashes name the blocks of Trace.Block tokens that the prompt begins with: where two
	// rows have the same ones, their prompts have the same text.
	Hashes  []uint64
	Session uint64 // of one session prompts grow: each begins with the one before; 0: of none
	Copy    uint64 // 0: the recorded request itself; else one more of its kind, at a scale above 1

	done    time.Duration // when its answer ended, on the clock of its instant
	hasDone bool
}

// A Turn is a request of a session after its first.
type Turn struct {
	Row
	// Think is how long after the end of the answer before it was asked, 0 at least. Where
	// the trace does not say when answers ended it is the time between the two requests,
	// with the answer in it.
	Think time.Duration
}

// A Trace is recorded load, as it is to be replayed. It is safe for concurrent use.
type Trace struct {
	// Curve is the rate of a curve, or the instants of requests.
	Curve []arrival.Segment

	file   *os.File
	layout layout
	at     []time.Duration // of each request that is replayed
	row    []int64         // where it stands in the file
	held   []byte          // the file, where it was a stream
	facts  facts
	bad    *items.BadLines
	failed atomic.Int64

	later    map[int64][]later // of sessions, by where their first request stands in the file
	sessions float64           // how many requests a session has on average; 0: there are none
}

// A later request of a session stands in the file, and is asked after some time.
type later struct {
	row   int64
	think time.Duration
}

// A talk is what tells requests of a session: which it is, and when an answer ended.
type talk struct {
	session uint64
	done    time.Duration
	hasDone bool
}

// facts are what is known of the rows once each was seen.
type facts struct {
	inputs, outputs       lengths
	longest               int    // input
	content               uint64 // a fingerprint of all of them, in their order
	blockLeast, blockMost int    // bounds of the tokens of a block; most 0: none
}

// lengths are those that were recorded.
type lengths struct{ n, sum int64 }

func (l *lengths) add(tokens int) {
	if tokens > 0 {
		l.n++
		l.sum += int64(tokens)
	}
}

func (l lengths) mean() int {
	if l.n == 0 {
		return 0
	}
	return int((l.sum + l.n/2) / l.n)
}

// Open reads a trace to its end. An error names the line; one about rows that cannot be
// used is a *[items.BadLines].
func Open(path string, o Options) (*Trace, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	t := &Trace{file: f}
	if err := t.read(path, o); err != nil {
		_ = f.Close() // it was only read
		return nil, err
	}
	if t.at == nil || t.held != nil {
		_ = f.Close() // it was only read
	}
	return t, nil
}

func (o Options) check() error {
	switch {
	case !(o.Speed > 0) || math.IsInf(o.Speed, 1):
		return fmt.Errorf("a speed of %s is not possible: give more than 0", units.Number(o.Speed))
	case !(o.Scale > 0) || math.IsInf(o.Scale, 1):
		return fmt.Errorf("a scale of %s is not possible: give more than 0", units.Number(o.Scale))
	case o.From < 0 || o.To < 0 || o.To > 0 && o.To <= o.From:
		return errors.New("the window ends before it begins")
	}
	return nil
}

func (t *Trace) read(path string, o Options) error {
	info, err := t.file.Stat()
	if err != nil {
		return err
	}
	var from io.Reader = t.file
	if !info.Mode().IsRegular() {
		if t.held, err = io.ReadAll(io.LimitReader(t.file, 1<<30)); err != nil {
			return err
		}
		from = newReader(t.held)
	}
	r := newScanner(from)
	r.sessions = o.Sessions
	if r.isCurve() {
		t.Curve, err = arrival.ReadTrace(r.in, o.Speed, o.Scale)
		if err == nil {
			t.Curve, err = window(t.Curve, o)
		}
		return err
	}
	if err := r.rows(path, o.SkipBad); err != nil {
		return err
	}
	t.layout, t.facts, t.bad = r.layout, r.facts, r.bad
	return t.replay(r.recorded, o)
}

// replay makes of the recorded instants those at which requests are sent.
func (t *Trace) replay(r recorded, o Options) error {
	if !slices.IsSorted(r.at) { // a log of requests is in the order of their ends
		sort.Stable(r)
	}
	at, row := r.at, r.row
	first := at[0]
	from := sort.Search(len(at), func(i int) bool { return at[i]-first >= o.From })
	to := len(at)
	if o.To > 0 {
		to = sort.Search(len(at), func(i int) bool { return at[i]-first >= o.To })
	}
	begin, end := first+o.From, at[len(at)-1]
	if o.To > 0 {
		end = first + o.To
	}
	if from >= to {
		return fmt.Errorf("the window holds no request: the trace is %s long", units.Length(at[len(at)-1]-first))
	}
	at, row = at[from:to], row[from:to]
	if o.Sessions {
		if !slices.ContainsFunc(r.talk[from:to], func(of talk) bool { return of.session != 0 }) {
			return errors.New("no request names a session, so that there are no conversations to replay")
		}
		at, row = t.group(at, row, r.talk[from:to], o.Speed)
	}
	length := float64(end-begin) / o.Speed
	if n := float64(len(at)) * o.Scale; !(n <= maxRows) {
		return fmt.Errorf("%s requests are more than a run replays: lower the scale", units.Count(int64(n)))
	}
	if length > float64(maxLength) {
		return errors.New("the trace lasts longer than a year: raise its speed, or give a window")
	}
	for i := range at {
		at[i] = time.Duration(float64(at[i]-begin) / o.Speed)
	}
	t.at, t.row = scaled(at, row, o.Scale)
	if len(t.at) == 0 {
		return fmt.Errorf("at a scale of %s nothing is left of %s", units.Number(o.Scale), units.Of(len(at), "request", "requests"))
	}
	lasts := max(time.Duration(length), t.at[len(t.at)-1]+1, time.Second)
	if err := sendable(t.at); err != nil {
		return err
	}
	t.Curve = arrival.Instants(t.at, lasts)
	return nil
}

// group leaves of each session the first request, and keeps the later ones apart.
func (t *Trace) group(at []time.Duration, row []int64, talks []talk, speed float64) (ats []time.Duration, rows []int64) {
	type last struct {
		first int64 // where the session's first request stands
		at    int   // of the newest
	}
	open := map[uint64]last{}
	t.later = map[int64][]later{}
	for i, of := range talks {
		before, goesOn := open[of.session]
		if !goesOn || of.session == 0 {
			ats, rows = append(ats, at[i]), append(rows, row[i])
			open[of.session] = last{row[i], i}
			continue
		}
		asked := at[before.at]
		if of := talks[before.at]; of.hasDone {
			asked = of.done
		}
		think := max(0, time.Duration(float64(at[i]-asked)/speed))
		t.later[before.first] = append(t.later[before.first], later{row[i], think})
		open[of.session] = last{before.first, i}
	}
	t.sessions = float64(len(at)) / float64(len(ats))
	return ats, rows
}

// recorded are rows as they were read: of each its instant, where it stands and, where
// sessions are wanted, what tells them.
type recorded struct {
	at   []time.Duration
	row  []int64
	talk []talk
}

func (r recorded) Len() int           { return len(r.at) }
func (r recorded) Less(i, j int) bool { return r.at[i] < r.at[j] }
func (r recorded) Swap(i, j int) {
	r.at[i], r.at[j] = r.at[j], r.at[i]
	r.row[i], r.row[j] = r.row[j], r.row[i]
	if r.talk != nil {
		r.talk[i], r.talk[j] = r.talk[j], r.talk[i]
	}
}

// scaled leaves requests out, or puts more of their kind between them.
func scaled(at []time.Duration, row []int64, scale float64) ([]time.Duration, []int64) {
	if scale == 1 {
		return at, row
	}
	n := int(float64(len(at)) * scale)
	ats, rows := make([]time.Duration, 0, n), make([]int64, 0, n)
	for i := range at {
		copies := int(math.Floor(float64(i+1)*scale) - math.Floor(float64(i)*scale))
		next := at[i]
		if i+1 < len(at) {
			next = at[i+1]
		}
		for j := range copies {
			ats = append(ats, at[i]+(next-at[i])*time.Duration(j)/time.Duration(copies))
			rows = append(rows, row[i])
		}
	}
	return ats, rows
}

// sendable refuses more requests in a second than any machine can send.
func sendable(at []time.Duration) error {
	const most = int(arrival.MaxRate)
	for i := most; i < len(at); i++ {
		if at[i]-at[i-most] < time.Second {
			return fmt.Errorf("more than %d requests in a second: lower the speed or the scale", most)
		}
	}
	return nil
}

// window cuts a curve to it.
func window(curve []arrival.Segment, o Options) ([]arrival.Segment, error) {
	if o.From == 0 && o.To == 0 {
		return curve, nil
	}
	from, to := time.Duration(float64(o.From)/o.Speed), time.Duration(float64(o.To)/o.Speed)
	var cut []arrival.Segment
	var start time.Duration
	for _, s := range curve {
		end := start + s.For
		low, high := max(start, from), end
		if to > 0 {
			high = min(end, to)
		}
		if low < high {
			s.For = high - low // it is flat
			cut = append(cut, s)
		}
		start = end
	}
	if len(cut) == 0 {
		return nil, fmt.Errorf("the window holds nothing: the trace is %s long", units.Length(time.Duration(float64(start)*o.Speed)))
	}
	return cut, nil
}

// Len is how many requests are replayed; 0: the trace is a curve, and knows of none.
func (t *Trace) Len() int { return len(t.at) }

// At is when the i-th of them is due, from the start.
func (t *Trace) At(i int) time.Duration { return t.at[i] }

// Row is what is recorded of the i-th of them. Lengths that were not recorded, of a
// request that failed, are the average of those that were.
func (t *Trace) Row(i int) Row {
	r := t.readRow(t.row[i])
	for j := i - 1; j >= 0 && t.row[j] == t.row[i]; j-- {
		r.Copy++
	}
	return r
}

// readRow reads the row that stands at a place of the file.
func (t *Trace) readRow(place int64) Row {
	r, err := t.layout.read(t.source(), place)
	if err != nil {
		t.failed.Add(1)
	}
	if r.Input == 0 {
		r.Input = t.MeanInput()
	}
	if r.Output == 0 {
		r.Output = t.MeanOutput()
	}
	return r
}

// Session are the requests that follow the i-th one in its session, at most so many; none
// where it is of no session, or sessions were not asked for.
func (t *Trace) Session(i, most int) (turns []Turn) {
	for _, l := range t.later[t.row[i]] {
		if len(turns) == most {
			break
		}
		turns = append(turns, Turn{t.readRow(l.row), l.think})
	}
	return turns
}

// MeanTurns is how many requests a session has on average: those of no session are one
// each. 1 where sessions were not asked for.
func (t *Trace) MeanTurns() float64 { return max(1, t.sessions) }

func (t *Trace) source() io.ReaderAt {
	if t.held != nil {
		return newReader(t.held)
	}
	return t.file
}

// MeanInput is the average length of a prompt, in tokens; 0: not recorded.
func (t *Trace) MeanInput() int { return t.facts.inputs.mean() }

// MeanOutput is that of an answer.
func (t *Trace) MeanOutput() int { return t.facts.outputs.mean() }

// Longest is the longest recorded prompt, in tokens.
func (t *Trace) Longest() int { return t.facts.longest }

// Block is how many tokens a hash stands for: 512, Mooncake's own, or, where the lengths
// contradict that, what they allow.
func (t *Trace) Block() int {
	const mooncake = 512
	least, most := t.facts.blockLeast, t.facts.blockMost
	if most == 0 || least <= mooncake && mooncake <= most {
		return mooncake
	}
	for size := 1; size <= most; size *= 2 {
		if size >= least {
			return size
		}
	}
	return max(1, least)
}

// Content is a fingerprint of the rows.
func (t *Trace) Content() uint64 { return t.facts.content }

// Skipped are the rows that could not be used; nil: none.
func (t *Trace) Skipped() *items.BadLines { return t.bad }

// Failed is how many rows could not be read again when they were due.
func (t *Trace) Failed() int64 { return t.failed.Load() }
