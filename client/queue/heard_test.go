package queue

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/client"
)

// A count of where tasks are.
type places struct {
	t                                 *rapid.T
	enqueued, waiting, running, ended int
}

func (p *places) Enqueued(Task)                 { p.enqueued++; p.waiting++ }
func (p *places) Requeued(Task, time.Duration)  { p.running--; p.waiting++ }
func (p *places) Duplicate(Task, time.Duration) {}
func (p *places) Depths(time.Duration, []int64) {}

func (p *places) Taken(t Task, _ bool) {
	p.waiting--
	p.running++
	if t.Taken < t.Enqueued {
		p.t.Fatalf("taken at %v, before it was enqueued at %v", t.Taken, t.Enqueued)
	}
}

func (p *places) Ended(t Task, _ Fate) {
	p.running--
	p.ended++
	if t.Done < t.Taken {
		p.t.Fatalf("done at %v, before it was taken at %v", t.Done, t.Taken)
	}
}

// Whatever is heard of calls, and whenever: early, late, twice, of tasks that nobody knows, of
// calls that never ended or never began: each task is in one place, and was taken when it
// was asked for, or else in the middle of the time in which it may have been.
func TestHearingChangesNoPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seen := &places{t: t}
		now := time.Duration(0)
		q := &Client{prefix: "fw-", book: book{
			watch: seen, lines: make([]line, 1), of: []int{0}, all: map[string]*task{}, running: map[*task]bool{},
			now: func() time.Duration { return now },
		}}
		b := &q.book
		var all []*task
		asked := map[string]time.Duration{} // the first that was heard before the task was seen to be gone
		for i := range rapid.IntRange(0, 120).Draw(t, "steps") {
			now += time.Duration(rapid.IntRange(1, 1000).Draw(t, "µs")) * time.Microsecond
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0:
				number := q.number.Add(1)
				of := &task{number: number, Task: Task{ID: q.id(number), Enqueued: client.Never, Taken: client.Never, Done: client.Never}, ready: make(chan struct{}), index: -1}
				b.all[of.ID] = of
				b.remember(of)
				all = append(all, of)
				b.enqueued(of, place{score: float64(i), id: of.ID})
			case 1: // some are gone from the head
				look, before := b.beginLook(), now-time.Duration(rapid.IntRange(0, 3000).Draw(t, "before"))*time.Microsecond
				now += time.Millisecond
				head := place{score: float64(rapid.IntRange(0, i+1).Draw(t, "head"))}
				gone := b.passed(0, head, rapid.Bool().Draw(t, "empty"), look, now)
				first := slices.DeleteFunc(slices.Clone(gone), func(of *task) bool { return of.first })
				b.tell(gone, look, gap{before, now, time.Second})
				for _, of := range first {
					want := max(before, of.Enqueued)
					want += (now - want) / 2
					if at, ok := asked[of.ID]; ok && at < now {
						want = max(at, of.Enqueued)
					}
					if of.Taken != want {
						t.Fatalf("taken at %v, want %v", of.Taken, want)
					}
				}
			case 2: // one of them is done, seen to be taken or not
				if len(all) > 0 {
					of := rapid.SampledFrom(all).Draw(t, "done")
					if of.state == waiting || of.state == running {
						b.end(of, Done, Answer{}, now)
					}
				}
			case 3:
				for of := range b.running {
					if rapid.Bool().Draw(t, "requeued") {
						b.requeue(of, place{score: float64(i), id: of.ID}, now)
						break
					}
				}
			default:
				id := "unknown"
				if len(all) > 0 && rapid.Bool().Draw(t, "known") {
					id = rapid.SampledFrom(all).Draw(t, "heard").ID
				}
				at := now + time.Duration(rapid.IntRange(-5000, 5000).Draw(t, "asked"))*time.Microsecond
				c := Call{Task: id, Asked: at, New: rapid.Bool().Draw(t, "new"), Over: rapid.Bool().Draw(t, "over"), Usage: client.Usage{Output: 1, From: client.FromUsage}}
				if _, _, ours := q.Heard(c); ours != (id != "unknown") {
					t.Fatalf("%s is ours: %v", id, ours)
				}
				if of := b.all[id]; of != nil && c.New && of.Taken == client.Never {
					if first, ok := asked[id]; !ok || at < first {
						asked[id] = at
					}
				}
			}
			if seen.waiting < 0 || seen.running < 0 || seen.enqueued != seen.waiting+seen.running+seen.ended || seen.running != len(b.running) {
				t.Fatalf("%+v with %d running", seen, len(b.running))
			}
		}
	})
}

// A result that tells no usage gets that of its calls, retries too; one that tells does not.
func TestUsageOfCalls(t *testing.T) {
	used := client.Usage{Prompt: 7, Cached: 2, Output: 5, Reasoning: 1, From: client.FromUsage}
	counted := client.Usage{Output: 3, From: client.FromEvents}
	for _, c := range []struct {
		name  string
		calls []client.Usage
		said  client.Usage
		want  client.Usage
	}{
		{"one call", []client.Usage{used}, client.Usage{}, used},
		{"a retry", []client.Usage{used, used}, client.Usage{}, client.Usage{Prompt: 14, Cached: 4, Output: 10, Reasoning: 2, From: client.FromUsage}},
		{"one that failed", []client.Usage{{}, used}, client.Usage{}, used},
		{"events", []client.Usage{used, counted, used}, client.Usage{}, client.Usage{Prompt: 14, Cached: 4, Output: 13, Reasoning: 2, From: client.FromEvents}},
		{"none", nil, client.Usage{}, client.Usage{}},
		{"the result tells", []client.Usage{used}, counted, counted},
	} {
		var h tapped
		for _, u := range c.calls {
			h.spend(u)
		}
		b := &book{watch: &takings{}, running: map[*task]bool{}, now: func() time.Duration { return 0 }}
		of := &task{state: running, ready: make(chan struct{}), heard: h}
		b.end(of, Done, Answer{Usage: c.said}, time.Second)
		if of.result.Usage != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, of.result.Usage, c.want)
		}
	}
}

// A result waits for what its call used, for a moment; when it was done is when it was there.
func TestResultWaitsForUsage(t *testing.T) {
	of := &task{polled: time.Second}
	for _, step := range []struct {
		ms    int
		open  int
		waits bool
	}{{100, 1, true}, {110, 1, true}, {120, 0, false}, {340, 1, true}, {350, 1, false}} {
		of.heard.open = step.open
		at := time.Duration(step.ms) * time.Millisecond
		if since, waits := of.awaits(Answer{}, at, at); waits != step.waits || since != 100*time.Millisecond {
			t.Errorf("at %v: since %v, waits %v", at, since, waits)
		}
	}
	if _, waits := of.awaits(Answer{Usage: client.Usage{From: client.FromUsage}}, 0, 0); waits {
		t.Error("a result that tells waits")
	}
	if of.polled != 0 {
		t.Error("it is looked at as seldom as others")
	}
}
