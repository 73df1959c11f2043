package result

import (
	"fmt"
	"time"

	"flashwave/bench/units"
)

const (
	// warnLag is the lateness from which on the generator is not beyond doubt.
	warnLag = 5 * time.Millisecond
	// gapLag is the lateness that gaps between tokens bear, however short they are.
	gapLag = time.Millisecond
	// lateSend is how late a request may be sent before it counts as not sent when
	// it was due, and promptShare how many must be.
	lateSend    = time.Second
	promptShare = 0.99
	// tenth: lateness may be one part in so many of a latency.
	tenth = 10
)

// Lateness judges how late the generator was in a part, which is that of the wave
// so named ("" where it is a sum of waves). maxLag is the least lateness that is
// too much; a slow endpoint bears a tenth of its median service TTFT (E2E where
// nothing streams), and gaps between tokens a tenth of their own median, but
// a millisecond always.
//
// Lag and read lag at p99 are held against the first bound, for both are part of
// TTFT and E2E. Read lag alone is held against the second: the gaps of a stream do
// not know when it was sent. Besides, 99 % of the requests that were due and had a
// slot must have been sent within a second, and no duration may be missing from its
// histogram.
func Lateness(wave string, p *Part, maxLag time.Duration) Findings {
	l := lateness{wave: wave}
	bound := latencyBound(p, maxLag)
	l.held(FoundSendLag, p.Hists[Lag], "sent its requests", bound)
	l.held(FoundReadLag, p.Hists[ReadLag], "read the answers", bound)
	l.gaps(p)
	l.sends(p.Hists[Lag])
	if n := p.Refused(); n > 0 {
		l.add(FoundRefused, VoidsAll, nil, "%d durations were over an hour and are in no histogram", n)
	}
	return l.found
}

// latencyBound is how late the generator may be where TTFT and E2E are measured.
func latencyBound(p *Part, maxLag time.Duration) time.Duration {
	service := p.Hists[TTFTService]
	if service.Count() == 0 {
		service = p.Hists[E2EService]
	}
	if service.Count() == 0 {
		return maxLag
	}
	return max(maxLag, service.Quantile(0.5)/tenth)
}

// lateness collects what is found of one part.
type lateness struct {
	wave  string
	found Findings
}

func (l *lateness) add(kind FindingKind, voids Voids, factor *float64, format string, args ...any) {
	l.found = append(l.found, Finding{Wave: l.wave, Kind: kind, Text: fmt.Sprintf(format, args...), Factor: factor, Voids: voids})
}

// held holds lag or read lag against what TTFT and E2E bear.
func (l *lateness) held(kind FindingKind, h *Hist, did string, bound time.Duration) {
	if h.Count() == 0 {
		return
	}
	p99 := h.Quantile(0.99)
	factor := new(float64(p99) / float64(max(bound, 1)))
	switch {
	case p99 > bound:
		l.add(kind, VoidsAll, factor, "the generator %s up to %s late (p99; %s is allowed)", did, units.Duration(p99), units.Duration(bound))
	case p99 > warnLag:
		l.add(kind, VoidsNothing, factor, "the generator %s up to %s late (p99)", did, units.Duration(p99))
	}
}

// gaps holds read lag against what the gaps between tokens bear.
func (l *lateness) gaps(p *Part) {
	lag, itl := p.Hists[ReadLag], p.Hists[ITL]
	if lag.Count() == 0 || itl.Count() == 0 {
		return
	}
	p99, bound := lag.Quantile(0.99), max(gapLag, itl.Quantile(0.5)/tenth)
	if p99 > bound {
		l.add(FoundGapLag, VoidsGaps, new(float64(p99)/float64(bound)),
			"the generator read the answers up to %s late (p99), which is too much for the gaps between tokens: they bear %s", units.Duration(p99), units.Duration(bound))
	}
}

// sends counts the requests that were due, had a slot, and were sent more than a
// second late.
func (l *lateness) sends(lag *Hist) {
	n := lag.Count()
	if n == 0 {
		return
	}
	prompt := float64(lag.CountAtOrBelow(lateSend)) / float64(n)
	if prompt < promptShare {
		l.add(FoundLateSends, VoidsAll, new((1-prompt)/(1-promptShare)),
			"only %s of the requests were sent within 1 s of when they were due", units.Share(prompt))
	}
}
