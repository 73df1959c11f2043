package ledger

import (
	"flashwave/bench/price"
	"flashwave/client"
	"flashwave/client/outcome"
)

// Billed are the tokens that a request is taken to be billed for, and how many of
// them its usage vouches for. They are what the usage says and at least what was
// seen: a stream that was cut sent no usage and is billed all the same, and some
// endpoints send zeros. A prompt of which no usage speaks is taken at four bytes a
// token; the output is never less than the token events, and maxTokens where a
// whole document says nothing of its length. What the endpoint did not work on is
// not billed.
func Billed(promptBytes, maxTokens int, res *client.Result) (billed, vouched price.Usage) {
	u := res.Usage
	vouched = price.Usage{Prompt: int64(u.Prompt), Cached: int64(u.Cached), CacheWritten: int64(u.CacheWritten)}
	if u.From == client.FromUsage {
		vouched.Output = int64(u.Output)
	}
	billed = vouched
	if vouched == (price.Usage{}) && !worked(res) {
		return billed, vouched
	}
	if billed.Prompt == 0 {
		billed.Prompt = int64(promptBytes+3) / 4
	}
	billed.Output = max(billed.Output, int64(res.Events))
	if billed.Output == 0 && res.Items == 0 && u.From != client.FromUsage && res.Outcome == outcome.OK {
		billed.Output = int64(maxTokens)
	}
	return billed, vouched
}

// worked reports whether the endpoint was at work on a request, or may have been:
// one that was cut before the headers.
func worked(res *client.Result) bool {
	if res.Status == 0 {
		return res.Outcome == outcome.Timeout || res.Outcome == outcome.Reset || res.Outcome == outcome.Cancelled
	}
	return res.Status/100 == 2
}

// Cost is what a request costs at a price, and how much of that no usage vouches for, in
// USD.
func Cost(at price.Price, promptBytes, maxTokens int, res *client.Result) (cost price.Cost, estimated float64) {
	billed, vouched := Billed(promptBytes, maxTokens, res)
	cost = at.Cost(billed)
	return cost, max(cost.Total()-at.Cost(vouched).Total(), 0)
}
