package servertest

import (
	"time"

	"flashwave/client"
)

// untold are the limits of an answer that says nothing of any.
var untold = client.Limits{
	RetryAfter: client.Never, LimitRequests: -1, RemainingRequests: -1, LimitTokens: -1, RemainingTokens: -1,
	ResetRequests: client.Never, ResetTokens: client.Never,
}

// A meter counts a quota.
type meter struct {
	Quota
	each  float64   // what a request takes
	begun time.Time // of the window, or when the bucket was last looked at
	left  float64
}

// tokens are those of an answer.
func (m Model) tokens() int {
	if m.Tokens == 0 {
		return 2
	}
	return m.Tokens
}

// meter is that of the quota, from its start.
func (m Model) meter() meter { return meter{Quota: *m.Quota, each: m.each()} }

// each is what a request takes of the quota.
func (m Model) each() float64 {
	if m.Quota.Tokens {
		return float64(promptTokens + m.tokens())
	}
	return 1
}

// take charges one request; false: it is refused.
func (m *meter) take(now time.Time) (ok bool, limits client.Limits) {
	m.refill(now)
	if ok = m.left >= m.each; ok {
		m.left -= m.each
	}
	limits = untold
	if !m.Headers {
		return ok, limits
	}
	limit, left, reset := &limits.LimitRequests, &limits.RemainingRequests, &limits.ResetRequests
	if m.Tokens {
		limit, left, reset = &limits.LimitTokens, &limits.RemainingTokens, &limits.ResetTokens
	}
	*limit, *left = int64(m.PerMinute), int64(m.left)
	if !m.NoReset {
		*reset = m.reset(now)
	}
	if !ok {
		limits.RetryAfter = m.retry(now)
	}
	return ok, limits
}

func (m *meter) refill(now time.Time) {
	switch {
	case m.begun.IsZero():
		m.begun, m.left = now, m.full()
	case m.Depth > 0:
		m.left = min(m.full(), m.left+now.Sub(m.begun).Minutes()*float64(m.PerMinute))
		m.begun = now
	case now.Sub(m.begun) >= time.Minute:
		m.begun, m.left = m.begun.Add(now.Sub(m.begun).Truncate(time.Minute)), m.full()
	}
}

func (m *meter) full() float64 {
	if m.Depth > 0 {
		return float64(m.Depth)
	}
	return float64(m.PerMinute)
}

// reset is how long until the quota is whole again.
func (m *meter) reset(now time.Time) time.Duration {
	if m.Depth > 0 {
		return m.flows(m.full() - m.left)
	}
	return m.begun.Add(time.Minute).Sub(now)
}

// retry is how long until one more passes.
func (m *meter) retry(now time.Time) time.Duration {
	if m.Depth > 0 {
		return m.flows(m.each - m.left)
	}
	return m.reset(now)
}

// flows is how long so much takes to flow into the bucket.
func (m *meter) flows(n float64) time.Duration {
	return time.Duration(max(n, 0) / float64(m.PerMinute) * float64(time.Minute))
}
