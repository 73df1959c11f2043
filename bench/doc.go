// Package bench is the engine: it runs a scenario against an endpoint. What it is made
// of stands in rooms of its own; here they are joined.
//
// [Prepare] makes a scenario ready: package endpoint opens its endpoint, and prompts and
// prices are found. [Start] begins a run, whose life [Run] tells from top to bottom: it
// drives its lanes, drains, and makes the document.
//
// # The way of one request
//
//   - dispatch: a lane's load says when it is due, and its [dispatch.Ticket] gets a slot;
//   - sending: the ticket's prompt becomes a request, which the client sends; it calls back
//     for every token with the instant its bytes were read;
//   - ledger: a [ledger.Flight] takes that in, and at the end what it cost and whether it
//     was good;
//   - ticker: once a second what the ledger took in becomes an interval, is judged, and
//     goes into the journal;
//   - account: sums of the intervals become snapshots while the run goes on, and the
//     document at its end.
//
// Where requests are tasks of a queue, package tier counts what becomes of them, and its
// seconds go the way of the ledger's.
//
// Beside that way package timetable knows when waves take place, journal what happened,
// health whether this process keeps up, and verdict what it all means. Readers get plain
// values; nothing they do can slow the load.
//
// # Goroutines
//
// Of each it is said where it is started, and who waits for it:
//
//   - bench.Start: the run's own, for which [Run.Wait] waits;
//   - dispatch.Dispatcher.Drive: one a lane; it waits for them, and the run for it;
//   - dispatch.workers.call: one a request in flight; bench.Run.drain waits for them on
//     one of its own, for the grace period and a little;
//   - ticker.Start: the one that ends the seconds; the run stops it, and waits;
//   - journal.Journal.Begin: the one that calls the keeper; the run waits for it with
//     Settle and End;
//   - ledger.newRequestLog: the one that writes the log of requests; the run waits for it
//     with CloseLog;
//   - health.watchAlone: the one that takes the ticks of the read probe, where nobody who
//     reads streams does; Stop waits for it;
//   - serverside.Watch.Begin: the one that asks the server for its own metrics; Stop waits for it;
//   - export.Serve: the one that serves metrics; Close waits for it;
//   - endpoint.Endpoint.serve: the built-in endpoint; Close ends it;
//   - endpoint.Endpoint.serveQueue: the workers of the built-in queue; Close waits for them;
//   - endpoint.Endpoint.serveTap: the tap before their endpoint; Close ends it;
//   - tier.Tier.Listen: the one that reads what a tap tells; Close waits for it;
//   - bench.ending.within: one for each wait that the user may cut short. What such a wait
//     was for may be left behind, stuck, and nothing else may.
//
// # Locks
//
// Each is held for an instant by whoever changes or copies what it guards, and nothing
// that may wait is done meanwhile. Who holds one of these may take what stands behind it:
//
//   - dispatch.lane: dispatch.slots, dispatch.workers, timetable.Timetable, bench.ending,
//     journal.events, and those of the ledger;
//   - health.startReadProbe: health.Watch;
//   - health.Watch: ledger.shard;
//   - ledger.shard: ledger.recovery;
//   - tier.board: tier.Tally;
//   - export.Page: whatever a reading of a run takes.
//
// All others are leaves, and nothing is locked while one of them is held: the ones above
// that stand behind a colon alone, and dispatch.Budget, journal.Journal,
// ledger.openShard, ledger.pace, ledger.recorder, ledger.requestLog, ledger.steady,
// sending.refusals, sending.talks and serverside.Watch. The client of a queue has one of its
// own, and holds it while it calls the sender's sink and the board of the tier; what hears a
// tap (tier.hearing) holds one while it asks the client whose a call is.
//
// What the goroutine that ends the seconds knows from one to the next has no lock, for
// nobody else has it.
package bench
