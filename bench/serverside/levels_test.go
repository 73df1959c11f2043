package serverside

import (
	"testing"
	"time"

	"flashwave/bench/result"
)

// While a run goes on its rows have the levels that the server told, and no counters.
func TestLevels(t *testing.T) {
	watched(t, 9500*time.Millisecond, busy, func(w *Watch) {
		rows := document(12).Timeline
		w.Levels(rows, since)
		for i, row := range rows {
			queued, told := row.Server[result.ServerQueued]
			if want := i < 10; told != want {
				t.Errorf("row %d has %v", i, row.Server)
			}
			if told && (queued < float64(i) || queued > float64(i+1)) {
				t.Errorf("row %d: %v wait", i, queued)
			}
			if _, counted := row.Server[result.ServerOutput]; counted {
				t.Errorf("row %d has a counter: %v", i, row.Server)
			}
		}
		late := document(12).Timeline[5:]
		w.Levels(late, since)
		if late[0].Server[result.ServerQueued] < 5 {
			t.Errorf("a later row has %v", late[0].Server)
		}
		w.Levels(nil, since)
	})
}
