package mock

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// DefaultModel is the id of the model that is served when no other is named.
const DefaultModel = "deepseek-v3.2"

const (
	// stepDoubles is the number of sequences at which a decode step takes twice
	// its least time.
	stepDoubles = 64
	// contextLength is the most tokens a prompt and its answer may have together.
	contextLength = 131_072

	maxBatch = 1_000_000
	maxCache = 100_000_000
	maxStep  = time.Hour
)

// A Config says how the endpoint behaves. The zero value is not valid: start
// from [Default].
type Config struct {
	Batch      int           // sequences in the batch at once, 1 to 1,000,000
	Step       time.Duration // least time of a decode step, above 0 to 1 h; see the package's model
	PrefillTPS float64       // prompt tokens prefilled in a second, above 0
	Queue      int           // requests that may wait for the batch, from 0
	Tokens     int           // mean length of an answer in tokens, from 1
	// PrefixCache is how many prompt tokens the engine keeps, so as not to read them again
	// where a prompt begins with them, from 0: none; see the package's model.
	PrefixCache int

	RPM   float64 // requests a minute; 0: no limit
	TPM   float64 // prompt and requested output tokens a minute; 0: no limit
	Burst int     // what may pass at once: requests if RPM is set, else tokens; 0: max(2, limit/600)
	// RateWindow, above 0, counts both limits in fixed windows of that length,
	// aligned to the wall clock, each holding its share of the minute's limit.
	RateWindow time.Duration

	// Shares of the requests that a fault strikes, each in [0, 1], together at
	// most 1. An error is an HTTP 500; every third one, if it meets a stream, is an
	// error object in the midst of HTTP 200 instead. A stalled answer stops for
	// 10 s midway. A truncated one ends without a finish reason and without the event
	// that ends a stream.
	ErrorRate, StallRate, TruncateRate float64

	Seed   uint64   // of lengths, texts and faults
	Models []string // ids that are served; none: DefaultModel
	Key    string   // the key to ask for; "": none
}

// UsualCache is a cache of prefixes that holds some thousand conversations.
const UsualCache = 1_000_000

// Default is the endpoint behind a plain `flashwave mock`: no limits, no faults,
// no cache, and a ceiling of 10,240 output tokens a second.
func Default() Config {
	return Config{
		Batch:      256,
		Step:       5 * time.Millisecond,
		PrefillTPS: 100_000,
		Queue:      10_000,
		Tokens:     64,
		Seed:       1,
		Models:     []string{DefaultModel},
	}
}

// AnswerTime is the mean time of an answer while so many are open throughout, each with
// a prompt of so many tokens and an answer of at most so many; 0: of any length.
func (c Config) AnswerTime(open, prompt, most int) time.Duration {
	tokens := c.Tokens
	if most > 0 {
		tokens = min(tokens, most)
	}
	batch := float64(min(open, c.Batch))
	decode := float64(tokens) * c.Step.Seconds() * (1 + batch/stepDoubles)
	prefill := batch * float64(prompt) / c.PrefillTPS
	return time.Duration((decode + prefill) * float64(open) / batch * float64(time.Second))
}

// Validate reports everything that is wrong with c, joined into one error.
func (c Config) Validate() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	check(c.Batch >= 1 && c.Batch <= maxBatch, "batch %d: want 1 to %d sequences", c.Batch, maxBatch)
	check(c.Step > 0 && c.Step <= maxStep, "step %v: want more than 0 and at most %v", c.Step, maxStep)
	check(c.PrefillTPS > 0 && finite(c.PrefillTPS), "prefill-tps %v: want a number of tokens a second above 0", c.PrefillTPS)
	check(c.Queue >= 0 && c.Queue <= math.MaxInt32, "queue %d: want 0 to %d places", c.Queue, math.MaxInt32)
	check(c.Tokens >= 1 && c.Tokens <= contextLength/2, "tokens %d: want 1 to %d", c.Tokens, contextLength/2)
	check(c.PrefixCache >= 0 && c.PrefixCache <= maxCache, "prefix-cache %d: want 0 to %d tokens", c.PrefixCache, maxCache)
	check(c.RPM >= 0 && finite(c.RPM), "rpm %v: want a number of requests a minute, or 0 for no limit", c.RPM)
	check(c.TPM >= 0 && finite(c.TPM), "tpm %v: want a number of tokens a minute, or 0 for no limit", c.TPM)
	check(c.Burst >= 0, "burst %d: want 1 or more, or 0 for the default", c.Burst)
	check(c.RateWindow >= 0, "rate-window %v: want a duration above 0, or 0 for a steady limit", c.RateWindow)
	check(c.Burst == 0 || c.RateWindow == 0, "burst and rate-window exclude each other: leave one out")
	check(share(c.ErrorRate), "error-rate %v: want 0 to 1", c.ErrorRate)
	check(share(c.StallRate), "stall-rate %v: want 0 to 1", c.StallRate)
	check(share(c.TruncateRate), "truncate-rate %v: want 0 to 1", c.TruncateRate)
	// The slack lets 0.7 + 0.2 + 0.1 pass, which is above 1 in binary.
	check(c.ErrorRate+c.StallRate+c.TruncateRate <= 1+1e-9, "error-rate, stall-rate and truncate-rate: want at most 1 together")
	for _, id := range c.Models {
		check(id != "", "models: want no empty id")
	}
	return errors.Join(errs...)
}

// Capacity is the endpoint's ceiling for requests of so many prompt and output
// tokens (at least one output token), in requests and in output tokens a second:
// the formula of the package's documentation. Rate limits and faults are left out.
func (c Config) Capacity(promptTokens, outputTokens int) (rps, tokensPerSecond float64) {
	n := float64(max(1, outputTokens))
	prefill := float64(max(0, promptTokens)) / c.PrefillTPS
	crowded := n * c.step(c.Batch).Seconds() / float64(c.Batch)
	alone := n * c.step(1).Seconds()
	rps = 1 / (prefill + min(max(prefill, crowded), alone))
	return rps, rps * n
}

// step is the time of a decode step for b sequences.
func (c Config) step(b int) time.Duration {
	return c.Step + c.Step*time.Duration(b)/stepDoubles
}

// prefill is the time that so many prompt tokens take.
func (c Config) prefill(tokens int) time.Duration {
	return time.Duration(math.Round(float64(tokens) / c.PrefillTPS * float64(time.Second)))
}

// chunk is the most prompt tokens that one iteration prefills while b sequences
// decode.
func (c Config) chunk(b int) int {
	return int(max(1, min(c.step(b).Seconds()*c.PrefillTPS+1e-6, math.MaxInt32)))
}

func share(p float64) bool { return p >= 0 && p <= 1 }

func finite(x float64) bool { return !math.IsInf(x, 0) && !math.IsNaN(x) }
