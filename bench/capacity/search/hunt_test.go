package search

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"flashwave/bench/capacity"
)

// A world answers a hunt with what a step would have found.
type world struct {
	edge   float64          // requests per second: what holds
	limit  capacity.Limit   // what it breaks by
	told   float64          // that the endpoint says it gives; 0: nothing
	supply *capacity.Supply // that would be counted
	unsure bool             // whether it holds is not always beyond doubt
	noise  float64          // ratio; of the edge, at each step
	fault  int              // the step that fails whatever its rate; 0: none
}

// hunted plays a hunt to its end.
func hunted(t *rapid.T, w world, b bound, start float64) *hunt {
	var told *float64
	if w.told > 0 {
		told = &w.told
	}
	h := newHunt(b, start, told, false)
	ran := []float64{}
	for n := 1; ; n++ {
		m := h.next()
		if m.kind == "" {
			break
		}
		if n > 200 {
			t.Fatalf("it does not end: %+v comes after %+v", m, h.last)
		}
		if b.whole && m.rate != math.Trunc(m.rate) {
			t.Fatalf("%v is no whole number", m.rate)
		}
		if m.kind == capacity.Soak && near(m.rate, h.soaked) {
			t.Fatalf("%v was soaked already", m.rate)
		}
		if m.kind != capacity.Count && (m.rate > b.max*(1+slack) || m.rate < b.min*(1-slack)) {
			t.Fatalf("%v/s is out of %v to %v", m.rate, b.min, b.max)
		}
		if w.told > 0 && m.rate > max(w.told*1.1, b.min)*(1+slack) {
			t.Fatalf("%v/s is far above a limit of %v/s", m.rate, w.told)
		}
		edge := w.edge * (1 + w.noise*rapid.Float64Range(-1, 1).Draw(t, "noise"))
		x := trial{kind: m.kind, rate: m.rate, held: m.rate <= edge && n != w.fault, told: told, at: float64(20 * n), served: min(m.rate, edge)}
		if b.whole {
			x.served = 0
		}
		x.sure = x.held && (!w.unsure || rapid.Bool().Draw(t, "sure"))
		if !x.held {
			x.limit = w.limit
		}
		late := 1 / (1 + math.Exp(-30*math.Log(m.rate/edge)-math.Log(0.05/0.95)))
		if w.unsure { // as chance has it
			late *= rapid.Float64Range(0.3, 3).Draw(t, "late")
			if late = min(late, 0.05); !x.held {
				late = rapid.Float64Range(0.051, 1).Draw(t, "late")
			}
		}
		x.shares = []share{{late: 1000 * late, n: 1000, allowed: 0.05}}
		if m.kind == capacity.Count {
			x = trial{kind: capacity.Count, supply: w.supply, at: x.at, held: true}
		} else {
			ran = append(ran, m.rate)
		}
		h.take(x)
		if a := h.answer(); a > 0 && !slices.Contains(ran, a) {
			t.Fatalf("%v/s is named and did not run", a)
		}
		if a := h.answer(); !b.soak && a > 0 && !h.sure(a) {
			t.Fatalf("%v/s is named, and nobody can say whether it holds", a)
		}
	}
	return h
}

func bounds(t *rapid.T) bound {
	least := rapid.Float64Range(0.01, 1).Draw(t, "min")
	return bound{
		min: least, max: least * math.Pow(10, rapid.Float64Range(1, 5).Draw(t, "decades")),
		precision: rapid.Float64Range(0.005, 0.5).Draw(t, "precision"),
		soak:      rapid.Bool().Draw(t, "soak"), hold: rapid.Bool().Draw(t, "hold"),
	}
}

func within(t *rapid.T, b bound, what string) float64 {
	return b.min * math.Pow(b.max/b.min, rapid.Float64Range(0, 1).Draw(t, what))
}

// An edge that stays where it is ends up between what holds and what does not, which are
// as close as was asked for.
func TestAHuntFindsAnEdge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := bounds(t)
		w := world{edge: max(within(t, b, "edge"), b.min*(1+slack)), limit: capacity.ByLatency, unsure: rapid.Bool().Draw(t, "unsure")}
		h := hunted(t, w, b, within(t, b, "start"))
		low, high := h.low(), h.high()
		if low == 0 || low > w.edge*(1+slack) || high > 0 && high <= w.edge {
			t.Fatalf("%v to %v do not hold %v in between", low, high, w.edge)
		}
		if high == 0 && low < b.max*(1-slack) || high > low*(1+b.precision)*(1+b.precision)*(1+slack) {
			t.Fatalf("%v to %v is too wide", low, high)
		}
	})
}

// A limit that is told is believed, and tested from both sides.
func TestAHuntBelievesALimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := bounds(t)
		b.min, b.max = 0.01, 10_000
		w := world{edge: rapid.Float64Range(1, 1000).Draw(t, "limit"), limit: capacity.ByRateLimit}
		w.told = w.edge
		h := hunted(t, w, b, w.edge*rapid.Float64Range(0.5, 100).Draw(t, "start"))
		if low, high := h.answer(), h.high(); low < w.edge*(1-slack) || low > w.edge*(1+slack) || high > w.edge*1.1*(1+slack) {
			t.Fatalf("%v to %v of %v", low, high, w.edge)
		}
	})
}

// One that is not told is counted.
func TestAHuntCountsALimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := bound{min: 0.01, max: 10_000, precision: 0.05, soak: true}
		edge := rapid.Float64Range(1, 1000).Draw(t, "limit")
		off := rapid.Float64Range(0.5, 1.5).Draw(t, "off")
		w := world{edge: edge, limit: capacity.ByRateLimit, supply: &capacity.Supply{Requests: int64(6000 * edge * off), OverS: 6000}}
		h := hunted(t, w, b, edge*rapid.Float64Range(0.1, 100).Draw(t, "start"))
		if low := h.answer(); low < edge/1.12 || low > edge*(1+slack) {
			t.Fatalf("%v of %v", low, edge)
		}
	})
}

// Whatever chance does, it ends, and one fault far below the edge is not followed.
func TestAHuntEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := bounds(t)
		limit := rapid.SampledFrom([]capacity.Limit{capacity.ByLatency, capacity.ByErrors, capacity.ByRateLimit, capacity.ByUndecidable}).Draw(t, "limit")
		w := world{edge: within(t, b, "edge"), limit: limit, noise: 0.3}
		if rapid.Bool().Draw(t, "told") {
			w.told = w.edge * rapid.Float64Range(0.1, 10).Draw(t, "of")
		}
		hunted(t, w, b, within(t, b, "start"))
	})
	rapid.Check(t, func(t *rapid.T) {
		b := bound{min: 0.1, max: 1000, precision: 0.05, soak: true}
		w := world{edge: rapid.Float64Range(1, 500).Draw(t, "edge"), limit: capacity.ByLatency, fault: rapid.IntRange(1, 6).Draw(t, "fault")}
		h := hunted(t, w, b, w.edge*rapid.Float64Range(0.5, 1).Draw(t, "start"))
		if low := h.answer(); low < w.edge*0.8 {
			t.Fatalf("%v of %v", low, w.edge)
		}
	})
}

// What a ramp reached that met a limit is no throughput: where the limit is told, the
// bracket begins at it.
func TestARefusedRampBeginsAtTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := bound{min: 0.01, max: 10_000, precision: 0.05, soak: true}
		told := rapid.Float64Range(1, 1000).Draw(t, "told")
		h := newHunt(b, rapid.Float64Range(0.01, 10_000).Draw(t, "start"), &told, true)
		if m := h.next(); m.rate < told || m.rate > told*1.1 {
			t.Fatalf("%+v comes first, of a limit of %v", m, told)
		}
	})
}
