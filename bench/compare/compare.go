package compare

import (
	"math"
	"slices"

	"flashwave/bench/class"
	"flashwave/bench/result"
	"flashwave/bench/slo"
)

// Options are what is not in the runs.
type Options struct {
	Tool  result.Tool // what makes the document
	Rules []Rule      // take the place of the default gate
	Needs []Need      // what must have been seen for a comparison to pass

	// Across says that scenarios are what is compared: they may ask different things.
	Across bool
}

// Compare sets one or several runs of a scenario against others. Neither side may
// be empty. The same runs in the same order give the same document.
func Compare(base, fresh []*result.Run, o Options) *Document {
	return compareSides(newSide(base), newSide(fresh), o)
}

// compareSides is Compare once the timelines have been read.
func compareSides(base, fresh *side, o Options) *Document {
	c := comparison{base: base, fresh: fresh, method: method(OrderStatistics)}
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
	if block := max(c.base.block, c.fresh.block); block > 0 && d.Method.Name == OrderStatistics {
		d.Method.BlockS = &block
	}
	d.Warnings = c.warnings(d, o.Across)
	d.gate(o.Rules, o.Needs)
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
	full   fullness
	burst  float64 // so many failures of a run tell no more than one
}

// A named is a side by its name: BASE or NEW.
type named struct {
	name string
	*side
}

func (c *comparison) sides() [2]named { return [...]named{{"BASE", c.base}, {"NEW", c.fresh}} }

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

// waves are the parts to compare: the whole run, and the waves and the classes of requests
// of the base's first run that every run has.
func (c *comparison) waves() []string {
	list := []string{""}
next:
	for _, w := range parts(c.base.runs[0]) {
		kind := kindOf(w)
		for _, run := range slices.Concat(c.base.runs, c.fresh.runs) {
			if s := stats(run, partName(w)); s == nil || kindOf(*s) != kind {
				continue next
			}
		}
		if !slices.Contains(list, partName(w)) { // a class that is called like a wave has no rows
			list = append(list, partName(w))
		}
	}
	return list
}

// parts are the waves and the classes of a run.
func parts(run *result.Run) []result.Stats { return slices.Concat(run.Waves, run.Classes()) }

// partName is how rows and rules name a part of a run.
func partName(s result.Stats) string {
	if kind := kindOf(s); kind != "" {
		return class.Class{Kind: class.Kind(kind), Name: s.Name}.String()
	}
	return slo.WaveName(s.Lane, s.Name)
}

// kindOf is that of a class; "": it is none.
func kindOf(s result.Stats) string {
	if s.Kind == result.OfWorkload || s.Kind == result.OfTurn {
		return s.Kind
	}
	return ""
}

// stats are the figures of a wave or a class, or of the whole run for ""; nil where there
// is none of that name.
func stats(run *result.Run, wave string) *result.Stats {
	if wave == "" {
		return &run.Total
	}
	for _, s := range parts(run) {
		if partName(s) == wave {
			return &s
		}
	}
	return nil
}

// rows compare one stretch.
func (c *comparison) rows(wave string) []Row {
	base, fresh := c.base.estimates(wave), c.fresh.estimates(wave)
	rows := make([]Row, 0, len(metrics))
	goods, sameSLOs := c.goods(), c.sameSLOs()
	kind := kindOf(*stats(c.base.runs[0], wave))
	for i, m := range metrics {
		row := Row{
			Metric: m.name, Stat: m.stat, Wave: wave, Kind: kind, Unit: m.unit, Verdict: NoData,
			Gates:   (m.gates || m.name == goods) && wave == "" && (!m.optional() || len(base[i])+len(fresh[i]) > 0 || m.name == goods && c.unjudged()),
			Samples: Samples{count(base[i]), count(fresh[i])},
		}
		if m.good() && (!sameSLOs || none(base[i]) && none(fresh[i])) {
			base[i], fresh[i] = nil, nil
		}
		row.Base, row.New = middle(base[i], c.base), middle(fresh[i], c.fresh)
		row.beyond()
		if row.lacking() == "" {
			row.fill(m, m.compare(base[i], fresh[i], c.level), c.method.Confidence)
		}
		rows = append(rows, row)
	}
	return rows
}

// ratesApart is how much more requests a second may be offered to one side before
// the good ones a second cannot be compared.
const ratesApart = 0.01

// goods is the metric of good requests that gates: those a second, but where the
// schedule alone offered more to one side, the share of them.
func (c *comparison) goods() string {
	base, paced := c.base.offered()
	fresh, also := c.fresh.offered()
	if !paced && !also && math.Abs(fresh-base) > ratesApart*base {
		return "good_fraction"
	}
	return "goodput"
}

// offered is the mean of the requests a second that were offered to a side. paced says
// that the endpoint had a part in how many.
func (s *side) offered() (rps float64, paced bool) {
	for _, run := range s.runs {
		if v := run.Total.Rate.Offered; v != nil {
			rps += *v / float64(len(s.runs))
		}
		paced = paced || closed(run)
	}
	return rps, paced
}

// closed reports whether the endpoint set the pace of some of a run.
func closed(run *result.Run) bool {
	return slices.ContainsFunc(run.Waves, func(w result.Stats) bool { return w.Kind == result.ClosedWave })
}

// estimates are each metric of a stretch in each run that has data of it.
func (s *side) estimates(wave string) [][]estimate {
	list := make([][]estimate, len(metrics))
	for r, run := range s.runs {
		t := stats(run, wave)
		noise, told := s.noise(r, wave, *t)
		for i, m := range metrics {
			value, samples, ok := m.value(*t)
			if !ok || m.gap() && voidGaps(run, wave) {
				continue
			}
			e := estimate{value, samples, unbounded, 1}
			if told && samples >= m.least {
				e.interval, e.crowd = m.within(noise, value)
			}
			list[i] = append(list[i], e)
		}
	}
	return list
}

// noise is what a run says of how the values of a stretch scatter.
func (s *side) noise(run int, wave string, t result.Stats) (noise, bool) {
	strata, shared := s.series[run].of(wave)
	if shared || kindOf(t) != "" { // the rows of a timeline tell no classes apart
		return noise{}, false
	}
	n, ok := s.series[run].noise(strata, p95(t))
	if ok {
		s.block = max(s.block, n.plan.longest*n.step)
	}
	n.closed = closed(s.runs[run])
	if ok && wave == "" {
		s.burst = max(s.burst, n.burst())
	}
	if wave == "" && !n.closed {
		s.full = s.full.or(s.series[run].fullness(strata, p95(t)))
	}
	return n, ok
}

// none reports whether a side has values, and all are 0.
func none(list []estimate) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(e estimate) bool { return e.value != 0 })
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
