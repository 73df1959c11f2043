package verdict

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// Customers says in a shop's words what those felt for whom requests were scheduled: how
// many of them waited less than what an SLO allows (the tightest on response TTFT, or else
// on TTFA or E2E; one over the whole run before one of a wave), how many got an error or
// no answer, and the longest wait. With no such SLO it says what half of them waited. It
// is "" where nothing is known.
//
// It ranks as SLOs do: who got an error did not wait less than the bound, however fast
// that error was. Of a queue it says what became of the tasks of each class.
func (a *Assertions) Customers(f Figures) string {
	if f.Tasks != nil {
		return a.servedTasks(f.Tasks())
	}
	e, bounded := a.felt(f)
	return customers(f.Stretch(e), e, bounded)
}

// customers is that by one expression, which may be a bound.
func customers(s Stretch, e slo.Expr, bounded bool) string {
	m, _ := MetricOf(e)
	sample, ok := s.Latency(e)
	if !ok {
		return ""
	}
	all, met := sample.Count+sample.Lost, int64(0)
	switch {
	case bounded && sample.Count > 0:
		met = sample.CountAtOrBelow(e.Value)
		fallthrough
	case bounded:
		return among(all, met, "waited less than "+units.Bound(e.Value, units.Milliseconds)+" for "+awaited[e.Metric]+where(e)) + aftermath(s, m)
	case sample.Count == 0:
		return among(all, 0, "got "+awaited[e.Metric]) + aftermath(s, m)
	}
	return "half of those who got it waited " + units.Millis(sample.AtQuantile(0.5)) + " or less for " + awaited[e.Metric] + aftermath(s, m)
}

// awaited is what a customer waits for, by the metric that ends there.
var awaited = map[slo.Metric]string{
	slo.TTFT: "the first word", slo.TTFA: "the first word of the answer", slo.E2E: "the whole answer",
}

// waits are what customers wait for, that which says most first.
var waits = []slo.Metric{slo.TTFT, slo.TTFA, slo.E2E}

// bearable reports whether an SLO bounds what customers wait.
func bearable(e slo.Expr) bool {
	return slices.Contains(waits, e.Metric) && !e.Service && e.Op.Upper()
}

// felt is the SLO that says best what customers bear; where none does, which latency says
// what they felt.
func (a *Assertions) felt(f Figures) (best slo.Expr, bounded bool) {
	rank := func(e slo.Expr) int {
		i := slices.Index(waits, e.Metric)
		switch {
		case !bearable(e):
			return -1
		case e.Wave != "":
			return i + len(waits)
		}
		return i
	}
	consider := func(e slo.Expr) {
		switch r := rank(e); {
		case r < 0:
		case !bounded, r < rank(best), r == rank(best) && e.Value < best.Value:
			best, bounded = e, true
		}
	}
	for _, s := range a.SLOs {
		consider(s.Expr)
	}
	for _, e := range a.Bounds {
		consider(e)
	}
	if bounded {
		return best, true
	}
	best = slo.Expr{Metric: slo.TTFT}
	if s := f.Stretch(best); s.Part.Hists[result.TTFTResponse].Count() == 0 {
		best.Metric = slo.E2E // nothing streams
	}
	return best, false
}

func where(e slo.Expr) string {
	if e.Wave == "" {
		return ""
	}
	return " in " + e.Wave
}

// aftermath is what became of the others, and the longest wait of all.
func aftermath(s Stretch, m result.Metric) string {
	var parts []string
	q := s.Part.Requests
	if q.Failed > 0 {
		parts = append(parts, among(q.Scheduled, q.Failed, "got an error"))
	}
	if lost := q.Lost(); lost > 0 {
		parts = append(parts, among(q.Scheduled, lost, "got no answer at all"))
	}
	longest, more := time.Duration(0), ""
	if h := s.Part.Hists[m]; h.Count() > 0 {
		longest = h.Max()
	}
	if open := s.Part.Open[m]; open.Count() > 0 && open.Max() > longest {
		longest, more = open.Max(), "over " // it had not ended
	}
	if longest > 0 {
		parts = append(parts, "the longest wait was "+more+units.Duration(longest))
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, "; ")
}

// among says that n of so many customers did something, as one says it: of 100 where
// there are that many, never all or none where that is not so.
func among(all, n int64, did string) string {
	switch {
	case n == 0:
		return "no customer " + did
	case n == all:
		return "every customer " + did
	case all <= 100:
		return fmt.Sprintf("%d of %d customers %s", n, all, did)
	}
	if of := 100 * n / all; of > 0 {
		return fmt.Sprintf("%d of 100 customers %s", of, did)
	}
	return "fewer than 1 of 100 customers " + did
}
