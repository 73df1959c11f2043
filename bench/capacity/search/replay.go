package search

import (
	"context"
	"fmt"
	"time"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// A replay gives a search the steps that were kept of it, in place of measuring them
// again. What the search does follows from its steps alone, so that it comes to where it
// was, and goes on from there.
type replay struct {
	notes  []capacity.Note
	only   bool   // and does not go on: it is shown as far as it was kept
	warn   string // once it goes on; "": that was said, or there is nothing to say
	silent bool   // the last step was a kept one: its line was shown when it was measured
}

// cutOff is why a search that is shown has no end.
const cutOff = "the search was cut off, or still goes on: this is as far as it was kept"

// Rebuild makes the document of a search that was cut off, or still goes on, of what was
// kept of it: its verdict is inconclusive and says so. An error is about the scenario.
func Rebuild(p *capacity.Past) (*capacity.Document, error) {
	cfg := ConfigOf(p)
	begun := p.Document
	cfg.Options = bench.Options{Scenario: begun.Scenario, ID: begun.ID, Tool: begun.Tool, Price: p.Price}
	s, err := New(cfg)
	if err != nil {
		return nil, err
	}
	s.replay.only = true
	doc := s.find(context.Background())
	doc.DurationS = p.State().ElapsedS
	doc.EndedAt = doc.StartedAt.Add(result.FromSeconds(doc.DurationS))
	if p.Until.After(doc.StartedAt) {
		doc.EndedAt = p.Until.UTC()
	}
	return doc, nil
}

// begin makes the search one that is resumed.
func (r *replay) begin(p *capacity.Past) {
	r.notes = p.Notes
	r.warn = fmt.Sprintf("the search was cut off after %d steps, %s into it, and resumed at %s: the endpoint may have changed in between",
		p.Steps(), units.Seconds(p.State().ElapsedS), time.Now().UTC().Format(time.DateTime+" UTC"))
}

// again answers with the next step that was kept, if it is the one that the search wants:
// at a rate, or with so many requests in flight. over says that there is no step, and
// that none may be measured.
func (s *Search) again(kind capacity.Kind, rate float64, concurrency int) (st step, there, over bool) {
	s.spentBetween()
	r := &s.replay
	if len(r.notes) == 0 {
		if r.only {
			s.halt(capacity.ByInterrupt, result.GroundCutOff, cutOff)
		}
		s.goesOn()
		return step{}, false, r.only
	}
	kept := r.notes[0].Kept
	if kept.Kind != kind || !capacity.SameRate(kept.RateRPS, rate) || kept.Concurrency != nil && *kept.Concurrency != concurrency {
		s.warnings = append(s.warnings, "the steps kept are those of another version of flashwave: from "+kept.Asked()+" on they were measured again")
		r.notes = nil
		return s.again(kind, rate, concurrency)
	}
	s.recall(r.notes[0].State)
	r.notes, r.silent = r.notes[1:], true
	st = step{Step: kept.Step, limit: kept.Limit, slo: kept.SLO}
	for _, n := range r.notes {
		if n.Kept != nil {
			break
		}
		if n.RecoveryS != nil {
			st.RecoveryS = n.RecoveryS
		}
	}
	s.steps = append(s.steps, st)
	s.publish()
	return st, true, false
}

// goesOn says that what follows is measured now.
func (s *Search) goesOn() {
	r := &s.replay
	r.silent = false
	if r.warn == "" || r.only {
		return
	}
	s.warnings = append(s.warnings, r.warn)
	if s.cfg.Progress != nil {
		s.cfg.Progress(fmt.Sprintf("%s  resumed after %d steps", units.Clock(s.elapsed()), len(s.steps)))
	}
	r.warn = ""
}

// spentBetween takes in what was spent after the last step.
func (s *Search) spentBetween() {
	for r := &s.replay; len(r.notes) > 0 && r.notes[0].Kept == nil; r.notes = r.notes[1:] {
		s.recall(r.notes[0].State)
	}
}

// replaying reports whether a step is to come that was kept, or none at all.
func (s *Search) replaying() bool {
	for _, n := range s.replay.notes {
		if n.Kept != nil {
			return true
		}
	}
	return s.replay.only
}
