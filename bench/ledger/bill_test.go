package ledger

import (
	"testing"

	"flashwave/bench/price"
	"flashwave/client"
	"flashwave/client/outcome"
)

// What a request is billed for is at least what was seen of it.
func TestBilled(t *testing.T) {
	usage := func(prompt, cached, output int) client.Usage {
		return client.Usage{Prompt: prompt, Cached: cached, Output: output, From: client.FromUsage}
	}
	for _, test := range []struct {
		name            string
		res             client.Result
		billed, vouched price.Usage
	}{
		{"usage", client.Result{Status: 200, Events: 7, Usage: usage(40, 8, 9)}, price.Usage{Prompt: 40, Cached: 8, Output: 9}, price.Usage{Prompt: 40, Cached: 8, Output: 9}},
		{
			"what was written to a cache",
			client.Result{Status: 200, Events: 7, Usage: client.Usage{Prompt: 40, Cached: 8, CacheWritten: 16, Output: 9, From: client.FromUsage}},
			price.Usage{Prompt: 40, Cached: 8, CacheWritten: 16, Output: 9},
			price.Usage{Prompt: 40, Cached: 8, CacheWritten: 16, Output: 9},
		},
		{"usage of zeros", client.Result{Status: 200, Events: 7, Usage: usage(0, 0, 0)}, price.Usage{Prompt: 25, Output: 7}, price.Usage{}},
		{"usage of less than was seen", client.Result{Status: 200, Events: 7, Usage: usage(40, 0, 1)}, price.Usage{Prompt: 40, Output: 7}, price.Usage{Prompt: 40, Output: 1}},
		{"usage of the output alone", client.Result{Status: 200, Events: 7, Usage: usage(0, 0, 9)}, price.Usage{Prompt: 25, Output: 9}, price.Usage{Output: 9}},
		{"usage of the prompt alone", client.Result{Status: 200, Events: 7, Usage: client.Usage{Prompt: 40, Output: 7, From: client.FromEvents}}, price.Usage{Prompt: 40, Output: 7}, price.Usage{Prompt: 40}},
		{"no usage", client.Result{Status: 200, Events: 7, Usage: client.Usage{Output: 7, From: client.FromEvents}}, price.Usage{Prompt: 25, Output: 7}, price.Usage{}},
		{"a stream that was cut", client.Result{Status: 200, Events: 7, Outcome: outcome.Truncated}, price.Usage{Prompt: 25, Output: 7}, price.Usage{}},
		{"a failure that was billed", client.Result{Status: 200, Outcome: outcome.StreamError, Usage: usage(40, 0, 9)}, price.Usage{Prompt: 40, Output: 9}, price.Usage{Prompt: 40, Output: 9}},
		{"a document that says nothing", client.Result{Status: 200, Outcome: outcome.OK}, price.Usage{Prompt: 25, Output: 300}, price.Usage{}},
		{"an answer of nothing", client.Result{Status: 200, Outcome: outcome.OK, Usage: usage(40, 0, 0)}, price.Usage{Prompt: 40}, price.Usage{Prompt: 40}},
		{"a refusal", client.Result{Status: 429, Outcome: outcome.RateLimited}, price.Usage{}, price.Usage{}},
		{"no connection", client.Result{Outcome: outcome.Connect}, price.Usage{}, price.Usage{}},
		{"cut before the headers", client.Result{Outcome: outcome.Timeout}, price.Usage{Prompt: 25}, price.Usage{}},
	} {
		billed, vouched := Billed(100, 300, &test.res)
		if billed != test.billed || vouched != test.vouched {
			t.Errorf("%s: billed %+v, vouched %+v; want %+v, %+v", test.name, billed, vouched, test.billed, test.vouched)
		}
	}
}
