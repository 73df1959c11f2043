//go:build linux

package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"time"

	"flashwave/bench/ledger"
	"flashwave/bench/result"
)

func takeOpen(rate int) func(context.Context, *bench, *tool) ([]float64, error) {
	return func(ctx context.Context, b *bench, t *tool) ([]float64, error) {
		spent, seen, err := b.drive(ctx, t, serving{}, load{rate: rate, atOnce: 100, lasts: loadLasts})
		if err := cmp.Or(err, came(len(seen.Arrivals), float64(rate)*loadLasts.Seconds())); err != nil {
			return nil, err
		}
		says := math.NaN()
		if ours(t) {
			if says, err = lagSaid(spent.stdout); err != nil {
				return nil, err
			}
		}
		return []float64{
			each(spent.cpu-t.start, len(seen.Arrivals)),
			result.Millis(quantile(lateness(seen.Arrivals, float64(rate)), 0.99)), says,
		}, nil
	}
}

// lateness is by how much each arrival was later than an even schedule that is never
// ahead of them.
func lateness(arrivals []int64, rate float64) []time.Duration {
	late := make([]time.Duration, len(arrivals))
	for i, at := range arrivals {
		late[i] = time.Duration(at - int64(float64(i)/rate*float64(time.Second)))
	}
	if len(late) > 0 {
		least := slices.Min(late)
		for i := range late {
			late[i] -= least
		}
	}
	return late
}

// lagSaid is the lag p99 in ms that a run of flashwave tells of itself.
func lagSaid(document []byte) (float64, error) {
	var r result.Run
	if err := json.Unmarshal(document, &r); err != nil {
		return 0, err
	}
	if r.Generator.LagMS == nil {
		return math.NaN(), nil
	}
	return r.Generator.LagMS.P99, nil
}

func takeTTFT(rate int) func(context.Context, *bench, *tool) ([]float64, error) {
	return func(ctx context.Context, b *bench, t *tool) ([]float64, error) {
		spent, seen, err := b.drive(ctx, t, serving{Tokens: ttftTokens, First: firstToken, Gap: tokenGap},
			load{rate: rate, atOnce: 500, lasts: loadLasts, stamped: true})
		if err := cmp.Or(err, came(len(seen.Arrivals), float64(rate)*loadLasts.Seconds())); err != nil {
			return nil, err
		}
		if !ours(t) {
			return k6Errors(spent.stdout)
		}
		errs, err := ttftErrors(spent.stdout)
		if err != nil {
			return nil, err
		}
		return []float64{
			float64(quantile(errs, 0.5)) / float64(time.Microsecond),
			float64(quantile(errs, 0.99)) / float64(time.Microsecond),
		}, nil
	}
}

// stamped is what tells how far a tool's TTFT is from the target's: flashwave's log of
// requests; k6 prints it.
func stamped(t *tool, spent cost, l load) ([]byte, error) {
	if ours(t) {
		return os.ReadFile(l.file("requests.jsonl"))
	}
	return spent.stdout, nil
}

// ttftErrors are, of a log of requests, what the TTFT of each is longer than the wait that
// the target tells in its x-request-id.
func ttftErrors(log []byte) ([]time.Duration, error) {
	var errs []time.Duration
	for line := range bytes.Lines(log) {
		var r ledger.RequestLine
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, err
		}
		if r.SentMS == nil || r.FirstTokenMS == nil {
			continue
		}
		truth, err := waited(r.RequestID)
		if err != nil {
			return nil, err
		}
		errs = append(errs, result.FromSeconds((*r.FirstTokenMS-*r.SentMS)/1000)-truth)
	}
	if len(errs) == 0 {
		return nil, errors.New("no request got a token")
	}
	return errs, nil
}

// k6Errors reads what our script for k6 prints: percentiles in ms.
func k6Errors(text []byte) ([]float64, error) {
	var p struct {
		P50 *float64 `json:"p(50)"`
		P99 *float64 `json:"p(99)"`
	}
	if err := json.Unmarshal(text[max(0, bytes.IndexByte(text, '{')):], &p); err != nil {
		return nil, err
	}
	if p.P50 == nil || p.P99 == nil {
		return nil, errors.New("k6 told no percentiles")
	}
	return []float64{*p.P50 * 1000, *p.P99 * 1000}, nil
}

// quantile is the nearest-rank quantile; values need not be sorted.
func quantile(values []time.Duration, q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, max(0, int(math.Ceil(q*float64(len(sorted))))-1))]
}
