package bench

import (
	"fmt"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/client/outcome"
)

// limitPause is the least time between two events about rate limits.
const limitPause = 10 * time.Second

// watchLimits makes an event of the rate limits met in an interval.
func (r *Run) watchLimits(in result.Interval, sum *result.Part) {
	n := sum.Outcomes[outcome.RateLimited]
	if n == 0 || r.limitNoted > 0 && in.End < r.limitNoted+limitPause {
		return
	}
	r.limitNoted = in.End
	r.event(result.Event{TS: in.End.Seconds(), Kind: result.Limited, Text: limitText(n, in.End-in.Start, sum.Limits)})
}

// limitText is how an event speaks of n 429s.
func limitText(n int64, in time.Duration, seen result.LimitsSeen) string {
	parts := []string{fmt.Sprintf("429 rate limited ×%s in %s", units.Count(n), units.Duration(in))}
	if seen.RetryAfter > 0 {
		parts = append(parts, "retry-after "+units.Length(seen.RetryAfter))
	}
	if seen.LimitRequests != nil {
		parts = append(parts, "limit "+units.Count(*seen.LimitRequests)+" rpm")
	}
	if seen.LimitTokens != nil {
		parts = append(parts, "limit "+units.Count(*seen.LimitTokens)+" tpm")
	}
	return strings.Join(parts, ", ")
}
