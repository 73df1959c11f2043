// Package queue asks a completions endpoint the way a shop's background copy does: it puts
// tasks into a Redis queue, from which workers of one's own take them, and waits for what
// they write back. Begin with [Open] and [Client.Do], which is that of an endpoint's client.
//
// # Instants
//
// Of each task: sent, when it was written to Redis; enqueued, when Redis said that it has
// it; taken, when a worker had it; done, when its result, or its dead letter, was there. The
// last two are seen by one reader that looks every [Config.Poll] in one pipeline, and are
// late by up to the time between two looks: [Stats] says how long that was. No keyspace
// event and no MONITOR is a clock here.
//
// Which tasks were taken the head of each queue says, in one command a look however deep the
// queue is: of those that stand in order before the head none is in it any more. Workers that
// do not take from the head are noticed when the head passes, or when they are done.
//
// # What becomes of a task
//
//   - done: its result is there, and does not say that it failed;
//   - dead: it failed for good, which its result says or its place among the dead letters;
//   - lost: it was taken, and within [Config.Timeout] neither came, nor is it in the queue again;
//   - waiting and running: the run was over before.
//
// So in each class enqueued = done + dead + lost + waiting + running. A result that changes
// after it came is a duplicate: the task was worked on twice.
//
// # What it touches
//
// It writes the tasks' own keys, their places in the queues, and the counter of enqueued
// tasks. [Client.Close] takes back what it wrote of tasks that no worker has in hand, unless
// [Config.Keep]; no other key is ever deleted, and results go by their own time to live. A
// queue that is not empty is refused unless [Config.Join].
package queue
