package run

import (
	"io"
	"slices"

	"flashwave/bench/report/run/timeline"
	"flashwave/bench/report/web"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// HTML writes one self-contained page.
func HTML(w io.Writer, run *result.Run) error {
	t := timeline.Of(run)
	return web.Page{
		Kind:    "load test",
		Name:    words.Name(run.Name),
		Facts:   facts(run),
		Verdict: web.Judged(run.Verdict),
		Sections: []web.Section{
			{ID: "slos", Title: "SLOs", Blocks: sloTable(run)},
			{ID: "figures", Title: "Key figures", Blocks: []web.Block{{Cards: cards(run)}}},
			{ID: "time", Title: "Over time", Note: t.Note(), Blocks: t.Blocks()},
			{ID: "latency", Title: "Latency", Note: latencyNote(run.Total), Blocks: latencyBlocks(run, t)},
			{ID: "outcomes", Title: "Outcomes", Blocks: outcomeBlocks(run)},
			{ID: "waves", Title: "Waves", Blocks: waveBlocks(run)},
			{ID: "queue", Title: "Queue", Blocks: tierBlocks(run)},
			{ID: "groups", Title: "Workloads and turns", Blocks: groupBlocks(run)},
			{ID: "cost", Title: "Cost and tokens", Blocks: costBlocks(run)},
			{ID: "server", Title: "Server", Blocks: serverBlocks(run)},
			{ID: "generator", Title: "Load generator", Note: generatorNote, Blocks: generatorBlocks(run)},
			{ID: "events", Title: "Events", Blocks: eventTable(run.Events)},
			{ID: "scenario", Title: "Scenario", Note: "the file that repeats this run", Blocks: web.File(run.Scenario)},
		},
		Footer: web.Made(run.ID, run.Schema, run.Tool, run.Scenario),
	}.Write(w)
}

// facts say what ran, where and when.
func facts(run *result.Run) []string {
	var f []string
	if sc := run.Scenario; sc != nil {
		f = append(f, words.Target(sc.Target.Model, sc.Target.URL))
		if !sc.Workload.Stream {
			f = append(f, "not streamed")
		}
	}
	if !run.StartedAt.IsZero() {
		f = append(f, words.Instant(run.StartedAt))
	}
	f = append(f, units.Seconds(run.DurationS)+" long")
	return append(f, labels(run)...)
}

// labels are those that the run was given, in the order of their names.
func labels(run *result.Run) (list []string) {
	for k, v := range run.Labels {
		list = append(list, words.Plain(k+"="+v))
	}
	slices.Sort(list)
	return list
}
