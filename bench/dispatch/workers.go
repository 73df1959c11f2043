package dispatch

import "sync"

// workers are the goroutines that send requests, one for each that is open. One that
// has ended its request rests until there is another: its stack has grown to what a
// request needs, which takes a tenth of the time of a request otherwise.
type workers struct {
	send func(Ticket)   // and whatever takes over its slot
	busy sync.WaitGroup // while they have requests

	mu      sync.Mutex
	resting []chan Ticket // the one that rested last is the first to be called
	over    bool          // nobody rests any more
}

// maxResting is how many rest at most. More are open at once only where requests take
// long, and then few of them begin in a second.
const maxResting = 256

// call sends a ticket that has a slot, on a goroutine of its own; false: nothing is sent
// any more.
func (w *workers) call(t Ticket) bool {
	w.mu.Lock()
	if w.over {
		w.mu.Unlock()
		return false
	}
	w.busy.Add(1)
	last := len(w.resting) - 1
	if last < 0 {
		w.mu.Unlock()
		go w.work(t)
		return true
	}
	rested := w.resting[last]
	w.resting = w.resting[:last]
	w.mu.Unlock()
	rested <- t
	return true
}

// work sends a ticket, and then those that it is called for.
func (w *workers) work(t Ticket) {
	calls := make(chan Ticket, 1)
	for called := true; called; t, called = <-calls {
		w.send(t)
		rests := w.rest(calls)
		w.busy.Done()
		if !rests {
			return
		}
	}
}

// rest makes a worker ready to be called; false: nobody is going to.
func (w *workers) rest(calls chan Ticket) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over || len(w.resting) == maxResting {
		return false
	}
	w.resting = append(w.resting, calls)
	return true
}

// close sends those away that rest, and calls nobody any more. Those who have a request
// go on to whatever takes over its slot.
func (w *workers) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	for _, calls := range w.resting {
		close(calls)
	}
	w.resting = nil
}
