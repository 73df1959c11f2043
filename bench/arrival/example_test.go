package arrival_test

import (
	"fmt"
	"os"
	"time"

	"flashwave/bench/arrival"
)

// A ramp into a rush, evenly spaced:
//
//	4 ┤    ╱‾‾‾‾
//	  │  ╱
//	0 ┼╱────────▶
//	  0    2    4 s
func ExamplePlan_Instants() {
	plan := arrival.Plan{
		Segments: []arrival.Segment{
			{From: 0, To: 4, For: 2 * time.Second, Wave: 0},
			{From: 4, To: 4, For: time.Second, Wave: 1},
		},
	}
	for a := range plan.Instants() {
		fmt.Println(a.Wave, a.At.Round(time.Millisecond))
	}
	// Output:
	// 0 707ms
	// 0 1.225s
	// 0 1.581s
	// 0 1.871s
	// 1 2.125s
	// 1 2.375s
	// 1 2.625s
	// 1 2.875s
}

// Steering multiplies what is left of the curve; the wave's length stays.
//
//	4 ┤    ┌────   × 2 at 2 s
//	2 ┼────┘
//	  └────┴────▶
//	  0    2    3 s
func ExampleCursor_Steer() {
	plan := arrival.Plan{Segments: []arrival.Segment{{From: 2, To: 2, For: 3 * time.Second}}}
	c := plan.Cursor(0)
	for at, ok := c.Due(); ok; at, ok = c.Due() {
		if at > 2*time.Second {
			c.Steer(2*time.Second, 2)
		}
		fmt.Println(c.Take().At)
	}
	// Output:
	// 250ms
	// 750ms
	// 1.25s
	// 1.75s
	// 2.125s
	// 2.375s
	// 2.625s
	// 2.875s
}

// A night of recorded load, ten times as fast and a tenth as strong.
func ExampleReadTrace() {
	file, err := os.Open("testdata/flash-sale-night.csv")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = file.Close() }()
	segments, err := arrival.ReadTrace(file, 10, 0.1)
	if err != nil {
		fmt.Println(err)
		return
	}
	plan := arrival.Plan{Segments: segments, Process: arrival.Poisson, Seed: 1}
	fmt.Printf("%.0f requests in %v, up to %.0f/s\n", plan.Expected(), plan.Length(), plan.Peak())
	// Output:
	// 52730 requests in 18m6s, up to 203/s
}
