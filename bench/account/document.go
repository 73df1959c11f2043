package account

import (
	"time"

	"flashwave/bench/health"
	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// About is what a document says of a run that its figures do not tell.
type About struct {
	ID        string
	Tool      result.Tool
	StartedAt time.Time // of the first wave
	Prompts   []result.Prompts
	Ending    verdict.Ending
	Breached  map[string]float64 // see [verdict.Case]
}

// Document is that of the run as things stand, with its verdict.
func (a *Account) Document(of About) *result.Run {
	total := a.Total()
	waves := make([]*result.Part, a.Waves.Len())
	for i := range waves {
		waves[i] = a.Ledger.Total(i)
	}
	length := a.Waves.Length(-1)
	doc := &result.Run{
		Schema: result.Schema, ID: of.ID, Name: a.Scenario.Name, Labels: a.Scenario.Labels,
		Tool: of.Tool, StartedAt: of.StartedAt.UTC(), EndedAt: of.StartedAt.Add(length).UTC(),
		DurationS: length.Seconds(), Scenario: a.Scenario, Prompts: of.Prompts,
		Total: a.stats(-1, total, true),
		Waves: make([]result.Stats, len(waves)),
	}
	if doc.Labels == nil {
		doc.Labels = map[string]string{}
	}
	for i, p := range waves {
		doc.Waves[i] = a.stats(i, p, true)
	}
	doc.Generator = a.generator(total, waves)

	rows, step := a.Ledger.Rows(true)
	doc.Timeline, doc.TimelineStepS = rows, step.Seconds()

	doc.Events = a.Journal.Events()
	doc.Verdict = verdict.Judge(verdict.Case{
		Assertions: a.Assertions, Figures: a.Sofar(), Ending: of.Ending, Run: doc, Lanes: a.Ledger.Lanes(), Breached: of.Breached,
	})
	return doc
}

// generator is the document's part on the generator's health.
func (a *Account) generator(total *result.Part, parts []*result.Part) result.Generator {
	waves := make([]health.Wave, len(parts))
	for i, p := range parts {
		waves[i] = health.Wave{Name: a.Waves.Name(i).String(), Part: p}
	}
	g := a.Health.Report(total, waves)
	_, _, most := a.Dispatch.Load()
	g.MaxInFlightSeen = int64(most)
	for _, text := range a.Adapted() {
		g.Findings = append(g.Findings, result.Finding{Kind: result.FoundAdapted, Text: text, Voids: result.VoidsNothing})
	}
	g.Settle(g.Findings)
	return g
}
