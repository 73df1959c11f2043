package capacity

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// A Plateau is the throughput that stands still while more is offered: all that the
// endpoint does, whatever its latency then.
type Plateau struct {
	RPS     float64 `json:"rps"`      // requests per second that end
	LowRPS  float64 `json:"low_rps"`  // the interval of the mean over steps
	HighRPS float64 `json:"high_rps"` // likewise
	Steps   int     `json:"steps"`    // of which it is the mean
}

const (
	// leastPlateau is how many steps make an interval.
	leastPlateau = 3
	// plateauShare is the part of what the fullest step served that belongs to it.
	plateauShare = 0.85
)

// plateau is fitted to the open steps that served clearly less than was offered, and to
// those that kept an endpoint saturated, by their throughput: one step that was lucky is
// no throughput. Steps that were refused, or ended within a few seconds, say nothing. nil:
// too few say anything.
func plateau(steps []step) *Plateau {
	var rates []float64
	most := 0.0
	for _, st := range steps {
		if st.SucceededRPS == nil || st.DurationS < leastBatchS || st.RateLimited > 0 || !st.GeneratorValid {
			continue
		}
		behind := st.RateRPS != nil && *st.SucceededRPS < keptUp**st.RateRPS
		if behind || st.Kind == Saturate {
			rates = append(rates, *st.SucceededRPS)
			most = max(most, *st.SucceededRPS)
		}
	}
	n, mean := 0.0, 0.0
	for _, r := range rates {
		if r >= plateauShare*most {
			n, mean = n+1, mean+r
		}
	}
	if n < leastPlateau {
		return nil
	}
	mean /= n
	squares := 0.0
	for _, r := range rates {
		if r >= plateauShare*most {
			squares += (r - mean) * (r - mean)
		}
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: n - 1}.Quantile(1 - tail)
	margin := t * math.Sqrt(squares/(n-1)/n)
	return &Plateau{RPS: mean, LowRPS: max(0, mean-margin), HighRPS: mean + margin, Steps: int(n)}
}

// leastBatchS is how many seconds of load a throughput takes.
const leastBatchS = 3
