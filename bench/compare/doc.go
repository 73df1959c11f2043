// Package compare says whether NEW is worse than BASE: two runs of a scenario, or
// several of each. [Compare] makes a [Document] of them; [ParseRule] reads what a
// comparison may be held against instead of the default gate.
//
// # One run a side: order statistics
//
// A percentile lies between the ranks that independent requests leave open, by the
// binomial distribution, exactly (Woodruff, Confidence Intervals for Medians and Other
// Position Measures, 1952; Clopper and Pearson, The Use of Confidence or Fiducial Limits
// Illustrated in the Case of the Binomial, 1934). So does a share: of errors, of lost or
// of good requests. Nothing is resampled, and few requests make the interval wide, not
// wrong.
//
// But requests are not independent: they meet the same queue, and failures come in
// bursts. So their number is divided by how crowded they are, the design effect (Kish,
// Survey Sampling, 1965): by how many times the number of hits varies more, from block to
// block of the timeline's rows, than that of independent requests. Blocks run on a circle
// and within waves (Künsch, The Jackknife and the Bootstrap for General Stationary
// Observations, 1989; Politis and Romano, A Circular Block-Resampling Procedure for
// Stationary Data, 1992):
//
//	block = max(1 s, 2 · e2e p95, min(1.1447 (4ρ²n ÷ (1−ρ²)²)^⅓ rows, n/4 rows))
//
// where n is the rows of the wave and ρ the correlation of successive ones (Andrews,
// Heteroskedasticity and Autocorrelation Consistent Covariance Matrix Estimation, 1991).
// A run that is shorter than one block has no interval; of a shorter one than two both
// halves are set against each other.
//
// How crowded the few latencies above p95 are cannot be told from a few seconds. Requests
// that met one queue are late together at every percentile, though: the mean over five of
// them tells, and counts where it is more. It makes short runs near saturation say
// little, as they should, and leaves short runs at low load what they can say. The
// variance is taken for a fifth more than blocks show at least, and for as much as
// Student's distribution asks of so few. Where so few independent requests remain that
// the largest bounds no percentile from above, the tail is taken to go on exponentially.
//
// Both sides make the interval of the difference (Zou and Donner, Construction of
// Confidence Limits about Effect Measures, 2008)
//
//	d − √(below² + above′²) … d + √(above² + below′²)
//
// of how far each side may lie below or above its value. d is new − base for shares, and
// ln(new ÷ base) for all else, so that no interval reaches below −100 %; with a value of 0
// it is new ÷ base − 1. Of two or three runs a side it is that of their mean, by what the
// runs say of themselves or by how far they lie apart, whichever is more.
//
// Failures of both sides are taken to be as crowded as those of the side where they are
// more so: one that saw none cannot know how they come. A single burst then counts as one
// event, however many requests it cost. It proves that there are bursts, not how often:
// once in twenty times as long as the run would do. So a burst of a second never makes
// NEW worse by itself, and nothing passes in which one more would matter; the comparison
// cannot tell, and says why. All failures together are one event at least. They are
// called a burst where one block has more of them than chance would bring there, of
// independent ones, once in twenty times. A row may expect as many as it has of what was
// scheduled, or of what ended: some fail at once, others late, and while a wave fills
// little else has ended.
//
// Good requests a second are as sure as the share of good ones where a schedule sets the
// pace; if it offered more to one side, that share gates in their place.
//
// # Near saturation
//
// There a backlog comes and goes slowly, over a time that one run has too little of, and
// the noise between runs is more than any shows. A run shows itself to be near it by two
// figures together: three of its requests and more tell no more than one, and the backlog
// at the end of each row varies twice as much as that of a Poisson process that is served
// at once (which is as much as its mean), less what follows the number that came within
// the time that a request takes. Where the backlog fills or drains it tells nothing. Of
// eight workers that is so from a utilisation of about 0.87 on, more often than not.
// [NearFull] says so, and a comparison that cannot tell then says that there are too few
// runs. Of closed waves nothing is said: there the backlog is what was asked for.
//
// One run a side cannot see drift between runs: another placement, a warm cache, a
// noisy neighbour. The margin, below, has room for what is usual; runs in turns (flashwave
// compare --run) let it befall both sides alike.
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
// beyond every value. A percentile whose rank falls among them has no value, [Row.Beyond],
// and one whose rank may fall there an interval without an end. That is enough to tell:
// NEW is worse if the least that its percentile may be is more by the margin than the most of
// BASE, whatever it is at the most, and for sure, without any bound, if all ranks that it
// may have lie beyond. Of two or three runs with one beyond every value among them a side
// reaches from the least that any may be; from four on runs are ranked as ever, and those
// are the last. Where both sides may be beyond, nothing is known of the difference; where
// the values of both are, there is no data.
//
// Gaps between tokens (ITL) have no rank among requests, so that there is no data of them
// once one request in a hundred failed or was lost. Nor is there of goodput where more
// requests than that could not be judged.
//
// # Verdicts
//
// What matters is a change beyond the margin: 10 % of the base, of a latency at least
// 5 ms (but not of gaps between tokens, which add up), of a share at least one percentage
// point. The last is what a relative change
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
// [Row.Detectable] is the worsening that is found nine times in ten, beyond the margin;
// [Row.Seen] the change that is told from none as often. The latter stands in the headline
// of what passes, and a [Need] asks for it.
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
// that did not go to its end; good requests by SLOs that differ, or of which there were none
// on either side; gaps that a generator read too late. A generator that was the bottleneck
// voids everything.
//
// Nor does what may differ though the endpoints do not: runs that were asked different
// things (unless [Options] say that scenarios are what is compared) or steered by hand,
// answers that are shorter though the same was asked of the same model, a wave, share or
// turn of which nothing succeeds any more, prompts that a
// cache of the endpoint knew from a run before, and a run compared to itself. What is worse
// all the same is worse.
//
// A [Rule] is held to the interval in the same way. With several bounds it has
// failed if the interval lies beyond all, has not if it lies within any, and is open
// otherwise (Kleene's logic of three values).
//
// How often that is right, by simulation of a queue with eight workers, exponential work
// of 100 ms and Poisson arrivals, as
//
//	go test ./bench/compare -run TestTables -full -v
//
// prints it: of a hundred comparisons so many pass and so many fail; the rest cannot be
// told. "0/92" is none that passed and 92 that failed. +10 % and one percentage point are
// just what matters: there to pass and to fail are wrong in five of a hundred each. (One
// percentage point of failures raises p95 as well, by 7 %, and so may fail twice.) Cells of
// long runs, and of several, are of 40 comparisons.
//
//	utilisation 0.5                     5 s       10 s       60 s      300 s
//	  unchanged                         0/0        9/0       60/0      100/0
//	  +10 %                             0/2        1/1        0/4        0/2
//	  -10 %                             0/0       33/0       98/0      100/0
//	  work +30 %                       0/10       0/30      0/100      0/100
//	  work ×1.92                       0/92      0/100      0/100      0/100
//	  all ×1.92                        0/92      0/100      0/100      0/100
//
//	errors, utilisation 0.5             5 s       10 s       60 s      300 s
//	  0 → 0 %                           0/0        9/0       60/0      100/0
//	  0 → 1 %                           0/1        0/2        0/6        2/5
//	  0 → 2 %                           0/6       0/20      0/100      0/100
//	  0 → 5 %                          0/62       0/98      0/100      0/100
//	  one burst                         0/0        0/0        0/0        0/0
//	  bursts, 1 % of the time           0/0        7/0       30/0        5/0
//	  bursts, 5 % of the time           0/0        5/0       8/18      0/100
//
//	utilisation 0.87                    5 s       10 s       60 s      300 s
//	  unchanged                         2/1        5/0       22/0       25/0
//	  +10 %                             1/2        1/1        0/2        0/2
//	  -10 %                            10/0       13/0       34/0       65/0
//
//	utilisation 0.87                    5 s       10 s       60 s
//	  work +30 %                       0/55       0/93      0/100
//	  work ×1.92                      0/100      0/100      0/100
//	  all ×1.92                        0/56       0/70       0/92
//
//	0.87, four runs a side              5 s       10 s       60 s
//	  unchanged                        11/0       13/3       28/0
//	  +10 %                             3/0        3/4        8/2
//	  -10 %                            32/0       39/0       58/0
//	  work +30 %                       0/96      0/100      0/100
//	  work ×1.92                      0/100      0/100      0/100
//	  all ×1.92                        0/97       0/96       0/95
//
// What one run a side cannot see is drift between runs. Of endpoints whose latencies wander
// by 5 % from second to second (correlation 0.7), and by so much from run to run,
// comparisons of one run of 60 s at 20 requests a second do not fail though nothing
// changed up to 1 % between runs (TestHowOftenTheGateIsRight, all of them with -full); with 3 % one in a hundred
// does.
package compare
