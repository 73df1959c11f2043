package bench

import (
	"time"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

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
