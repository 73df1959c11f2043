package result

import (
	"testing"
	"time"
)

// Rows that were merged in pairs still count every good request once.
func TestRowsCountGoodRequests(t *testing.T) {
	line, want := NewTimeline([]string{""}, Measured{Judged: true}), int64(0)
	for i := range maxRows + 7 {
		p := NewPart()
		p.Good = int64(i % 5)
		want += p.Good
		start := time.Duration(i) * time.Second
		line.Add(Interval{Start: start, End: start + time.Second, Parts: map[int]*Part{0: p}}, nil, 0, 0)
	}
	var got int64
	for _, row := range line.Rows(false) {
		got += *row.Counts.Good
	}
	if got != want {
		t.Errorf("%d good requests, want %d", got, want)
	}
}
