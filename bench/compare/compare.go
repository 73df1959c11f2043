package compare

import (
	"math"
	"slices"

	"flashwave/bench/result"
	"flashwave/bench/slo"
)

// Options are what is not in the runs.
type Options struct {
	Tool  result.Tool // what makes the document
	Rules []Rule      // take the place of the default gate
}

// Compare sets one or several runs of a scenario against others. Neither side may
// be empty. The same runs in the same order give the same document.
func Compare(base, fresh []*result.Run, o Options) *Document {
	return compareSides(newSide(base), newSide(fresh), o)
}

// compareSides is Compare once the timelines have been read.
func compareSides(base, fresh *side, o Options) *Document {
	c := comparison{base: base, fresh: fresh, method: method(BlockBootstrap)}
	if b, f := len(base.runs), len(fresh.runs); b >= fromRanks && f >= fromRanks {
		c.level = levelOf(b, f)
		c.method = method(MannWhitney)
		c.method.Confidence = c.level.confidence()
	}
	d := &Document{
		Schema: Schema, Tool: o.Tool,
		Base: c.base.document(), New: c.fresh.document(),
		Method: c.method, Rows: []Row{},
	}
	for _, wave := range c.waves() {
		d.Rows = append(d.Rows, c.rows(wave)...)
	}
	if block := max(c.base.block, c.fresh.block); block > 0 && d.Method.Name == BlockBootstrap {
		d.Method.BlockS = &block
	}
	d.Warnings = c.warnings(d)
	d.gate(o.Rules)
	return d
}

// method describes a method.
func method(name MethodName) Method {
	m := Method{
		Name: name, Confidence: confidence,
		MarginRatio: marginRatio, MarginMS: marginMS, MarginPoints: marginPoints,
	}
	if name == MannWhitney {
		m.Note = "each run is one observation: the intervals hold drift between runs"
		return m
	}
	m.Resamples, m.Seed = resamples, seed
	m.Note = "the intervals hold the noise within the runs; drift between runs they cannot see: " +
		"what lies within the margin is taken for it. From 4 runs a side it is measured"
	return m
}

// A comparison is the work of Compare in the making.
type comparison struct {
	base, fresh *side
	method      Method
	level       rankLevel // of ranks
}

// A side is the runs of a side and what was made of them.
type side struct {
	runs   []*result.Run
	series []*series
	block  float64 // seconds of the longest block
}

func newSide(runs []*result.Run) *side {
	s := &side{runs: runs}
	for _, run := range runs {
		s.series = append(s.series, newSeries(run.Timeline))
	}
	return s
}

func (s *side) document() Side {
	first := s.runs[0]
	d := Side{IDs: []string{}, Name: first.Name, StartedAt: &first.StartedAt, Valid: true}
	if sc := first.Scenario; sc != nil {
		d.Target, d.Model = sc.Target.URL, sc.Target.Model
	}
	for _, run := range s.runs {
		d.IDs = append(d.IDs, run.ID)
		d.DurationS += run.DurationS
		d.Requests += run.Total.Requests.Scheduled
		d.Valid = d.Valid && run.Generator.Valid
	}
	return d
}

// waves are the stretches to compare: the whole run, and the waves of the base's
// first run that every run has.
func (c *comparison) waves() []string {
	list := []string{""}
next:
	for _, w := range c.base.runs[0].Waves {
		for _, run := range slices.Concat(c.base.runs, c.fresh.runs) {
			if stats(run, slo.WaveName(w.Lane, w.Name)) == nil {
				continue next
			}
		}
		list = append(list, slo.WaveName(w.Lane, w.Name))
	}
	return list
}

// stats are the figures of a wave, or of the whole run for ""; nil where there is
// no such wave.
func stats(run *result.Run, wave string) *result.Stats {
	if wave == "" {
		return &run.Total
	}
	for i, w := range run.Waves {
		if slo.WaveName(w.Lane, w.Name) == wave {
			return &run.Waves[i]
		}
	}
	return nil
}

// rows compare one stretch.
func (c *comparison) rows(wave string) []Row {
	base, fresh := c.base.estimates(wave), c.fresh.estimates(wave)
	rows := make([]Row, 0, len(metrics))
	for i, m := range metrics {
		row := Row{
			Metric: m.name, Stat: m.stat, Wave: wave, Unit: m.unit, Verdict: NoData,
			Gates:   m.gates && wave == "" && (!m.optional() || len(base[i])+len(fresh[i]) > 0 || m.name == "goodput" && c.unjudged()),
			Samples: Samples{count(base[i]), count(fresh[i])},
		}
		row.Base, row.New = middle(base[i], c.base), middle(fresh[i], c.fresh)
		switch row.beyond(); {
		case row.Beyond != "":
			row.Verdict = c.unbounded(base[i], fresh[i])
		case row.Base == nil || row.New == nil:
		case infinite(base[i]) || infinite(fresh[i]):
			row.Verdict = Unknown // of some of the runs of a side
		default:
			row.fill(m, m.compare(base[i], fresh[i], c.level), c.method.Confidence)
		}
		rows = append(rows, row)
	}
	return rows
}

// estimates are each metric of a stretch in each run that has data of it.
func (s *side) estimates(wave string) [][]estimate {
	list := make([][]estimate, len(metrics))
	for r, run := range s.runs {
		t := stats(run, wave)
		spreads := s.spreads(r, wave, *t)
		for i, m := range metrics {
			value, samples, ok := m.value(*t)
			if !ok {
				continue
			}
			e := estimate{value, samples, spreads[i]}
			switch {
			case samples < m.least:
				e.spread = noSpread
			case m.scale == byPoint: // one request more or less is always in doubt
				e.se = max(e.se, 1/float64(samples)) // NaN stays
			}
			list[i] = append(list[i], e)
		}
	}
	return list
}

// spreads are the standard errors of a stretch of one run.
func (s *side) spreads(run int, wave string, t result.Stats) []spread {
	strata, shared := s.series[run].of(wave)
	if shared {
		strata = nil
	}
	list, block := s.series[run].spreads(strata, p95(t))
	s.block = max(s.block, block)
	return list
}

// beyond takes out values that lie beyond every one, and notes where they were.
func (r *Row) beyond() {
	base, fresh := r.Base != nil && math.IsInf(*r.Base, 1), r.New != nil && math.IsInf(*r.New, 1)
	if base {
		r.Base, r.Beyond = nil, BeyondBase
	}
	if fresh {
		r.New, r.Beyond = nil, BeyondNew
	}
	if base && fresh {
		r.Beyond = BeyondBoth
	}
}

// unbounded is the verdict where a side is beyond every value: worse or better without
// bound, if it is sure of all runs which side each is on.
func (c *comparison) unbounded(base, fresh []estimate) Verdict {
	measured := c.method.Name == MannWhitney // by the runs of a side, whatever each says of itself
	beyond := func(e estimate) bool { return math.IsInf(e.value, 1) && (measured || e.beyond) }
	within := func(e estimate) bool { return !math.IsInf(e.value, 1) && (measured || !math.IsNaN(e.se)) }
	complete := len(base) == len(c.base.runs) && len(fresh) == len(c.fresh.runs)
	switch {
	case !complete || median(base) == median(fresh): // both are +∞
		return NoData
	case every(base, within) && every(fresh, beyond):
		return Worse
	case every(base, beyond) && every(fresh, within):
		return Better
	}
	return Unknown
}

func every(list []estimate, is func(estimate) bool) bool {
	return !slices.ContainsFunc(list, func(e estimate) bool { return !is(e) })
}

// infinite reports whether some run is beyond every value.
func infinite(list []estimate) bool {
	return slices.ContainsFunc(list, func(e estimate) bool { return math.IsInf(e.value, 1) })
}

// unjudged reports whether in some run it is not known of some requests whether they were
// good.
func (c *comparison) unjudged() bool {
	return slices.ContainsFunc(slices.Concat(c.base.runs, c.fresh.runs), func(r *result.Run) bool {
		return r.Total.Unjudged != nil && *r.Total.Unjudged > 0
	})
}

// middle is a side's value; nil where a run has no data.
func middle(list []estimate, s *side) *float64 {
	if len(list) < len(s.runs) {
		return nil
	}
	return new(median(list))
}

func count(list []estimate) (n int64) {
	for _, e := range list {
		n += e.samples
	}
	return n
}
