// Package queue asks a completions endpoint the way a shop's background copy does: it puts
// tasks into a Redis queue, from which workers of one's own take them, and waits for what
// they write back. Begin with [Open] and [Client.Do], which is that of an endpoint's client.
// A [Gauge] looks at a queue of others, and changes nothing.
//
// # Instants
//
// Of each task: enqueued, when it was written to Redis, which said that it has it; taken, when
// a worker had it; done, when its result, or its dead letter, was there. The last two are seen
// by one reader that looks every [Config.Poll] in one pipeline, and lie in the middle between the
// look that did not show it yet and the one that did: they are off by half of that time at most,
// and by nothing on average. Where nobody could look for long they are the end of that time.
// [Stats] says how long it was. No keyspace event and no MONITOR is a clock here.
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
// tasks; of a stream it makes the consumer group where there is none, and of BullMQ it adds to
// the events and the marker. [Client.Close] takes back the places and the data of tasks that no
// worker has in hand, unless [Config.Keep]; no other key is ever deleted, and results go by
// their own time to live. A queue that is not empty is refused unless [Config.Join].
//
// A process that is killed takes nothing back: places stay in the queues until a worker takes
// them, and data goes by its time to live, which is a day, but for jobs of BullMQ. The ids of
// tasks begin with fw-, and no two runs share what follows.
//
// # What its user may do
//
// [Open] tries every right, but exec and those of BullMQ's script. Every user needs type, multi
// and exec, and should have info, by which clusters and sentinels are known. Beside them:
//
//   - shop: set zadd hincrby zrange zcard zmscore mget hmget exists zrem del;
//   - list: lpush hincrby lindex llen lpos get mget hmget lrem;
//   - stream: xadd hincrby xgroup|create xinfo|groups xlen xrevrange get mget hmget xdel;
//   - bullmq: eval incr hset zadd hexists xadd zrange zcard zcount zscore zmscore hmget exists zrem del.
//
// Who keeps its tasks needs nothing that takes them back.
//
// # Why redigo
//
// It writes and reads a pipeline apart, so that a slow server does not make the generator
// late; it never repeats a command by itself, which would enqueue a task twice; and it brings
// no other module.
package queue
