// Package verdict is the one judge: it says of a run, of a wave, of a live window,
// of a run rebuilt from its logs and of a step of a search whether the SLOs held,
// which exit code follows, and what the decisive reason was.
//
// Begin with [Parse], which reads the SLOs of a scenario and adds those that are
// assumed; [Hold] holds one of them against a [Stretch], [Judge] all of them
// against a run. Everything here is pure and safe for concurrent use: it looks at
// what others recorded, and keeps nothing.
//
// # What a percentile ranks
//
// A table shows what was observed. An SLO asks what customers got, so it ranks every
// scheduled request of what it speaks of: the run, a wave, or a class of requests, which is
// a share of a mix or turns of conversations. With n scheduled requests, percentile q is the value
// of rank ⌈q·n⌉, and at +∞ stand those
//
//   - that failed, in whatever way, however fast, and even after their first token,
//   - that were dropped, never sent, or unfinished (one that is still younger than the
//     bound is left out, for it may yet meet it), and
//   - that ended ok without the token asked about: of reasoning alone there is no ttfa.
//
// So an endpoint cannot pass on its survivors, and refusing fast looks like what it is.
//
// Of the tasks of a queue wait ranks likewise: those that were taken by what they waited, and
// at +∞ those that were never enqueued, and those that wait for longer than the bound. One that
// waits for less may yet be taken in time, and is left out. That none of them failed, or was
// done twice, is no answer while none has ended, nor that none was taken out of order while
// none was taken.
//
// # Whether the generator was one
//
// [Generator] holds how late the generator was, and what it ran out of, against what each
// latency bears. [Judge] answers with what the verdict rests on, a [result.Ground]; these
// have one order, from which exit codes follow ([Decide]), and by which of several runs
// one counts ([Outranks]).
//
// # What counts however late the generator was
//
// A generator that sends or reads late measures its own lateness, so that latency SLOs
// over such a wave have no answer, and neither have those over a class whose requests it may
// have scheduled. A status and an error event, though, were the
// endpoint's own answer. An error rate that breaks its SLO on those alone is a
// failure, whatever else is in doubt.
//
// # What is good
//
// A request is good that ended ok and met every bound per request. One that has no value
// of what a bound is on (a single token has no gap) and met the others is neither good
// nor bad: an SLO on the number of good ones holds if it does with all of these taken as
// bad, fails if it does with all of them taken as good, and has no data otherwise. One
// that ended ok without a token that was waited for is bad, as it ranks above.
//
// # What nobody asked
//
// Of a wave or a class of which no request was due there is no count, no share and no
// latency. Of a class there is no rate and no cost either: a share that got no request, and
// a turn that no session came to, leave every SLO on them without data, which never passes.
// What is assumed, though, is not held against a class that nobody asked.
//
// # What is not over
//
// Tasks of a queue that still wait may wait for longer than a bound, and a class that got
// nothing up to the end, for longer than ever before, may starve for longer: what they come
// to is at least what it was by then. A bound that this does not break is not known to hold.
//
// # Whether it held
//
// A run held only if every SLO held and completions kept up with arrivals ([PaceOf]) in
// every wave, each by what its own lane did, and then at the rate of what succeeded once
// answers could come. Where something says which request is good and no SLO how many
// must be, it held only if nearly all were; and if none is known to be good although SLOs
// per request were given, the run is inconclusive. Nor did a run hold of which a wave or a
// class that was asked more than once succeeded never, or more than a hundredth of whose
// answers are empty, nor one of a queue of which a class got nothing for half of the time of
// the load, or whose tasks piled up: its SLOs decide, and the headline says so. Where completions did not keep up, and
// no SLO that was given
// says how long a request may wait or how many must be served, there is nothing to judge
// the backlog by: the run is inconclusive, for a queue that grows passes every bound in
// time.
package verdict
