// Package tap is a reverse proxy before a completions endpoint. It passes everything on as it
// comes, byte for byte and at once, and keeps a record of each call that it carried: for
// which task it was made, when it was asked, when its first token came, what it used and how
// it ended. [New] makes a [Tap]; [Dial] follows the records of one, from another process or
// another machine.
//
// # What is a call
//
// Every POST. Its dialect is told by its path, as in package client, and its answer is read by
// that package while it passes: nothing is held back, and nothing but an answer that is no
// stream is collected, up to 4 MiB. Of a call under a path of no dialect, and of an answer that
// is compressed, the status alone is understood. Whose task a call is [Source] says: a header,
// or a text in the first [LookedAt] bytes of the body.
//
// # Instants
//
// Asked is when the head of a request was read; first byte, first token, last token and done
// are those of package client, stamped when a read of the response returned. All count from
// when the tap was started, on a clock that only goes forward. A [Follower] puts them on its
// own clock: it asks the tap what time it is, and takes the middle of the round trip for the
// instant at which that was so. It is wrong by half of the round trip at most.
//
// # What is kept
//
// The last [RingSize] records, in memory. They hold no key, no prompt and no text of an
// answer, nor any header; the id of a task is the one word of a request in them.
//
// # What it serves itself
//
// Everything under [Prefix] is the tap's own, and is not passed on:
//
//	GET /_flashwave/tap                         its state: one line
//	GET /_flashwave/tap/calls?after=N           the records after the N-th
//	GET /_flashwave/tap/calls?after=N&follow=1  likewise, and then those that come
//
// An answer is lines of JSON, each a [Line]. The first is the state, and of those who follow
// another one comes each second. With tap=ID the records after the N-th are meant of that tap
// alone: one that was started anew since gives all of its own.
package tap
