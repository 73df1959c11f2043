package client

import (
	"net/http"
	"regexp"
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
func limitsOf(h header, now time.Time) Limits {
	return Limits{
		RetryAfter:        retryAfter(h, now),
		LimitRequests:     headerCount(h, "X-Ratelimit-Limit-Requests", "Anthropic-Ratelimit-Requests-Limit"),
		RemainingRequests: headerCount(h, "X-Ratelimit-Remaining-Requests", "Anthropic-Ratelimit-Requests-Remaining"),
		LimitTokens:       headerCount(h, "X-Ratelimit-Limit-Tokens", "Anthropic-Ratelimit-Tokens-Limit"),
		RemainingTokens:   headerCount(h, "X-Ratelimit-Remaining-Tokens", "Anthropic-Ratelimit-Tokens-Remaining"),
		ResetRequests:     waitOf(either(h, "X-Ratelimit-Reset-Requests", "Anthropic-Ratelimit-Requests-Reset"), now, longestReset),
		ResetTokens:       waitOf(either(h, "X-Ratelimit-Reset-Tokens", "Anthropic-Ratelimit-Tokens-Reset"), now, longestReset),
	}
}

// either is what a field says, under OpenAI's name or under Anthropic's.
func either(h header, openAI, anthropic string) string {
	if text := h.Get(openAI); text != "" {
		return text
	}
	return h.Get(anthropic)
}

const (
	// LongestWait bounds what Retry-After may ask for: whoever says more does not
	// mean a wait. It stands in Limits for whatever is longer.
	LongestWait = 10 * time.Minute
	// longestReset bounds when a limit is said to be whole again: quotas are by the
	// day at most.
	longestReset = 24 * time.Hour
)

// retryAfter reads Retry-After (RFC 9110 §10.2.3), and the finer header that
// goes before it where both are sent and it says anything.
func retryAfter(h header, now time.Time) time.Duration {
	if ms := h.Get("Retry-After-Ms"); ms != "" {
		if d := waitOf(ms+"ms", now, LongestWait); d != Never {
			return d
		}
	}
	return waitOf(h.Get("Retry-After"), now, LongestWait)
}

func headerCount(h header, openAI, anthropic string) int64 {
	text := strings.TrimSpace(either(h, openAI, anthropic))
	if text == "" {
		return -1 // as most say
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

var (
	figures   = regexp.MustCompile(`^[0-9]+(\.[0-9]*)?$`)
	durations = regexp.MustCompile(`^([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$`)
)

// waitOf reads a wait: seconds ("2", "0.5"), a duration ("120ms", "6m0s"), or
// the date it ends at, in words or in seconds or milliseconds since 1970. It is
// at most longest, whatever the text says; [Never] if it is none of these.
func waitOf(text string, now time.Time, longest time.Duration) time.Duration {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return Never
	case figures.MatchString(text):
		return secondsOf(text, now, longest)
	case durations.MatchString(text):
		d, err := time.ParseDuration(text)
		if err != nil || d > longest { // what is well formed fails for its size alone
			return longest
		}
		return d
	}
	return untilDate(text, now, longest)
}

// secondsOf reads figures: so many seconds, or a date, which lies beyond any wait.
func secondsOf(text string, now time.Time, longest time.Duration) time.Duration {
	const firstSecond, firstMilli = 1e9, 1e12 // of 2001, in seconds and in milliseconds
	n, _ := strconv.ParseFloat(text, 64)      // +Inf if it is too large
	if n >= firstMilli {
		n /= 1000
	}
	if n >= firstSecond {
		if n -= float64(now.UnixNano()) / 1e9; n < 0 {
			return Never // a date long past is a mistake
		}
	}
	if n >= longest.Seconds() {
		return longest
	}
	return time.Duration(n * float64(time.Second))
}

func untilDate(text string, now time.Time, longest time.Duration) time.Duration {
	date, err := http.ParseTime(text)
	if err != nil {
		date, err = time.Parse(time.RFC3339, text)
	}
	if err != nil {
		return Never
	}
	return min(max(0, date.Sub(now)), longest)
}

// requestID is the server's own id of a request, "" if its headers name none.
func requestID(h header) string {
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
