package run

import (
	"flashwave/bench/report/table"
	"flashwave/bench/report/web"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// groups writes a line for each group that requests were told apart by besides their waves.
func (p text) groups(run *result.Run) {
	for _, t := range groupTables(run) {
		p.Gap()
		p.Table(t)
	}
	if s := run.Sessions; s != nil {
		p.Flow("sessions", sessions(s)...)
	}
}

// sessions says what became of conversations.
func sessions(s *result.Sessions) []string {
	return []string{named("started", s.Started), named("finished", s.Finished), occurred("broken", s.Broken), occurred("cut", s.Cut), grows(s)}
}

// groupBlocks are the same for a browser.
func groupBlocks(run *result.Run) (blocks []web.Block) {
	for _, t := range groupTables(run) {
		blocks = append(blocks, web.Block{Table: web.NewTable("by "+t.Header[0], t)})
	}
	if s := run.Sessions; s != nil {
		blocks = append(blocks, web.Block{Pairs: []web.Pair{{Name: "conversations", Value: words.Listed(sessions(s)...)}}})
	}
	return blocks
}

// grows is by how much prompts grow.
func grows(s *result.Sessions) string {
	if s.GrowthTokens == nil {
		return ""
	}
	return "context grows by " + units.Figure(*s.GrowthTokens) + " tokens a turn"
}

// groupTables are those of the shares of a mix and of the turns of conversations.
func groupTables(run *result.Run) (list []table.Table) {
	if len(run.Workloads) > 0 {
		list = append(list, groupTable("workload", run.Workloads))
	}
	if len(run.Turns) > 0 {
		list = append(list, groupTable("turn", run.Turns))
	}
	return list
}

// groupTable has a row for each group.
func groupTable(what string, groups []result.Stats) table.Table {
	t := table.Table{Words: 1, Header: []string{what}}
	for _, g := range groups {
		t.Add(words.Plain(g.Name))
	}
	requests := table.Figures[result.Stats]{Name: "requests", Write: func(n float64) string { return units.Count(int64(n)) }, Of: func(g result.Stats) *float64 {
		return new(float64(g.Requests.Scheduled))
	}}
	requests.AddTo(&t, groups)
	for _, c := range waveColumns(groups)[1:] { // what was offered is the mix's
		c.AddTo(&t, groups)
	}
	for _, c := range []struct {
		name string
		of   func(result.Tokens) *int64
	}{
		{"tokens in", func(t result.Tokens) *int64 { return t.Prompt }},
		{"cached", func(t result.Tokens) *int64 { return t.Cached }},
		{"out", func(t result.Tokens) *int64 { return t.Output }},
	} {
		table.Figures[result.Stats]{Name: c.name, Write: units.Figure, Of: func(g result.Stats) *float64 {
			return each(c.of(g.Tokens), g.Requests)
		}}.AddTo(&t, groups)
	}
	return t
}

// each is a number of tokens by the requests that ended ok.
func each(tokens *int64, r result.Requests) *float64 {
	if tokens == nil || r.Succeeded == 0 {
		return nil
	}
	return new(float64(*tokens) / float64(r.Succeeded))
}
