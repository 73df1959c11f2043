package tap

import "sync"

// RingSize is how many records a tap keeps: two a call.
const RingSize = 1 << 16

// A ring keeps the last records. It is safe for concurrent use.
type ring struct {
	mu   sync.Mutex
	kept []Record // that of number n at (n-1) % size, once it is full
	size uint64
	last uint64
	more chan struct{} // closed: there is another one
}

func newRing(size int) *ring { return &ring{size: uint64(size), more: make(chan struct{})} }

// put takes in a record, and numbers it.
func (r *ring) put(of Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	of.N = r.last
	if place := (of.N - 1) % r.size; place < uint64(len(r.kept)) {
		r.kept[place] = of
	} else {
		r.kept = append(r.kept, of)
	}
	close(r.more)
	r.more = make(chan struct{})
}

// bounds are the numbers of the oldest record that is kept, and of the last one.
func (r *ring) bounds() (oldest, last uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.oldest(), r.last
}

func (r *ring) oldest() uint64 { return r.last - uint64(len(r.kept)) + 1 }

// since are the next few records after the n-th that are kept, and what is closed when there
// is another one.
func (r *ring) since(n uint64, few int) (list []Record, more <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n = max(n+1, r.oldest()); n <= r.last && len(list) < few; n++ {
		list = append(list, r.kept[(n-1)%r.size])
	}
	return list, r.more
}
