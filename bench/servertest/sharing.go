package servertest

import (
	"container/heap"
	"context"
	"sync"
	"time"
)

// sharing is a processor that all open requests share: with n open and c workers
// each is worked on at min(1, c ÷ n) of full speed. Work is kept in virtual service:
// what one request that was always there would have got; it rises at that speed, and
// who comes at v with work w is done at v + w.
type sharing struct {
	server *Server

	mu     sync.Mutex
	at     time.Time // when virtual was reckoned
	given  float64   // virtual service, in seconds
	queue  sharers
	wakeUp *time.Timer
}

// A sharer is a piece of work.
type sharer struct {
	until float64 // virtual service at which it is done
	done  chan struct{}
	index int
}

// work does a piece of work; false: ctx ended before.
func (p *sharing) work(ctx context.Context, d time.Duration) bool {
	p.mu.Lock()
	p.advance()
	w := &sharer{until: p.given + d.Seconds(), done: make(chan struct{})}
	heap.Push(&p.queue, w)
	p.plan()
	p.mu.Unlock()
	select {
	case <-w.done:
		return true
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.index >= 0 {
		p.advance()
		heap.Remove(&p.queue, w.index)
		p.plan()
	}
	return false
}

// speed is the share of a worker that each request has.
func (p *sharing) speed() float64 {
	n, c := len(p.queue), p.server.model.Workers
	if c == 0 || n <= c {
		return 1
	}
	return float64(c) / float64(n)
}

// advance brings the virtual service to now.
func (p *sharing) advance() {
	now := time.Now()
	if len(p.queue) > 0 {
		p.given += now.Sub(p.at).Seconds() * p.speed()
	}
	p.at = now
}

// plan ends what is done, and sets the timer to what will be next.
func (p *sharing) plan() {
	for len(p.queue) > 0 && p.queue[0].until <= p.given+1e-9 {
		close(heap.Pop(&p.queue).(*sharer).done)
	}
	if p.wakeUp != nil {
		p.wakeUp.Stop()
		p.wakeUp = nil
	}
	if len(p.queue) == 0 {
		return
	}
	wait := time.Duration((p.queue[0].until-p.given)/p.speed()*float64(time.Second)) + 1
	p.wakeUp = time.AfterFunc(wait, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.advance()
		p.plan()
	})
}

// sharers are a heap, who is done first on top.
type sharers []*sharer

func (s sharers) Len() int           { return len(s) }
func (s sharers) Less(i, j int) bool { return s[i].until < s[j].until }
func (s sharers) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].index, s[j].index = i, j
}

func (s *sharers) Push(x any) {
	w := x.(*sharer)
	w.index = len(*s)
	*s = append(*s, w)
}

func (s *sharers) Pop() any {
	last := len(*s) - 1
	w := (*s)[last]
	*s = (*s)[:last]
	w.index = -1
	return w
}
