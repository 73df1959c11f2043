package arrival

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// The shapes that Gamma takes. Below the lowest nearly all gaps are 0; above the
// highest they cannot be told from constant ones.
const (
	minShape = 0.01
	maxShape = 10_000
)

// A Process is the law of the gaps between arrivals; their mean is always 1.
// The zero value is [Constant]. Two processes are the same if they are ==.
type Process struct {
	shape float64 // of a gamma distribution; 0 stands for infinity: constant gaps
}

// The processes without a parameter.
var (
	// Constant has gaps of exactly 1, the first arrival at ½: as even as a
	// schedule can be.
	Constant = Process{}
	// Poisson has exponential gaps: many customers, each for themselves.
	Poisson = Process{shape: 1}
)

// Gamma has gamma distributed gaps of shape k, 0.01 to 10000. The variance of
// the counts is 1/k of a Poisson process: under 1 they come in clumps, over 1
// they are more even. Gamma(1) is [Poisson].
func Gamma(k float64) (Process, error) {
	if !(k >= minShape && k <= maxShape) { // NaN too
		return Process{}, fmt.Errorf("gamma shape %v is not between %v and %v", k, minShape, maxShape)
	}
	return Process{shape: k}, nil
}

// ParseProcess reads "constant", "poisson" or "gamma:K"; it is the inverse of
// [Process.String].
func ParseProcess(s string) (Process, error) {
	switch s {
	case "constant":
		return Constant, nil
	case "poisson":
		return Poisson, nil
	case "gamma":
		return Process{}, errors.New("gamma needs its shape: write gamma:2.5")
	}
	text, ok := strings.CutPrefix(s, "gamma:")
	if !ok {
		return Process{}, fmt.Errorf("unknown arrivals %q: write constant, poisson or gamma:K", s)
	}
	k, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return Process{}, fmt.Errorf("gamma shape %q is not a number: write gamma:2.5", text)
	}
	return Gamma(k)
}

// String is the process as [ParseProcess] reads it.
func (p Process) String() string {
	switch p {
	case Constant:
		return "constant"
	case Poisson:
		return "poisson"
	}
	return "gamma:" + strconv.FormatFloat(p.shape, 'g', -1, 64)
}

// gaps draws the gaps of one process.
type gaps struct {
	shape float64
	rng   *rand.Rand
}

func newGaps(p Process, seed, stream uint64) gaps {
	return gaps{p.shape, rand.New(rand.NewPCG(seed, stream))}
}

// first draws the distance from the beginning to the first arrival. A schedule
// does not begin at an arrival but at any point between two, so this is the
// forward recurrence time of the renewal process in equilibrium: a uniform part
// of a length-biased gap (Cox, "Renewal Theory", 1962, §5.3). A whole gap in its
// place would bias the count by (1/k − 1)/2 requests.
func (g gaps) first() float64 {
	switch g.shape {
	case 0:
		return 0.5
	case 1:
		return g.rng.ExpFloat64() // what the general rule comes to
	}
	return g.rng.Float64() * g.gamma(g.shape+1) / g.shape
}

// next draws the distance from one arrival to the next.
func (g gaps) next() float64 {
	switch g.shape {
	case 0:
		return 1
	case 1:
		return g.rng.ExpFloat64()
	}
	return g.gamma(g.shape) / g.shape
}

// gamma draws from the gamma distribution of shape k and scale 1 (Marsaglia and
// Tsang, "A simple method for generating gamma variables", 2000).
func (g gaps) gamma(k float64) float64 {
	if k < 1 { // their §6: one shape up, and back by a power of a uniform
		return g.gamma(k+1) * math.Pow(g.rng.Float64(), 1/k)
	}
	d := k - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := g.rng.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		// 1 − U lies in (0, 1]: its logarithm is finite.
		if u := 1 - g.rng.Float64(); math.Log(u) < 0.5*x*x+d*(1-v+math.Log(v)) {
			return d * v
		}
	}
}
