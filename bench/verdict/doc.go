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
// scheduled request of its wave. With n scheduled requests, percentile q is the value
// of rank ⌈q·n⌉, and at +∞ stand those
//
//   - that failed, in whatever way, however fast, and even after their first token,
//   - that were dropped, never sent, or unfinished (one that is still younger than the
//     bound is left out, for it may yet meet it), and
//   - that ended ok without the token asked about: of reasoning alone there is no ttfa.
//
// So an endpoint cannot pass on its survivors, and refusing fast looks like what it is.
//
// # What counts however late the generator was
//
// A generator that sends or reads late measures its own lateness, so that latency SLOs
// over such a wave have no answer. A status and an error event, though, were the
// endpoint's own answer. An error rate that breaks its SLO on those alone is a
// failure, whatever else is in doubt.
//
// # Whether it held
//
// A run held only if every SLO held and completions kept up with arrivals ([PaceOf]) in
// every wave, each by what its own lane did, and then at the rate of what succeeded once
// answers could come. Where they did not, and no SLO that was given
// says how long a request may wait or how many must be served, there is nothing to judge
// the backlog by: the run is inconclusive, for a queue that grows passes every bound in
// time.
package verdict
