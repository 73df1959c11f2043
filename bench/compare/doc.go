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
// side. d is new − base for shares, and ln(new ÷ base) for all else, so that no
// interval reaches below −100 %; with a value of 0 it is new ÷ base − 1. That of a
// share ends at ±100 percentage points, and its standard error is that of one request
// at least. Under two blocks a side there is no interval. Of two or
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
// Estimates of Location Based on Rank Tests, 1963). That of a share is no narrower
// than one request in doubt on either side makes it.
//
// # Failures
//
// Percentiles of TTFT, E2E and TPOT rank every scheduled request, as an SLO does, so that
// whoever refuses half of them is not faster for it: those that failed or were lost stand
// beyond every value. Where the rank of one side falls among those for sure, and that of
// the other does not, the change has no bound: it is worse, or better, whatever the margin.
// For sure means in 95 % of the resamples, or in every one of four runs a side. Where both
// do there is no data. Gaps between tokens (ITL) have no rank among requests, so that there
// is no data of them once one request in a hundred failed or was lost. Nor is there of
// goodput where more requests than that could not be judged.
//
// # Verdicts
//
// What matters is a change beyond the margin: 10 % of the base, of a latency at least
// 5 ms, of a share at least one percentage point. The last is what a relative change
// of an error rate near 0 means: 0 % → 0.9 % is within the margin, 20 % → 22.1 % is
// not.
//
//	worse, better   the whole interval lies beyond the margin
//	no difference   the whole interval lies within the margin
//	too noisy       the interval reaches over the margin: none of these can be said
//	unknown         there is no interval
//
// The word follows from the interval that is shown and from the margin, both of which
// a [Row] has; nowhere does the change itself decide. All intervals of a comparison
// have one level, 90 %: 5 % lie beyond either end, which is the usual level of a
// question with one side. (Of ranks it is the next level that can be had; four runs a
// side have 94 %.) So "no difference" is the test of equivalence of Schuirmann (A
// Comparison of the Two One-Sided Tests Procedure and the Power Approach for Assessing
// the Equivalence of Average Bioavailability, 1987).
//
// [Row.Detectable] is the worsening that is found nine times in ten: the margin,
// and the quantiles of 95 % and 90 % times the standard error.
//
// # The default gate
//
// p95 TTFT, p95 E2E, error rate, lost requests and goodput of the whole run gate; all
// other rows inform. The question has one side, is it worse, and three answers:
//
//	99    of one row the whole interval is worse than the margin
//	0     of no row the interval reaches beyond the margin where it is worse
//	120   anything else: it cannot be told
//
// A row may pass that is too noisy: between better and no difference. Passing asks for
// the same of every row, and needs no correction for their number: one that is worse
// by the margin passes once in twenty, whatever the others do (Berger, Multiparameter
// Hypothesis Testing and Acceptance Sampling, 1982). That one of the five fails although
// none is worse by more than the margin happens five times as often as with one at most
// (Bonferroni), if all lie just on it, and hardly ever if nothing changed.
//
// Missing data never passes: a metric that one side lacks; one that both lack, unless
// nothing was streamed or no bound says what is good; a row without an interval; a run
// that did not go to its end. A generator that was the bottleneck voids everything.
//
// A [Rule] is held to the interval in the same way. With several bounds it has
// failed if the interval lies beyond all, has not if it lies within any, and is open
// otherwise (Kleene's logic of three values).
//
// How often that is right, by simulation of endpoints whose latencies wander by 5 %
// from second to second (correlation 0.7) and by so much from run to run. The first
// runs are those of a job of CI, of 60 s at 20 requests a second; the others are at
// 60 a second and have bursts of 429s: one run a side of 600 s, eight of 300 s.
//
//	between runs                1 %   1.5 %    2 %    3 %
//	a job, 60 s
//	  nothing changed           78 %   78 %   77 %   72 %   exit code 0
//	  15 % slower               66 %   67 %   64 %   63 %   99
//	  25 % slower              100 %  100 %   99 %   98 %   99
//	one run a side
//	  nothing changed           97 %   95 %   93 %   87 %   0
//	  15 % slower              100 %   93 %   87 %   79 %   99
//	eight runs a side
//	  nothing changed          100 %  100 %  100 %  100 %   0
//	  15 % slower              100 %  100 %  100 %   86 %   99
//
// The rest is 120, but for what one run a side cannot see: with 3 % between runs one
// job in a hundred fails though nothing changed, and one in 200 passes that is 15 %
// slower; of the runs of 600 s, whose intervals are narrow, one in ten. With bursts of
// 429s, one in two minutes, half of the unchanged jobs cannot be told: a minute may
// have none, or two.
package compare
