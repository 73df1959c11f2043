// Package bench is the engine: it runs a scenario against an endpoint. What it is made
// of stands in rooms of its own; here they are joined.
//
// The way of one request: package dispatch has an instant from the load of a lane, and
// gives its ticket one of the slots; [Run.Send] sends it, and the client calls back for
// every token with the instant its bytes were read; package ledger takes that in, and
// once a second an interval of all that becomes part of the result. Package health
// watches meanwhile whether this process keeps up, package verdict judges, while the run
// goes on and at its end. Readers get plain values; nothing they do can slow the load.
//
// # Goroutines
//
// Of each it is said who starts it, and who waits for it:
//
//   - the run's own ([Start]; whoever calls [Run.Wait]): it drives the lanes, drains, and
//     makes the document;
//   - one a lane (dispatch.Drive, which the run's own calls and which waits for them);
//   - one a request in flight (dispatch; the drain waits for them, for the grace period
//     and a little, see insist.go);
//   - the ticker's, which ends the seconds and hands them to the journal (the run's own,
//     which waits for it);
//   - the read probe's (health.New; Stop waits for it);
//   - the writer of the log of requests (ledger.New; CloseLog waits for it);
//   - those that do what may be stuck (bounded, which waits for them unless the user
//     insists on an end: these alone may be left behind).
//
// # Locks
//
// Whoever holds one may take those to its right:
//
//   - a lane's (dispatch), then any but the ticker's and the run's;
//   - the ticker's, then any but a lane's;
//   - the run's (stop), then that of events;
//   - the watch's (health), then those of the ledger;
//   - a shard's (ledger), then a recovery's.
//
// All the others are leaves: nothing else is locked while one is held.
package bench
