package live

import (
	"flashwave/bench/result"
)

// A Source is a run that can be watched and steered. Its methods are called
// from several goroutines and return quickly: they never wait for requests.
type Source interface {
	// Snapshot returns the run at this instant; its Window holds what view asks
	// for. It is polled about four times a second.
	Snapshot(view result.View) result.Snapshot

	// TogglePause stops a lane's clock, or lets it go on. A lane is an index
	// into Snapshot.Lanes, here and below.
	TogglePause(lane int)
	// Scale multiplies the rate, or the concurrency, of a lane from now on.
	Scale(lane int, by float64)
	// Burst adds n arrivals to a lane, at once.
	Burst(lane, n int)
	// NextWave ends the lane's wave and begins the next one.
	NextWave(lane int)

	// Stop ends the run. The first call stops sending and lets open requests
	// end; the second ends those, too.
	Stop()
}
