package bench

import (
	"fmt"
	"math"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

// health watches the generator itself: a load tester that is late measures
// itself and not the endpoint. It measures; what that does to a verdict is judged
// by verdict.Generator.
type health struct {
	run     *Run
	machine bool
	probe   *readProbe
	clocks  func() clockOffsets

	mu          sync.Mutex
	began, last usage
	used        resources
	recent      float64       // CPU share over the last interval
	due         time.Duration // when witness should be called next; 0: not known
	present     []presence    // by wave, when the last ticks were taken
	stood       []standstills // by wave
	stops       standstills   // of the run
	told        int           // of stops that are events
	toldAt      time.Duration
	parted      partings
	partedAt    time.Duration // when clocks last parted; 0: never
	partedText  string
}

// usage is what this process has used up to an instant.
type usage struct {
	sched    []uint64 // counts of the runtime's histogram of scheduling latency
	at       time.Duration
	cpu      time.Duration
	runQueue time.Duration // time its threads waited for a core; -1: unknown
	throttle throttled
}

func newHealth(r *Run) *health {
	h := &health{
		run: r, machine: r.options.Machine || r.options.clocks != nil, clocks: r.options.clocks,
		present: make([]presence, len(r.waves)), stood: make([]standstills, len(r.waves)),
	}
	if !h.machine {
		return h
	}
	h.began = h.measure(r.now())
	h.last = h.began
	probed := h.clocks == nil
	if probed {
		h.clocks = func() clockOffsets { return readClocks(r.epoch) }
	}
	h.parted.see(h.clocks())
	if probed {
		h.probe = startReadProbe(h.ticked)
	}
	return h
}

func (h *health) measure(now time.Duration) usage {
	counts, _ := schedLatencies()
	throttle, _ := cpuThrottled()
	return usage{at: now, cpu: cpuTime(), runQueue: runQueueWait(), sched: counts, throttle: throttle}
}

// allowed is how many cores this process may use. The runtime sets GOMAXPROCS
// from the quota of the control group.
func allowed() float64 { return float64(min(runtime.GOMAXPROCS(0), runtime.NumCPU())) }

// ticked is told of ticks as the read probe takes them. They count for the waves
// that were there when it last came: whoever missed them missed them of those.
func (h *health) ticked(o overdue) {
	now := h.run.now()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.late(o)
	if d := o.longest(); d >= standstill {
		h.stopped(now-d, now)
	}
	h.attend()
}

// late records ticks as read lag. h.mu is held.
func (h *health) late(o overdue) {
	for wave := range h.present {
		p := &h.present[wave]
		if !p.any() {
			continue
		}
		s := h.run.rec.shard(uint64(wave))
		s.mu.Lock()
		part := s.part(wave)
		for d := range o.all() {
			if p.counts() {
				part.Record(result.ReadLag, d)
			}
		}
		s.mu.Unlock()
	}
}

// stopped notes that nobody was there. h.mu is held.
func (h *health) stopped(from, until time.Duration) {
	watched := false
	for wave := range h.present {
		if h.present[wave].any() {
			h.stood[wave].add(from, until)
			watched = true
		}
	}
	if watched {
		h.stops.add(from, until)
	}
}

// attend looks which waves are there. h.mu is held.
func (h *health) attend() {
	for wave := range h.present {
		h.present[wave].live, h.present[wave].open = false, 0
	}
	for _, l := range h.run.lanes {
		if wave := l.here(); wave >= 0 {
			h.present[wave].live = true
		}
	}
	h.run.open.eachWave(func(wave int, open int64) {
		if wave >= 0 {
			h.present[wave].open = open
		}
	})
	for wave := range h.present {
		h.present[wave].seen()
	}
}

// witness is called at every full second, before it is closed: it knows when it
// should have been called, and looks at the clocks that the ticks do not know. What
// it finds itself it tells a second later, when the probe has told how long it was.
func (h *health) witness(now time.Duration) {
	if !h.machine {
		return
	}
	clocks := h.clocks()
	h.mu.Lock()
	news := h.news(now, clocks)
	if h.due > 0 && now-h.due >= standstill {
		h.stopped(h.due, now)
	}
	h.due = now + h.run.untilTick()
	h.mu.Unlock()
	for _, text := range news {
		h.run.note(text)
	}
}

// sample is called once a second.
func (h *health) sample(now time.Duration) {
	if !h.machine {
		return
	}
	u := h.measure(now)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.used.sample()
	if now <= h.run.start {
		h.began = u
	}
	if wall := u.at - h.last.at; wall > 0 {
		h.recent = 100 * float64(u.cpu-h.last.cpu) / (float64(wall) * allowed())
	}
	h.last = u
}

// tellEvery is the least time between two events that tell of standstills.
const tellEvery = 10 * time.Second

// news are what is to be told as events. A machine that slept was not there, and
// that is lateness like any other. h.mu is held.
func (h *health) news(now time.Duration, clocks clockOffsets) (texts []string) {
	slept, jump := h.parted.see(clocks)
	if slept > 0 {
		h.late(absence(slept))
		texts = append(texts, sleepText(slept))
	}
	if jump != 0 {
		texts = append(texts, jumpText(jump))
	}
	if len(texts) > 0 {
		h.partedAt, h.partedText = now, strings.Join(texts, "; ")
	}
	if h.stops.times > h.told && now-h.stops.until > standstill && (h.told == 0 || now-h.toldAt >= tellEvery) {
		texts = append(texts, h.stops.text())
		h.told, h.toldAt = h.stops.times, now
	}
	return texts
}

// stop ends the probe. What it finds last is recorded then.
func (h *health) stop() {
	if h.probe != nil {
		h.probe.stop()
	}
}

// live is the generator's state for the screen.
func (h *health) live() result.Health {
	p, _, _ := h.run.rec.window(liveWindow, -1)
	found := h.judged("", p)
	out := result.Health{}
	for _, m := range []result.Metric{result.Lag, result.ReadLag} {
		if lag := p.Hists[m]; lag.Count() > 0 {
			d := lag.Quantile(0.99)
			if out.LagP99 == nil || d > *out.LagP99 {
				out.LagP99 = &d
			}
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.machine {
		out.CPUPercent = new(h.recent)
	}
	now := h.run.now()
	if h.stops.times > 0 && now-h.stops.until < liveWindow {
		last := standstills{}
		last.add(h.stops.from, h.stops.until)
		found = append(found, last.findings("")...)
	}
	if h.partedAt > 0 && now-h.partedAt < liveWindow {
		found = append(found, result.Finding{Kind: result.FoundClockJump, Text: h.partedText, Voids: result.VoidsNothing})
	}
	out.Findings, out.OK, out.Warnings = found, found.Valid(), found.Warnings()
	return out
}

// judged is what the generator did wrong in a part: its lateness, and what it ran
// out of.
func (h *health) judged(wave string, p *result.Part) result.Findings {
	return verdict.Generator(wave, p, h.run.scenario.MaxLag.D())
}

// report is the generator's health over the whole run.
func (h *health) report(total *result.Part, waves []*result.Part) result.Generator {
	_, _, most := h.run.slots.load()
	g := result.Generator{
		LagMS: total.Hists[result.Lag].Latency(true), ReadLagMS: total.Hists[result.ReadLag].Latency(true),
		MaxInFlightSeen: int64(most), StaleRetries: total.StaleRetries,
		Findings: result.Findings{},
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, p := range waves {
		name := h.run.waves[i].name().String()
		g.Findings = append(g.Findings, h.judged(name, p)...)
		g.Findings = append(g.Findings, h.stood[i].findings(name)...)
	}
	g.Valid = g.Findings.Valid()
	h.machineReport(&g)
	g.Warnings = g.Findings.Warnings()
	return g
}

// machineReport adds what the operating system and the runtime say. They name
// causes; by themselves they void nothing. h.mu is held.
func (h *health) machineReport(g *result.Generator) {
	if !h.machine {
		return
	}
	cause := func(kind result.FindingKind, text string) {
		g.Findings = append(g.Findings, result.Finding{Kind: kind, Text: text, Voids: result.VoidsNothing})
	}
	g.Findings = append(g.Findings, h.parted.findings()...)
	if wall := h.last.at - h.began.at; wall > 0 {
		cpu := 100 * float64(h.last.cpu-h.began.cpu) / (float64(wall) * allowed())
		g.CPUPercent = &cpu
		if h.last.runQueue >= 0 && h.began.runQueue >= 0 {
			wait := 100 * float64(h.last.runQueue-h.began.runQueue) / float64(wall)
			g.RunQueueWaitPercent = &wait
		}
		g.SchedLatencyMSP99 = schedP99(h.began.sched)
		if !g.Valid {
			cause(h.cause(cpu, g.RunQueueWaitPercent))
			if cut := h.last.throttle.since(h.began.throttle).cause(wall); cut != "" {
				cause(result.FoundThrottled, cut)
			}
		}
	}
	cores := allowed()
	g.CPUAllowed = &cores
	h.used.report(g)
	if pause := maxGCPause(); pause >= 0 {
		ms := 1000 * pause
		g.GCPauseMSMax = &ms
	}
	if h.run.options.InProcessMock && !g.Valid {
		cause(result.FoundShared, "the built-in endpoint shares this process and its CPU: start `flashwave mock` in another and point --url at it")
	}
}

func (h *health) cause(cpu float64, wait *float64) (result.FindingKind, string) {
	switch {
	case cpu > 85:
		return result.FoundCPU, fmt.Sprintf("it used %s of the CPU it may use: give it more cores, or ask less of it", units.Percent(cpu))
	case wait != nil && *wait > 20:
		return result.FoundRunQueue, fmt.Sprintf("its threads waited for a core %s of the time: something else keeps this machine busy", units.Percent(*wait))
	}
	return result.FoundCPU, fmt.Sprintf("it used %s of the CPU it may use: the lateness came from elsewhere on this machine", units.Percent(cpu))
}

// schedLatencies is how long goroutines that could run waited for a thread, as a
// histogram in seconds since the process began.
func schedLatencies() (counts []uint64, buckets []float64) {
	sample := []metrics.Sample{{Name: "/sched/latencies:seconds"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindFloat64Histogram {
		return nil, nil
	}
	hist := sample[0].Value.Float64Histogram()
	return hist.Counts, hist.Buckets
}

// schedP99 is the 99th percentile of the scheduling latency since the counts were
// taken, in milliseconds (the upper end of its bucket); nil if nothing ran.
func schedP99(before []uint64) *float64 {
	counts, buckets := schedLatencies()
	var total uint64
	for i := range counts {
		if i < len(before) {
			counts[i] -= before[i]
		}
		total += counts[i]
	}
	var seen uint64
	for i, n := range counts {
		if seen += n; total > 0 && 100*seen >= 99*total {
			bound := buckets[i+1]
			if math.IsInf(bound, 1) {
				bound = buckets[i]
			}
			ms := 1000 * bound
			return &ms
		}
	}
	return nil
}

// maxGCPause is the longest stop of the world so far, in seconds; -1: unknown.
func maxGCPause() float64 {
	sample := []metrics.Sample{{Name: "/sched/pauses/total/gc:seconds"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindFloat64Histogram {
		return -1
	}
	hist := sample[0].Value.Float64Histogram()
	for i := len(hist.Counts) - 1; i >= 0; i-- {
		if hist.Counts[i] > 0 {
			if v := hist.Buckets[i+1]; !math.IsInf(v, 1) {
				return v
			}
			return hist.Buckets[i]
		}
	}
	return 0
}
