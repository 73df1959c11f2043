package verdict

import (
	"slices"

	"flashwave/bench/result"
	"flashwave/bench/trend"
	"flashwave/bench/units"
)

// neglected are the classes of a queue that got less than came, each in a sentence, however
// well all tasks together kept up: they got nothing for half of the time of the load or
// longer, or piled up to its end. Whether that matters an SLO has to say.
func neglected(run *result.Run) (list []string) {
	if run.Queue == nil {
		return nil
	}
	load := 0.0
	for _, w := range run.Waves {
		_, to, _ := w.Wall()
		load = max(load, to)
	}
	rows := run.Queue.Timeline
	ended := slices.IndexFunc(rows, func(r result.TierRow) bool { return r.TS >= load || len(r.Classes) != len(run.Queue.Classes) })
	if ended >= 0 {
		rows = rows[:ended]
	}
	for i, c := range run.Queue.Classes {
		switch {
		case c.StarvedMSMax != nil && *c.StarvedMSMax >= 1000*load/2 && c.Tasks.Enqueued > 1: // of one it is chance, perhaps
			list = append(list, c.Name+" got nothing for "+units.Millis(*c.StarvedMSMax))
		case PilesUp(rows, i):
			list = append(list, "tasks of "+c.Name+" piled up")
		}
	}
	return list
}

// PilesUp reports whether more tasks of a class come than workers take, over rows of equal
// length: both the tasks that wait and the age of the oldest of them rise with
// significance, and tasks stay behind at a pace of at least a twentieth of those that come.
// It is to a class of a queue what [Oversaturated] is to an endpoint. Workers that take a
// batch and rest make a sawtooth of the depth: one tooth is no trend, and those that wait
// must rise by twice as much as they ever fall meanwhile.
func PilesUp(rows []result.TierRow, class int) bool {
	if len(rows) < trend.Least {
		return false
	}
	waiting, oldest := make([]float64, len(rows)), make([]float64, len(rows))
	came, top, tooth := 0.0, 0.0, 0.0
	for i, r := range rows {
		c := r.Classes[class]
		waiting[i] = float64(c.Waiting)
		if c.OldestMS != nil {
			oldest[i] = *c.OldestMS
		}
		came += float64(c.Enqueued) / float64(len(rows))
		top = max(top, waiting[i])
		tooth = max(tooth, top-waiting[i])
	}
	pace := trend.TheilSen(waiting)
	return came > 0 && pace >= staying*came && pace*float64(len(rows)) >= 2*tooth &&
		trend.MannKendall(waiting) > trend.Significant && trend.MannKendall(oldest) > trend.Significant
}
