package dispatch

import (
	"fmt"
	"sync"

	"flashwave/bench/price"
	"flashwave/bench/units"
)

// A Budget keeps the money spent, plus the worst that the open requests can
// still cost, within a limit. Without a limit it only adds up.
type Budget struct {
	Limit float64 // USD; 0: none
	Price price.Price

	mu       sync.Mutex
	spent    float64
	reserved float64
}

// Reserve sets the worst case of one request aside; false means that it could
// break the limit and must not be sent.
func (b *Budget) Reserve(worst float64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Limit > 0 && b.spent+b.reserved+worst > b.Limit {
		return false
	}
	b.reserved += worst
	return true
}

// Settle replaces what was set aside by what it came to.
func (b *Budget) Settle(worst, actual float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reserved -= worst
	b.spent += actual
}

// Worst is the most that one request can cost: no tokenizer makes more tokens of
// a text than it has bytes (and a few for the frame of each message), and the
// endpoint stops at maxTokens. All of it may be written to a cache. Every retry may be billed again.
func (b *Budget) Worst(promptBytes, messages, maxTokens, retries int) float64 {
	if b.Limit <= 0 {
		return 0
	}
	const frame = 16
	return b.Price.Most(int64(promptBytes+frame*messages), int64(maxTokens)) * float64(1+retries)
}

// String says where the money is.
func (b *Budget) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return fmt.Sprintf("of %s, %s is spent and the open requests may cost %s",
		units.USD(b.Limit), units.USD(b.spent), units.USD(b.reserved))
}

// Total is what is spent, in USD.
func (b *Budget) Total() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.spent
}
