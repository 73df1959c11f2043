package compare

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/servertest"
	"flashwave/client/outcome"
)

// A play is a run of an endpoint in memory, without a clock: what the engine would
// have recorded of it.
type play struct {
	model   servertest.Model
	rate    float64 // requests a second, of a Poisson process
	seconds int     // of load

	keep   func(at float64) float64            // the part of the rate that comes at a time; nil: all
	slower float64                             // all latencies are so much longer than the model's; 0: 1
	fails  func(at float64, r *rand.Rand) bool // requests that fail at once; nil: none
	bound  float64                             // seconds within which a request is good; 0: nothing says it
	burst  func(second int, r *rand.Rand) bool // whether all that comes in a second fails; nil: it does not
	stream bool                                // a quarter of the time is to the first token, the rest are gaps
}

// run plays it once. Every seed is another run.
func (p play) run(seed uint64) *result.Run {
	m := p.model
	m.Seed = seed
	expected := p.rate * float64(p.seconds)
	arrivals := servertest.Poisson(p.rate, int(expected+10*math.Sqrt(expected)+10), seed)
	n := 0
	for n < len(arrivals) && arrivals[n] < float64(p.seconds) {
		n++
	}
	arrivals = arrivals[:n]
	random := rand.New(rand.NewPCG(seed, 5))
	if p.keep != nil {
		arrivals = slices.DeleteFunc(arrivals, func(at float64) bool { return random.Float64() >= p.keep(at) })
	}
	return p.record(m.Simulate(arrivals), random, fmt.Sprint(seed))
}

// record makes the document of a run out of what became of its requests.
func (p play) record(list []servertest.Outcome, random *rand.Rand, id string) *result.Run {
	parts := make([]*result.Part, p.seconds)
	for i := range parts {
		parts[i] = result.NewPart()
	}
	at := func(s float64) *result.Part {
		for int(s) >= len(parts) {
			parts = append(parts, result.NewPart())
		}
		return parts[int(s)]
	}
	dark := make([]bool, p.seconds)
	for s := range dark {
		dark[s] = p.burst != nil && p.burst(s, random)
	}
	open := make([]int64, p.seconds+1)
	for _, o := range list {
		e2e := o.E2E
		if p.slower > 0 {
			e2e *= p.slower
		}
		failed := o.Refused || dark[int(o.At)] || p.fails != nil && p.fails(o.At, random)
		if failed {
			e2e = 0.001
		}
		begun, done := at(o.At), at(o.At+e2e)
		begun.Requests.Scheduled++
		begun.Requests.Sent++
		begun.Here.Sent++
		done.Here.Completed++
		for s := int(o.At); s < int(o.At+e2e) && s < p.seconds; s++ {
			open[s]++
		}
		if failed {
			done.Requests.Failed++
			done.Here.Failed++
			done.Outcomes[outcome.ServerError]++
			continue
		}
		done.Requests.Succeeded++
		done.Here.Succeeded++
		done.Outcomes[outcome.OK]++
		done.Record(result.E2EResponse, time.Duration(e2e*1e9))
		if p.bound > 0 && e2e <= p.bound {
			done.Good++
			done.Here.Good++
		}
		if p.stream {
			const tokens = 8
			done.Record(result.TTFTResponse, time.Duration(e2e/4*1e9))
			done.Record(result.TPOT, time.Duration(e2e*3/4/tokens*1e9))
			for range tokens {
				done.Record(result.ITL, time.Duration(e2e*3/4/tokens*(0.5+random.Float64())*1e9))
			}
		}
	}
	timeline, total := result.NewTimeline([]string{""}, result.Measured{Judged: p.bound > 0}), result.NewPart()
	for i, part := range parts {
		waves, inFlight := []string{}, int64(0)
		if i < p.seconds {
			waves, inFlight = []string{"rush"}, open[i]
		}
		start := time.Duration(i) * time.Second
		timeline.Add(result.Interval{Start: start, End: start + time.Second, Parts: map[int]*result.Part{0: part}}, waves, inFlight, 0)
		total.Merge(part)
	}
	length := time.Duration(len(parts)) * time.Second
	label := result.Label{
		Name: "total", Kind: "total", Duration: length, Drain: length - time.Duration(p.seconds)*time.Second, Judged: p.bound > 0, HDR: true,
	}
	run := &result.Run{
		Schema: result.Schema, ID: id, Name: "played", DurationS: length.Seconds(), Total: result.Derive(label, total),
		Generator: result.Generator{Valid: true}, Timeline: timeline.Rows(true), TimelineStepS: timeline.Step.Seconds(),
		Verdict: result.Verdict{Status: result.Pass},
	}
	label.Name, label.Kind = "rush", "open"
	run.Waves = []result.Stats{result.Derive(label, total)}
	return run
}
