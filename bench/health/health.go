// Package health watches the generator itself: a load tester that is late measures
// itself and not the endpoint. It measures how late this process reads, when it stood
// still, what it runs out of and what clocks say; what that does to a verdict is judged
// by [verdict.Generator].
//
// A [Watch] has one goroutine of its own, which takes the ticks of the read probe: New
// starts it, Stop ends it and waits for it. Whoever owns the watch calls Witness and
// Sample at every full second.
package health

import (
	"fmt"
	"iter"
	"math"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"time"

	"flashwave/bench/alarm"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

// A Load is what a generator does meanwhile: lateness counts for the waves that are
// there. Its methods must be safe for concurrent use, and not call the watch.
type Load interface {
	// Live are the waves whose wall time it is.
	Live() iter.Seq[int]
	// InFlight are how many requests of each wave are in flight.
	InFlight() iter.Seq2[int, int64]
	// ReadLate records for a wave how late this process was to read, once for each.
	ReadLate(wave int, late iter.Seq[time.Duration])
}

// Config says what to watch.
type Config struct {
	Load   Load
	Waves  int                  // how many there are: they count from 0
	Now    func() time.Duration // the clock of the run
	Epoch  time.Time            // its zero
	MaxLag time.Duration        // how late requests may be sent

	Streams []alarm.Watch       // the goroutines that read streams; none: each is read by its own
	Machine bool                // there is a machine to watch: not in virtual time
	Shared  bool                // the endpoint shares this process, and its CPU
	Clocks  func() ClockOffsets // for tests: watch by these clocks, whose ticks the test brings; nil: by this machine's
}

// A Watch is kept over a generator. Its methods are safe for concurrent use.
type Watch struct {
	config Config
	probe  *readProbe
	clocks func() ClockOffsets // nil: there is no machine to watch

	mu         sync.Mutex
	began      usage         // when the first wave began
	lastAt     time.Duration // when Sample was last called
	lastCPU    time.Duration // and what was used by then
	used       resources
	recent     float64       // CPU share over the last interval
	due        time.Duration // when Witness should be called next; 0: not known
	present    []presence    // by wave, when the last ticks were taken
	stood      []standstills // by wave
	stops      standstills   // of the run
	told       int           // of stops that were told of
	toldAt     time.Duration
	parted     partings
	partedAt   time.Duration // when clocks last parted; 0: never
	partedText string
}

// usage is what this process has used up to an instant.
type usage struct {
	sched    []uint64 // counts of the runtime's histogram of scheduling latency
	at       time.Duration
	cpu      time.Duration
	runQueue time.Duration // time its threads waited for a core; -1: unknown
	throttle throttled
}

// New begins a watch.
func New(c Config) *Watch {
	w := &Watch{
		config: c, clocks: c.Clocks,
		present: make([]presence, c.Waves), stood: make([]standstills, c.Waves),
	}
	if !c.Machine && c.Clocks == nil {
		return w
	}
	w.began = measure(c.Now())
	w.lastAt, w.lastCPU = w.began.at, w.began.cpu
	if c.Clocks == nil {
		w.clocks = func() ClockOffsets { return readClocks(c.Epoch) }
	}
	w.parted.see(w.clocks())
	if c.Clocks == nil {
		w.probe = startReadProbe(w.Ticked, c.Streams)
	}
	return w
}

func measure(now time.Duration) usage {
	counts, _ := schedLatencies()
	throttle, _ := cpuThrottled()
	return usage{at: now, cpu: CPUTime(), runQueue: runQueueWait(), sched: counts, throttle: throttle}
}

// allowed is how many cores this process may use. The runtime sets GOMAXPROCS
// from the quota of the control group.
func allowed() float64 { return float64(min(runtime.GOMAXPROCS(0), runtime.NumCPU())) }

// Ticked is told of ticks as the read probe takes them. They count for the waves
// that were there when it last came: whoever missed them missed them of those.
func (w *Watch) Ticked(o Overdue) {
	now := w.config.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.late(o)
	if o.stood(standstill) {
		w.stopped(now-o.longest(), now)
	}
	w.attend()
}

// late records ticks as read lag. w.mu is held.
func (w *Watch) late(o Overdue) {
	for wave := range w.present {
		if p := &w.present[wave]; p.any() {
			w.config.Load.ReadLate(wave, p.counted(o.all()))
		}
	}
}

// stopped notes that nobody was there. w.mu is held.
func (w *Watch) stopped(from, until time.Duration) {
	watched := false
	for wave := range w.present {
		if w.present[wave].any() {
			w.stood[wave].add(from, until)
			watched = true
		}
	}
	if watched {
		w.stops.add(from, until)
	}
}

// attend looks which waves are there. w.mu is held.
func (w *Watch) attend() {
	for wave := range w.present {
		w.present[wave].live, w.present[wave].open = false, 0
	}
	for wave := range w.config.Load.Live() {
		w.present[wave].live = true
	}
	for wave, open := range w.config.Load.InFlight() {
		if wave >= 0 {
			w.present[wave].open = open
		}
	}
	for wave := range w.present {
		w.present[wave].seen()
	}
}

// Witness is called at every full second, before it is closed, and told when it will be
// called next: it knows when it should have been called, and looks at the clocks that
// the ticks do not know. Its answer is what is worth telling; what it finds itself it
// tells a second later, when the probe has told how long it was.
func (w *Watch) Witness(now time.Duration, next func() time.Duration) (news []string) {
	if w.clocks == nil {
		return nil
	}
	clocks := w.clocks()
	w.mu.Lock()
	defer w.mu.Unlock()
	news = w.news(now, clocks)
	if w.due > 0 && now-w.due >= standstill {
		w.stopped(w.due, now)
	}
	w.due = now + next()
	return news
}

// Sample is called once a second, and told whether the first wave is still to come.
func (w *Watch) Sample(now time.Duration, warming bool) {
	if w.clocks == nil {
		return
	}
	cpu := CPUTime()
	var used resources
	used.sample() // takes its time, and whoever reads streams may wait for w.mu
	var began usage
	if warming {
		began = measure(now) // likewise
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.used.add(used)
	if warming {
		w.began = began
	}
	if wall := now - w.lastAt; wall > 0 {
		w.recent = 100 * float64(cpu-w.lastCPU) / (float64(wall) * allowed())
	}
	w.lastAt, w.lastCPU = now, cpu
}

// tellEvery is the least time between two words about standstills.
const tellEvery = 10 * time.Second

// news are what is to be told. A machine that slept was not there, and that is lateness
// like any other. w.mu is held.
func (w *Watch) news(now time.Duration, clocks ClockOffsets) (texts []string) {
	slept, jump := w.parted.see(clocks)
	if slept > 0 {
		w.late(absence(slept))
		texts = append(texts, sleepText(slept))
	}
	if jump != 0 {
		texts = append(texts, jumpText(jump))
	}
	if len(texts) > 0 {
		w.partedAt, w.partedText = now, strings.Join(texts, "; ")
	}
	if w.stops.times > w.told && now-w.stops.until > standstill && (w.told == 0 || now-w.toldAt >= tellEvery) {
		texts = append(texts, w.stops.text())
		w.told, w.toldAt = w.stops.times, now
	}
	return texts
}

// Stop ends the probe. What it finds last is recorded then.
func (w *Watch) Stop() {
	if w.probe != nil {
		w.probe.stop()
	}
}

// Live is the generator's state for the screen, which shows a window of so long, in
// which recent happened. recent is only read.
func (w *Watch) Live(window time.Duration, recent *result.Part) result.Health {
	found := w.judged("", recent)
	out := result.Health{MaxLag: w.config.MaxLag}
	for _, m := range []result.Metric{result.Lag, result.ReadLag} {
		if lag := recent.Hists[m]; lag.Count() > 0 {
			d := lag.Quantile(0.99)
			if out.LagP99 == nil || d > *out.LagP99 {
				out.LagP99 = &d
			}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.clocks != nil {
		out.CPUPercent = new(w.recent)
	}
	now := w.config.Now()
	if w.stops.times > 0 && now-w.stops.until < window {
		last := standstills{}
		last.add(w.stops.from, w.stops.until)
		found = append(found, last.findings("")...)
	}
	if w.partedAt > 0 && now-w.partedAt < window {
		found = append(found, result.Finding{Kind: result.FoundClockJump, Text: w.partedText, Voids: result.VoidsNothing})
	}
	out.Findings, out.OK, out.Warnings = found, found.Valid(), found.Warnings()
	return out
}

// judged is what the generator did wrong in a part: its lateness, and what it ran
// out of.
func (w *Watch) judged(wave string, p *result.Part) result.Findings {
	return verdict.Generator(wave, p, w.config.MaxLag)
}

// A Wave is one of the run, when it is reported.
type Wave struct {
	Name string
	Part *result.Part // what happened to its requests
}

// Report is the generator's health over the whole run. How many requests were in flight
// it does not know.
func (w *Watch) Report(total *result.Part, waves []Wave) result.Generator {
	g := result.Generator{
		LagMS: total.Hists[result.Lag].Latency(true), ReadLagMS: total.Hists[result.ReadLag].Latency(true),
		StaleRetries: total.StaleRetries, Findings: result.Findings{},
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, wave := range waves {
		g.Findings = append(g.Findings, w.judged(wave.Name, wave.Part)...)
		g.Findings = append(g.Findings, w.stood[i].findings(wave.Name)...)
	}
	g.Valid = g.Findings.Valid()
	if w.clocks != nil {
		w.reportMachine(&g)
	}
	g.Warnings = g.Findings.Warnings()
	return g
}

// reportMachine adds what the operating system and the runtime say. They name
// causes; by themselves they void nothing. w.mu is held.
func (w *Watch) reportMachine(g *result.Generator) {
	found := func(kind result.FindingKind, text string) {
		g.Findings = append(g.Findings, result.Finding{Kind: kind, Text: text, Voids: result.VoidsNothing})
	}
	g.Findings = append(g.Findings, w.parted.findings()...)
	used := measure(w.config.Now())
	if wall := used.at - w.began.at; wall > 0 {
		cpu := 100 * float64(used.cpu-w.began.cpu) / (float64(wall) * allowed())
		g.CPUPercent = &cpu
		if used.runQueue >= 0 && w.began.runQueue >= 0 {
			wait := 100 * float64(used.runQueue-w.began.runQueue) / float64(wall)
			g.RunQueueWaitPercent = &wait
		}
		g.SchedLatencyMSP99 = schedP99(w.began.sched)
		if !g.Valid {
			found(causeOf(cpu, g.RunQueueWaitPercent))
			if cut := used.throttle.since(w.began.throttle).cause(wall); cut != "" {
				found(result.FoundThrottled, cut)
			}
		}
	}
	cores := allowed()
	g.CPUAllowed = &cores
	w.used.report(g)
	if pause := maxGCPause(); pause >= 0 {
		ms := 1000 * pause
		g.GCPauseMSMax = &ms
	}
	if w.config.Shared && !g.Valid {
		found(result.FoundShared, "the built-in endpoint shares this process and its CPU: start `flashwave mock` in another and point --url at it")
	}
}

// causeOf is why a generator was late, as the use of the CPU tells, and the wait for it.
func causeOf(cpu float64, wait *float64) (result.FindingKind, string) {
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
