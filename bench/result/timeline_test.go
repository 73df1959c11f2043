package result

import (
	"testing"
	"time"

	"flashwave/client/outcome"
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

// What was turned away is in the row of the lane that asked, as in the run's, also where
// rows were merged in pairs.
func TestRowsOfLanesCountRateLimits(t *testing.T) {
	line, want := NewTimeline([]string{"a", "b"}, Measured{}), map[string]int64{}
	for i := range maxRows + 7 {
		start, parts := time.Duration(i)*time.Second, map[int]*Part{}
		for wave, lane := range []string{"a", "b"} {
			n := int64(i % (5 + wave))
			parts[wave] = NewPart()
			parts[wave].Outcomes[outcome.RateLimited] = n
			want[lane] += n
		}
		line.Add(Interval{Start: start, End: start + time.Second, Parts: parts}, nil, 0, 0)
	}
	got := map[string]int64{}
	for lane, rows := range line.Lanes() {
		for _, row := range rows {
			got[lane] += row.Counts.RateLimited
		}
	}
	var all int64
	for _, row := range line.Rows(false) {
		all += row.Counts.RateLimited
	}
	if got["a"] != want["a"] || got["b"] != want["b"] || all != want["a"]+want["b"] {
		t.Errorf("%v rate-limited by lane and %d in all, want %v", got, all, want)
	}
}
