package client

import (
	"io"
	"net/http"
	"time"
)

// readBuffer is how much of a body is read at a time.
const readBuffer = 4 << 10

// bodyReader reads a response body and says of each run of bytes when it came.
type bodyReader struct {
	client *Client
	body   io.Reader
	conn   *conn // nil with HTTP/2
	toEnd  bool  // the body ends where the connection does
	buf    []byte

	last stamp // with HTTP/2: of the last read
	more bool  // it filled the buffer
}

// newBodyReader reads a response into buf, which must be all zeros.
func newBodyReader(c *Client, t *trace, resp *http.Response, buf []byte) *bodyReader {
	r := &bodyReader{client: c, body: resp.Body, buf: buf}
	if resp.ProtoMajor < 2 {
		r.conn = t.conn
		r.toEnd = resp.ContentLength < 0 && len(resp.TransferEncoding) == 0
	}
	return r
}

// next reads once and gives what came to take, in runs that came at one instant.
// It returns the instant of the last byte, or of the end of the body with
// io.EOF.
func (r *bodyReader) next(take func(p []byte, at stamp)) (time.Duration, error) {
	if r.conn == nil {
		n, err := r.body.Read(r.buf)
		r.last, r.more = r.last.Next(r.client.now(), r.more), n == len(r.buf)
		take(r.buf[:n], r.last)
		return r.last.Read, err
	}
	r.conn.watch(r.buf)
	n, err := r.body.Read(r.buf)
	marks, rest, ended := r.conn.unwatch()
	from := 0
	for _, m := range marks {
		if from < m.n && m.n <= n {
			take(r.buf[from:m.n], m.at)
			from = m.n
		}
	}
	if from < n {
		take(r.buf[from:n], rest)
	}
	clear(r.buf[:n])
	if err == io.EOF && r.toEnd {
		return ended, err
	}
	return rest.Read, err
}
