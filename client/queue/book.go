package queue

import (
	"container/heap"
	"context"
	"fmt"
	"sync"
	"time"

	"flashwave/client"
	"flashwave/client/outcome"
)

// A Fate is what became of a task.
type Fate string

// The fates. Their words are those of the result document.
const (
	Done Fate = "done"
	Dead Fate = "dead"
	Lost Fate = "lost"
)

// A Task is one that was enqueued, as a [Watcher] hears of it. Instants count from the
// epoch; client.Never where nothing happened.
type Task struct {
	ID                    string
	Class                 int // which of the classes, from 0
	Priority              int
	Enqueued, Taken, Done time.Duration
	Answer                Answer
}

// A Watcher hears what becomes of tasks, one thing after the other. It must not block, and
// must not call the client.
type Watcher interface {
	Enqueued(t Task)
	Taken(t Task, inverted bool)          // inverted: a task of a more urgent class waited meanwhile
	Requeued(t Task, at time.Duration)    // it was taken, and waits again
	Ended(t Task, fate Fate)              // of tasks that were taken; what ended otherwise still waits or runs
	Duplicate(t Task, at time.Duration)   // its result changed after it had come
	Depths(at time.Duration, all []int64) // of the queues of each class, with tasks of others; once a second
}

// A place is where a task stands in its queue: what is less is nearer to the head.
type place struct {
	score float64
	seq   uint64
	id    string
}

func (p place) less(q place) bool {
	switch {
	case p.score != q.score:
		return p.score < q.score
	case p.seq != q.seq:
		return p.seq < q.seq
	}
	return p.id < q.id
}

// A state is where a task is.
type state uint8

const (
	unsent  state = iota
	asked         // written; Redis did not say yet that it has it, and is listened to
	doubted       // written, and the connection broke before Redis said that it has it
	waiting       // in its queue
	running       // taken
	ended
)

// A task is one of ours.
type task struct {
	Task
	values  map[string]any
	ctx     context.Context
	sink    client.Sink
	line    int // which queue
	place   place
	member  string // what stands in a list
	state   state
	look    uint64 // which look was the last when Redis had it
	first   bool   // it was taken before
	result  client.Result
	ready   chan struct{} // closed: result is whole
	over    bool          // it is
	content string        // of the result that came
	index   int           // in the heap; -1: in none
	polled  time.Duration // when its result was asked for last
	absent  time.Duration // when it was asked for last and was not there
	since   time.Duration // when it was taken last
	number  uint64        // of its id
	heard   tapped        // of its calls
}

// A line is the tasks of ours that wait in one queue, the head first.
type line []*task

func (l line) Len() int           { return len(l) }
func (l line) Less(i, j int) bool { return l[i].place.less(l[j].place) }
func (l line) Swap(i, j int)      { l[i], l[j] = l[j], l[i]; l[i].index, l[j].index = i, j }
func (l *line) Push(x any)        { t := x.(*task); t.index = len(*l); *l = append(*l, t) }
func (l *line) Pop() any {
	old := *l
	t := old[len(old)-1]
	old[len(old)-1] = nil
	t.index = -1
	*l = old[:len(old)-1]
	return t
}

// A book is what is known of the tasks of a run.
type book struct {
	mu      sync.Mutex
	watch   Watcher
	classes []Class
	lines   []line           // by queue
	of      []int            // the class of each queue
	all     map[string]*task // that were written, and did not end
	running map[*task]bool
	doubted map[*task]time.Duration // since when Redis was seen not to have them; 0: it was not asked yet
	ended   []uint64                // the numbers of those that came to an end
	again   []*task                 // done, and to be looked at again
	looks   uint64
	marks   []mark // by the numbers of tasks
	sharper int64  // tasks that were heard to be taken before they were seen to be
	now     func() time.Duration
}

// enqueued: Redis has a task.
func (b *book) enqueued(t *task, p place) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.accept(t, p)
}

func (b *book) accept(t *task, p place) {
	t.state, t.place, t.look = waiting, p, b.looks
	t.Enqueued = t.result.Sent
	heap.Push(&b.lines[t.line], t)
	b.watch.Enqueued(t.Task)
}

// placed: a task is about to be written, to stand there.
func (b *book) placed(t *task, at place, member string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t.place, t.member = at, member
	b.all[t.ID] = t
	b.remember(t)
}

// doubt: nobody will hear whether Redis has a task. Whoever looks finds out.
func (b *book) doubt(t *task) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t.state = doubted
	b.doubted[t] = 0
}

// placeOf is where the task with an id stands; ok is false of what is not ours.
func (b *book) placeOf(id string) (p place, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, ok := b.all[id]
	if !ok {
		return place{}, false
	}
	return t.place, true
}

// refused: Redis does not take a task.
func (b *book) refused(t *task, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	of, text := outcomeOf(err)
	t.state = ended
	b.answer(t, of, text, b.now())
}

// answer makes the result of a task whole, once.
func (b *book) answer(t *task, of outcome.Outcome, text string, at time.Duration) {
	if t.over {
		return
	}
	t.over = true
	t.result.Outcome, t.result.Err, t.result.Done = of, text, at
	close(t.ready)
}

// beginLook says that a look begins: what is enqueued from now on may not be in it.
func (b *book) beginLook() (number uint64) {
	b.looks++
	return b.looks
}

// passed takes in where the head of a queue stood at a look: what ours stand before it was
// taken since the look before. empty: there is no head.
func (b *book) passed(q int, head place, empty bool, look uint64, at time.Duration) (taken []*task) {
	l := &b.lines[q]
	var later []*task
	for l.Len() > 0 && (empty || (*l)[0].place.less(head)) {
		t := heap.Pop(l).(*task)
		if t.look >= look {
			later = append(later, t) // it was enqueued while the look was under way
			continue
		}
		b.take(t, at)
		taken = append(taken, t)
	}
	for _, t := range later {
		heap.Push(l, t)
	}
	return taken
}

func (b *book) take(t *task, at time.Duration) {
	t.state, t.since, t.member = running, at, ""
	b.running[t] = true
}

// tell says which tasks were taken in a look. One of a class is inverted if a task of a more
// urgent class was there before the look before, and still is.
func (b *book) tell(taken []*task, look uint64, g gap) {
	for _, t := range taken {
		if !t.first {
			t.first = true
			t.Taken = b.takenAt(t, g)
			t.result.FirstByte = t.Taken
		}
		over := false
		for q, l := range b.lines {
			if b.of[q] < t.Class && waitsSince(l, look) {
				over = true
				break
			}
		}
		b.watch.Taken(t.Task, over)
	}
}

// waitsSince reports whether the head of a line was there when the look before began.
func waitsSince(l line, look uint64) bool { return len(l) > 0 && l[0].look+1 < look }

// requeue: a task that was taken waits again.
func (b *book) requeue(t *task, p place, at time.Duration) {
	delete(b.running, t)
	t.state, t.place, t.look = waiting, p, b.looks
	heap.Push(&b.lines[t.line], t)
	b.watch.Requeued(t.Task, at)
}

// end: a task came to an end.
func (b *book) end(t *task, fate Fate, a Answer, at time.Duration) {
	if t.state == waiting { // done before anybody saw it taken
		heap.Remove(&b.lines[t.line], t.index)
		if !t.first {
			t.first, t.Taken = true, b.takenAt(t, gap{from: at, to: at})
			t.result.FirstByte = t.Taken
		}
		b.watch.Taken(t.Task, false)
	}
	delete(b.running, t)
	delete(b.all, t.ID)
	b.ended = append(b.ended, t.number)
	if a.Usage.From == client.FromNone {
		a.Usage = t.heard.spent
	}
	t.state, t.Done, t.Answer = ended, at, a
	t.result.Retries, t.result.Usage, t.result.Text = a.Retries, a.Usage, a.Text
	b.watch.Ended(t.Task, fate)
	switch fate {
	case Done:
		t.result.Finish = "stop"
		b.answer(t, outcome.OK, "", at)
		b.again = append(b.again, t)
	case Dead:
		text := "the task failed for good"
		if a.Err != "" {
			text += ": " + a.Err
		}
		b.answer(t, outcome.ServerError, text, at)
	case Lost:
		b.answer(t, outcome.Timeout, "the task was taken, and neither done nor failed in time", at)
	}
}

// abandon: nobody waits for a task any more.
func (b *book) abandon(t *task) client.Result {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !t.over {
		b.answer(t, outcome.Cancelled, fmt.Sprintf("the run was over before the task was %s", map[bool]string{true: "done", false: "taken"}[t.first]), b.now())
	}
	return t.result
}

// blind: Redis could not be looked at for so long. Who waits for a task of which nothing was
// known since is told so; the task stays what it was.
func (b *book) blind(since, patience time.Duration, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	of, text := outcomeOf(err)
	now := b.now()
	for _, t := range b.all {
		if t.state != asked && now-max(since, t.result.Sent) > patience {
			b.answer(t, of, text, now)
		}
	}
}
