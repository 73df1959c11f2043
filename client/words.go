package client

import (
	"bytes"
	"slices"
)

// What servers say in words of their own is judged here, and nowhere else:
// whether a finish reason, a status, the name of an event or a bare line speaks
// of a failure, or of nothing at all.

// failures are the stems of words that say that something failed, folded. A text
// that holds one of them says so.
var failures = [][]byte{
	[]byte("error"), []byte("abort"), []byte("fail"), []byte("exception"), []byte("cancel"),
	[]byte("timeout"), []byte("timedout"), []byte("deadline"), []byte("expired"),
	[]byte("overload"), []byte("capacity"), []byte("insufficient"), []byte("resourceexhausted"), []byte("outofmemory"),
	[]byte("quota"), []byte("ratelimit"), []byte("throttl"), []byte("toomanyrequests"),
	[]byte("unavailable"), []byte("unreachable"), []byte("nohealthyupstream"), []byte("badgateway"),
	[]byte("disconnect"), []byte("connectionreset"), []byte("connectionclosed"), []byte("connectionlost"),
	[]byte("connectionrefused"), []byte("connectionterminat"), []byte("brokenpipe"), []byte("shutdown"), []byte("shuttingdown"),
	[]byte("malformed"), []byte("invalid"), []byte("unexpected"), []byte("corrupt"),
	[]byte("crash"), []byte("panic"), []byte("traceback"), []byte("killed"), []byte("interrupt"), []byte("preempt"), []byte("evict"),
}

// foldedLimit is how much of a text is judged.
const foldedLimit = 256

// folded is what is left of a text in lower case without anything but letters
// and digits, so that all spellings of a word are one: time-out, TimeOut,
// timed_out. It is written into room.
func folded(text []byte, room *[foldedLimit]byte) []byte {
	n := 0
	for _, c := range text[:min(len(text), foldedLimit)] {
		switch {
		case 'A' <= c && c <= 'Z':
			c |= 0x20
		case 'a' <= c && c <= 'z', isDigit(c):
		default:
			continue
		}
		room[n] = c
		n++
	}
	return room[:n]
}

// saysFailure reports whether a word or a short text speaks of a failure. What
// it does not know is no failure.
func saysFailure(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	var room [foldedLimit]byte
	word := folded(text, &room)
	if bytes.HasPrefix(word, []byte("noerror")) {
		return false
	}
	return slices.ContainsFunc(failures, func(stem []byte) bool { return bytes.Contains(word, stem) })
}

// saysNothing reports whether a text stands for the absence of one, or says that
// all is well.
func saysNothing(text []byte) bool {
	if !isASCII(text) {
		return false
	}
	var room [foldedLimit]byte
	switch string(folded(text, &room)) {
	case "", "null", "none", "nil", "undefined", "false", "0", "200", "ok", "success", "succeeded", "noerror":
		return true
	}
	return false
}

func isASCII(text []byte) bool {
	return !slices.ContainsFunc(text, func(c byte) bool { return c >= 0x80 })
}

// isFinish reports whether what stands for a finish reason is one. Some servers
// write in every chunk that there is none yet.
func isFinish(reason []byte) bool {
	if !isASCII(reason) {
		return true
	}
	var room [foldedLimit]byte
	word := folded(reason, &room)
	switch string(bytes.TrimPrefix(word, []byte("finishreason"))) {
	case "", "null", "none", "nil", "undefined", "unspecified", "notfinished", "unfinished", "inprogress":
		return false
	}
	return true
}

// isKeepAlive reports whether a short text only says that the other side is
// still there, in or out of brackets: "[PING]", "keep-alive", "still processing".
func isKeepAlive(text []byte) bool {
	const longest = 64
	if len(text) > longest || saysFailure(text) {
		return false
	}
	if len(text) > 0 && len(bytes.Trim(text, ".-:~*")) == 0 {
		return true
	}
	for word := range bytes.FieldsFuncSeq(text, func(r rune) bool { return (r|0x20 < 'a' || r|0x20 > 'z') && r < 0x80 }) {
		var room [foldedLimit]byte
		switch string(folded(word, &room)) {
		case "ping", "pong", "keepalive", "alive", "heartbeat", "heart", "hb", "noop", "idle",
			"processing", "waiting", "queued", "pending", "loading", "connected", "connecting":
			return true
		}
	}
	return false
}

// isDone reports whether data is the mark of a stream's end. Almost all that comes is
// an object, and is not looked at twice.
func isDone(data []byte) bool {
	if len(data) > 0 && data[0] == '{' {
		return false
	}
	return string(data) == "[DONE]" || bytes.EqualFold(bytes.Trim(data, `" `), []byte("[DONE]"))
}
