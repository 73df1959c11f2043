// Package price knows what tokens cost.
//
// [Builtin] is the price book that comes with flashwave; [Load] reads another
// one, of its own format or LiteLLM's, to be laid over it ([Book.Overlay]). A
// price that is not in the book is unknown, which is not 0.
package price

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// perMillion is the number of tokens a price is for.
const perMillion = 1e6

// A Price is what one model costs at one host, in USD per million tokens.
type Price struct {
	Host  string // as in a URL, lower case; "" is any host
	Model string // the id by which requests name it

	Input        float64 // of prompt tokens that a cache has nothing to do with
	Cached       float64 // of those that were read from a cache; 0: as Input
	CacheWritten float64 // of those that were written to one; 0: as Input
	Output       float64 // of output tokens, reasoning included

	Date   string // when the price stood, YYYY-MM-DD; "" if unknown
	Source string // where it is published
	Note   string
}

// Usage counts the tokens of one or many requests: Prompt includes Cached and
// CacheWritten, which do not overlap; Output includes reasoning.
type Usage struct {
	Prompt, Cached, CacheWritten, Output int64
}

// A Cost is money in USD, by what it was spent on.
type Cost struct {
	Input        float64 `json:"input,omitempty"`
	Cached       float64 `json:"cached,omitempty"`
	CacheWritten float64 `json:"cache_written,omitempty"`
	Output       float64 `json:"output,omitempty"`
}

// Total is the sum, in USD.
func (c Cost) Total() float64 { return c.Input + c.Cached + c.CacheWritten + c.Output }

// Add is the sum of two costs.
func (c Cost) Add(o Cost) Cost {
	return Cost{
		Input: c.Input + o.Input, Cached: c.Cached + o.Cached,
		CacheWritten: c.CacheWritten + o.CacheWritten, Output: c.Output + o.Output,
	}
}

// Cost is what the tokens cost:
//
//	(prompt − cached − written) × input + cached × cached price
//	  + written × price of writing + output × output price
//
// Where no price of its own is known cached tokens cost as much as others, and written ones
// likewise. Counts below 0 are taken as 0, and no more tokens are cached or written than the
// prompt has.
func (p Price) Cost(u Usage) Cost {
	prompt := max(u.Prompt, 0)
	cached := min(max(u.Cached, 0), prompt)
	written := min(max(u.CacheWritten, 0), prompt-cached)
	return Cost{
		Input:        float64(prompt-cached-written) * p.Input / perMillion,
		Cached:       float64(cached) * cmp.Or(p.Cached, p.Input) / perMillion,
		CacheWritten: float64(written) * cmp.Or(p.CacheWritten, p.Input) / perMillion,
		Output:       float64(max(u.Output, 0)) * p.Output / perMillion,
	}
}

// Most is the most that a prompt and its answer of so many tokens can cost, in USD: all of
// the prompt may be written to a cache.
func (p Price) Most(prompt, output int64) float64 {
	plain := Usage{Prompt: prompt, Output: output}
	written := plain
	written.CacheWritten = prompt
	return max(p.Cost(plain).Total(), p.Cost(written).Total())
}

// BillingWrites is the price with one for what is written to a cache. Where none is known
// that is what Anthropic asks for what it keeps for five minutes, 1.25 times Input:
// https://platform.claude.com/docs/en/build-with-claude/prompt-caching.
func (p Price) BillingWrites() Price {
	if p.CacheWritten == 0 {
		p.CacheWritten = 1.25 * p.Input
	}
	return p
}

// ParsePair reads a price from a flag: IN,OUT or IN,CACHED,OUT or IN,CACHED,WRITTEN,OUT, in
// USD per million tokens ("0.42,0.42", "$2,$0.50,$8"). Host and Model stay empty.
func ParsePair(s string) (Price, error) {
	fields := strings.Split(s, ",")
	if len(fields) < 2 || len(fields) > 4 {
		return Price{}, fmt.Errorf("price %q: want IN,OUT or IN,CACHED,OUT or IN,CACHED,WRITTEN,OUT in USD per million tokens, such as 2,8", s)
	}
	amounts := make([]float64, len(fields))
	for i, field := range fields {
		amount, err := parseAmount(field)
		if err != nil {
			return Price{}, fmt.Errorf("price %q: %w", s, err)
		}
		amounts[i] = amount
	}
	p := Price{Input: amounts[0], Output: amounts[len(amounts)-1]}
	if len(amounts) > 2 {
		p.Cached = amounts[1]
	}
	if len(amounts) > 3 {
		p.CacheWritten = amounts[2]
	}
	return p, nil
}

// MaxPrice is the highest price that is possible, in USD per million tokens: with it no
// sum over all the tokens of a run is beyond measure.
const MaxPrice = 1e9

func parseAmount(s string) (float64, error) {
	s = strings.TrimSpace(s)
	v, err := strconv.ParseFloat(strings.TrimPrefix(s, "$"), 64)
	var number *strconv.NumError
	switch {
	case errors.As(err, &number) && errors.Is(err, strconv.ErrRange), err == nil && v > MaxPrice && !math.IsInf(v, 0):
		return 0, fmt.Errorf("%q is more than $%.0f, which no million tokens cost", s, MaxPrice)
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
		return 0, fmt.Errorf("%q is not an amount in USD", s)
	case v < 0:
		return 0, fmt.Errorf("%q is negative", s)
	}
	return v, nil
}
