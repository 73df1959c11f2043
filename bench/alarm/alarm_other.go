//go:build !linux

package alarm

import "time"

// New is an alarm on the runtime's timers: this system has nothing better.
func New() Alarm { return Timed() }

func through(Watch, time.Duration, func() time.Duration) (stop func(), ok bool) { return nil, false }
