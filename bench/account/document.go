package account

import (
	"fmt"
	"time"

	"flashwave/bench/health"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

// About is what a document says of a run that its figures do not tell.
type About struct {
	ID        string
	Tool      result.Tool
	StartedAt time.Time // of the first wave
	Prompts   []result.Prompts
	Sessions  *result.Sessions
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
	for i, share := range a.Scenario.Mix {
		doc.Workloads = append(doc.Workloads, a.group(i, share.Name, result.OfWorkload))
	}
	if doc.Sessions = of.Sessions; doc.Sessions != nil {
		for i, name := range result.TurnNames {
			if g := a.group(TurnsFrom(a.Scenario)+i, name, result.OfTurn); g.Requests.Scheduled > 0 {
				doc.Turns = append(doc.Turns, g)
			}
		}
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

// Groups is how many groups of requests a run is told apart by: the shares of its mix, and
// from TurnsFrom on the turns of its conversations.
func Groups(sc *scenario.Scenario) int {
	if sc.Converses() {
		return len(sc.Mix) + len(result.TurnNames)
	}
	return len(sc.Mix)
}

// TurnsFrom is the first group of turns.
func TurnsFrom(sc *scenario.Scenario) int { return len(sc.Mix) }

// group are the figures of some of the requests, over the whole run.
func (a *Account) group(i int, name, kind string) result.Stats {
	l := a.label(-1, true)
	l.Name, l.Kind = name, kind
	return result.Derive(l, a.Ledger.Group(i))
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
	if text := a.tokenless(total); text != "" {
		g.Findings = append(g.Findings, result.Finding{Kind: result.FoundTokenless, Text: text, Voids: result.VoidsNothing})
	}
	g.Settle(g.Findings)
	return g
}

// tokenlessShare is the share of answers without a token that is worth a line.
const tokenlessShare = 0.01

// tokenless says that more answers than may be ended ok without a token, where all were
// to be streams of them: figures of such a run are those of empty answers.
func (a *Account) tokenless(total *result.Part) string {
	empty, ok := total.Tokenless[result.TTFTResponse], total.Requests.Succeeded
	if !a.Scenario.StreamsAlone() || float64(empty) <= tokenlessShare*float64(ok) {
		return ""
	}
	return fmt.Sprintf("%s of %s that ended ok held no token", units.Count(empty), units.Of(ok, "answer", "answers"))
}
