package client

import "bytes"

// lines splits a stream into lines, whatever pieces it comes in; a line that comes in one
// piece is handed over without a copy.
type lines struct {
	line  func(text []byte) (more bool)
	limit int

	rest    []byte // of a line whose end has not come
	stopped bool
}

// feed takes the next bytes of the stream.
func (l *lines) feed(b []byte) error {
	for len(b) > 0 && !l.stopped {
		end := lineEnd(b)
		if end < 0 {
			l.rest = append(l.rest, b...)
			break
		}
		text := b[:end]
		if len(l.rest) > 0 {
			l.rest = append(l.rest, text...)
			text = l.rest
		}
		l.take(text)
		l.rest = l.rest[:0]
		b = b[end+1:]
	}
	if len(l.rest) > l.limit {
		return tooLong(l.limit)
	}
	return nil
}

// flush ends the stream: what is left counts as a line.
func (l *lines) flush() { l.take(l.rest) }

func (l *lines) take(text []byte) {
	if text = bytes.TrimSpace(text); len(text) > 0 && !l.stopped {
		l.stopped = !l.line(text)
	}
}
