package bench

import (
	"errors"
	"fmt"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

// finish makes the document, once everything has ended and been recorded.
func (r *Run) finish() {
	if r.requestLog != nil {
		lost, err := r.closeLog()
		r.mu.Lock()
		r.linesLost, r.requestErr = lost, err
		r.mu.Unlock()
		switch {
		case err != nil:
			r.note("the log of requests is incomplete: " + err.Error())
		case lost > 0:
			r.note(fmt.Sprintf("the log of requests lacks %s lines: the disk could not keep up", units.Count(lost)))
		}
	}
	if warm := r.rec.warmup().Cost.Total(); warm > 0 {
		r.note(fmt.Sprintf("the warm-up cost %s, which is in the cost of the run", units.USD(warm)))
	}
	if r.options.InProcessMock {
		r.note("the built-in endpoint shared this process and its CPU; to measure apart: flashwave mock, and run with --url http://127.0.0.1:8000/v1")
	}
	for _, source := range r.options.Prompts {
		if read, ok := source.(interface{ Failed() int64 }); ok && read.Failed() > 0 {
			r.note(fmt.Sprintf("%d prompts of %s could not be read any more: the file was changed meanwhile, and its first prompt was sent", read.Failed(), source.Name()))
			break
		}
	}
	doc := r.report()
	r.journalEvents()
	r.keep(doc)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state, r.document = result.Done, doc
	r.windows = windowCache{}
}

// keep ends the journal: the document may still fit where a second did not.
func (r *Run) keep(doc *result.Run) {
	j := r.options.Journal
	if j == nil || errors.Is(r.JournalError(), errStuck) {
		return
	}
	kept := *doc // its own, should it outlast the run
	err := bounded(r, journalBy, errStuck, func() error { return j.End(&kept) })
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.journalErr = err
	}
}

// note adds a line to the events.
func (r *Run) note(text string) {
	r.event(result.Event{TS: max(r.since(r.now()).Seconds(), 0), Kind: result.Noted, Text: text})
}

// JournalError says why the run could not be saved; nil if it was.
func (r *Run) JournalError() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.journalErr
}

// RequestLog says, once the run is over, how many lines its log of requests lacks
// because they came faster than they could be written, and what broke it; nil: nothing.
func (r *Run) RequestLog() (lost int64, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.linesLost, r.requestErr
}

// report is the document as things stand.
func (r *Run) report() *result.Run {
	total := r.total()
	waves := make([]*result.Part, len(r.waves))
	for i := range r.waves {
		waves[i] = r.rec.total(i)
	}
	length := r.length(-1)
	doc := &result.Run{
		Schema: result.Schema, ID: r.options.ID, Name: r.scenario.Name, Labels: r.scenario.Labels,
		Tool: r.options.Tool, StartedAt: r.startedAt.UTC(), EndedAt: r.startedAt.Add(length).UTC(),
		DurationS: length.Seconds(), Scenario: r.scenario, Prompts: r.prompts(),
		Total: r.stats(-1, total, true),
		Waves: make([]result.Stats, len(waves)),
	}
	if doc.Labels == nil {
		doc.Labels = map[string]string{}
	}
	for i, p := range waves {
		doc.Waves[i] = r.stats(i, p, true)
	}
	doc.Generator = r.health.report(total, waves)

	r.rec.mu.Lock()
	doc.TimelineStepS = r.rec.timeline.Step.Seconds()
	doc.Timeline = r.rec.timeline.Rows(true)
	lanes := r.rec.timeline.Lanes()
	r.rec.mu.Unlock()

	r.mu.Lock()
	doc.Events = append([]result.Event{}, r.events...)
	why := r.why
	r.mu.Unlock()
	doc.Verdict = verdict.Judge(verdict.Case{
		Assertions: r.assertions, Figures: r.sofar(), Ending: why, Run: doc, Lanes: lanes, Breached: r.watch.breached,
	})
	return doc
}

// promptsOf are the prompts that a lane is going to send.
func (r *Run) promptsOf(lane int) result.Prompts {
	source := r.options.Prompts[lane]
	known := source.Fingerprint(uint64(lane))
	p := result.Prompts{
		Lane: r.scenario.Lanes[lane].Name, Source: source.Name(), Distinct: int64(source.Len()),
		Content: known.Content, Sequence: known.Sequence,
	}
	if lane < len(r.options.FirstPrompts) {
		p.First = r.options.FirstPrompts[lane]
	}
	return p
}

// prompts are those that were sent so far.
func (r *Run) prompts() []result.Prompts {
	list := make([]result.Prompts, len(r.lanes))
	for i, l := range r.lanes {
		list[i] = l.prompts
		list[i].Count = int64(l.tickets.Load())
	}
	return list
}

// total is all that happened, with the cost of the warm-up.
func (r *Run) total() *result.Part {
	total, warm := r.rec.total(-1), r.rec.warmup()
	total.Cost = total.Cost.Add(warm.Cost)
	total.Estimated += warm.Estimated
	return total
}

// stats are the figures of a wave, or of the run (wave < 0), so far.
func (r *Run) stats(wave int, p *result.Part, withHDR bool) result.Stats {
	s := result.Derive(r.label(wave, withHDR), p)
	r.addLimits(&s, wave)
	s.Backlog = r.backlog(wave)
	r.addRecovery(&s, wave)
	r.addSteady(&s, wave)
	return s
}

// label says what the figures of a wave, or of the whole run (wave < 0), are.
func (r *Run) label(wave int, withHDR bool) result.Label {
	l := result.Label{
		Name: result.WholeRun, Kind: result.WholeRun, Duration: r.length(wave),
		Priced: r.priced, Judged: r.assertions.Judged(), HDR: withHDR,
	}
	if wave < 0 {
		l.Drain = l.Duration - r.loadLength()
		for i := range r.waves {
			l.Closed = l.Closed || r.waves[i].Closed
		}
		return l
	}
	w := &r.waves[wave]
	l.Name, l.Lane, l.Kind, l.Closed = w.Name, w.Lane, result.OpenWave, w.Closed
	if w.Closed {
		l.Kind = result.ClosedWave
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	l.Started, l.Unbegun = max(w.Started, 0), !w.Begun
	return l
}

// windowCache keeps the figures of a view until the next interval.
type windowCache struct {
	n      int
	view   result.View
	window result.Stats
	total  result.Stats
	curves result.Curves
	series []result.Row
	slos   []result.SLOStatus
	health result.Health
	oneMin time.Duration
	recent float64 // USD in the last minute
}

// Refusal is the document of a run that was never begun: nothing in it but the
// verdict.
func Refusal(tool result.Tool, reason, hint string) *result.Run {
	reasons := []string{reason}
	if hint != "" {
		reasons = append(reasons, hint)
	}
	now := time.Now().UTC()
	return &result.Run{
		Schema: result.Schema, Labels: map[string]string{}, Tool: tool, StartedAt: now, EndedAt: now,
		Verdict: result.Verdict{
			Status: result.Aborted, ExitCode: verdict.ExitUsage, Headline: "nothing was sent: " + reason,
			Reasons: reasons, SLOs: []result.SLO{},
		},
		Generator: result.Generator{Warnings: []string{}, Findings: result.Findings{}},
		Total:     result.Derive(result.Label{Name: result.WholeRun, Kind: result.WholeRun}, result.NewPart()),
		Waves:     []result.Stats{}, Timeline: []result.Row{}, Events: []result.Event{},
	}
}
