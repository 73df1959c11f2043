// Package monitor probes endpoints at a low rate, and looks at queues, for hours and days: the
// client and the judge of a run, one request at a time.
//
// [Prepare] a plan, [Start] it, and poll [Monitor.Snapshot] while it goes on;
// [Monitor.Wait] answers with its document.
//
// # Probes
//
// Each target is asked one small, fixed prompt every so often, at instants that follow from
// the seed: a little before or after the even ones, so that a monitor falls into step with
// nothing. A probe opens a connection of its own, as somebody does who comes by for the
// first time: names, connecting and TLS are in its latencies, and what it says of the
// certificate is of now. One target has one probe open at a time; an instant that comes
// while it is open is missed, and counted.
//
// A probe is good if it ended ok, its answer matched what was expected, and it met every
// bound on a single request, as package verdict judges it. One that the machine itself was
// short of files or ports for, or that failed on time while the monitor's process stood
// still, and might not have failed without that, says nothing of the endpoint: it is void, and
// counts for nothing. What the endpoint answered counts, as does a bound that was missed by more.
//
// # Queues
//
// A queue is not asked but looked at, as package queue's Gauge does it, and nothing in it is
// changed. The whole of it and each class are targets: what one look sees is a probe of each
// of them. It is good if the class could be seen and is within every bound on how much
// waits, how old the oldest is, how long it starves, and of the whole on how many dead
// letters are new, which is held over all looks, too. Where the queue itself cannot be seen,
// that is told of the whole, and of its classes nothing is known.
//
// # Time
//
// Windows and histories go by a clock that never goes back ([clock]). Where the time of day
// is set, or the machine slept, the monitor says so, and goes on with what it knew.
//
// # Objectives
//
// Package objective says when a target breaks its objective, and which one a rate of probes
// can resolve at all. The incident that follows is told by package alert, once when it
// opens and once when it is over, and kept by package history, so that a monitor that was
// killed goes on with it.
//
// # Goroutines
//
//   - Start: one an endpoint or queue, which probes it, and the pulse, which looks once in a
//     while at the clock, at incidents that may be over, and at the disk and the channels of
//     alerts; Wait waits for them;
//   - history.Open: the writer; Wait closes the log, for which it waits a while;
//   - alert.NewOutbox: one a channel; likewise.
//
// # Locks
//
// Monitor.mu guards what all targets share, watched.mu what one does; whoever holds the
// second may take the first, and neither is held while anything waits.
package monitor
