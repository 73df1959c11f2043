package bench

import (
	"fmt"
	"time"

	"flashwave/bench/health"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

// finish makes the document, once everything has ended and been recorded.
func (r *Run) finish() {
	lost, err := r.closeLog()
	r.mu.Lock()
	r.linesLost, r.requestErr = lost, err
	r.mu.Unlock()
	switch {
	case err != nil:
		r.events.note("the log of requests is incomplete: " + err.Error())
	case lost > 0:
		r.events.note(fmt.Sprintf("the log of requests lacks %s lines: the disk could not keep up", units.Count(lost)))
	}
	if warm := r.ledger.Warmup().Cost.Total(); warm > 0 {
		r.events.note(fmt.Sprintf("the warm-up cost %s, which is in the cost of the run", units.USD(warm)))
	}
	if r.options.InProcessMock {
		r.events.note("the built-in endpoint shared this process and its CPU; to measure apart: flashwave mock, and run with --url http://127.0.0.1:8000/v1")
	}
	for _, source := range r.options.Prompts {
		if read, ok := source.(interface{ Failed() int64 }); ok && read.Failed() > 0 {
			r.events.note(fmt.Sprintf("%d prompts of %s could not be read any more: the file was changed meanwhile, and its first prompt was sent", read.Failed(), source.Name()))
			break
		}
	}
	doc := r.report()
	r.journal.handEvents()
	r.keep(doc)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state, r.document = result.Done, doc
	r.cached = viewFigures{}
}

// report is the document as things stand.
func (r *Run) report() *result.Run {
	total := r.total()
	waves := make([]*result.Part, len(r.waves.list))
	for i := range waves {
		waves[i] = r.ledger.Total(i)
	}
	length := r.waves.length(-1)
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
	doc.Generator = r.generator(total, waves)

	rows, step := r.ledger.Rows(true)
	doc.Timeline, doc.TimelineStepS = rows, step.Seconds()

	doc.Events = r.events.all()
	r.mu.Lock()
	why := r.why
	r.mu.Unlock()
	doc.Verdict = verdict.Judge(verdict.Case{
		Assertions: r.assertions, Figures: r.sofar(), Ending: why, Run: doc, Lanes: r.ledger.Lanes(), Breached: r.ticker.breaches(),
	})
	return doc
}

// prompts are those that were sent so far, by lane.
func (r *Run) prompts() []result.Prompts {
	list := make([]result.Prompts, len(r.scenario.Lanes))
	for i, l := range r.scenario.Lanes {
		source := r.options.Prompts[i]
		known := source.Fingerprint(uint64(i))
		list[i] = result.Prompts{
			Lane: l.Name, Source: source.Name(), Distinct: int64(source.Len()),
			Content: known.Content, Sequence: known.Sequence, First: r.firstPrompt(i), Count: r.dispatch.Asked(i),
		}
	}
	return list
}

// generator is the document's part on the generator's health.
func (r *Run) generator(total *result.Part, parts []*result.Part) result.Generator {
	waves := make([]health.Wave, len(parts))
	for i, p := range parts {
		waves[i] = health.Wave{Name: r.waves.list[i].name().String(), Part: p}
	}
	g := r.health.Report(total, waves)
	_, _, most := r.dispatch.Load()
	g.MaxInFlightSeen = int64(most)
	if c, ok := r.options.Client.(interface{ Adapted() []string }); ok {
		for _, text := range c.Adapted() {
			g.Findings = append(g.Findings, result.Finding{Kind: result.FoundAdapted, Text: text, Voids: result.VoidsNothing})
		}
		g.Settle(g.Findings)
	}
	return g
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
