package units_test

import (
	"fmt"
	"time"

	"flashwave/bench/units"
)

func ExampleDuration() {
	for _, d := range []time.Duration{
		412 * time.Microsecond, 21400 * time.Microsecond, 1250 * time.Millisecond, 125 * time.Second, 75 * time.Minute,
	} {
		fmt.Println(units.Duration(d))
	}
	// Output:
	// 412 µs
	// 21.4 ms
	// 1.25 s
	// 2 min 5 s
	// 1 h 15 min
}

func ExampleClock() {
	fmt.Println(units.Clock(72*time.Second), "/", units.Clock(75*time.Minute))
	// Output: 01:12 / 1:15:00
}

// A rate is per second; that it is told per minute is for the caller to say.
func ExamplePerMinute() {
	const quota = 200.0 / 60 // requests/s
	fmt.Println(units.PerSecond(quota), "or", units.PerMinute(quota))
	// Output: 3.33/s or 200.0/min
}

func ExampleShare() {
	fmt.Println(units.Share(0.981), units.Share(0.0004), units.Share(0.99999))
	// Output: 98.1 % 0.04 % >99.99 %
}

func ExampleChangeRange() {
	fmt.Println(units.Change(0.123), "between", units.ChangeRange(-0.02, 0.251))
	// Output: +12.3 % between −2.0 … +25.1 %
}

func ExampleUSD() {
	fmt.Println(units.USD(0.0340), units.USD(1021.2), units.Cents(0.4213), "of", units.Bound(5, units.Dollars))
	// Output: $0.0340 $1,021.20 $0.42 of $5
}

// What was measured has its digits; what somebody chose is as they would write it.
func ExampleBound() {
	fmt.Println(units.Value(8000, "ms"), "is at most", units.Bound(8000, "ms"))
	// Output: 8.00 s is at most 8 s
}

func ExampleDurationScale() {
	column := []float64{0.82, 12.4, 803}
	scale := units.DurationScale(column...)
	fmt.Println("TTFT,", scale.Unit)
	for _, ms := range column {
		fmt.Printf("%8s\n", scale.Write(ms))
	}
	// Output:
	// TTFT, ms
	//     0.82
	//    12.40
	//   803.00
}
