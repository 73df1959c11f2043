package monitor

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What is wrong comes first, the gravest of all; and that all are up is said only where all
// are.
func TestHeadline(t *testing.T) {
	open := &Incident{Target: "broken"}
	up := Row{Name: "well", State: Up, Objective: 0.99}
	for _, c := range []struct {
		rows []Row
		want string
	}{
		{nil, "nothing is known yet"},
		{[]Row{{Name: "new", State: Unknown}}, "nothing is known yet"},
		{[]Row{up}, "well is up"},
		{[]Row{up, up}, "all 2 targets are up"},
		{[]Row{up, {Name: "new", State: Unknown}}, "1 of 2 targets up, nothing is known of the others yet"},
		{[]Row{up, {Name: "gone", State: Down, LastError: "connection refused"}}, "gone is down: connection refused"},
		{
			[]Row{{Name: "gone", State: Down}, up, {Name: "broken", State: Degraded, Objective: 0.99, Incident: open, Availability: Spans{Hour: new(0.467)}}},
			"broken breaks its objective of 99 %: 46.7 % of its probes were good in the last hour, and 1 other is not well",
		},
		{[]Row{{Name: "slow", State: Degraded}, {Name: "gone", State: Down}, {Name: "spent", State: Paused}}, "gone is down, and 2 others are not well"},
	} {
		if got := (Snapshot{Rows: c.rows}).Headline(); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Row {
			return Row{Name: "a", State: rapid.SampledFrom([]State{Unknown, Up, Degraded, Down, Paused}).Draw(t, "state")}
		}), 1, 5).Draw(t, "rows")
		well := true
		for _, r := range rows {
			well = well && r.State == Up
		}
		said := (Snapshot{Rows: rows}).Headline()
		if all := strings.HasPrefix(said, "all ") || said == "a is up"; all != well {
			t.Errorf("%v: %s", rows, said)
		}
	})
}
