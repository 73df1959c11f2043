package http1

import (
	"bytes"
	"strings"
)

// A Head is the status line and the fields of a response.
type Head struct {
	Status int
	minor  int // of the version, HTTP/1.minor

	text    []byte
	trailer bool // there is no status line
	begun   bool // the first line was read
	at      int  // where the next line begins
	seen    int  // how far an end of it was looked for
	fields  []field
}

// A field says where in the text a name begins, the colon stands, and its value
// begins and ends.
type field struct{ name, colon, value, end uint32 }

// reset makes ready for another head, or for the trailers of a body.
func (h *Head) reset(trailer bool) {
	if cap(h.fields) > manyFields {
		h.fields = nil
	}
	*h = Head{trailer: trailer, fields: h.fields[:0]}
}

// manyFields is more than a server sends that means well.
const manyFields = 128

// Get is the value of a field, "" if there is none.
func (h *Head) Get(name string) string {
	for _, f := range h.fields {
		if h.named(f, name) {
			return string(h.text[f.value:f.end])
		}
	}
	return ""
}

// Values are the values of a field that may stand more than once.
func (h *Head) Values(name string) (values []string) {
	for _, f := range h.fields {
		if h.named(f, name) {
			values = append(values, string(h.text[f.value:f.end]))
		}
	}
	return values
}

func (h *Head) named(f field, name string) bool {
	return int(f.colon-f.name) == len(name) && strings.EqualFold(string(h.text[f.name:f.colon]), name)
}

// parse goes on with a text that begins with the head and has grown since. When
// the head is complete, n is its length; before it is 0.
func (h *Head) parse(text []byte) (n int, err error) {
	h.text = text
	for {
		i := bytes.IndexByte(text[h.seen:], '\n')
		if i < 0 {
			h.seen = len(text)
			return 0, nil
		}
		from, next := h.at, h.seen+i+1
		to := next - 1
		if to > from && text[to-1] == '\r' {
			to--
		}
		h.at, h.seen = next, next
		switch {
		case !h.begun && !h.trailer:
			err = h.statusLine(text[from:to])
		case to == from:
			return next, nil
		case text[from] == ' ' || text[from] == '\t':
			err = h.fold(from, to)
		default:
			err = h.field(from, to)
		}
		if err != nil {
			return 0, err
		}
		h.begun = true
	}
}

// statusLine reads the first line (§4).
func (h *Head) statusLine(line []byte) error {
	const version = "HTTP/1.x"
	if len(line) < len(version+" 200") || !bytes.HasPrefix(line, []byte("HTTP/")) {
		return malformed("%.80q", line)
	}
	if string(line[5:7]) != "1." || !isDigit(line[7]) || line[8] != ' ' {
		return malformed("of version %.20q", line[:min(len(line), 20)])
	}
	status := line[len(version)+1:]
	if status[0] == '0' || !isDigit(status[0]) || !isDigit(status[1]) || !isDigit(status[2]) ||
		len(status) > 3 && status[3] != ' ' || !isValue(status) {
		return malformed("status %.80q", status)
	}
	h.minor = int(line[7] - '0')
	h.Status = int(status[0]-'0')*100 + int(status[1]-'0')*10 + int(status[2]-'0')
	return nil
}

// field reads a line of the form name: value (§5).
func (h *Head) field(from, to int) error {
	line := h.text[from:to]
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 || !isToken(line[:colon]) || !isValue(line[colon+1:]) {
		return malformed("header line %.80q", line)
	}
	value, end := h.trimmed(from+colon+1, to)
	h.fields = append(h.fields, field{uint32(from), uint32(from + colon), value, end}) //nolint:gosec // heads have a limit
	return nil
}

// fold reads a line that goes on with the value of the one before (§5.2): the line
// end between them becomes spaces.
func (h *Head) fold(from, to int) error {
	if len(h.fields) == 0 || !isValue(h.text[from:to]) {
		return malformed("header line %.80q", h.text[from:to])
	}
	f := &h.fields[len(h.fields)-1]
	for i := from - 1; i >= int(f.end) && (h.text[i] == '\n' || h.text[i] == '\r'); i-- {
		h.text[i] = ' '
	}
	f.value, f.end = h.trimmed(int(f.colon)+1, to)
	return nil
}

// trimmed is a part of the text without the white space around it.
func (h *Head) trimmed(from, to int) (uint32, uint32) {
	for from < to && isBlank(h.text[from]) {
		from++
	}
	for to > from && isBlank(h.text[to-1]) {
		to--
	}
	return uint32(from), uint32(to) //nolint:gosec // heads have a limit
}

// framing says how the body is delimited: in chunks, by a length, or, where that
// is negative, by the end of the connection (§6.3); and whether the connection may
// be used after it (§9.3).
func (h *Head) framing() (length int64, chunked, keep bool, err error) {
	length = -1
	keep = h.minor > 0
	var closes, coded bool
	for _, f := range h.fields {
		value := h.text[f.value:f.end]
		switch {
		case h.named(f, "Content-Length"):
			if length, err = contentLength(value, length); err != nil {
				return 0, false, false, err
			}
		case h.named(f, "Transfer-Encoding"):
			if coded || !strings.EqualFold(string(value), "chunked") {
				return 0, false, false, malformed("transfer coding %.40q: only chunked is known, once", value)
			}
			coded = true
		case h.named(f, "Connection"):
			closes = closes || hasWord(value, "close")
			keep = keep || hasWord(value, "keep-alive")
		}
	}
	if h.Status < 200 || h.Status == 204 || h.Status == 304 {
		return 0, false, keep && !closes, nil
	}
	if coded && length >= 0 {
		return 0, false, false, malformed("both a transfer coding and a content length")
	}
	keep = keep && !closes && (length >= 0 || coded && h.minor > 0)
	return length, coded, keep, nil
}

// contentLength reads a content length, which must be the one that was read before
// (known; negative: none).
func contentLength(value []byte, known int64) (int64, error) {
	for word := range bytes.SplitSeq(value, []byte(",")) {
		n, ok := decimal(bytes.Trim(word, " \t"))
		if !ok || known >= 0 && n != known {
			return 0, malformed("content length %.40q", value)
		}
		known = n
	}
	return known, nil
}

// decimal is the value of digits.
func decimal(text []byte) (n int64, ok bool) {
	const most = 1<<63 - 1
	for _, c := range text {
		d := int64(c - '0')
		if !isDigit(c) || n > (most-d)/10 {
			return 0, false
		}
		n = 10*n + d
	}
	return n, len(text) > 0
}

// hasWord reports whether a list holds a word, in letters of either case.
func hasWord(list []byte, word string) bool {
	for w := range bytes.SplitSeq(list, []byte(",")) {
		if strings.EqualFold(string(bytes.Trim(w, " \t")), word) {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// isToken reports whether a text is a token (RFC 9110 §5.6.2).
func isToken(text []byte) bool {
	for _, c := range text {
		if !token[c] {
			return false
		}
	}
	return true
}

var token = func() (t [256]bool) {
	for _, c := range "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		t[c] = true
	}
	return t
}()

// isValue reports whether a text may stand in a field, or for a reason: no control
// character but the tab (RFC 9110 §5.5).
func isValue(text []byte) bool {
	for _, c := range text {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
