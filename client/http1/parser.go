package http1

import (
	"bytes"
	"io"
	"time"
)

// A state is what of a response is awaited.
type state uint8

const (
	inHead state = iota
	inBody       // of a known length
	inRest       // a body that ends with the connection
	inSize       // the line before a chunk
	inChunk
	afterChunk // the CR after it
	atLineEnd  // the LF after that
	inTrailer
	complete
	unwanted // the exchange wants no more of it
)

// A parser takes one response apart as it comes, in whatever pieces, and tells the
// exchange. It keeps nothing of what it was fed but lines whose end is missing.
type parser struct {
	told  Exchange
	limit int // of bytes in heads and trailers

	state  state
	keep   bool   // the connection may be used after the response
	began  bool   // some of it has come
	left   int64  // of the body, or of the chunk
	excess int64  // what chunked coding has cost beyond measure
	spent  int    // bytes of heads that are over
	part   []byte // of a head or a line of the chunked coding
	head   Head
}

// await makes ready for the response of an exchange.
func (p *parser) await(x Exchange) {
	part := p.part[:0]
	if cap(part) > largestPart {
		part = nil
	}
	p.head.reset(false)
	*p = parser{told: x, limit: p.limit, part: part, head: p.head}
}

// largestPart is the largest memory that stays with an idle connection.
const largestPart = 4 << 10

// over reports whether nothing more is awaited.
func (p *parser) over() bool { return p.state >= complete }

// feed takes the next bytes, and returns those that follow the response.
func (p *parser) feed(b []byte, at Stamp) (rest []byte, err error) {
	if !p.began && len(b) > 0 {
		p.began = true
		p.told.Began(at.Read)
	}
	for len(b) > 0 && !p.over() && err == nil {
		switch p.state {
		case inHead:
			b, err = p.readHead(b)
		case inBody, inRest, inChunk:
			b = p.readBody(b, at)
		case inSize:
			b, err = p.readSize(b)
		case afterChunk, atLineEnd:
			b, err = p.readLineEnd(b)
		case inTrailer:
			b, err = p.readTrailer(b)
		}
	}
	return b, err
}

// end takes the end of the connection.
func (p *parser) end() error {
	switch {
	case !p.began:
		return io.EOF
	case p.state == inRest:
		p.state = complete
		return nil
	}
	return io.ErrUnexpectedEOF
}

// lines goes on with a head or with trailers; done says that these are complete.
// What was read stays where it is until drop.
func (p *parser) lines(b []byte) (rest []byte, done bool, err error) {
	text := b
	if len(p.part) > 0 {
		p.part = append(p.part, b...)
		text = p.part
	}
	n, err := p.head.parse(text)
	size := n
	if n == 0 {
		size = len(text)
	}
	switch {
	case p.spent+size > p.limit:
		return nil, false, &ProtocolError{"the headers of the response exceeded their limit"}
	case err != nil:
		return nil, false, err
	case n == 0:
		if len(p.part) == 0 {
			p.part = append(p.part, b...)
		}
		return nil, false, nil
	}
	p.spent += n
	return b[len(b)-(len(text)-n):], true, nil
}

func (p *parser) readHead(b []byte) ([]byte, error) {
	b, done, err := p.lines(b)
	if err != nil || !done {
		return nil, err
	}
	if status := p.head.Status; status >= 200 || status == 101 {
		err = p.begin()
	}
	p.part = p.part[:0]
	p.head.reset(p.state != inHead)
	return b, err
}

// begin begins with the body.
func (p *parser) begin() error {
	length, chunked, keep, err := p.head.framing()
	if err != nil {
		return err
	}
	p.keep = keep
	more := p.told.Head(&p.head)
	switch {
	case !more:
		p.state = unwanted
	case chunked:
		p.state = inSize
	case length < 0:
		p.state = inRest
	case length == 0:
		p.state = complete
	default:
		p.state, p.left = inBody, length
	}
	return nil
}

func (p *parser) readBody(b []byte, at Stamp) []byte {
	n := len(b)
	if p.state != inRest {
		n = int(min(int64(n), p.left))
		p.left -= int64(n)
	}
	more := p.told.Body(b[:n], at)
	switch {
	case !more:
		p.state = unwanted
	case p.left > 0 || p.state == inRest:
	case p.state == inChunk:
		p.state = afterChunk
	default:
		p.state = complete
	}
	return b[n:]
}

const (
	longestSize = 4 << 10  // of the line before a chunk, in bytes
	mostExcess  = 16 << 10 // as net/http has it
)

// readSize reads the line before a chunk: its size, and extensions that mean
// nothing to us (§7.1).
func (p *parser) readSize(b []byte) ([]byte, error) {
	i := bytes.IndexByte(b, '\n')
	line, rest := b, []byte(nil)
	if i >= 0 {
		line, rest = b[:i+1], b[i+1:]
	}
	if len(p.part) > 0 || i < 0 {
		p.part = append(p.part, line...)
		line = p.part
	}
	if len(line) > longestSize {
		return nil, malformed("the line before a chunk is too long")
	}
	if i < 0 {
		return nil, nil
	}
	size, err := chunkSize(line)
	if err != nil {
		return nil, err
	}
	p.excess = max(0, p.excess+int64(len(line))-16-2*min(size, mostExcess))
	if p.excess > mostExcess {
		return nil, malformed("more chunked coding than data")
	}
	p.part, p.left, p.state = p.part[:0], size, inChunk
	if size == 0 {
		p.state = inTrailer
	}
	return rest, nil
}

// chunkSize reads the size off a line with its end.
func chunkSize(line []byte) (size int64, err error) {
	text, ok := bytes.CutSuffix(line, []byte("\r\n"))
	if !ok || !isValue(text) {
		return 0, malformed("chunk line %.40q", line)
	}
	digits := 0
	for ; digits < len(text); digits++ {
		d := hexDigit(text[digits])
		if d < 0 {
			break
		}
		if size > (1<<63-1)>>4 {
			return 0, malformed("chunk size %.40q", text)
		}
		size = size<<4 | int64(d)
	}
	after := bytes.TrimLeft(text[digits:], " \t")
	if digits == 0 || len(after) > 0 && after[0] != ';' {
		return 0, malformed("chunk size %.40q", text)
	}
	return size, nil
}

func hexDigit(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// readLineEnd reads what ends a chunk.
func (p *parser) readLineEnd(b []byte) ([]byte, error) {
	want, next := byte('\r'), atLineEnd
	if p.state == atLineEnd {
		want, next = '\n', inSize
	}
	if b[0] != want {
		return nil, malformed("a chunk goes on beyond its size")
	}
	p.state = next
	return b[1:], nil
}

// readTrailer reads the fields after the last chunk, which say nothing to us.
func (p *parser) readTrailer(b []byte) ([]byte, error) {
	b, done, err := p.lines(b)
	if err == nil && done {
		p.state = complete
		p.part = p.part[:0]
	}
	return b, err
}

// read feeds what a read brought and tells the exchange. It reports whether the
// exchange is over, well or not.
func (p *parser) read(b []byte, at Stamp) (over bool, err error) {
	rest, err := p.feed(b, at)
	if len(rest) > 0 {
		p.keep = false // nobody asked for that
	}
	p.told.Read(at.Read, p.state == complete)
	if err == nil && p.state == unwanted {
		err = ErrUnwanted
	}
	return err != nil || p.over(), err
}

// ended takes the end of the connection, at an instant, and tells the exchange.
func (p *parser) ended(at time.Duration) error {
	err := p.end()
	if err == nil {
		p.told.Read(at, true)
	}
	return err
}
