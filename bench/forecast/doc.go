// Package forecast holds a night's demand against what an endpoint was measured to
// give: headroom, quota, replicas, backlog and price. It is pure: no clock, no
// network, and the same input gives the same figures.
//
// Begin with [Of], which reads the demand from a scenario's open waves; [Make] makes
// the [Forecast] of it, and [Price] the [Cost].
//
// # What fits
//
// The peak is the most requests that the demand's curve λ(t) expects in any second.
//
//	headroom = capacity ÷ peak                    fits: headroom ≥ what was asked
//	replicas = ⌈peak ÷ (capacity × utilisation)⌉
//	quota    = the p99 minute: 60 s that 99 % of all stretches of 60 s do not exceed
//
// Capacity is the highest rate at which every SLO held. It undoes no backlog: past
// it customers wait longer than was promised, but the endpoint may still end more
// requests a second. What it ends at most, at any load that was measured, is its
// saturation μ; only above that a backlog grows.
//
// # The fluid
//
// Requests are a fluid that comes at λ(t) and goes at μ while any waits. The backlog
// q obeys q′ = λ − μ where q > 0 or λ > μ. As λ is piecewise linear, q is piecewise a
// parabola, and everything below is exact, to rounding (G. F. Newell, "Applications
// of Queueing Theory", 1982, chapter 2).
//
//	longest wait   max q ÷ μ                    first come, first served
//	beyond an SLO  ∫λ dt where q > μ × (bound − median service time)
//	drained        when q first comes down to 0 after its maximum
//
// The fluid knows no chance: it sees no queue below μ.
//
// # The simulation
//
// Requests arrive at the instants at which a run of the same scenario would send
// them. They wait in one line, first come first served, for one of c places, and
// keep it for a service time. Batching makes work slower the more of it there is, so
// the time is drawn, as work on a request begins, from what was measured at the load
// nearest to the requests then being worked on.
//
// The places cannot be seen from outside; they follow from Little's law (J. D. C.
// Little, "A Proof for the Queuing Formula L = λW", 1961),
//
//	c = μ × S̄
//
// S̄ being the mean service time at the least load that reached 95 % of μ. Steps in
// which requests piled up until the end are left out of S̄, for their times hold a
// queue in the making, but count for μ. Rounding c to a whole number is made up for
// by stretching the service times by c ÷ (μ × S̄); therefore a simulation that always
// has work waiting ends exactly μ requests a second, as measured. What of a response
// is waiting inside the endpoint and what is slow work makes no difference to the
// sums: a measured time to the first token that holds some queueing is drawn as such.
//
// Callers have their own limits: a request beyond the slots waits before it is sent,
// and one that has no token by its patience, or no end by its timeout, is given up
// and leaves its place. Where the capacity is a quota, what exceeds it is refused (a
// token bucket, one second deep), and nobody waits or asks again.
//
// With exponential service times the simulation is the queue M/M/c, with constant
// ones and c = 1 M/D/1; tests hold it to the formulas of Erlang and of Pollaczek and
// Khinchine.
//
// # The price
//
// See [Price].
package forecast
