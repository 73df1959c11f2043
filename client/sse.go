package client

import (
	"bytes"
	"fmt"
)

// eventLimit bounds one event, and one document, where nothing else is said.
const eventLimit = 4 << 20

// tooLong is the error of an event that exceeds a limit.
func tooLong(limit int) error { return fmt.Errorf("an event of more than %s", mebibytes(limit)) }

// mebibytes is a size for people.
func mebibytes(n int) string {
	if n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}

// sse splits a stream of server-sent events as the HTML standard defines them
// (https://html.spec.whatwg.org/multipage/server-sent-events.html), whatever
// pieces it comes in: lines end with LF, CRLF or CR, fields other than data and
// event are passed over, comments too. Two things more are understood, for they
// are how servers fail: a failure that is named in the field itself
// ("error: {…}"), and lines that are no field at all, which are handed over as
// strays: each by itself, but for JSON and pages, which may go over many lines.
//
// An event that comes in one piece is handed over without a copy.
type sse struct {
	event func(name, data []byte) (more bool)
	stray func(text []byte) (more bool) // nil: they are passed over
	fails func(name []byte) bool        // whether a name stands for a failure
	limit int                           // of an event

	line    []byte // of a line whose end has not come
	data    []byte // of an event whose end has not come
	current []byte // its only data so far, where that stands in the piece being fed
	name    []byte
	astray  []byte // lines that are no fields
	hasData bool
	began   bool // a first line was seen: no byte order mark any more
	skipLF  bool // the last line ended with CR
	stopped bool
}

// feed takes the next bytes of the stream and calls event for every event they
// complete, until that says that nothing more is wanted.
func (p *sse) feed(b []byte) error {
	for len(b) > 0 && !p.stopped {
		if p.skipLF {
			p.skipLF = false
			if b[0] == '\n' {
				b = b[1:]
				continue
			}
		}
		end := lineEnd(b)
		if end < 0 {
			p.line = append(p.line, b...)
			break
		}
		p.skipLF = b[end] == '\r'
		if len(p.line) > 0 {
			p.line = append(p.line, b[:end]...)
			p.whole(p.line)
			p.keep() // p.line is about to be used again
			p.line = p.line[:0]
		} else {
			p.whole(b[:end])
		}
		b = b[end+1:]
	}
	p.keep()
	if len(p.line)+len(p.data) > p.limit {
		return tooLong(p.limit)
	}
	return nil
}

// flush ends the stream: what is left counts as a line and an event.
func (p *sse) flush() {
	if len(p.line) > 0 && !p.stopped {
		p.whole(p.line)
		p.keep()
		p.line = p.line[:0]
	}
	p.dispatch()
	p.strayed()
}

// lineEnd is the place of the first LF or CR, -1 if there is none.
func lineEnd(b []byte) int {
	lf := bytes.IndexByte(b, '\n')
	if lf < 0 {
		return bytes.IndexByte(b, '\r')
	}
	if cr := bytes.IndexByte(b[:lf], '\r'); cr >= 0 {
		return cr
	}
	return lf
}

// whole takes a line without its end.
func (p *sse) whole(line []byte) {
	if !p.began {
		p.began = true
		line = bytes.TrimPrefix(line, []byte("\uFEFF"))
	}
	if len(line) == 0 {
		p.dispatch()
		p.strayed()
		return
	}
	field, value := line, []byte(nil)
	if i := bytes.IndexByte(line, ':'); i >= 0 {
		field, value = line[:i], line[i+1:]
		if len(value) > 0 && value[0] == ' ' {
			value = value[1:]
		}
	}
	switch string(field) {
	case "data":
		p.addData(value)
	case "event":
		p.name = append(p.name[:0], value...)
	case "error":
		p.name = append(p.name[:0], "error"...)
		p.addData(value)
	case "", "id", "retry":
	default:
		p.lost(line)
	}
}

// strayLimit bounds what is kept of strays.
const strayLimit = 8 << 10

// lost takes a line that is no field.
func (p *sse) lost(line []byte) {
	if p.stray == nil {
		return
	}
	line = line[:min(len(line), max(strayLimit-len(p.astray), 0))]
	p.astray = append(append(p.astray, line...), '\n')
	if !p.hasData && (!opens(p.astray) || validJSON(p.astray)) {
		p.strayed()
	}
}

// opens reports whether a text may go on over more lines: JSON, or a page.
func opens(text []byte) bool {
	text = bytes.TrimLeft(text, " \t\n")
	return len(text) > 0 && (text[0] == '{' || text[0] == '[' || text[0] == '<')
}

// strayed hands strays over.
func (p *sse) strayed() {
	if len(p.astray) > 0 && !p.stopped {
		p.stopped = !p.stray(p.astray)
	}
	p.astray = p.astray[:0]
}

// addData adds a line of data. The first one is not copied yet.
func (p *sse) addData(value []byte) {
	if !p.hasData {
		p.strayed()
		p.hasData, p.current = true, value
		return
	}
	p.keep()
	p.data = append(append(p.data, '\n'), value...)
}

// keep copies the data that still stands in memory of others.
func (p *sse) keep() {
	if p.current != nil {
		p.data = append(p.data, p.current...)
		p.current = nil
	}
}

// dispatch hands an event over, if there is data, or a name that says all.
func (p *sse) dispatch() {
	if (p.hasData || len(p.name) > 0 && p.fails(p.name)) && !p.stopped {
		data := p.data
		if p.current != nil {
			data = p.current
		}
		p.stopped = !p.event(p.name, data)
	}
	p.hasData, p.current = false, nil
	p.data, p.name = p.data[:0], p.name[:0]
}
