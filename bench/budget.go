package bench

import (
	"fmt"
	"sync"

	"flashwave/bench/price"
	"flashwave/bench/units"
)

// A budget keeps the money spent, plus the worst that the open requests can
// still cost, within a limit. Without a limit it only adds up.
type budget struct {
	limit float64 // USD; 0: none
	price price.Price

	mu       sync.Mutex
	spent    float64
	reserved float64
}

// reserve sets the worst case of one request aside; false means that it could
// break the limit and must not be sent.
func (b *budget) reserve(worst float64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.limit > 0 && b.spent+b.reserved+worst > b.limit {
		return false
	}
	b.reserved += worst
	return true
}

// settle replaces what was set aside by what it came to.
func (b *budget) settle(worst, actual float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reserved -= worst
	b.spent += actual
}

// worst is the most that one request can cost: no tokenizer makes more tokens of
// a text than it has bytes (and a few for the frame of each message), and the
// endpoint stops at maxTokens. Every retry may be billed again.
func (b *budget) worst(promptBytes, messages, maxTokens, retries int) float64 {
	if b.limit <= 0 {
		return 0
	}
	const frame = 16
	tokens := price.Usage{Prompt: int64(promptBytes + frame*messages), Output: int64(maxTokens)}
	return b.price.Cost(tokens).Total() * float64(1+retries)
}

// String says where the money is.
func (b *budget) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return fmt.Sprintf("of %s, %s is spent and the open requests may cost %s",
		units.USD(b.limit), units.USD(b.spent), units.USD(b.reserved))
}

func (b *budget) total() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.spent
}
