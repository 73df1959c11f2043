package compare

import (
	"maps"
	"math"
	"slices"
	"sort"

	"flashwave/bench/result"
)

// A counter is a figure of a row that adds up over rows.
type counter int

const (
	seconds counter = iota
	scheduled
	succeeded
	failed
	rateLimited
	lost
	good
	outputTokens
	costUSD
	numCounters
)

// kept says of which latency rows keep the histogram.
type kept int

const (
	ttft kept = iota
	e2e
	itl
	tpot
	numKept
)

// A series is the timeline of a run, ready to be looked at in parts: the sums of any
// stretch of rows are a difference of two running sums.
type series struct {
	step   float64 // seconds, the mean
	strata []stratum
	counts [numCounters][]float64 // running sums over the rows, from 0
	hists  [numKept]grid

	backlog []float64 // requests in flight or queued at the end of each row
	loaded  int       // rows up to the last in which a wave was live
}

// A stratum is an unbroken stretch of rows, from ≤ row < to, in which the same
// waves were live.
type stratum struct {
	from, to int
	waves    []string
}

func (s stratum) rows() int { return s.to - s.from }

// newSeries reads the timeline of a run. A histogram that cannot be read is no
// data.
func newSeries(rows []result.Row) *series {
	s := &series{strata: stratify(rows)}
	for c := range s.counts {
		s.counts[c] = make([]float64, len(rows)+1)
	}
	for i, row := range rows {
		if len(row.Waves) > 0 {
			s.loaded = i + 1
		}
		s.backlog = append(s.backlog, float64(row.InFlight+row.Queued))
		for c, v := range countersOf(row) {
			s.counts[c][i+1] = s.counts[c][i] + v
		}
	}
	s.hists[ttft] = newGrid(rows, func(r result.Row) *result.RowPercentile { return r.Latency.TTFT.Response })
	s.hists[e2e] = newGrid(rows, func(r result.Row) *result.RowPercentile { return r.Latency.E2E.Response })
	s.hists[itl] = newGrid(rows, func(r result.Row) *result.RowPercentile { return r.Latency.ITL })
	s.hists[tpot] = newGrid(rows, func(r result.Row) *result.RowPercentile { return r.Latency.TPOT })
	if len(rows) > 0 {
		s.step = s.counts[seconds][len(rows)] / float64(len(rows))
	}
	return s
}

func countersOf(r result.Row) [numCounters]float64 {
	c := r.Counts
	v := [numCounters]float64{
		seconds: r.StepS, scheduled: float64(c.Scheduled), succeeded: float64(c.Succeeded),
		failed: float64(c.Failed), rateLimited: float64(c.RateLimited),
		lost: float64(c.Dropped + c.Unsent + c.Unfinished),
		good: math.NaN(), outputTokens: math.NaN(), costUSD: math.NaN(),
	}
	if c.Good != nil {
		v[good] = float64(*c.Good)
	}
	if r.OutputTPS != nil {
		v[outputTokens] = *r.OutputTPS * r.StepS
	}
	if r.CostUSD != nil {
		v[costUSD] = *r.CostUSD
	}
	return v
}

// stratify splits a timeline where other waves become live. A row in which one
// wave gave way to the next, and rows after the last, belong to what was before.
func stratify(rows []result.Row) []stratum {
	var strata []stratum
	for i, row := range rows {
		n := len(strata)
		if n > 0 && (len(row.Waves) == 0 || slices.Equal(row.Waves, strata[n-1].waves) || passing(rows, i)) {
			strata[n-1].to = i + 1
			continue
		}
		strata = append(strata, stratum{i, i + 1, row.Waves})
	}
	return strata
}

// passing reports whether a row stands alone between others.
func passing(rows []result.Row, i int) bool {
	return len(rows[i].Waves) > 1 && (i+1 == len(rows) || !slices.Equal(rows[i].Waves, rows[i+1].Waves))
}

// of are the strata of a wave, or all of them for "". shared says that another
// wave was live at the same time: rows hold both.
func (s *series) of(wave string) (list []stratum, shared bool) {
	if wave == "" {
		return s.strata, false
	}
	for _, t := range s.strata {
		if slices.Contains(t.waves, wave) {
			list = append(list, t)
			shared = shared || len(t.waves) > 1
		}
	}
	return list, shared
}

// A grid holds how many latencies of each bin there are up to each row and bin.
type grid struct {
	rows  int
	bins  []float64 // ln of what the bin stands for, rising
	total []int32   // at bin·(rows+1) + row: in the rows before row, up to the bin
}

// binsPerE is how many bins there are to a factor e: each is 0.2 % wide, as fine
// as the noise of a percentile ever needs.
const binsPerE = 500

// newGrid reads the histograms of one latency.
func newGrid(rows []result.Row, of func(result.Row) *result.RowPercentile) grid {
	cells, seen := make([]map[int]int64, len(rows)), map[int]bool{}
	for i, row := range rows {
		p := of(row)
		if p == nil || p.HDR == "" {
			continue
		}
		h, err := result.DecodeHist(p.HDR)
		if err != nil {
			continue
		}
		cells[i] = map[int]int64{}
		h.ForEach(func(ns, count int64) bool {
			bin := int(math.Round(binsPerE * math.Log(float64(max(ns, 1)))))
			cells[i][bin] += count
			seen[bin] = true
			return true
		})
	}
	return fillGrid(cells, seen)
}

// fillGrid adds up the counts of rows by bin.
func fillGrid(cells []map[int]int64, seen map[int]bool) grid {
	order := slices.Sorted(maps.Keys(seen))
	index := make(map[int]int, len(order))
	width := len(cells) + 1
	g := grid{rows: len(cells), bins: make([]float64, len(order)), total: make([]int32, len(order)*width)}
	for b, bin := range order {
		index[bin], g.bins[b] = b, float64(bin)/binsPerE
	}
	for r, row := range cells {
		for bin, n := range row {
			g.total[index[bin]*width+r+1] = int32(min(n, math.MaxInt32))
		}
	}
	for b := range order {
		row := int32(0) // of this bin, in the rows so far
		for r := b * width; r < (b+1)*width; r++ {
			row += g.total[r]
			g.total[r] = row
			if b > 0 {
				g.total[r] += g.total[r-width]
			}
		}
	}
	return g
}

// count is how many latencies the rows from ≤ row < to have up to a bin.
func (g grid) count(bin, from, to int) int64 {
	at := bin * (g.rows + 1)
	return int64(g.total[at+to] - g.total[at+from])
}

// A draw is a part of a timeline: stretches of rows.
type draw struct {
	*series
	pieces []piece
}

// A piece is an unbroken stretch of rows, from ≤ row < to.
type piece struct{ from, to int }

// sum adds up counters over the draw.
func (d draw) sum(of ...counter) (sum float64) {
	for _, p := range d.pieces {
		for _, c := range of {
			sum += d.counts[c][p.to] - d.counts[c][p.from]
		}
	}
	return sum
}

// upTo counts the latencies of the draw up to a bin.
func (d draw) upTo(in kept, bin int) (n int64) {
	if bin < 0 {
		return 0
	}
	for _, p := range d.pieces {
		n += d.hists[in].count(bin, p.from, p.to)
	}
	return n
}

// observed counts the latencies of the draw.
func (d draw) observed(in kept) float64 {
	return float64(d.upTo(in, len(d.hists[in].bins)-1))
}

// beyond counts the requests of the draw that failed or were lost: they rank beyond every
// latency. Gaps between tokens have no rank among requests.
func (d draw) beyond(in kept) float64 {
	if in == itl {
		return 0
	}
	return d.sum(failed, lost)
}

// well counts the latencies of the draw whose requests ended well. Of those that were
// observed in vain, for the request failed after its first token, only the number is
// known, and that of the whole run: they are taken to lie among the others as these do.
func (d draw) well(in kept) float64 {
	all := draw{d.series, []piece{{0, len(d.counts[seconds]) - 1}}}
	vain := all.observed(in) - all.sum(succeeded)
	if beyond := all.beyond(in); beyond > 0 && vain > 0 {
		return max(d.observed(in)-d.beyond(in)*min(vain/beyond, 1), 0)
	}
	return d.observed(in)
}

// whole counts all that has a rank.
func (d draw) whole(in kept) float64 { return d.well(in) + d.beyond(in) }

// quantile is a percentile of the whole in milliseconds, as ofAll has it of a run: +∞
// where its rank falls among the requests that failed or were lost, NaN where there is
// none.
func (d draw) quantile(in kept, q float64) float64 {
	bins := d.hists[in].bins
	switch bin := d.bin(in, q); {
	case d.whole(in) == 0:
		return math.NaN()
	case bin == len(bins):
		return math.Inf(1)
	default:
		return math.Exp(bins[bin]) / 1e6
	}
}

// bin is where a percentile of the whole lies; past the last where that is beyond every
// latency.
func (d draw) bin(in kept, q float64) int {
	well, bins := d.well(in), len(d.hists[in].bins)
	rank := rankOf(q, d.whole(in))
	if rank > well+1e-9 {
		return bins
	}
	observed := int64(rankOf(rank/well, d.observed(in)))
	return sort.Search(bins-1, func(bin int) bool { return d.upTo(in, bin) >= observed })
}

// hits counts, in the rows from ≤ row < to, the requests above a percentile of the draw,
// and all that have a rank.
func (d draw) hits(in kept, q float64) func(from, to int) (above, whole float64) {
	bin := min(d.bin(in, q), len(d.hists[in].bins)-1)
	well := d.well(in) / max(d.observed(in), 1)
	return func(from, to int) (above, whole float64) {
		rows := draw{d.series, []piece{{from, to}}}
		observed, beyond := rows.observed(in), rows.beyond(in)
		return well*(observed-float64(rows.upTo(in, bin))) + beyond, well*observed + beyond
	}
}
