//go:build !linux

package bench

import "time"

func newAlarm() alarm { return newTimed() }

// timeSlept is not to be had on this system. Where the monotonic clock stands while
// the machine sleeps, the wall clock seems to jump.
func timeSlept() time.Duration { return 0 }
