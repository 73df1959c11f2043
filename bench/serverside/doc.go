// Package serverside asks a server for its own metrics while it is under load, so that
// what it says of its queue and its memory stands beside what its clients felt.
//
// A [Watch] asks for a page in the format of Prometheus once a second, on a goroutine of
// its own that [Watch.Begin] starts, and [Watch.Stop] ends and waits for. Nobody else waits for the server: it may
// hang, answer nonsense or not at all, and the load does not notice. What is read of a
// page, how long one may take and what is kept are bounded. No header of the load goes
// there, and no key.
package serverside
