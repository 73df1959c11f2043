package forecast

import (
	"cmp"
	"slices"

	"flashwave/bench/result"
)

// A table draws from a distribution: equal shares of it, each by its mean.
type table []float64

// tableSize makes a share small beside the p99.9, and the table fit into a cache.
const tableSize = 4096

// times are values in seconds, each so many times.
type times []timed

type timed struct {
	value float64
	count float64
}

// add takes in a histogram, all of its values multiplied by a factor, so that their mean
// is the histogram's own, exactly. It may be nil.
func (t *times) add(h *result.Hist, by float64) {
	if h.Count() == 0 {
		return
	}
	sum, from := 0.0, len(*t)
	h.ForEach(func(value, count int64) bool {
		*t = append(*t, timed{float64(value), float64(count)})
		sum += float64(value) * float64(count)
		return true
	})
	if sum > 0 {
		by *= h.Mean().Seconds() * float64(h.Count()) / sum
	}
	for i := range (*t)[from:] {
		(*t)[from+i].value *= by
	}
}

// table cuts the values into equal shares.
func (t times) table() table {
	slices.SortFunc(t, func(a, b timed) int { return cmp.Compare(a.value, b.value) })
	total := 0.0
	for _, v := range t {
		total += v.count
	}
	list := make(table, tableSize)
	share := total / tableSize
	i, room := 0, share
	for _, v := range t {
		for left := v.count; left > 0 && i < len(list); {
			n := min(left, room)
			list[i] += n * v.value / share
			left, room = left-n, room-n
			if room <= share*1e-9 {
				i, room = i+1, share
			}
		}
	}
	return list
}

func (t table) mean() (mean float64) {
	for _, v := range t {
		mean += v / float64(len(t))
	}
	return mean
}

// middle is the median.
func (t table) middle() float64 { return t[len(t)/2] }
