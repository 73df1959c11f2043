package monitor

import (
	"slices"
	"time"

	"flashwave/bench/monitor/history"
	"flashwave/bench/result"
)

// A View says what of a monitor is looked at closely.
type View struct {
	Target string        // "": none
	Last   time.Duration // the time of its charts, of a day at the most; 0: an hour
}

// DetailColumns is how many stretches the time of a detail is divided into.
const DetailColumns = 60

// A Detail is one target over time.
type Detail struct {
	Target  string
	Last    time.Duration
	Columns []Column // in order of time, all of the same length
}

// A Column is a stretch of time. A nil pointer is "no data".
type Column struct {
	From         time.Time
	TTFT, E2E    *Quantiles
	Availability *float64
	Probes       int64    // that were judged
	Depth        *float64 // of a queue: the most that waited
	Oldest       *float64 // and the age of the oldest, at most, in seconds
}

// A shown is a detail as it was last made, in a minute.
type shown struct {
	detail Detail
	minute int64
	probes int64
}

// detail is the target over the last while. It is made anew when a minute has passed, or
// in the first hour when a probe has ended.
func (w *watched) detail(at time.Time, last time.Duration) Detail {
	if last <= 0 || last > history.KeepProbes {
		last = time.Hour
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	minute, probes := history.InMillis(at).Minute(), w.counts.Scheduled
	if last > time.Hour {
		probes = 0
	}
	if s := w.shown; s == nil || s.detail.Last != last || s.minute != minute || s.probes != probes {
		w.shown = &shown{w.makeDetail(at, last), minute, probes}
	}
	d := w.shown.detail
	d.Columns = slices.Clone(d.Columns)
	return d
}

func (w *watched) makeDetail(at time.Time, last time.Duration) Detail {
	d := Detail{Target: w.Name, Last: last, Columns: make([]Column, DetailColumns)}
	each := last / DetailColumns
	end := at.Truncate(time.Minute).Add(time.Minute)
	for i := range d.Columns {
		c := &d.Columns[i]
		c.From = end.Add(-time.Duration(DetailColumns-i) * each)
		final := c.From.Add(each - time.Nanosecond) // in the last minute of the column
		tally := w.series.Over(final, each-time.Minute)
		c.Probes = tally.All
		if share, ok := tally.Availability(); ok {
			c.Availability = &share
		}
		if l := w.series.Largest(final, each-time.Minute); l.Depth != nil {
			c.Depth = new(float64(*l.Depth))
			if l.Oldest != nil {
				c.Oldest = new(l.Oldest.Seconds())
			}
		}
		for metric, to := range map[history.Metrics]**Quantiles{history.TTFT: &c.TTFT, history.E2E: &c.E2E} {
			*to = quantiles(w.series.Latency(metric, final, each-time.Minute))
		}
	}
	return d
}

// quantiles are those of a histogram; nil: it is empty.
func quantiles(h *result.Hist) *Quantiles {
	if h.Count() == 0 {
		return nil
	}
	return &Quantiles{result.Millis(h.Quantile(0.5)), result.Millis(h.Quantile(0.95)), result.Millis(h.Max())}
}
