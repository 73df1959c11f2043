package answer

import (
	"fmt"

	"flashwave/bench/capacity"
	"flashwave/bench/report/words"
	"flashwave/bench/units"
)

// Classes say of each class of a queue how it fares at the answer of a search, and what of
// it fails first above; none where no queue was searched, or nothing held.
func Classes(d *capacity.Document) (list []string) {
	if d.Queue == nil {
		return nil
	}
	for _, c := range d.Queue.Classes {
		if c.WaitP95MS == nil {
			continue
		}
		says := fmt.Sprintf("%s waits %s there (p95)", words.Plain(c.Class), units.Millis(*c.WaitP95MS))
		if c.FailsRPS != nil {
			says += fmt.Sprintf("; from %s on: %s", units.PerSecond(*c.FailsRPS), FailsBy(c))
		}
		list = append(list, says)
	}
	return list
}

// FailsBy is what of a class fails first above the answer.
func FailsBy(c capacity.QueueClass) string {
	switch {
	case c.FailsFirst == nil:
		return units.NoData
	case *c.FailsFirst == string(capacity.ByBacklog):
		return "tasks pile up"
	}
	return words.Plain(*c.FailsFirst)
}
