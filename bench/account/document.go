package account

import (
	"fmt"
	"time"

	"flashwave/bench/health"
	"flashwave/bench/result"
	"flashwave/bench/units"
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
	doc.Workloads, doc.Turns = a.classes(true)
	doc.Sessions = a.Sessions()
	figures := a.Sofar()
	if a.Tier != nil {
		tasks, queue := a.Tier.Final(a.Waves.Now())
		figures.Tasks = func() *result.Tasks { return tasks } // workers may go on
		doc.Queue = queue
		doc.Queue.Join(doc.Total, doc.Workloads)
	}
	doc.Generator = a.generator(total, waves)

	rows, step := a.Ledger.Rows(true)
	doc.Timeline, doc.TimelineStepS = rows, step.Seconds()

	doc.Events = a.Journal.Events()
	if a.Server != nil {
		a.Server.Tell(doc, a.Waves.Since)
	}
	doc.Verdict = verdict.Judge(verdict.Case{
		Assertions: a.Assertions, Figures: figures, Ending: of.Ending, Run: doc, Lanes: a.Ledger.Lanes(), Breached: of.Breached,
	})
	return doc
}

// classes are the figures of each class of requests, over the whole run.
func (a *Account) classes(withHDR bool) (workloads, turns []result.Stats) {
	return result.DeriveClasses(a.label(-1, withHDR), a.Assertions.Classes, a.Ledger.Class)
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
	if text := tokenless(total); text != "" {
		g.Findings = append(g.Findings, result.Finding{Kind: result.FoundTokenless, Text: text, Voids: result.VoidsNothing})
	}
	g.Settle(g.Findings)
	return g
}

// tokenlessShare is the share of answers without a token that is worth a line.
const tokenlessShare = 0.01

// tokenless says that more answers than may be ended ok without a token: figures of such a
// run are those of empty answers.
func tokenless(total *result.Part) string {
	empty, ok := total.Empty, total.Requests.Succeeded
	if float64(empty) <= tokenlessShare*float64(ok) {
		return ""
	}
	return fmt.Sprintf("%s of %s that ended ok held no token", units.Count(empty), units.Of(ok, "answer", "answers"))
}
