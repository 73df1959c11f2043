package ledger

import (
	"time"

	"flashwave/bench/result"
	"flashwave/client"
	"flashwave/client/outcome"
)

func finish(res *client.Result) string {
	if res.Finish == "" {
		return "none"
	}
	return res.Finish
}

// recordTokens adds the token counts.
func recordTokens(p *result.Part, u client.Usage) {
	switch u.From {
	case client.FromUsage:
		p.FromUsage++
	case client.FromEvents:
		p.FromEvents++
	default:
		return
	}
	p.Prompt += int64(u.Prompt)
	p.Cached += int64(u.Cached)
	p.CacheWritten += int64(u.CacheWritten)
	p.Output += int64(u.Output)
	p.Reasoning += int64(u.Reasoning)
}

// recordLatency adds the latencies that are known at the end, and says of those that
// never came, or came in vain, what an SLO is to make of them. Time to first token was
// recorded as the token came.
func recordLatency(p *result.Part, scheduled time.Duration, res *client.Result, excerpt bool) {
	cancelled := res.Outcome == outcome.Cancelled
	inVain := res.Outcome.Failed() || cancelled && !excerpt
	done := client.Never
	if res.Outcome == outcome.OK {
		done = res.Done
	}
	for _, m := range [...]struct {
		response, service result.Metric
		at                time.Duration
	}{
		{result.TTFTResponse, result.TTFTService, res.FirstToken},
		{result.TTFAResponse, result.TTFAService, res.FirstAnswer},
		{result.E2EResponse, result.E2EService, done},
	} {
		came := m.at != client.Never
		switch {
		case came && m.response == result.E2EResponse:
			p.Record(m.response, m.at-scheduled)
			p.Record(m.service, m.at-res.Sent)
		case res.Outcome == outcome.OK && !came:
			p.Tokenless[m.response]++
			p.Tokenless[m.service]++
		case inVain && came: // it failed, or never ended
			p.RecordFailed(m.response, m.at-scheduled)
			p.RecordFailed(m.service, m.at-res.Sent)
		}
		if cancelled && (inVain || !came) {
			p.RecordOpen(m.response, res.Done-scheduled)
			p.RecordOpen(m.service, res.Done-res.Sent)
		}
	}
	if tpot, ok := TPOT(res); ok {
		p.Record(result.TPOT, tpot)
	}
	if stall, ok := Stall(res); ok {
		p.Record(result.Stall, stall)
		if inVain {
			p.RecordFailed(result.Stall, stall)
		}
	}
	if ph := res.Phases; !ph.Reused && ph.Connect > 0 {
		p.Record(result.Connect, ph.DNS+ph.Connect+ph.TLS)
		if ph.DNS > 0 {
			p.Record(result.DNS, ph.DNS)
		}
		if ph.TLS > 0 {
			p.Record(result.TLS, ph.TLS)
		}
	}
}

// TPOT is the time per output token after the first. Tokens that came in one piece
// have none.
func TPOT(res *client.Result) (time.Duration, bool) {
	n := res.Usage.Output
	if !res.Usage.StreamedReasoning {
		n -= res.Usage.Reasoning
	}
	if res.Outcome != outcome.OK || n < 2 || res.FirstToken == client.Never || res.Events < 2 || res.Bundled() {
		return 0, false
	}
	return (res.LastToken - res.FirstToken) / time.Duration(n-1), true
}

// Stall is the longest gap of a stream that came in more than one piece; of one
// that timed out, the gap that ended it counts too.
func Stall(res *client.Result) (time.Duration, bool) {
	if res.Outcome == outcome.Timeout && res.Events > 0 {
		return max(res.Stall, res.Done-res.LastToken), true
	}
	return res.Stall, res.Events > 1 && !res.Bundled()
}
