package client

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// noLimits is what headers that say nothing mean.
var noLimits = Limits{
	RetryAfter: Never, LimitRequests: -1, RemainingRequests: -1, LimitTokens: -1, RemainingTokens: -1,
	ResetRequests: Never, ResetTokens: Never,
}

// limitsOf reads what response headers say of rate limits.
func limitsOf(h http.Header, now time.Time) Limits {
	return Limits{
		RetryAfter:        retryAfter(h, now),
		LimitRequests:     headerCount(h, "X-Ratelimit-Limit-Requests"),
		RemainingRequests: headerCount(h, "X-Ratelimit-Remaining-Requests"),
		LimitTokens:       headerCount(h, "X-Ratelimit-Limit-Tokens"),
		RemainingTokens:   headerCount(h, "X-Ratelimit-Remaining-Tokens"),
		ResetRequests:     waitOf(h.Get("X-Ratelimit-Reset-Requests"), now),
		ResetTokens:       waitOf(h.Get("X-Ratelimit-Reset-Tokens"), now),
	}
}

// retryAfter reads Retry-After (RFC 9110 §10.2.3), and the finer header that
// goes before it where both are sent.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms := h.Get("Retry-After-Ms"); ms != "" {
		return waitOf(ms+"ms", now)
	}
	return waitOf(h.Get("Retry-After"), now)
}

func headerCount(h http.Header, name string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(h.Get(name)), 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// waitOf reads a wait: seconds ("2", "0.5"), a duration ("120ms", "6m0s"), or
// the date it ends at. [Never] if it is none of these.
func waitOf(text string, now time.Time) time.Duration {
	const longest = 365 * 24 * time.Hour // more is no wait but a mistake, or a date in seconds
	text = strings.TrimSpace(text)
	if text == "" {
		return Never
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		d, err = time.ParseDuration(text + "s")
	}
	if err != nil {
		return untilDate(text, now)
	}
	if d < 0 || d > longest {
		return Never
	}
	return d
}

func untilDate(text string, now time.Time) time.Duration {
	date, err := http.ParseTime(text)
	if err != nil {
		date, err = time.Parse(time.RFC3339, text)
	}
	if err != nil {
		return Never
	}
	return max(0, date.Sub(now))
}

// requestID is the server's own id of a request, "" if its headers name none.
func requestID(h http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Amzn-Requestid", "Apim-Request-Id"} {
		if id := h.Get(name); id != "" {
			return bounded(id)
		}
	}
	return ""
}

// bounded keeps foreign ids from being anything but short printable words.
func bounded(id string) string {
	const longest = 128
	if len(id) > longest {
		id = id[:longest]
	}
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return -1
		}
		return r
	}, id)
}
