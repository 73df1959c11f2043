package compare

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// inBursts is how many failures must tell no more than one for them to be a burst.
const inBursts = 4

// burst is how many failures of the stretch tell no more than one, as the rows have them;
// 1 where independent failures may have come so by chance.
func (n noise) burst() float64 {
	failures := n.all.sum(failed)
	if failures < inBursts || n.byChance(failures) > tail {
		return 1
	}
	ended := n.all.sum(succeeded, failed)
	return min(crowding(n.sharedBy(failed, succeeded, failed), failures/ended, ended), failures)
}

// byChance is the chance, at most, that so many of as many independent failures fall into
// one of the blocks as did: the sum of that of each block. A block may expect as much of
// them as it has of what was scheduled or, if that is more, of what ended: some fail at
// once, others after a time.
func (n noise) byChance(failures float64) float64 {
	scheduledInAll, endedInAll := n.all.sum(scheduled), n.all.sum(succeeded, failed)
	least, blocks := 1.0, 0.0
	for _, t := range n.plan.parts {
		for from := t.from; from+t.block <= t.to; from++ {
			blocks++
			d := draw{n.series, []piece{{from, from + t.block}}}
			here := d.sum(failed)
			expected := max(d.sum(scheduled)/scheduledInAll, d.sum(succeeded, failed)/endedInAll)
			if here > 0 && expected < 1 {
				least = min(least, distuv.Beta{Alpha: here, Beta: failures - here + 1}.CDF(expected))
			}
		}
	}
	return math.Min(least*blocks, 1)
}
