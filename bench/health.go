package bench

import (
	"fmt"
	"math"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// health watches the generator itself: a load tester that is late measures
// itself and not the endpoint.
type health struct {
	run     *Run
	machine bool
	probe   *readProbe

	mu          sync.Mutex
	began, last usage
	used        resources
	recent      float64 // CPU share over the last interval
	warnings    map[string]bool
}

// usage is what this process has used up to an instant.
type usage struct {
	sched    []uint64 // counts of the runtime's histogram of scheduling latency
	at       time.Duration
	cpu      time.Duration
	runQueue time.Duration // time its threads waited for a core; -1: unknown
	throttle throttled
}

func newHealth(r *Run, machine bool) *health {
	h := &health{run: r, machine: machine, warnings: map[string]bool{}}
	if machine {
		h.began = h.measure(r.now())
		h.last = h.began
		h.probe = startReadProbe(h.readLag)
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

// readLag records how late a goroutine read what an OS thread had written.
func (h *health) readLag(lag time.Duration) {
	r := h.run
	for i, l := range r.lanes {
		wave := l.here()
		if wave < 0 {
			continue
		}
		s := r.rec.shard(uint64(i))
		s.mu.Lock()
		s.part(wave).Record(result.ReadLag, lag)
		s.mu.Unlock()
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

// stop ends the probe.
func (h *health) stop() {
	if h.probe != nil {
		h.probe.stop()
	}
}

// live is the generator's state for the screen.
func (h *health) live() result.Health {
	out := result.Health{OK: true}
	h.mu.Lock()
	if h.machine {
		cpu := h.recent
		out.CPUPercent = &cpu
	}
	h.mu.Unlock()
	p, _, _ := h.run.rec.window(liveWindow, -1)
	if lag := p.Hists[result.Lag]; lag.Count() > 0 {
		d := lag.Quantile(0.99)
		out.LagP99 = &d
	}
	out.Warnings, out.OK = lateness(p, h.run.scenario.MaxLag.D())
	return out
}

// warnLag is the lateness from which on the generator is not beyond doubt.
const warnLag = 5 * time.Millisecond

// lateness holds the generator's lag and read lag against what a stretch may
// have: 10 % of what is measured, but at least maxLag.
func lateness(p *result.Part, maxLag time.Duration) (warnings []string, valid bool) {
	bound := maxLag
	service := p.Hists[result.TTFTService]
	if service.Count() == 0 {
		service = p.Hists[result.E2EService]
	}
	if service.Count() > 0 {
		bound = max(bound, service.Quantile(0.5)/10)
	}
	valid = true
	for _, m := range []struct {
		hist *result.Hist
		what string
	}{{p.Hists[result.Lag], "sent its requests"}, {p.Hists[result.ReadLag], "read the answers"}} {
		if m.hist.Count() == 0 {
			continue
		}
		p99 := m.hist.Quantile(0.99)
		switch {
		case p99 > bound:
			valid = false
			warnings = append(warnings, fmt.Sprintf("the generator %s up to %s late (p99; %s is allowed)", m.what, units.Duration(p99), units.Duration(bound)))
		case p99 > warnLag:
			warnings = append(warnings, fmt.Sprintf("the generator %s up to %s late (p99)", m.what, units.Duration(p99)))
		}
	}
	if lag := p.Hists[result.Lag]; lag.Count() > 0 {
		if prompt := lag.CountAtOrBelow(time.Second); float64(prompt) < 0.99*float64(lag.Count()) {
			valid = false
			warnings = append(warnings, fmt.Sprintf("only %s of the requests were sent within 1 s of when they were due", units.Share(float64(prompt)/float64(lag.Count()))))
		}
	}
	if n := p.Refused(); n > 0 {
		valid = false
		warnings = append(warnings, fmt.Sprintf("%s durations were over an hour and are in no histogram", units.Count(n)))
	}
	if short := shortages(p); len(short) > 0 {
		valid = false
		warnings = append(warnings, short...)
	}
	return warnings, valid
}

// report is the generator's health over the whole run.
func (h *health) report(total *result.Part, waves []*result.Part) result.Generator {
	_, _, most := h.run.slots.load()
	g := result.Generator{
		Valid: true, Warnings: []string{},
		LagMS: total.Hists[result.Lag].Latency(true), ReadLagMS: total.Hists[result.ReadLag].Latency(true),
		MaxInFlightSeen: int64(most), StaleRetries: total.StaleRetries,
	}
	for i, p := range waves {
		warnings, valid := lateness(p, h.run.scenario.MaxLag.D())
		g.Valid = g.Valid && valid
		for _, w := range warnings {
			g.Warnings = append(g.Warnings, fmt.Sprintf("wave %s: %s", h.run.waves[i].qualified(), w))
		}
	}
	h.machineReport(&g)
	return g
}

// machineReport adds what the operating system and the runtime say. They name
// causes; by themselves they void nothing.
func (h *health) machineReport(g *result.Generator) {
	if !h.machine {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if wall := h.last.at - h.began.at; wall > 0 {
		cpu := 100 * float64(h.last.cpu-h.began.cpu) / (float64(wall) * allowed())
		g.CPUPercent = &cpu
		if h.last.runQueue >= 0 && h.began.runQueue >= 0 {
			wait := 100 * float64(h.last.runQueue-h.began.runQueue) / float64(wall)
			g.RunQueueWaitPercent = &wait
		}
		g.SchedLatencyMSP99 = schedP99(h.began.sched)
		if !g.Valid {
			g.Warnings = append(g.Warnings, h.cause(cpu, g.RunQueueWaitPercent))
			if cut := h.last.throttle.since(h.began.throttle).cause(wall); cut != "" {
				g.Warnings = append(g.Warnings, cut)
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
		g.Warnings = append(g.Warnings, "the built-in endpoint shares this process and its CPU: start `flashwave mock` in another and point --url at it")
	}
}

func (h *health) cause(cpu float64, wait *float64) string {
	switch {
	case cpu > 85:
		return fmt.Sprintf("it used %s of the CPU it may use: give it more cores, or ask less of it", units.Percent(cpu))
	case wait != nil && *wait > 20:
		return fmt.Sprintf("its threads waited for a core %s of the time: something else keeps this machine busy", units.Percent(*wait))
	}
	return fmt.Sprintf("it used %s of the CPU it may use: the lateness came from elsewhere on this machine", units.Percent(cpu))
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
