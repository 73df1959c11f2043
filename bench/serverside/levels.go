package serverside

import (
	"time"

	"flashwave/bench/result"
)

// Levels puts into rows, while the run goes on, the highest of what the server said of its
// levels in each: how many requests run and wait, how full its cache is. since is as for
// [Watch.Tell], which says all of it at the end. Rows are in the order of time.
func (w *Watch) Levels(rows []result.Row, since func(time.Duration) time.Duration) {
	const slack = 0.05 // s: a page is read a little after the second is over
	w.mu.Lock()
	defer w.mu.Unlock()
	i := 0
	for _, m := range w.taken {
		at := since(m.at).Seconds() - slack
		for i < len(rows) && rows[i].TS+rows[i].StepS <= at {
			i++
		}
		if i == len(rows) {
			return
		}
		if at < rows[i].TS-2*slack {
			continue // before the first of them
		}
		for name, v := range m.values {
			if w.counts(name) {
				continue
			}
			if rows[i].Server == nil {
				rows[i].Server = map[string]float64{}
			}
			if was, ok := rows[i].Server[name]; !ok || v > was {
				rows[i].Server[name] = v
			}
		}
	}
}
