// Package slo parses and evaluates assertions over metrics, such as
// "ttft.p95 < 800ms" or "error_rate < 1% in rush".
//
// Begin with [Parse]; [Evaluate] holds an expression against figures that a
// [Lookup] hands out. Everything here is pure and safe for concurrent use.
//
// # Grammar
//
//	METRIC.STAT OP VALUE [in WHERE]    a statistic of a latency
//	METRIC OP VALUE [in WHERE]         a latency: of each request; else a scalar
//
// The latencies are ttft, ttfa, e2e, itl, tpot, stall, queue, connect and wait;
// service.ttft, service.ttfa and service.e2e count from sending rather than from
// the scheduled instant. STAT is p50, p90, p95, p99, p99.9, mean or max. A
// latency without a statistic says when one request is good, and so makes the
// goodput: see [Expr.PerRequest].
//
// The scalars are error_rate, goodput, good_fraction, rps (succeeded),
// offered_rps, sent_rps, completed_rps, output_tps, total_tps, cost, per_1k_ok,
// dropped, unsent, unfinished, rate_limited and lost (dropped + unsent +
// unfinished). Of the last five a value in % is the share of the scheduled
// requests.
//
// Of the tasks of a queue there are besides wait, from when a task was enqueued until a
// worker took it, and the scalars depth, the most that waited; two times, oldest, the age
// of the oldest that waited, and starved, the longest that tasks waited and none of them
// was taken; dead, tasks that failed for good; duplicates and inversions. They are told of
// the whole run and of its classes, not of waves. Of a queue lost is also what
// workers took and never finished.
//
// OP is <, <=, > or >=. VALUE has a unit: 800ms, 8s, 1m, 250us; 1%; 200/s,
// 12000/m; $5. Only counts and ratios may be bare numbers. WHERE is a wave, by its
// name or lane/name; a share of a mix of workloads, by its name; or turns of
// conversations as reports tell them apart: turn 1, turn 2, turn 3-5, turn 6+. Names
// are in quotes if they have spaces.
package slo

import (
	"math"
	"strings"

	"flashwave/bench/class"
)

// An Expr is one parsed assertion. Expressions are comparable: two that differ
// only in spacing, case or quotes are equal.
type Expr struct {
	Text    string // normalised; Parse(Text) is the same Expr
	Metric  Metric
	Service bool // from sending, not from the scheduled instant
	Stat    Stat // "" for scalars and per-request expressions
	Op      Op
	Value   float64 // in Unit: ms, 0 to 1, per second, USD, requests
	Unit    Unit
	Wave    string // "" is the whole run; "lane/wave" names the lane, too; or a class of requests, as it writes itself
	Turn    bool   // Wave is such a class, of turns
	Share   bool   // a count taken as its share of the scheduled requests (Unit is Ratio)
}

// String is the normalised text.
func (e Expr) String() string { return e.Text }

// Latency reports whether the metric is a latency, in milliseconds.
func (e Expr) Latency() bool { return e.Unit == Milliseconds && !e.Metric.span() }

// PerRequest reports whether the expression says when one request is good
// ("ttft < 800ms"). Such expressions define goodput and good_fraction; they are
// no assertion over a wave. A request has many gaps: of itl its longest counts,
// as with stall.
func (e Expr) PerRequest() bool { return e.Latency() && e.Stat == "" }

// OfGood reports whether the metric counts good requests.
func (e Expr) OfGood() bool { return e.Metric == Goodput || e.Metric == GoodFraction }

// Quantile is the percentile as a fraction: 0.95 for p95. ok is false for mean
// and max and where there is no statistic.
func (e Expr) Quantile() (q float64, ok bool) {
	permille := e.Stat.permille()
	return float64(permille) / 1000, permille > 0
}

// Holds compares v, in the expression's unit, with its value. NaN never holds.
func (e Expr) Holds(v float64) bool {
	switch e.Op {
	case Less:
		return v < e.Value
	case LessOrEqual:
		return v <= e.Value
	case More:
		return v > e.Value
	case MoreOrEqual:
		return v >= e.Value
	}
	return false
}

// Concerns reports whether the expression speaks of a wave: of all when it names
// none, and of the waves of every lane when it names no lane.
func (e Expr) Concerns(lane, wave string) bool {
	return e.Wave == "" || !e.Turn && (e.Wave == wave || e.Wave == WaveName(lane, wave))
}

// Names reports whether the expression speaks of a class of requests, and of it alone.
func (e Expr) Names(c class.Class) bool {
	return e.Turn == (c.Kind == class.Turn) && e.Wave == c.String()
}

// Where is what the expression speaks of, as its text has it; "": the whole run.
func (e Expr) Where() string {
	if e.Turn {
		return e.Wave
	}
	return quoted(e.Wave)
}

// WaveName is a wave's name as expressions, logs and reports write it, with its
// lane where it has one.
func WaveName(lane, wave string) string {
	if lane == "" {
		return wave
	}
	return lane + "/" + wave
}

// nearness is how close to its bound, as a part of the bound, a value is near.
const nearness = 0.10

// Near reports whether v holds but lies within 10 % of the bound: what a screen
// shows in amber. A ratio bounded from below is measured from 1, for there the
// room is what is missing to the whole: with good_fraction >= 99%, 99.05 % is
// near and 99.8 % is not. A value that is as good as can be is never near.
func Near(e Expr, v float64) bool {
	if !e.Holds(v) {
		return false
	}
	bound := e.Value
	if e.Unit == Ratio && !e.Op.Upper() {
		bound, v = 1-bound, 1-v
	}
	if bound == 0 {
		return false
	}
	// The slack takes up what rounding adds to a value on the very edge.
	return math.Abs(bound-v) <= nearness*bound*(1+1e-9)
}

// Assumed are the assertions that judge a run beside those that were given.
func Assumed() []Expr {
	return []Expr{MustParse("error_rate <= 1%"), MustParse("lost <= 1%")}
}

// MustParse parses a constant, and panics if it is none that can be parsed.
func MustParse(text string) Expr {
	e, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return e
}

// Everywhere is an assertion over a part of the run as one over all of it.
func (e Expr) Everywhere() Expr {
	if e.Wave != "" {
		e.Text = strings.TrimSuffix(e.Text, " in "+e.Where())
		e.Wave, e.Turn = "", false
	}
	return e
}

// In is an assertion over the whole run as one over a wave of it.
func (e Expr) In(lane, wave string) Expr { return e.over(WaveName(lane, wave), false) }

// Of is an assertion over the whole run as one over a class of its requests.
func (e Expr) Of(c class.Class) Expr { return e.over(c.String(), c.Kind == class.Turn) }

func (e Expr) over(part string, turn bool) Expr {
	if e.Wave == "" {
		e.Wave, e.Turn = part, turn
		e.Text += " in " + e.Where()
	}
	return e
}
