package doctor

import (
	"context"
	"slices"
	"strings"
	"time"
)

const (
	naps    = 200 // how often the clock is watched
	napTime = time.Millisecond
)

// A Clock is how finely a process sees time pass, and how late it wakes.
type Clock struct {
	Source       string  `json:"source,omitempty"` // what the kernel reads: tsc, kvm-clock, hpet …
	ResolutionNS int64   `json:"resolution_ns"`    // the smallest step seen
	LateMSP50    float64 `json:"late_ms_p50"`      // how much longer than 1 ms a sleep of 1 ms takes
	LateMSP99    float64 `json:"late_ms_p99"`
	LateMSMax    float64 `json:"late_ms_max"`
}

// watchClock sleeps a millisecond some two hundred times, or until ctx ends.
func watchClock(ctx context.Context, s system) Clock {
	c := Clock{
		Source:       strings.Join(s.fields("sys/devices/system/clocksource/clocksource0/current_clocksource"), " "),
		ResolutionNS: int64(resolution()),
	}
	late := make([]time.Duration, 0, naps)
	for range naps {
		if ctx.Err() != nil {
			break
		}
		began := time.Now()
		time.Sleep(napTime)
		late = append(late, max(0, time.Since(began)-napTime))
	}
	c.LateMSP50, c.LateMSP99, c.LateMSMax = lateness(late)
	return c
}

// lateness gives percentiles by nearest rank, in milliseconds.
func lateness(late []time.Duration) (p50, p99, most float64) {
	if len(late) == 0 {
		return 0, 0, 0
	}
	slices.Sort(late)
	rank := func(share float64) float64 { return millis(late[int(share*float64(len(late)-1)+0.5)]) }
	return rank(0.5), rank(0.99), rank(1)
}

// resolution is the smallest step of the clock, up to 20 ms: some systems tick
// every 15.6 ms.
func resolution() time.Duration {
	best := 20 * time.Millisecond
	end := time.Now().Add(best)
	for range 1000 {
		began := time.Now()
		step := time.Since(began)
		for step == 0 && time.Now().Before(end) {
			step = time.Since(began)
		}
		if step > 0 {
			best = min(best, step)
		}
	}
	return best
}
