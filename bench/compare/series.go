package compare

import (
	"maps"
	"math"
	"slices"

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

// A series is the timeline of a run, ready to be resampled: the sums of any
// stretch of rows are a difference of two running sums.
type series struct {
	step   float64 // seconds, the mean
	strata []stratum
	counts [numCounters][]float64 // running sums over the rows, from 0
	hists  [numKept]grid

	backlog []float64 // requests in flight or queued at the end of each row
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
		failed: float64(c.Failed), rateLimited: float64(c.RateLimited), good: math.NaN(),
		lost:         float64(c.Dropped + c.Unsent + c.Unfinished),
		outputTokens: r.OutputTPS * r.StepS, costUSD: r.CostUSD,
	}
	if c.Good != nil {
		v[good] = float64(*c.Good)
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

// A draw is a resampled timeline: stretches of rows, some of them several times.
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
	for _, p := range d.pieces {
		n += d.hists[in].count(bin, p.from, p.to)
	}
	return n
}

// count is how many latencies the draw has.
func (d draw) count(in kept) int64 {
	if len(d.hists[in].bins) == 0 {
		return 0
	}
	return d.upTo(in, len(d.hists[in].bins)-1)
}

// quantile is a percentile of the draw in milliseconds; NaN where nothing was
// recorded.
func (d draw) quantile(in kept, q float64) float64 {
	bins := d.hists[in].bins
	if len(bins) == 0 {
		return math.NaN()
	}
	n := d.upTo(in, len(bins)-1)
	if n == 0 {
		return math.NaN()
	}
	rank := max(int64(math.Ceil(q*float64(n)-1e-9)), 1)
	low, high := 0, len(bins)-1
	for low < high {
		if mid := (low + high) / 2; d.upTo(in, mid) < rank {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return math.Exp(bins[low]) / 1e6
}
