package search

import (
	"context"
	"sync"

	"flashwave/bench"
	"flashwave/bench/forecast"
	"flashwave/bench/ledger"
	"flashwave/bench/price"
	"flashwave/client"
	"flashwave/client/outcome"
)

// A meter is a client that counts the tokens that go through it. It is safe for
// concurrent use.
type meter struct {
	bench.Client

	mu    sync.Mutex
	spent spent
}

// spent is what a meter has counted. Requests that were cut by the search itself
// are in none of it.
type spent struct {
	ok, failed      forecast.Tokens // of requests that ended ok; of those that failed and were answered in part
	ended, failures int64           // requests; failures are those that ended otherwise than ok
	retries         int64
}

// Unwrap is the client whose tokens are counted.
func (m *meter) Unwrap() bench.Client { return m.Client }

// Do implements bench.Client.
func (m *meter) Do(ctx context.Context, req *client.Request, sink client.Sink) client.Result {
	res := m.Client.Do(ctx, req, sink)
	if res.Outcome == outcome.Cancelled {
		return res
	}
	billed := tokens(req, res)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.spent.ended++
	m.spent.retries += int64(res.Retries)
	if res.Outcome == outcome.OK {
		m.spent.ok.Add(billed)
		return res
	}
	m.spent.failures++
	if res.Status/100 == 2 || res.Usage.From == client.FromUsage { // billed all the same
		m.spent.failed.Add(billed)
	}
	return res
}

// tokens are those that one request is taken to be billed for.
func tokens(req *client.Request, res client.Result) price.Usage {
	bytes := 0
	for _, m := range req.Messages {
		bytes += len(m.Content)
	}
	billed, _ := ledger.Billed(bytes, req.MaxTokens, &res)
	return billed
}

// read is what was counted so far.
func (m *meter) read() spent {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.spent
}

// set makes a count go on from another.
func (m *meter) set(to spent) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.spent = to
}
