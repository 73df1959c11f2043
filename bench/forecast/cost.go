package forecast

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"flashwave/bench/price"
)

// A Bill is what the price of a night is made of.
type Bill struct {
	Requests float64  // of the night, expected
	Tokens   Tokens   // of measured requests that ended ok
	Failed   Tokens   // of measured requests that failed and were billed all the same
	Failures *float64 // ratio; requests of the night that fail, expected; nil: no error rate was measured
	Failing  *Range   // ratio; the same at the best and at the worst; nil: as expected
	Billed   float64  // ratio; of those that failed, the ones in Failed
	Retries  float64  // attempts beyond the first, per request

	MaxTokens   int          // of one answer; 0: unbounded
	Host, Model string       // as measured
	Price       *price.Price // of Model at Host; nil: unknown
	Book        *price.Book  // nil: no other model is priced
}

// sure is how many standard deviations of a normal distribution hold 95 % of it to
// both sides of the mean.
const sure = 1.959964

// Price is the price of a night.
//
// A night of m requests, each of which costs a mean x̄ with a deviation s over n
// measured ones, costs m·x̄. The sum of many independent costs is normal (central
// limit theorem); its variance is that of the sum plus that of having measured the
// mean by a sample,
//
//	m·s² + m²·s²/n
//
// and low and high are 1.96 deviations from the mean: that of the requests that end ok
// where most of them fail, and where fewest do.
func Price(b Bill) Cost {
	c, ok := Cost{Model: b.Model, Sampled: b.Tokens.N, Models: []ModelCost{}}, b.Requests
	if b.Failures != nil {
		ok *= 1 - *b.Failures
		c.Requests, c.Failed = ptr(ok), ptr(b.Requests-ok)
	}
	if b.Tokens.N == 0 {
		return c
	}
	prompt, out := b.Tokens.Mean()
	c.PromptTokens, c.CachedTokens, c.OutputTokens = ptr(ok*prompt), ptr(ok*b.Tokens.mean()[cached]), ptr(ok*out)
	if b.Price != nil {
		c.fill(b, ok)
	}
	c.Models = elsewhere(b, ok)
	return c
}

// fill prices the night where it was measured.
func (c *Cost) fill(b Bill, ok float64) {
	low, expected, high := b.Tokens.night(*b.Price, ok)
	if b.Failing != nil { // the more fail, the less is billed
		low, _, _ = b.Tokens.night(*b.Price, b.Requests*(1-b.Failing.High))
		_, _, high = b.Tokens.night(*b.Price, b.Requests*(1-b.Failing.Low))
	}
	each, mean := usd(*b.Price), b.Tokens.mean()
	c.LowUSD, c.ExpectedUSD, c.HighUSD = &low, &expected, &high
	c.InputUSD, c.CachedUSD, c.OutputUSD = ptr(ok*mean[fresh]*each[fresh]), ptr(ok*mean[cached]*each[cached]), ptr(ok*mean[output]*each[output])
	c.CacheWrittenUSD = ptr(ok * mean[written] * each[written])

	read := mean[fresh]*each[fresh] + mean[cached]*each[cached] + mean[written]*each[written]
	lost, _ := b.Failed.cost(*b.Price)
	failed, retries := (b.Requests-ok)*b.Billed*lost, b.Requests*b.Retries*read
	c.FailedUSD, c.RetriesUSD = &failed, &retries
	if ok > 0 {
		c.PerThousandOKUSD = ptr((expected + failed + retries) / ok * 1000)
	}
	if prompt, _ := b.Tokens.Mean(); b.MaxTokens > 0 {
		c.WorstUSD = ptr(b.Requests * (1 + b.Retries) * (prompt*max(each[fresh], each[written]) + float64(b.MaxTokens)*each[output]))
	}
}

// night is what so many requests cost.
func (t *Tokens) night(p price.Price, requests float64) (low, expected, high float64) {
	mean, deviation := t.cost(p)
	expected = requests * mean
	spread := sure * deviation * math.Sqrt(requests+requests*requests/float64(t.N))
	return max(expected-spread, 0), expected, expected + spread
}

// isOf reports whether a price is an entry of the book: what is not known of that may have
// been supplied.
func isOf(p, entry price.Price) bool {
	if entry.CacheWritten == 0 {
		p.CacheWritten = 0
	}
	return p == entry
}

// elsewhere prices the same tokens by every entry of the book, cheapest first.
func elsewhere(b Bill, requests float64) []ModelCost {
	list := []ModelCost{}
	if b.Book == nil {
		return list
	}
	var here float64
	if b.Price != nil {
		_, here, _ = b.Tokens.night(*b.Price, requests)
	}
	for _, p := range b.Book.Entries() {
		m := ModelCost{
			Host: p.Host, Model: p.Model, Date: p.Date,
			Current: b.Price != nil && isOf(*b.Price, p) || strings.EqualFold(p.Host, b.Host) && strings.EqualFold(p.Model, b.Model),
		}
		m.LowUSD, m.ExpectedUSD, m.HighUSD = b.Tokens.night(p, requests)
		if here > 0 {
			m.Times = ptr(m.ExpectedUSD / here)
		}
		list = append(list, m)
	}
	slices.SortFunc(list, func(x, y ModelCost) int {
		return cmp.Or(cmp.Compare(x.ExpectedUSD, y.ExpectedUSD), cmp.Compare(x.Host, y.Host), cmp.Compare(x.Model, y.Model))
	})
	return list
}
