// Package compare says whether NEW is worse than BASE: two runs of a scenario, or
// several of each. [Compare] makes a [Document] of them; [ParseRule] reads what a
// comparison may be held against instead of the default gate.
//
// # One run a side: the block bootstrap
//
// Successive requests are alike: they meet the same queue, and 429s come in
// bursts. Formulae for independent samples would find differences where there are
// none. So the rows of a run's timeline are resampled in blocks, which keep what is
// alike together (Künsch, The Jackknife and the Bootstrap for General Stationary
// Observations, 1989), on a circle, so that every row counts alike (Politis and
// Romano, A Circular Block-Resampling Procedure for Stationary Data, 1992), and
// within waves, so that every resample has as much of each wave as the run had.
// Percentiles come from the added histograms of the drawn rows, rates and shares
// from their added counts.
//
//	block = max(5 s, 2 · e2e p95, min(1.1447 (4ρ²n ÷ (1−ρ²)²)^⅓ rows, n/4 rows))
//
// where n is the rows of the wave and ρ the correlation of successive ones
// (Andrews, Heteroskedasticity and Autocorrelation Consistent Covariance Matrix
// Estimation, 1991). The standard deviation of 1000 resamples, times
// √(b ÷ (b − 1)) for b blocks, is the standard error of the run's value; those of
// both sides make the interval
//
//	d ± t · √(se₁² + se₂²)
//
// by Student's t with Welch's and Satterthwaite's degrees of freedom, b − 1 a
// side. d is ln(new ÷ base) for latencies and prices, new ÷ base − 1 for rates and
// new − base for shares. Under two blocks a side there is no interval. Of two or
// three runs a side the standard error is that of their mean, by what the runs say
// of themselves or by how far they lie apart, whichever is more.
//
// One run a side cannot see drift between runs: another placement, a warm cache, a
// noisy neighbour. The margin, below, has room for what is usual.
//
// # From four runs a side: ranks
//
// Each run is one observation, so that drift is measured: the test of Mann and
// Whitney (On a Test of Whether one of Two Random Variables is Stochastically
// Larger than the Other, 1947), the median of all pairwise differences, and the
// differences that the test does not reject as the interval (Hodges and Lehmann,
// Estimates of Location Based on Rank Tests, 1963).
//
// # Verdicts
//
// What matters is a change beyond the margin: 10 % of the base, of a latency also
// 5 ms, of a share also one percentage point. The last is what a relative change of
// an error rate near 0 means: 0 % → 0.9 % is within the margin, 20 % → 22.1 % is not.
//
//	worse, better   the whole 95 % interval lies beyond the margin
//	no difference   the change lies within the margin, and the interval within 2.5
//	                margins: a change of that size would have been seen
//	too noisy       anything else
//
// [Row.Detectable] is the worsening that is found nine times in ten: the margin,
// and the quantiles of 97.5 % and 90 % times the standard error.
//
// # The default gate
//
// p95 TTFT, p95 E2E, error rate and goodput of the whole run gate; all other rows
// inform. The hypothesis that none of them is worse by more than the margin is held
// at a level of 10 % for the four together by the step-down procedure of Holm (A
// Simple Sequentially Rejective Multiple Test Procedure, 1979). It begins with a
// quarter of that, which is the 2.5 % beyond either end of a 95 % interval: four
// runs a side, whose least p is 1/70, can raise an alarm, three could not.
//
// How often that is right, by simulation of runs at 60 requests a second, whose
// latencies wander by 5 % from second to second (correlation 0.7) and by so much from
// run to run, with bursts of 429s; one run a side lasts 600 s, of eight each 300 s:
//
//	between runs                1 %   1.5 %    2 %    3 %
//	one run a side
//	  nothing changed          100 %  100 %  100 %   98 %   no difference
//	  15 % slower               98 %   93 %   83 %   71 %   worse
//	eight runs a side
//	  nothing changed          100 %  100 %  100 %  100 %   no difference
//	  15 % slower              100 %   98 %   95 %   75 %   worse
package compare
