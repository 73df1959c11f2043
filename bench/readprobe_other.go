//go:build !linux

package bench

import "time"

// A readProbe is not to be had on this system: read lag is unknown.
type readProbe struct{}

func startReadProbe(func(time.Duration)) *readProbe { return nil }

func (*readProbe) stop() {}
