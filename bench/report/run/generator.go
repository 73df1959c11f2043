package run

import (
	"strings"

	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// generator says in one line why the figures can be believed, or why not.
func (p text) generator(run *result.Run) {
	g := run.Generator
	var proof []string
	for _, m := range []struct {
		name string
		l    *result.Latency
	}{{"lag", g.LagMS}, {"read lag", g.ReadLagMS}} {
		if m.l != nil {
			proof = append(proof, m.name+" p99 "+units.Millis(m.l.P99))
		}
	}
	if g.CPUPercent != nil {
		cpu := "CPU " + units.Percent(*g.CPUPercent)
		if g.CPUAllowed != nil {
			cpu += " of " + units.Number(*g.CPUAllowed) + " cores"
		}
		proof = append(proof, cpu)
	}
	if c := run.Total.Latency.Connect; c != nil {
		proof = append(proof, "connect p99 "+units.Millis(c.P99))
	}
	state := p.Good("valid")
	switch {
	case !g.Valid:
		state = p.Bad("not valid")
	case len(g.Warnings) > 0:
		state = p.Unsure("valid, with warnings")
	}
	line := state
	if len(proof) > 0 {
		line += ": " + strings.Join(proof, ", ")
	}
	p.Prose(p.Label("generator"), line)
	for _, w := range g.Further(run.Verdict) {
		p.Prose(p.Label("")+"! ", words.Plain(w))
	}
}
