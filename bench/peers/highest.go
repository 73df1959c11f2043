//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"flashwave/bench/verdict"
)

// takeHighest is the highest rate at which a run of flashwave passes, of streams on its
// own mock or of unary requests on the target.
func takeHighest(stream bool) func(context.Context, *bench, *tool) ([]float64, error) {
	return func(ctx context.Context, b *bench, t *tool) ([]float64, error) {
		passes := func(rate int) (bool, error) {
			l := load{rate: rate, lasts: searchLasts}
			spent, err := cost{}, error(nil)
			if stream {
				spent, err = b.onMock(ctx, t, l)
			} else {
				spent, _, err = b.drive(ctx, t, serving{}, l)
			}
			return err == nil && spent.exit == verdict.ExitPass, err
		}
		key := fmt.Sprintf("%s %t", t.name, stream)
		rung, err := climb(b.held[key], passes)
		if err != nil {
			return nil, err
		}
		b.held[key] = rung
		return []float64{float64(rateOf(rung))}, nil
	}
}

// onMock has flashwave put a load of short streams on its own mock.
func (b *bench) onMock(ctx context.Context, t *tool, l load) (cost, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, callAtMost, errors.New("it took too long"))
	defer cancel()
	mock, err := startMock(ctx, b.flashwave)
	if err != nil {
		return cost{}, err
	}
	l.at, l.stream, l.tokens = mock.at, true, searchTokens
	spent, err := run(ctx, t.open(t.exe, l))
	_ = mock.stop()
	if slices.Contains([]int{verdict.ExitInconclusive, verdict.ExitFailed}, spent.exit) {
		err = nil
	}
	return spent, err
}

// rateOf is the rate of a rung: each is a tenth above the one below, from 500/s on.
func rateOf(rung int) int { return int(math.Round(500 * math.Pow(1.1, float64(rung)))) }

// Rungs of the ladder.
const (
	firstRung = 16 // 2,300/s: where the first search begins
	lastRung  = 52 // 71,000/s
	stride    = 4  // of the first search: ×1.46
)

// climb is the highest rung that holds with the next one not, begun at the one that held
// last; 0: begin anew. Where none holds it is an error.
func climb(last int, holds func(rate int) (bool, error)) (int, error) {
	at, step := last, 1
	if at == 0 {
		at, step = firstRung, stride
	}
	low, high := -1, lastRung+1 // low holds, high does not
	for high-low > 1 {
		ok, err := holds(rateOf(at))
		if err != nil {
			return 0, err
		}
		if ok {
			low = at
		} else {
			high = at
		}
		switch {
		case high > lastRung: // none failed yet
			at = min(low+step, lastRung)
		case low < 0: // none held yet
			at = max(high-step, 0)
		default:
			at = (low + high) / 2
		}
		if low == lastRung {
			break
		}
	}
	if low < 0 {
		return 0, fmt.Errorf("not even %s is valid", perSecond(rateOf(0)))
	}
	return low, nil
}
