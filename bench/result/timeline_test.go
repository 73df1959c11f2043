package result

import (
	"testing"
	"time"
)

// Rows that were merged in pairs still count every good request once.
func TestRowsCountGoodRequests(t *testing.T) {
	line, want := NewTimeline(), int64(0)
	for i := range maxRows + 7 {
		p := NewPart()
		p.Good = int64(i % 5)
		want += p.Good
		start := time.Duration(i) * time.Second
		line.Add(start, start+time.Second, p, nil, 0, 0)
	}
	var got int64
	for _, row := range line.Rows(false) {
		got += *row.Counts.Good
	}
	if got != want {
		t.Errorf("%d good requests, want %d", got, want)
	}
}
