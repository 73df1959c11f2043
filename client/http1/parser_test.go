package http1

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A record is what an exchange was told of a response.
type record struct {
	status int
	fields []string // name: value
	body   []byte
	first  time.Duration
	stamps []Stamp // of the runs of the body
	reads  int
	over   bool
	enough int // bytes of the body after which no more is wanted; 0: all are
}

func (r *record) Sending(time.Duration)    {}
func (r *record) Connected(*Conn) bool     { return true }
func (r *record) Wrote(int, time.Duration) {}
func (r *record) Began(at time.Duration)   { r.first = at }
func (r *record) Release() bool            { return true }

func (r *record) Head(h *Head) bool {
	r.status = h.Status
	for _, f := range h.fields {
		r.fields = append(r.fields, string(h.text[f.name:f.colon])+": "+string(h.text[f.value:f.end]))
	}
	return h.Status >= 200
}

func (r *record) Body(p []byte, at Stamp) bool {
	r.body = append(r.body, p...)
	r.stamps = append(r.stamps, at)
	return r.enough == 0 || len(r.body) < r.enough
}

func (r *record) Read(_ time.Duration, over bool) { r.reads++; r.over = over }

// How a response ended.
const (
	whole   = "whole"
	kept    = "whole, the connection kept"
	cut     = "cut"
	nothing = "nothing"
	garbled = "malformed"
	left    = "not wanted"
)

// parsed is what is made of a response that comes in pieces, after which the
// connection ends.
func parsed(pieces ...[]byte) (r *record, end string, err error) {
	r = new(record)
	p := parser{limit: 64 << 10}
	p.await(r)
	over := false
	for i, piece := range pieces {
		if len(piece) == 0 {
			continue
		}
		piece = bytes.Clone(piece)
		if over, err = p.read(piece, Stamp{time.Duration(i), time.Duration(i)}); over {
			break
		}
		for i := range piece {
			piece[i] = '#' // the memory is used again
		}
	}
	if !over {
		err = p.ended(time.Duration(len(pieces)))
	}
	var protocol *ProtocolError
	switch {
	case err == ErrUnwanted:
		return r, left, nil
	case errors.As(err, &protocol):
		return r, garbled, err
	case err == io.EOF:
		return r, nothing, err
	case err != nil:
		return r, cut, err
	case p.keep:
		return r, kept, nil
	}
	return r, whole, nil
}

// bytewise is a text in pieces of one byte.
func bytewise(text []byte) (pieces [][]byte) {
	for i := range text {
		pieces = append(pieces, text[i:i+1])
	}
	return pieces
}

// What the RFC says of responses, by its paragraphs.
func TestResponses(t *testing.T) {
	t.Parallel()
	const ok = "HTTP/1.1 200 OK\r\n"
	const chunks = ok + "Transfer-Encoding: chunked\r\n\r\n"
	for _, test := range []struct {
		why, text string
		end       string
		body      string
	}{
		{"nothing at all", "", nothing, ""},

		{"§4 a plain status line", ok + "Content-Length: 0\r\n\r\n", kept, ""},
		{"§4 no reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", kept, ""},
		{"§4 no space for a reason", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", kept, ""},
		{"§4 a reason in UTF-8", "HTTP/1.1 200 được\r\nContent-Length: 0\r\n\r\n", kept, ""},
		{"§4 a reason with a control character", "HTTP/1.1 200 O\x01K\r\n\r\n", garbled, ""},
		{"§2.2 a reason with a bare CR", "HTTP/1.1 200 O\rK\r\n\r\n", garbled, ""},
		{"§4 two spaces", "HTTP/1.1  200 OK\r\n\r\n", garbled, ""},
		{"§4 a tab", "HTTP/1.1\t200 OK\r\n\r\n", garbled, ""},
		{"§4 two digits", "HTTP/1.1 20 OK\r\n\r\n", garbled, ""},
		{"§4 four digits", "HTTP/1.1 2000 OK\r\n\r\n", garbled, ""},
		{"§4 a sign", "HTTP/1.1 +20 OK\r\n\r\n", garbled, ""},
		{"§4 no status of HTTP", "HTTP/1.1 099 OK\r\n\r\n", garbled, ""},
		{"§4 letters", "HTTP/1.1 2xx OK\r\n\r\n", garbled, ""},
		{"§2.3 a later minor version", "HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n", kept, ""},
		{"§2.3 another version", "HTTP/2.0 200 OK\r\n\r\n", garbled, ""},
		{"§2.3 version 0.9", "HTTP/0.9 200 OK\r\n\r\n", garbled, ""},
		{"§2.3 lower case", "http/1.1 200 OK\r\n\r\n", garbled, ""},
		{"§2.3 long version", "HTTP/1.10 200 OK\r\n\r\n", garbled, ""},
		{"§2.2 an empty line first", "\r\n" + ok + "\r\n", garbled, ""},
		{"another protocol, before its line ends twice", "SSH-2.0-OpenSSH\r\n", garbled, ""},
		{"a page", "<html>\n", garbled, ""},

		{"§2.2 bare LF in the head", "HTTP/1.1 200 OK\nContent-Length: 1\n\na", kept, "a"},
		{"§2.2 both line ends", "HTTP/1.1 200 OK\nContent-Length: 1\r\n\na", kept, "a"},
		{"§2.2 CR CR LF", ok + "X: a\r\r\n\r\n", garbled, ""},
		{"§2.2 bare CR as a line end", ok + "X: a\rContent-Length: 0\r\n\r\n", garbled, ""},
		{"§2.2 white space before the first field", ok + " X: a\r\n\r\n", garbled, ""},
		{"§2.2 a blank line of white space first", ok + " \r\n\r\n", garbled, ""},

		{"§5 no white space after the colon", ok + "Content-Length:1\r\n\r\na", kept, "a"},
		{"§5 much of it, and after the value", ok + "Content-Length: \t 1 \t\r\n\r\na", kept, "a"},
		{"§5 names in any case", ok + "cOnTeNt-LeNgTh: 1\r\n\r\na", kept, "a"},
		{"§5.1 white space before the colon", ok + "Content-Length : 1\r\n\r\na", garbled, ""},
		{"§5 no colon", ok + "Content-Length\r\n\r\n", garbled, ""},
		{"§5 no name", ok + ": 1\r\n\r\n", garbled, ""},
		{"§5 a name that is no token", ok + "X@: 1\r\n\r\n", garbled, ""},
		{"§5 a name that is not ASCII", ok + "Xé: 1\r\n\r\n", garbled, ""},
		{"§5 every token character", ok + "!#$%&'*+-.^_`|~09azAZ: 1\r\nContent-Length: 0\r\n\r\n", kept, ""},
		{"§5.5 an empty value", ok + "X:\r\nContent-Length: 0\r\n\r\n", kept, ""},
		{"§5.5 NUL in a value", ok + "X: a\x00b\r\n\r\n", garbled, ""},
		{"§5.5 DEL in a value", ok + "X: a\x7fb\r\n\r\n", garbled, ""},
		{"§5.5 a tab in a value", ok + "X: a\tb\r\nContent-Length: 0\r\n\r\n", kept, ""},
		{"§5.5 a value in latin-1", ok + "X: \xe9\r\nContent-Length: 0\r\n\r\n", kept, ""},
		{"§5.2 a folded value", ok + "X: a\r\n b\r\nContent-Length:\r\n\t1\r\n\r\na", kept, "a"},
		{"§5.2 a folded coding", ok + "Transfer-Encoding:\r\n chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", kept, "a"},
		{"§5.2 a fold that is no value", ok + "X: a\r\n b\x00\r\n\r\n", garbled, ""},
		{"§5.2 a fold of nothing", ok + "Content-Length: 1\r\n \r\n\r\na", kept, "a"},

		{"§6.3 a length", ok + "Content-Length: 3\r\n\r\nabc", kept, "abc"},
		{"§6.3 a length with zeros", ok + "Content-Length: 003\r\n\r\nabc", kept, "abc"},
		{"§6.3 less than the length", ok + "Content-Length: 3\r\n\r\nab", cut, "ab"},
		{"§6.3 the end of the connection", ok + "\r\nabc", whole, "abc"},
		{"§6.3 nothing, to the end of the connection", ok + "\r\n", whole, ""},
		{"§6.3 the same length twice", ok + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", kept, "a"},
		{"§6.3 the same length in a list", ok + "Content-Length: 1, 1\r\n\r\na", kept, "a"},
		{"§6.3 two lengths", ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", garbled, ""},
		{"§6.3 two lengths in a list", ok + "Content-Length: 1, 2\r\n\r\nab", garbled, ""},
		{"§6.3 half a list", ok + "Content-Length: 1,\r\n\r\na", garbled, ""},
		{"§6.3 no digits", ok + "Content-Length: \r\n\r\n", garbled, ""},
		{"§6.3 a sign", ok + "Content-Length: +1\r\n\r\na", garbled, ""},
		{"§6.3 a negative length", ok + "Content-Length: -1\r\n\r\na", garbled, ""},
		{"§6.3 hexadecimal", ok + "Content-Length: 0x1\r\n\r\na", garbled, ""},
		{"§6.3 a fraction", ok + "Content-Length: 1.0\r\n\r\na", garbled, ""},
		{"§6.3 digits of another script", ok + "Content-Length: ١\r\n\r\na", garbled, ""},
		{"§6.3 the largest length", ok + "Content-Length: 9223372036854775807\r\n\r\na", cut, "a"},
		{"§6.3 more than that", ok + "Content-Length: 9223372036854775808\r\n\r\na", garbled, ""},
		{"§6.3 much more than that", ok + "Content-Length: 99999999999999999999999999\r\n\r\na", garbled, ""},
		{"§6.3 status 204 has no body", "HTTP/1.1 204 No Content\r\n\r\n", kept, ""},
		{"§6.3 nor has 304, whatever its length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", kept, ""},
		{"§6.3 a body of status 204", "HTTP/1.1 204 No Content\r\n\r\nabc", whole, ""},

		{"§6.3 a coding and a length", ok + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n1\r\na\r\n0\r\n\r\n", garbled, ""},
		{"§6.3 a length and a coding", ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", garbled, ""},
		{"§6.1 another coding", ok + "Transfer-Encoding: gzip\r\n\r\na", garbled, ""},
		{"§6.1 another coding before", ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", garbled, ""},
		{"§6.1 identity", ok + "Transfer-Encoding: identity\r\n\r\na", garbled, ""},
		{"§6.1 chunked twice", ok + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", garbled, ""},
		{"§6.1 chunked in two lines", ok + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", garbled, ""},
		{"§6.1 almost chunked", ok + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", garbled, ""},
		{"§6.1 in quotes", ok + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", garbled, ""},
		{"§6.1 with a vertical tab", ok + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", garbled, ""},
		{"§6.1 with a parameter", ok + "Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n", garbled, ""},
		{"§6.1 without a value", ok + "Transfer-Encoding:\r\n\r\n0\r\n\r\n", garbled, ""},
		{"§7 in any case", ok + "Transfer-Encoding: CHUNKED\r\n\r\n1\r\na\r\n0\r\n\r\n", kept, "a"},
		{"§6.1 chunks of HTTP/1.0", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", whole, "a"},

		{"§7.1 chunks", chunks + "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", kept, "abc"},
		{"§7.1 no chunks", chunks + "0\r\n\r\n", kept, ""},
		{"§7.1 sizes in any case", chunks + "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", kept, "01234567890123456789"},
		{"§7.1 zeros", chunks + "00000000000000000001\r\na\r\n000\r\n\r\n", kept, "a"},
		{"§7.1 no size", chunks + "\r\na\r\n0\r\n\r\n", garbled, ""},
		{"§7.1 no digits", chunks + "g\r\na\r\n0\r\n\r\n", garbled, ""},
		{"§7.1 0x", chunks + "0x1\r\na\r\n0\r\n\r\n", garbled, ""},
		{"§7.1 a sign", chunks + "+1\r\na\r\n0\r\n\r\n", garbled, ""},
		{"§7.1 white space before a size", chunks + " 1\r\na\r\n0\r\n\r\n", garbled, ""},
		{"§7.1 a size too large", chunks + "8000000000000000\r\na", garbled, ""},
		{"§7.1 a size much too large", chunks + "ffffffffffffffffff\r\na", garbled, ""},
		{"§7.1 the largest size", chunks + "7fffffffffffffff\r\na", cut, "a"},
		{"§7.1 a bare LF after a size", chunks + "1\na\r\n0\r\n\r\n", garbled, ""},
		{"§7.1 a bare LF after a chunk", chunks + "1\r\na\n0\r\n\r\n", garbled, "a"},
		{"§7.1 a bare LF after the last chunk", chunks + "1\r\na\r\n0\n\r\n", garbled, "a"},
		{"§7.1 a chunk that goes on", chunks + "1\r\nab\r\n0\r\n\r\n", garbled, "a"},
		{"§7.1 a chunk without an end", chunks + "1\r\na0\r\n\r\n", garbled, "a"},
		{"§7.1 a chunk that ends early", chunks + "3\r\na\r\n0\r\n\r\n", garbled, "a\r\n"},
		{"§7.1 the connection ends instead", chunks + "1\r\na\r\n", cut, "a"},
		{"§7.1 within a size", chunks + "1", cut, ""},
		{"§7.1 within the last line", chunks + "0\r\n\r", cut, ""},

		{"§7.1.1 an extension", chunks + "1;a=b\r\na\r\n0;c\r\n\r\n", kept, "a"},
		{"§7.1.1 one in quotes", chunks + "1;a=\"b;c\"\r\na\r\n0\r\n\r\n", kept, "a"},
		{"§7.1.1 white space around it", chunks + "1 \t; a\r\na\r\n0\r\n\r\n", kept, "a"},
		{"§7.1.1 white space alone", chunks + "1 \r\na\r\n0 \r\n\r\n", kept, "a"},
		{"§7.1.1 without a semicolon", chunks + "1 a\r\na\r\n0\r\n\r\n", garbled, ""},
		{"§7.1.1 a bare CR in it", chunks + "1;a\rb\r\na\r\n0\r\n\r\n", garbled, ""},
		{"§7.1.1 a line end in it", chunks + "1;a\nb\r\na\r\n0\r\n\r\n", garbled, ""},
		{"§7.1.1 a control character in it", chunks + "1;\x01\r\na\r\n0\r\n\r\n", garbled, ""},
		{"§7.1.1 a long one", chunks + "1;" + strings.Repeat("x", 4000) + "\r\na\r\n0\r\n\r\n", kept, "a"},
		{"§7.1.1 too long a one", chunks + "1;" + strings.Repeat("x", 5000) + "\r\na\r\n0\r\n\r\n", garbled, ""},
		{"§7.1.1 without end", chunks + "1;" + strings.Repeat("x", 50000), garbled, ""},
		{"§7.1.1 many long ones", chunks + strings.Repeat("1;"+strings.Repeat("x", 3000)+"\r\na\r\n", 20), garbled, "aaaaa"},
		{"§7.1 many small chunks", chunks + strings.Repeat("1\r\na\r\n", 20000) + "0\r\n\r\n", kept, strings.Repeat("a", 20000)},

		{"§7.1.2 trailers", chunks + "1\r\na\r\n0\r\nX: a\r\nY: b\r\n\r\n", kept, "a"},
		{"§7.1.2 trailers that look like framing", chunks + "0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", kept, ""},
		{"§7.1.2 folded ones", chunks + "0\r\nX: a\r\n b\r\n\r\n", kept, ""},
		{"§7.1.2 with bare LF", chunks + "0\r\nX: a\n\n", kept, ""},
		{"§7.1.2 that are no fields", chunks + "0\r\nabc\r\n\r\n", garbled, ""},
		{"§7.1.2 that begin with white space", chunks + "0\r\n X: a\r\n\r\n", garbled, ""},
		{"§7.1.2 without end", chunks + "0\r\n" + strings.Repeat("X: a\r\n", 20000), garbled, ""},
		{"§7.1.2 that are cut", chunks + "0\r\nX: a\r\n", cut, ""},

		{"§9.3 close", ok + "Connection: close\r\nContent-Length: 1\r\n\r\na", whole, "a"},
		{"§9.3 close among others", ok + "Connection: keep-alive, Close\r\nContent-Length: 1\r\n\r\na", whole, "a"},
		{"§9.3 close in a line of its own", ok + "Connection: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\na", whole, "a"},
		{"§9.3 almost close", ok + "Connection: closed\r\nContent-Length: 1\r\n\r\na", kept, "a"},
		{"§9.3 HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", whole, "a"},
		{"§9.3 HTTP/1.0 that stays", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\na", kept, "a"},
		{"§9.3 HTTP/1.0 to the end", "HTTP/1.0 200 OK\r\n\r\nabc", whole, "abc"},
		{"§9.3 close of a chunked body", ok + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", whole, ""},

		{"§9.2 more than the length", ok + "Content-Length: 1\r\n\r\nabc", whole, "a"},
		{"§9.2 more than the chunks", chunks + "1\r\na\r\n0\r\n\r\n\r\n", whole, "a"},
		{"§9.2 another response", ok + "Content-Length: 1\r\n\r\na" + ok + "Content-Length: 1\r\n\r\nb", whole, "a"},

		{"15.2 early hints", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok + "Content-Length: 1\r\n\r\na", kept, "a"},
		{"15.2 many of them", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 100) + ok + "Content-Length: 1\r\n\r\na", kept, "a"},
		{"15.2 too many", strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 3000) + ok, garbled, ""},
		{"15.2 a length in them", "HTTP/1.1 102 Processing\r\nContent-Length: 5\r\n\r\n" + ok + "Content-Length: 1\r\n\r\na", kept, "a"},
		{"15.2 and nothing more", "HTTP/1.1 103 Early Hints\r\n\r\n", cut, ""},
		{"15.2.2 another protocol", "HTTP/1.1 101 Switching Protocols\r\n\r\nabc", left, ""},
		{"15.2 one that is malformed", "HTTP/1.1 103 Early Hints\r\nX\r\n\r\n" + ok, garbled, ""},

		{"a head without end", ok + strings.Repeat("X: "+strings.Repeat("x", 1000)+"\r\n", 70), garbled, ""},
		{"a field without end", ok + "X: " + strings.Repeat("x", 70000), garbled, ""},
		{"a status line without end", "HTTP/1.1 200 " + strings.Repeat("x", 70000), garbled, ""},
		{"a head that is long", ok + strings.Repeat("X: "+strings.Repeat("x", 1000)+"\r\n", 60) + "Content-Length: 1\r\n\r\na", kept, "a"},
	} {
		t.Run(test.why, func(t *testing.T) {
			t.Parallel()
			text := []byte(test.text)
			middle := len(text) / 2
			for name, pieces := range map[string][][]byte{
				"whole": {text}, "in two": {text[:middle], text[middle:]}, "byte by byte": bytewise(text),
			} {
				r, end, err := parsed(pieces...)
				if follows := strings.HasPrefix(test.why, "§9.2") || strings.HasSuffix(test.why, "204"); follows && name != "whole" && end == kept {
					end = whole // what comes in another piece comes after the exchange
				}
				if end != test.end || string(r.body) != test.body {
					t.Errorf("%s: %s (%v), body %.60q; want %s, %.60q", name, end, err, r.body, test.end, test.body)
				}
			}
		})
	}
}

// Of a folded value the line end is spaces, and nothing else changes.
func TestFields(t *testing.T) {
	t.Parallel()
	r, end, err := parsed([]byte("HTTP/1.1 200 OK\r\nA: one\r\n  two\r\nb:\r\n\tthree \r\nC:\r\nd: x:y\r\nContent-Length: 0\r\n\r\n"))
	if want := []string{"A: one    two", "b: three", "C: ", "d: x:y", "Content-Length: 0"}; end != kept || fmt.Sprint(r.fields) != fmt.Sprint(want) {
		t.Errorf("%s (%v) %q", end, err, r.fields)
	}
	h := Head{}
	text := []byte("HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nX-B: 3\r\n\r\n")
	if _, err := h.parse(text); err != nil || h.Get("X-A") != "1" || h.Get("X-b") != "3" || h.Get("X-C") != "" || fmt.Sprint(h.Values("x-A")) != "[1 2]" {
		t.Errorf("%v: %q %q %q", err, h.Get("X-A"), h.Get("X-b"), h.Values("x-A"))
	}
}

// Each run of a body keeps the stamp of its read; the last word is not read on.
func TestStampsOfABody(t *testing.T) {
	t.Parallel()
	r, end, _ := parsed([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"), []byte("\r\n5\r\nab"), []byte("cde\r\n1\r\n"), []byte("f\r\n0\r\n\r\n"))
	if want := []Stamp{{1, 1}, {2, 2}, {3, 3}}; end != kept || r.first != 0 || r.reads != 4 || !r.over || fmt.Sprint(r.stamps) != fmt.Sprint(want) {
		t.Errorf("%s: first byte %v, %d reads, stamps %v", end, r.first, r.reads, r.stamps)
	}
}

// Reading tokens costs no memory.
func TestNoAllocations(t *testing.T) {
	r := new(record)
	p := parser{limit: 64 << 10}
	p.await(r)
	head := []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
	event := []byte("8\r\ndata: x\n\r\n")
	if _, err := p.read(head, Stamp{}); err != nil {
		t.Fatal(err)
	}
	r.body, r.stamps = make([]byte, 0, 1<<20), make([]Stamp, 0, 1<<16)
	if n := testing.AllocsPerRun(1000, func() {
		if over, err := p.read(event, Stamp{}); over {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations for a token", n)
	}
}

// differences are where net/http's parser is not the measure: what it takes and the
// RFC does not, or the other way round.
var differences = []struct {
	paragraph string
	pattern   *regexp.Regexp
}{
	{"RFC 9110 §2.5: another major version is another protocol", regexp.MustCompile(`(?m)^HTTP/[^1]`)},
	{"§4: one space before the status, which is three digits from 100 on", regexp.MustCompile(`(?m)^HTTP/1\.\d( {2}| [-+0]| ?\r?$)`)},
	{"§4, §2.2: no control characters in a reason", regexp.MustCompile(`(?m)^HTTP/1\.\d \d\d\d[^\r\n]*[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]`)},
	{"§2.2: no bare CR in a reason", regexp.MustCompile(`(?m)^HTTP/1\.\d \d\d\d[^\n]*\r[^\n]`)},
	{"§5.1: no white space before the colon", regexp.MustCompile(`(?m)^[^\n:]*[ \t]:|^[^:\n]* [^:\n]*:`)},
	{"§6.3: a coding beside a length is refused", regexp.MustCompile(`(?is)transfer-encoding.*content-length|content-length.*transfer-encoding`)},
	{"§6.3: a response of status 1xx ends with its head, whatever that says", regexp.MustCompile(`(?is)^HTTP/1\.\d 1.*(content-length|transfer-encoding)`)},
	{"§6.1: chunks of HTTP/1.0 are chunks", regexp.MustCompile(`(?is)HTTP/1\.0.*transfer-encoding`)},
	{"§6.3: a list of the same lengths is that length", regexp.MustCompile(`(?is)content-length:[^\n]*(,|\n[ \t])|content-length.*content-length`)},
	{"§7.1: zeros before a size mean nothing", regexp.MustCompile(`(?m)^0{8}`)},
	{"§7.1: white space may stand before an extension", regexp.MustCompile(`(?m)^[0-9a-fA-F]+[ \t]+;`)},
	{"§7.1.1: no control characters in an extension", regexp.MustCompile(`(?m)^[0-9a-fA-F]+[ \t]*;[^\r\n]*[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]`)},
	{"§7.1.2: trailers are fields, however long, and their announcement means nothing", regexp.MustCompile(`(?is)trailer|chunked.*\r\n0+[ \t]*(;[^\n]*)?\r\n(\r?.?$|[^\r]|\r[^\n])`)},
}

// byNetHTTP is what net/http makes of a response.
func byNetHTTP(text []byte) (status int, body []byte, end string) {
	b := bufio.NewReader(bytes.NewReader(text))
	for {
		resp, err := http.ReadResponse(b, nil)
		switch {
		case len(text) == 0:
			return 0, nil, nothing
		case errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF:
			return 0, nil, cut
		case err != nil:
			return 0, nil, garbled
		case resp.StatusCode == 101:
			return 101, nil, left
		case resp.StatusCode < 200:
			continue
		}
		body, err = io.ReadAll(resp.Body)
		switch {
		case errors.Is(err, io.ErrUnexpectedEOF):
			return resp.StatusCode, body, cut
		case err != nil:
			return resp.StatusCode, body, garbled
		case resp.Close || b.Buffered() > 0 || resp.ContentLength < 0 && len(resp.TransferEncoding) == 0:
			return resp.StatusCode, body, whole
		}
		return resp.StatusCode, body, kept
	}
}

// FuzzResponse cuts any response in pieces: what is made of it stays the same; and
// it is what net/http makes of it, but where that is no measure.
func FuzzResponse(f *testing.F) {
	for _, text := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
		"HTTP/1.0 200 OK\r\n\r\nhello",
		"HTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 204 No\r\nConnection: close\r\n\r\n",
		"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nabc",
		"HTTP/1.1 200 OK\nX: a\n b\nContent-Length: 1\n\nab",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"HTTP/1.1 304 Not\r\nContent-Length: 1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\n0\r\n\r\n",
		"HTTP/1.1 100 Go\r\nContent-Length: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
		"SSH-2.0-x\r\n", "\r\n", "HTTP/1.1 2\r\n", "",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 2<<10 {
			return
		}
		want, end, err := parsed(text)
		var seen string // a response that is over does not see what follows it
		if end == whole || end == kept {
			seen = kept
		}
		for _, pieces := range [][][]byte{bytewise(text), {text[:len(text)/3], text[len(text)/3 : len(text)/2], text[len(text)/2:]}} {
			got, e, err2 := parsed(pieces...)
			if e != end && e != seen || got.status != want.status || !bytes.Equal(got.body, want.body) || fmt.Sprint(got.fields) != fmt.Sprint(want.fields) {
				t.Fatalf("%q\nin pieces: %s (%v) %+v\nas a whole: %s (%v) %+v", text, e, err2, got, end, err, want)
			}
		}
		for _, d := range differences {
			if d.pattern.Match(text) {
				return
			}
		}
		status, body, e := byNetHTTP(text)
		if e == cut && end == garbled || e == garbled && end == cut {
			return // which of two faults is met first
		}
		if e != end || end != garbled && end != cut && (status != want.status || !bytes.Equal(body, want.body)) {
			t.Fatalf("%q\nours: %s (%v), status %d, body %q\nnet/http: %s, status %d, body %q", text, end, err, want.status, want.body, e, status, body)
		}
	})
}
