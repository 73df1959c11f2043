package run

import (
	"time"

	"flashwave/bench/report/web"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/slo"
	"flashwave/bench/units"
)

// answer is what customers feel, in the words of who runs a shop: how many of a hundred
// are served as an SLO on waiting asks, the first that is broken before others; without
// one, how long they wait. It is nil where the figures tell nothing of customers: the run
// was stopped, or its generator was late.
func answer(run *result.Run) *web.Answer {
	if run.Verdict.Status == result.Aborted || !run.Generator.Valid || run.Total.Requests.Scheduled == 0 {
		return nil
	}
	for _, broken := range []bool{true, false} {
		for _, s := range run.Verdict.SLOs {
			if s.OK == nil || *s.OK == broken {
				continue
			}
			if a := waiting(run, s); a != nil {
				return a
			}
		}
	}
	return served(run.Total)
}

// waiting is how many customers wait no longer than an SLO allows; nil if it is none on
// the wait for the first token or for the whole answer, or the document does not tell.
func waiting(run *result.Run, s result.SLO) *web.Answer {
	e, err := slo.Parse(s.Expr)
	quantile, ok := e.Quantile()
	if err != nil || !ok || e.Service || e.Op != "<" && e.Op != "<=" {
		return nil
	}
	of, ok := statsOf(run, e.Wave)
	if !ok || of.Requests.Scheduled == 0 {
		return nil
	}
	l, what := of.Latency.TTFT.Response, "see the first word"
	switch e.Metric {
	case slo.TTFT:
	case slo.E2E:
		l, what = of.Latency.E2E.Response, "have the whole answer"
	default:
		return nil
	}
	if l == nil || l.HDR == "" {
		return nil
	}
	h, err := result.DecodeHist(l.HDR)
	if err != nil {
		return nil
	}
	// Whoever saw a first word and no end was not served.
	within := min(h.CountAtOrBelow(time.Duration(e.Value*float64(time.Millisecond))), of.Requests.Succeeded)
	share := float64(within) / float64(of.Requests.Scheduled)
	if *s.OK != (share >= quantile) {
		return nil // by a hair, or a document that was put together
	}
	says := "customers " + what + " within " + units.Bound(e.Value, units.Milliseconds)
	if e.Wave != "" {
		says += " in " + words.Plain(e.Wave)
	}
	return &web.Answer{Figure: units.OfHundred(share), Unit: "of 100", Says: says + rest(of, l)}
}

// statsOf are the figures that an SLO is about: those of its wave, or of the whole run.
func statsOf(run *result.Run, wave string) (of result.Stats, ok bool) {
	if wave == "" {
		return run.Total, true
	}
	for _, w := range run.Waves {
		if wave == w.Name || wave == slo.WaveName(w.Lane, w.Name) {
			if ok {
				return of, false // of two lanes
			}
			of, ok = w, true
		}
	}
	return of, ok
}

// served is how long customers wait, where nothing says how long they may.
func served(t result.Stats) *web.Answer {
	if t.Requests.Succeeded == 0 {
		return &web.Answer{Figure: "0", Unit: "of 100", Says: "customers get an answer"}
	}
	l, what := t.Latency.TTFT.Response, "for the first word"
	if l == nil {
		l, what = t.Latency.E2E.Response, "for the whole answer"
	}
	if l == nil {
		return nil
	}
	c := web.NewCard("", units.Millis(l.P95), "")
	who := "customers"
	if t.Requests.Succeeded < t.Requests.Scheduled {
		who += " who get an answer"
	}
	return &web.Answer{Figure: c.Value, Unit: c.Unit, Says: "is the most that 95 of 100 " + who + " wait " + what + rest(t, l)}
}

// rest are the longest wait, and those who get no answer.
func rest(of result.Stats, l *result.Latency) string {
	says := "; the longest wait is " + units.Millis(l.Max)
	if none := of.Requests.Scheduled - of.Requests.Succeeded; none > 0 {
		says += "; " + units.Share(float64(none)/float64(of.Requests.Scheduled)) + " get no answer"
	}
	return says
}
