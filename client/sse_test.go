package client

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// eventsOf is what a stream, fed in the given pieces, is split into; the name
// and the data of each event.
func eventsOf(pieces ...[]byte) ([]string, error) {
	var got []string
	p := sse{limit: eventLimit, fails: saysFailure, event: func(name, data []byte) bool {
		got = append(got, string(name)+"|"+string(data))
		return true
	}}
	for _, piece := range pieces {
		piece = bytes.Clone(piece)
		if err := p.feed(piece); err != nil {
			return got, err
		}
		clear(piece) // as the reader does with its buffer
	}
	p.flush()
	return got, nil
}

func TestEvents(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, stream string
		want         []string
	}{
		{"LF", "data: a\n\ndata: b\n\n", []string{"|a", "|b"}},
		{"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", []string{"|a", "|b"}},
		{"CR", "data: a\r\rdata: b\r\r", []string{"|a", "|b"}},
		{"mixed", "data: a\r\n\rdata: b\n\r\n", []string{"|a", "|b"}},
		{"several lines of data", "data: a\ndata:b\ndata\n\n", []string{"|a\nb\n"}},
		{"one space is dropped, no more", "data:  a\n\n", []string{"| a"}},
		{"names", "event: x\ndata: a\n\ndata: b\n\n", []string{"x|a", "|b"}},
		{"a name alone is no event", "event: x\n\ndata: b\n\n", []string{"|b"}},
		{"comments and other fields", ": hi\nid: 1\nretry: 5\nfoo: bar\ndata: a\n: ho\n\n", []string{"|a"}},
		{"a byte order mark", "\ufeffdata: a\n\n", []string{"|a"}},
		{"only at the start", "data: a\n\n\ufeffdata: b\n\n", []string{"|a"}},
		{"no blank line at the end", "data: a\n\ndata: b\n", []string{"|a", "|b"}},
		{"no line end at the end", "data: a\n\ndata: b", []string{"|a", "|b"}},
		{"errors as fields", "error: {\"code\":500}\n\n", []string{`error|{"code":500}`}},
		{"empty data", "data:\n\ndata\n\n", []string{"|", "|"}},
		{"nothing", "\n\n\r\r\n", nil},
	} {
		got, err := eventsOf([]byte(test.stream))
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, %v, want %q", test.name, got, err, test.want)
		}
		for i := range len(test.stream) {
			got, _ := eventsOf([]byte(test.stream[:i]), []byte(test.stream[i:]))
			if !slices.Equal(got, test.want) {
				t.Errorf("%s, cut at %d: %q, want %q", test.name, i, got, test.want)
			}
		}
	}
}

func TestEventTooLong(t *testing.T) {
	t.Parallel()
	piece := []byte("data: " + strings.Repeat("x", readBuffer-6))
	for _, end := range []string{"", "\n"} { // one line, or many
		piece := append(bytes.Clone(piece), end...)
		pieces := slices.Repeat([][]byte{piece}, eventLimit/len(piece)+10)
		if _, err := eventsOf(pieces...); err == nil || !strings.Contains(err.Error(), "more than 4 MiB") {
			t.Errorf("with the line end %q: %v", end, err)
		}
	}
}

// FuzzEvents cuts any stream at every byte, and into single bytes: the events
// stay the same.
func FuzzEvents(f *testing.F) {
	f.Add([]byte("event: e\r\ndata: a\rdata:b\n\ndata: [DONE]\n\n"))
	f.Add([]byte("\ufeff: c\n\ndata"))
	for _, c := range wireCases(f) {
		var stream strings.Builder
		for _, part := range c.Parts {
			stream.WriteString(part.Text)
		}
		f.Add([]byte(stream.String()))
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		if len(stream) > 1<<10 {
			return
		}
		want, _ := eventsOf(stream)
		for i := range stream {
			if got, _ := eventsOf(stream[:i], stream[i:]); !slices.Equal(got, want) {
				t.Fatalf("cut at %d: %q, want %q", i, got, want)
			}
		}
		if got, _ := eventsOf(slices.Collect(slices.Chunk(stream, 1))...); !slices.Equal(got, want) {
			t.Fatalf("byte by byte: %q, want %q", got, want)
		}
	})
}
