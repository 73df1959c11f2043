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
// requests a second. What it ends at most, whatever the latency then, is its
// saturation μ; only above that a backlog grows.
//
// # The service
//
// With n requests worked on, one takes s(n) times as long as alone, and
//
//	s(n) = max(1 + slope·(n − 1), n ÷ (μ·a))
//
// a being the mean service time of a lone request. The first branch is batching:
// each member more makes a step of the batch a little longer; a and the slope are
// those of a weighted straight line through the mean service times of the steps (see
// [lone]; where a step was cut with requests in flight, its mean is L ÷ X by J. D. C.
// Little, "A Proof for the Queuing Formula L = λW", 1961). The second is the ceiling.
// μ is what was served by all steps that had work waiting and served about as much as
// the most crowded one, together: not the most of any, which is the luckiest. Its
// interval of 90 % follows from the index of dispersion of the counts in windows of 1
// to 20 s, by Student's t; what that index has beyond the squared coefficient of
// variation of the service times (D. R. Cox, "Renewal Theory", 1962, 4.5) is an
// endpoint that wanders, by a standard deviation that the nights are played with.
//
// Beyond the number that reaches μ requests may wait in line, first come, first
// served, or all be worked on, so that everybody is slower. Each number of places is
// played against the crowded steps, and the one is taken whose percentiles are
// nearest (see [discipline]).
//
// # The fluid
//
// Requests are a fluid that comes at λ(t) and goes at μ while any waits. The backlog
// q obeys q′ = λ − μ where q > 0 or λ > μ. As λ is piecewise linear, q is piecewise a
// parabola, and everything below is exact, to rounding (G. F. Newell, "Applications
// of Queueing Theory", 1982, chapter 2).
//
//	longest wait   max q ÷ μ                    to the first token of those who share: that part of it
//	beyond an SLO  ∫λ dt where q > μ × (bound − median service time)
//	drained        when q first comes down to 0 after its maximum
//
// The fluid knows no chance: it sees no queue below μ.
//
// # The simulation
//
// Requests arrive at the instants at which a run of the same scenario would send
// them, and are worked on by the law above; how long one takes alone is drawn from what
// was measured where hardly anybody waited, the time to its first token of the same
// rank. With exponential service times and c places it is the queue M/M/c, with
// constant ones and c = 1 M/D/1; tests hold it to the formulas of Erlang and of
// Pollaczek and Khinchine.
//
// An endpoint refuses (see [Limits]) beyond a number in flight at once, after a wait,
// or by a quota, a bucket or fixed windows; where it is not known when a window begins,
// the nights begin at different instants of it. Callers have their own limits: a
// request beyond the slots waits before it is sent, and one that has no token by its
// patience, or no end by its timeout, is given up and leaves its place. Nobody who was
// refused asks again.
//
// Up to nineteen nights are played, each with its own chances and with a μ from another
// part of its interval. The one in the middle, by failures and then by the longest
// wait, is the forecast; the least and the most of all are its band.
//
// # How it came true
//
// Longest wait in seconds of a night of 3.3, 100 (16 open, quotas: 50) and 3.3 requests
// a second for 20, 40 and 60 s, arrivals those of a Poisson process: as forecast from
// eight steps (quotas: from a search), and in a rehearsal; then the ratio of errors.
//
//	M/M/8          9.6 ( 7.7 to 11.6)    9.5
//	M/D/8          9.5 ( 9.4 to  9.6)    9.5
//	shared, 8     23.5 (18.0 to 29.0)   25.6
//	bimodal, 8     9.0 ( 4.4 to 13.4)    9.3
//	noisy, 8      10.2 ( 3.2 to 16.9)    8.0 to 18.3 in five nights
//	shed after 2s  2.3 ( 2.3 to  2.4)    2.3     0.14 (0.09 to 0.18)   0.15
//	16 open                                     0.22 (0.19 to 0.27)   0.23
//	a bucket, told                              0.49                  0.49
//	the same, not told                          0.52                  0.49
//	windows, told                               0.00, 0.38, 0.00      0.00, 0.38, 0.00
//	the same, not told                          0.02, 0.38, 0.02      0.01, 0.38, 0.01
//
// The command that makes the table:
//
//	go test ./bench/capacity/search -run TestForecastsComeTrue -full -v
//
// An endpoint that grows or drifts while it is measured gives no ground for a forecast
// (see [Ground]): nothing is foretold, and a rehearsal is asked for.
//
// # The night of a queue
//
// Tasks of classes that workers take from a queue are a fluid each ([MakeTasks]): it comes by
// its share of λ(t), waits, and goes at the rate μ of all workers, the most urgent class
// first, within one the oldest first. In each second
//
//	served(class) = min(waiting + came, what the more urgent left of μ)
//
// and a task that is the n-th of its class to come waits until the n-th is served. A class
// starves while some wait and nothing is served. μ is what was done at the highest rate at
// which every class held, in proportion to the workers: twice as many hold twice the rate of
// the same mix. The workers needed are the fewest that keep every SLO on waits, whole times
// and starving, in the fluid and with what was waited where nobody stands in line. Batches
// are not in it: against workers of batches it is right to two of their cycles and to two
// batches of each (TestTasksAgreeWithWorkersOfBatches), if these take of several classes at
// once. The shop's take of one priority, and end more in a rush than at the rate that held,
// when batches for a few urgent tasks were small: four of them, in a rush of three times that
// rate for 30 s, let bulk wait for 37 and 44 s where 64 and 74 s were foretold, and a single
// class for 60 s, as foretold (go test ./bench/capacity/search -run TestTheNightOfAQueueComesTrue).
//
// # The price
//
// See [Price].
package forecast
