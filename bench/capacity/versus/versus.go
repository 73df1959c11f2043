// Package versus sets one search for capacity against another: is the capacity of NEW
// less than that of BASE? [Compare] makes a [Document] of them.
//
// # What is known
//
// A search leaves a bracket: the highest rate that held, low, and the lowest that did
// not, high. The capacity lies between them, and nothing says where; without a high it
// is low or more, without a low it is less than high. So the change from BASE to NEW
// lies between
//
//	low(NEW) ÷ high(BASE) − 1   and   high(NEW) ÷ low(BASE) − 1
//
// and the verdict follows from these two and the margin alone:
//
//	worse           both lie below −margin
//	better          both lie above +margin
//	no difference   both lie within ±margin
//	not worse       neither lies below −margin: better or no difference
//	inconclusive    anything else: it cannot be told
//
// It cannot be told either where one of the brackets is in doubt itself: its search was
// aborted, its generator was late, its endpoint drifted, or the soak that it asked for
// did not confirm what held.
//
// A bracket is as narrow as the precision of its search. With 5 % on both sides the
// change is known to about ±5 %, within the margin of 10 %; from 10 % on the same
// capacity found twice may be inconclusive.
//
// All other rows inform. Latencies are those at the highest rate that both searches
// measured without a backlog that grew, by a straight line between the rates beside it
// where it was not measured itself.
package versus

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/compare"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

// Schema names the format of the document. Within v1 keys are only ever added.
const Schema = "flashwave.capacity-compare/v1"

// margin is the change of a capacity from which on it matters: that of a comparison of
// runs.
const margin = 0.10

// A Document is what a comparison of two searches found. Units are in the keys or beside
// the values; null (a nil pointer) is "no data", never 0.
type Document struct {
	Schema      string      `json:"schema"`
	Tool        result.Tool `json:"tool"` // what made this document
	Base        Side        `json:"base"`
	New         Side        `json:"new"`
	MarginRatio float64     `json:"margin_ratio"` // a smaller change, as a part of the base, is no difference
	Warnings    []string    `json:"warnings"`     // what should be known before the figures are believed
	Rows        []Row       `json:"rows"`
	Gate        Gate        `json:"gate"`
}

// A Side is one search.
type Side struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Target    string     `json:"target"` // URL
	Model     string     `json:"model"`
	StartedAt *time.Time `json:"started_at"`
	DurationS float64    `json:"duration_s"` // seconds
	SLOs      []string   `json:"slos"`       // what each rate was held against
	LowRPS    *float64   `json:"low_rps"`    // requests per second, the highest rate that held; null: none did, or it is by concurrency
	HighRPS   *float64   `json:"high_rps"`   // the lowest that did not; null: none was found, or it is by concurrency

	LowConcurrency  *int `json:"low_concurrency"`  // requests in flight, the most that held; null: none did, or it is by rate
	HighConcurrency *int `json:"high_concurrency"` // the fewest that did not; null: none were found, or it is by rate

	Confirmed bool           `json:"confirmed"`  // by a soak
	LimitedBy capacity.Limit `json:"limited_by"` // what ends the capacity, or the search for it
	SLO       *string        `json:"slo"`        // the SLO that broke first; null: none did
}

// A Row is one figure on both sides.
type Row struct {
	Metric      string   `json:"metric"` // capacity, in_flight, ttft, e2e, output_tps, per_1k_ok
	Stat        string   `json:"stat"`   // p95; "" of a metric that has none
	Unit        string   `json:"unit"`   // of base and new: 1/s, count, ms, usd
	AtRPS       *float64 `json:"at_rps"` // the rate of a latency, requests per second; null: at each side's own capacity
	Base        *float64 `json:"base"`
	New         *float64 `json:"new"`
	ChangeRatio *float64 `json:"change_ratio"` // what new is more than base, as a part of base

	// LowRatio to HighRatio is what is known of the change; null where it has no such
	// bound, or nothing is known.
	LowRatio  *float64 `json:"low_ratio"`
	HighRatio *float64 `json:"high_ratio"`

	Verdict compare.Verdict `json:"verdict"`
	Gates   bool            `json:"gates"` // other rows inform
}

// A Gate is the judgement over the comparison.
type Gate struct {
	Status   compare.Status `json:"status"`
	ExitCode int            `json:"exit_code"` // 0 not worse, 99 worse, 104 refused, 120 that cannot be told
	Headline string         `json:"headline"`  // one sentence for people
	Reasons  []string       `json:"reasons"`
}

// Compare sets NEW against BASE. Searches that were held to different SLOs, or are none,
// are refused: their capacities are answers to different questions.
func Compare(base, fresh *capacity.Document, tool result.Tool) *Document {
	d := &Document{
		Schema: Schema, Tool: tool, Base: sideOf(base), New: sideOf(fresh),
		MarginRatio: margin, Warnings: []string{}, Rows: []Row{},
	}
	if d.Gate = refusal(base, fresh, d); d.Gate.ExitCode != 0 {
		return d
	}
	sides := []named{{"BASE", base}, {"NEW", fresh}}
	d.Warnings = warnings(sides)
	doubts := doubts(sides)
	d.Rows = rows(base, fresh, len(doubts) > 0)
	d.Gate = d.judge(doubts)
	return d
}

// A named is one search and what sentences call it.
type named struct {
	name string
	*capacity.Document
}

func sideOf(found *capacity.Document) Side {
	c := found.Capacity
	s := Side{
		ID: found.ID, Name: found.Name, StartedAt: &found.StartedAt, DurationS: found.DurationS, SLOs: []string{},
		LowRPS: c.LowRPS, HighRPS: c.HighRPS, LowConcurrency: c.LowConcurrency, HighConcurrency: c.HighConcurrency, Confirmed: c.Confirmed, LimitedBy: c.LimitedBy, SLO: c.SLO,
	}
	if sc := found.Scenario; sc != nil {
		s.Target, s.Model = sc.Target.URL, sc.Target.Model
	}
	for _, l := range found.SLOs {
		s.SLOs = append(s.SLOs, l.Expr)
	}
	return s
}

// refusal says why two documents are no two searches for the same; else its exit code
// is 0.
func refusal(base, fresh *capacity.Document, d *Document) Gate {
	refused := func(format string, args ...any) Gate {
		return Gate{
			Status: compare.Refused, ExitCode: verdict.ExitUsage, Headline: "nothing was compared: " + fmt.Sprintf(format, args...), Reasons: []string{},
		}
	}
	for _, s := range []named{{"BASE", base}, {"NEW", fresh}} {
		switch {
		case s.WhatIf != nil:
			return refused("%s is an answer of capacity --what-if, and no search", s.name)
		case s.Scenario == nil:
			return refused("%s is a search that never began", s.name)
		}
	}
	if by := [2]capacity.Load{base.Plan.Raised(), fresh.Plan.Raised()}; by[0] != by[1] {
		return refused("BASE is a search by %s, NEW one by %s: these are answers to different questions", by[0], by[1])
	}
	a, b := slices.Sorted(slices.Values(d.Base.SLOs)), slices.Sorted(slices.Values(d.New.SLOs))
	if !slices.Equal(a, b) {
		return refused("the SLOs differ, and a capacity is that of its SLOs: %s in BASE, %s in NEW", strings.Join(a, ", "), strings.Join(b, ", "))
	}
	return Gate{}
}

// warnings say why the sides may not be comparable.
func warnings(sides []named) []string {
	list := capacity.Unlike(sides[0].Scenario, sides[1].Scenario, sides[0].name, sides[1].name)
	for _, s := range sides {
		switch c := s.Capacity; {
		case c.RPS == nil:
			list = append(list, "nothing held in "+s.name)
		case !c.Confirmed && s.Plan.SoakS == 0:
			list = append(list, "what held in "+s.name+" was not confirmed by a soak")
		}
	}
	return list
}

// doubts are the sides whose brackets are not to be relied on, and why.
func doubts(sides []named) (list []string) {
	for _, s := range sides {
		if doubt := s.Doubt(); doubt != "" {
			list = append(list, s.name+" is not to be relied on, for "+doubt+": "+s.Verdict.Headline)
		}
	}
	return list
}

// An interval is what is known of a capacity, or of a change of it.
type interval struct{ low, high float64 }

// bracket is where a side's capacity lies, in requests per second or in flight.
func (s Side) bracket() interval {
	i := interval{0, math.Inf(1)}
	if s.LowConcurrency != nil {
		i.low = float64(*s.LowConcurrency)
	}
	if s.HighConcurrency != nil {
		i.high = float64(*s.HighConcurrency)
	}
	if s.LowRPS != nil {
		i.low = *s.LowRPS
	}
	if s.HighRPS != nil {
		i.high = *s.HighRPS
	}
	return i
}

// change is what NEW is more than BASE at the least and at the most, as a part of BASE.
func change(base, fresh interval) interval {
	i := interval{-1, math.Inf(1)}
	if !math.IsInf(base.high, 1) {
		i.low = fresh.low/base.high - 1
	}
	if base.low > 0 {
		i.high = fresh.high/base.low - 1
	}
	return i
}

// verdict is what an interval of a change says.
func (i interval) verdict() (compare.Verdict, compare.Status) {
	switch {
	case i.high < -margin:
		return compare.Worse, compare.GateWorse
	case i.low > margin:
		return compare.Better, compare.GateBetter
	case i.low >= -margin && i.high <= margin:
		return compare.NoDifference, compare.GateNoDifference
	case i.low >= -margin:
		return compare.TooNoisy, compare.GateNotWorse
	}
	return compare.TooNoisy, compare.Inconclusive
}

// judge is the gate: the brackets decide, if nothing is in doubt about them.
func (d *Document) judge(doubts []string) Gate {
	base, fresh := d.Base.bracket(), d.New.bracket()
	i := change(base, fresh)
	g := Gate{Reasons: []string{}}
	if _, g.Status = i.verdict(); len(doubts) > 0 {
		g.Status = compare.Inconclusive
	}
	both := fmt.Sprintf("BASE %s, NEW %s", d.Base.words(), d.New.words())
	switch g.Status {
	case compare.GateWorse:
		g.ExitCode, g.Headline = verdict.ExitFailed, "NEW holds less: "+both
	case compare.GateBetter:
		g.Headline = "NEW holds more: " + both
	case compare.GateNoDifference:
		g.Headline = "no difference: " + both
	case compare.GateNotWorse:
		g.Headline = "NEW does not hold less: " + both
	default:
		g.ExitCode, g.Headline = verdict.ExitInconclusive, "that cannot be told: "+both
		if g.Reasons = append(g.Reasons, doubts...); len(doubts) == 0 {
			g.Reasons = append(g.Reasons, d.open(base, fresh)...)
		}
	}
	return g
}

// open is what would have to be known.
func (d *Document) open(base, fresh interval) (list []string) {
	for _, s := range []struct {
		name string
		interval
	}{{"BASE", base}, {"NEW", fresh}} {
		switch {
		case s.low == 0:
			list = append(list, "nothing held in "+s.name+": search with a lower --min-rate")
		case math.IsInf(s.high, 1):
			list = append(list, "nothing broke in "+s.name+": search with a higher --max-rate (--max-in-flight), or longer")
		}
	}
	if len(list) == 0 {
		list = append(list, "the brackets reach over a change of "+units.Bound(margin, units.Ratio)+": search with a smaller --precision, or soak again")
	}
	return list
}

// words says where a capacity lies.
func (s Side) words() string {
	by := capacity.Arrivals
	if s.LowConcurrency != nil || s.HighConcurrency != nil {
		by = capacity.InFlight
	}
	switch i := s.bracket(); {
	case i.low == 0 && math.IsInf(i.high, 1):
		return "unknown"
	case i.low == 0:
		return "less than " + by.Amount(i.high)
	case math.IsInf(i.high, 1):
		return by.Amount(i.low) + " or more"
	default:
		return by.Number(i.low) + " to " + by.Amount(i.high)
	}
}

// rows are the figures side by side; where the brackets are in doubt they decide nothing.
func rows(base, fresh *capacity.Document, doubted bool) []Row {
	b, f := base.Capacity, fresh.Capacity
	held := Row{Metric: "capacity", Unit: units.EachSecond, Base: b.RPS, New: f.RPS, Gates: true}
	if base.Plan.Raised() == capacity.InFlight {
		held.Unit, held.Base, held.New = units.Things, inFlight(b.Concurrency), inFlight(f.Concurrency)
	}
	i := change(sideOf(base).bracket(), sideOf(fresh).bracket())
	if held.Verdict, _ = i.verdict(); doubted {
		held.Verdict = compare.TooNoisy
	}
	if b.RPS == nil || f.RPS == nil {
		if held.Verdict == compare.TooNoisy {
			held.Verdict = compare.NoData
		}
	}
	if i.low > -1 {
		held.LowRatio = &i.low
	}
	if !math.IsInf(i.high, 1) {
		held.HighRatio = &i.high
	}
	curves := [2][]capacity.CurvePoint{lasting(base), lasting(fresh)}
	list := []Row{
		held,
		{Metric: "in_flight", Unit: units.Things, Base: b.InFlight, New: f.InFlight},
		{Metric: "output_tps", Unit: units.EachSecond, Base: b.OutputTPS, New: f.OutputTPS},
		{Metric: "per_1k_ok", Unit: units.Dollars, Base: priceAt(base), New: priceAt(fresh)},
	}
	common := highestCommon(curves)
	for _, l := range []struct {
		metric string
		of     func(capacity.CurvePoint) *float64
	}{
		{"ttft", func(p capacity.CurvePoint) *float64 { return p.TTFTP95MS }},
		{"e2e", func(p capacity.CurvePoint) *float64 { return p.E2EP95MS }},
	} {
		row := Row{Metric: l.metric, Stat: "p95", Unit: units.Milliseconds, AtRPS: common}
		if common != nil {
			row.Base, row.New = between(curves[0], *common, l.of), between(curves[1], *common, l.of)
		}
		list = append(list, row)
	}
	for k := range list {
		list[k].fill()
	}
	return list
}

func inFlight(n *int) *float64 {
	if n == nil {
		return nil
	}
	return new(float64(*n))
}

// fill completes a row by its change.
func (r *Row) fill() {
	if r.Base != nil && r.New != nil && *r.Base != 0 {
		r.ChangeRatio = new(*r.New / *r.Base - 1)
	}
	switch {
	case r.Verdict != "":
	case r.Base == nil || r.New == nil:
		r.Verdict = compare.NoData
	default:
		r.Verdict = compare.Unknown
	}
}

// priceAt is what a thousand answers cost at the capacity.
func priceAt(found *capacity.Document) *float64 {
	if found.Capacity.RPS == nil {
		return nil
	}
	for _, p := range lasting(found) {
		if math.Abs(*p.RateRPS / *found.Capacity.RPS - 1) < 1e-9 {
			return p.PerThousandOKUSD
		}
	}
	return nil
}

// lasting are the rates of a search at which no backlog grew, the lowest first.
func lasting(found *capacity.Document) []capacity.CurvePoint {
	return slices.DeleteFunc(capacity.Curve(found.Steps), func(p capacity.CurvePoint) bool { return p.RateRPS == nil || p.Growing })
}

// highestCommon is the highest rate that both curves reach; nil: there is none.
func highestCommon(curves [2][]capacity.CurvePoint) *float64 {
	if len(curves[0]) == 0 || len(curves[1]) == 0 {
		return nil
	}
	first := func(c []capacity.CurvePoint) float64 { return *c[0].RateRPS }
	last := func(c []capacity.CurvePoint) float64 { return *c[len(c)-1].RateRPS }
	rate := min(last(curves[0]), last(curves[1]))
	if rate < max(first(curves[0]), first(curves[1])) {
		return nil
	}
	return &rate
}

// between is a figure at a rate, on a straight line between the measured rates beside
// it; nil: it is beyond them, or one of them has no data.
func between(curve []capacity.CurvePoint, rate float64, of func(capacity.CurvePoint) *float64) *float64 {
	at, found := slices.BinarySearchFunc(curve, rate, func(p capacity.CurvePoint, rate float64) int { return cmp.Compare(*p.RateRPS, rate) })
	switch {
	case found:
		return of(curve[at])
	case at == 0 || at == len(curve):
		return nil
	}
	below, above := of(curve[at-1]), of(curve[at])
	if below == nil || above == nil {
		return nil
	}
	part := (rate - *curve[at-1].RateRPS) / (*curve[at].RateRPS - *curve[at-1].RateRPS)
	return new(*below + part*(*above-*below))
}
