package health

import (
	"time"

	"golang.org/x/sys/unix"
)

// clockTime is what a clock of the system shows; 0 if it has no such clock.
func clockTime(id int32) time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(id, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// timeSlept is how long the machine has slept since it was started.
func timeSlept() time.Duration {
	mono := clockTime(unix.CLOCK_MONOTONIC)
	return clockTime(unix.CLOCK_BOOTTIME) - mono
}
