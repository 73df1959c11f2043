package timeline

import (
	"fmt"
	"math"

	"flashwave/bench/report/svg"
	"flashwave/bench/report/web"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// maxOwn is how many metrics of the user's choice have a chart.
const maxOwn = 8

// server draws what the server said of itself, of what is known of every server and of
// what the user chose.
func (t Timeline) server() (blocks []web.Block) {
	if t.said == nil {
		return nil
	}
	add := func(f *web.Figure) {
		if f != nil {
			blocks = append(blocks, web.Block{Figure: f})
		}
	}
	add(t.serverLines("server-requests", "At the server: requests", "requests", 1, result.ServerRunning, result.ServerQueued))
	add(t.serverLines("server-cache", "At the server: KV cache in use", "%", 100, result.ServerKVCache))
	add(t.serverLines("server-lost", "At the server: preemptions and rejections", "a step", 1, result.ServerPreempted, result.ServerRejected))
	own := 0
	for _, s := range t.said.Series {
		if s.Name == s.Metric && own < maxOwn {
			own++
			unit := ""
			if s.Counter {
				unit = "a step"
			}
			add(t.serverLines(fmt.Sprintf("server-own-%d", own), "At the server: "+words.Plain(s.Metric), unit, 1, s.Name))
		}
	}
	return blocks
}

// serverWords are the names of series as a key says them.
var serverWords = map[string]string{
	result.ServerRunning: "running", result.ServerQueued: "queued", result.ServerKVCache: "KV cache",
	result.ServerPreempted: "preemptions", result.ServerRejected: "rejections",
}

// serverLines draws series of one scale, each row's value times so much; nil: none of them
// was ever more than 0.
func (t Timeline) serverLines(id, title, unit string, times float64, names ...string) *web.Figure {
	inks := []svg.Ink{svg.Accent, svg.Lost}
	var lines []svg.Line
	highest := 0.0
	for _, name := range names {
		points := t.series(func(r result.Row) float64 {
			if v, ok := r.Server[name]; ok {
				return v * times
			}
			return math.NaN()
		})
		high := svg.Highest(points)
		if !(high > 0) {
			continue
		}
		highest = max(highest, high)
		word, known := serverWords[name]
		if !known {
			word = words.Plain(name)
		}
		lines = append(lines, svg.Line{Name: word, Ink: inks[len(lines)%len(inks)], Points: points})
	}
	if lines == nil {
		return nil
	}
	if unit == "%" {
		highest = 100
	}
	frame := t.frame(id, title+" over time", 120, svg.Counts(highest, unit))
	frame.Desc = "at most " + units.Number(highest) + " " + unit
	figure := &web.Figure{Title: title, Key: web.Keys(lines), Chart: svg.Chart{Frame: frame, Lines: lines}.SVG()}
	if names[0] == result.ServerRunning {
		figure.Note = "as the server counts them, the highest of each step"
	}
	return figure
}
