package client

import (
	"bytes"
	"slices"
)

// keepAlives are what servers and gateways write so that nobody thinks the connection
// dead, where they write it as an event. In comments it is passed over anyway.
var keepAlives = []string{
	"", "ping", "pong", "keepalive", "heartbeat", "hb", "processing", "openrouterprocessing", "noop", "alive", "waiting", "wait", "idle",
	"pending", "queued", "stillprocessing", "connected", "open", "padding", "tick",
}

// keepsAlive reports whether an event says nothing but that the connection stands: by
// its name, or by data that is no JSON. A word may stand in brackets or quotes.
func keepsAlive(name, data []byte) bool {
	if len(name) > 0 && len(name) <= longestKeepAlive && isKeepAlive(name) {
		return true
	}
	if data[0] == ':' {
		return true // a comment that was wrapped once more
	}
	if len(data) > longestKeepAlive || data[0] == '{' || isDigit(data[0]) {
		return false
	}
	return isKeepAlive(data)
}

// longestKeepAlive bounds what may be one.
const longestKeepAlive = 48

func isKeepAlive(text []byte) bool {
	return slices.Contains(keepAlives, string(letters(text)))
}

// isDone reports whether data ends the stream.
func isDone(data []byte) bool {
	if len(data) > len(`"[DONE]"`) {
		return false
	}
	return string(data) == "[DONE]" || bytes.EqualFold(bytes.Trim(data, `"`), []byte("[DONE]"))
}
