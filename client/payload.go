package client

import (
	"io"
	"net/http"
	"sync"
)

// payload is the body of one attempt. Its buffer comes from a pool and goes back
// as soon as the transport has closed it, which is when it is written: an open
// stream does not hold on to its prompt.
type payload struct {
	mu   sync.Mutex // HTTP/2 may close while it reads
	buf  *[]byte    // nil once closed
	read int
}

var payloads = sync.Pool{New: func() any { return new([]byte) }}

// largestPooled keeps rare giants from staying in the pools. Prompts of 100 KB are
// none.
const largestPooled = 256 << 10

func newPayload() *payload {
	p := &payload{buf: payloads.Get().(*[]byte)}
	*p.buf = (*p.buf)[:0]
	return p
}

func (p *payload) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.buf == nil {
		return 0, http.ErrBodyReadAfterClose
	}
	n := copy(b, (*p.buf)[p.read:])
	p.read += n
	if p.read == len(*p.buf) {
		return n, io.EOF
	}
	return n, nil
}

func (p *payload) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.buf != nil && cap(*p.buf) <= largestPooled {
		payloads.Put(p.buf)
	}
	p.buf = nil
	return nil
}
