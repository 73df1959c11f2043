package timeline

import (
	"math"
	"strconv"

	"flashwave/bench/report/svg"
	"flashwave/bench/report/web"
	"flashwave/bench/report/words"
	"flashwave/bench/units"
)

// mostClasses is how many classes of tasks have a chart.
const mostClasses = 6

// queue draws how deep the queue of each class was, on a scale of its own, and where the class
// starved.
func (t Timeline) queue() (blocks []web.Block) {
	if t.tasks == nil {
		return nil
	}
	for i, class := range t.tasks.Classes[:min(len(t.tasks.Classes), mostClasses)] {
		depth, starving := t.depths(i)
		high, name := svg.Highest(depth), words.Plain(class.Name)
		if high == 0 {
			continue
		}
		frame := t.frame("tasks-"+strconv.Itoa(i+1), "Tasks of "+name+" in the queue over time", 90, svg.Counts(high, "tasks"))
		frame.Desc = units.Of(high, "task", "tasks") + " at most"
		lines := []svg.Line{{Name: "depth", Ink: svg.Accent, Points: depth}}
		note := "deepest " + units.Count(high)
		if svg.Highest(starving) > 0 {
			lines = append(lines, svg.Line{Name: "starving", Ink: svg.Bad, Points: starving, Dots: true}) // a step by itself is seen, too
			frame.Desc += "; it starved"
			note += "; red where it got nothing for longer than it may"
		}
		blocks = append(blocks, web.Block{Figure: &web.Figure{
			Title: "Tasks of " + name, Note: note, Key: web.Keys(lines), Chart: svg.Chart{Frame: frame, Lines: lines}.SVG(),
		}})
	}
	return blocks
}

// depths are those of a class in the middle of each step, and of them those at which it
// starved; NaN is no data.
func (t Timeline) depths(class int) (depth, starving []svg.Point) {
	for i, row := range t.tasks.Timeline {
		p := svg.Point{X: row.TS + t.tasks.RowS(i)/2, Y: math.NaN()}
		hungry := p
		if class < len(row.Classes) {
			c := row.Classes[class]
			p.Y = float64(c.Depth)
			if c.Starving {
				hungry.Y = p.Y
			}
		}
		depth, starving = append(depth, p), append(starving, hungry)
	}
	return depth, starving
}
