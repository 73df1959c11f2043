// Package arrival turns a curve of load into the instants at which requests
// arrive. It is pure: no clock, no goroutine, and the same input gives the same
// instants on every machine.
//
// The curve λ(t), in requests per second, is piecewise linear: a row of
// segments, one after another, with no pause between them.
//
//	λ(t)
//	200 ┤           ┌───────────────┐
//	    │         ╱ │               │
//	    │       ╱   │               │
//	    │     ╱     │     rush      │
//	 20 ┤   ╱       │               └──────────
//	  3 ┼─┘ midnight│                 recovery
//	    └─┴─────────┴───────────────┴──────────▶ t
//
// A [Process] gives the gaps between arrivals in units of requests, with a mean
// of 1: exactly 1 ([Constant]), exponential ([Poisson]) or gamma distributed
// ([Gamma]). The k-th arrival lies at the unit distance u(k), the sum of the
// first k gaps, and u(k) becomes an instant through the inverse of the curve's
// integral:
//
//	Λ(t) = ∫₀ᵗ λ(s) ds        at(k) = Λ⁻¹(u(k))
//
// This is the time-rescaling theorem (Brown et al., "The time-rescaling theorem
// and its application to neural spike train data analysis", 2002), so every
// process has the curve's own mean rate at every instant, on ramps too. On a
// ramp that begins at r₀ and rises by a per second, the distance s beyond its
// beginning is reached after
//
//	d = 2s ÷ (r₀ + √(r₀² + 2as))
//
// the form of the quadratic's root that loses no digits when a is small and
// that holds down to a rate of 0.
//
// A [Plan] is curve, process and seed. [Plan.Instants] is its schedule as it
// stands; a [Cursor] walks the same schedule while somebody steers it.
package arrival
