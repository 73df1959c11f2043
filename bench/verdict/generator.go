package verdict

import (
	"fmt"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/client/outcome"
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

// Generator judges the load generator by a part, which is that of the wave so named (""
// where it is a sum of waves): how late it was, and what it ran out of. It is the one rule
// of that, for a window of a live run, a wave that has ended and one that was rebuilt.
//
// maxLag is the least lateness that is too much; a slow endpoint bears a tenth of its median service TTFT (E2E where
// nothing streams), and gaps between tokens a tenth of their own median, but
// a millisecond always.
//
// Lag and read lag at p99 are held against the first bound, for both are part of
// TTFT and E2E. Read lag alone is held against the second: the gaps of a stream do
// not know when it was sent. Besides, 99 % of the requests that were due and had a
// slot must have been sent within a second, and no duration may be missing from its
// histogram.
func Generator(wave string, p *result.Part, maxLag time.Duration) result.Findings {
	l := lateness{wave: wave}
	bound := latencyBound(p, maxLag)
	l.held(result.FoundSendLag, p.Hists[result.Lag], "sent its requests", bound)
	l.held(result.FoundReadLag, p.Hists[result.ReadLag], "read the answers", bound)
	l.gaps(p)
	l.sends(p.Hists[result.Lag])
	if n := p.Refused(); n > 0 {
		l.add(result.FoundRefused, result.VoidsAll, nil, "%d durations were over an hour and are in no histogram", n)
	}
	return append(l.found, shortages(wave, p)...)
}

// latencyBound is how late the generator may be where TTFT and E2E are measured.
func latencyBound(p *result.Part, maxLag time.Duration) time.Duration {
	service := p.Hists[result.TTFTService]
	if service.Count() == 0 {
		service = p.Hists[result.E2EService]
	}
	if service.Count() == 0 {
		return maxLag
	}
	return max(maxLag, service.Quantile(0.5)/tenth)
}

// lateness collects what is found of one part.
type lateness struct {
	wave  string
	found result.Findings
}

func (l *lateness) add(kind result.FindingKind, voids result.Voids, factor *float64, format string, args ...any) {
	l.found = append(l.found, result.Finding{Wave: l.wave, Kind: kind, Text: fmt.Sprintf(format, args...), Factor: factor, Voids: voids})
}

// held holds lag or read lag against what TTFT and E2E bear.
func (l *lateness) held(kind result.FindingKind, h *result.Hist, did string, bound time.Duration) {
	if h.Count() == 0 {
		return
	}
	p99 := h.Quantile(0.99)
	factor := new(float64(p99) / float64(max(bound, 1)))
	switch {
	case p99 > bound:
		l.add(kind, result.VoidsAll, factor, "the generator %s up to %s late (p99; %s is allowed)", did, units.Duration(p99), units.Duration(bound))
	case p99 > warnLag:
		l.add(kind, result.VoidsNothing, factor, "the generator %s up to %s late (p99)", did, units.Duration(p99))
	}
}

// gaps holds read lag against what the gaps between tokens bear.
func (l *lateness) gaps(p *result.Part) {
	lag, itl := p.Hists[result.ReadLag], p.Hists[result.ITL]
	if lag.Count() == 0 || itl.Count() == 0 {
		return
	}
	p99, bound := lag.Quantile(0.99), max(gapLag, itl.Quantile(0.5)/tenth)
	if p99 > bound {
		l.add(result.FoundGapLag, result.VoidsGaps, new(float64(p99)/float64(bound)),
			"the generator read the answers up to %s late (p99), which is too much for the gaps between tokens: they bear %s", units.Duration(p99), units.Duration(bound))
	}
}

// sends counts the requests that were due, had a slot, and were sent more than a
// second late.
func (l *lateness) sends(lag *result.Hist) {
	n := lag.Count()
	if n == 0 {
		return
	}
	prompt := float64(lag.CountAtOrBelow(lateSend)) / float64(n)
	if prompt < promptShare {
		l.add(result.FoundLateSends, result.VoidsAll, new((1-prompt)/(1-promptShare)),
			"only %s of the requests were sent within 1 s of when they were due", units.Share(prompt))
	}
}

// shortageTexts are what a shortage of this machine is called, and what to do about it.
var shortageTexts = map[outcome.Shortage]struct {
	kind result.FindingKind
	text string
}{
	outcome.Files:  {result.FoundFiles, "%d connections failed for want of open files: raise the limit (ulimit -n), or lower --max-in-flight"},
	outcome.Ports:  {result.FoundPorts, "%d connections failed for want of ports: let connections be reused (keep-alive, --connections, --http2), or widen net.ipv4.ip_local_port_range"},
	outcome.Memory: {result.FoundMemory, "%d connections failed for want of memory for sockets: free some, or lower --max-in-flight"},
}

// shortages are what the generator itself ran out of while connecting. That is no failure
// of the endpoint, and the wave says nothing of it.
func shortages(wave string, p *result.Part) (found result.Findings) {
	for _, s := range outcome.Shortages() {
		if n := p.Shortages[s]; n > 0 {
			short := shortageTexts[s]
			found = append(found, result.Finding{Wave: wave, Kind: short.kind, Text: fmt.Sprintf(short.text, n), Voids: result.VoidsAll})
		}
	}
	return found
}
