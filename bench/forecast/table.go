package forecast

import "flashwave/bench/result"

// A table draws from a distribution: equal shares of it, each by its mean.
type table []float64

// tableSize makes a share small beside the p99.9, and the table fit into a cache.
const tableSize = 4096

// newTable cuts a histogram into equal shares; stretch multiplies all times. Its
// mean is the histogram's own, exactly.
func newTable(h *result.Hist, stretch float64) table {
	t := make(table, tableSize)
	share := float64(h.Count()) / tableSize
	i, room := 0, share
	h.ForEach(func(value, count int64) bool {
		for left := float64(count); left > 0 && i < len(t); {
			n := min(left, room)
			t[i] += n * float64(value)
			left, room = left-n, room-n
			if room <= share*1e-9 {
				i, room = i+1, share
			}
		}
		return true
	})
	total := 0.0
	for _, v := range t {
		total += v
	}
	scale := stretch * h.Mean().Seconds() * tableSize / total
	for i := range t {
		t[i] *= scale
	}
	return t
}

func (t table) mean() (mean float64) {
	for _, v := range t {
		mean += v / float64(len(t))
	}
	return mean
}

// middle is the median.
func (t table) middle() float64 { return t[len(t)/2] }
