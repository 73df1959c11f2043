package slo_test

import (
	"errors"
	"fmt"

	"flashwave/bench/slo"
)

func ExampleParse() {
	e, err := slo.Parse("e2e.p99<8s  in rush")
	if err != nil {
		fmt.Println(err)
		return
	}
	q, _ := e.Quantile()
	fmt.Println(e)
	fmt.Println(e.Metric, q, e.Op, e.Value, e.Unit, e.Wave)
	// Output:
	// e2e.p99 < 8s in rush
	// e2e 0.99 < 8000 ms rush
}

func ExampleSyntaxError() {
	_, err := slo.Parse("ttft.p59 < 800ms")
	var syntax *slo.SyntaxError
	if errors.As(err, &syntax) {
		fmt.Println("error:", err)
		fmt.Println("hint:", syntax.Hint)
	}
	// Output:
	// error: "ttft.p59 < 800ms" at column 6: unknown statistic "p59"
	// hint: did you mean p50?
}

// Nine requests were answered in 100 ms and one was dropped: p90 is known, p95
// lies among the lost.
func ExampleEvaluate() {
	in := figures{latency: map[slo.Metric]slo.Sample{
		slo.TTFT: sample(1, 100, 100, 100, 100, 100, 100, 100, 100, 100),
	}}
	for _, text := range []string{"ttft.p90 < 800ms", "ttft.p95 < 800ms"} {
		e, err := slo.Parse(text)
		if err != nil {
			fmt.Println(err)
			return
		}
		r := slo.Evaluate(e, in)
		if r.Observed != nil {
			fmt.Println(e, *r.OK, "observed", *r.Observed)
		} else {
			fmt.Println(e, *r.OK, "at least", *r.AtLeast)
		}
	}
	// Output:
	// ttft.p90 < 800ms true observed 100
	// ttft.p95 < 800ms false at least 800
}

func ExampleAssumed() {
	for _, e := range slo.Assumed() {
		fmt.Println(e)
	}
	// Output:
	// error_rate <= 1%
	// lost <= 1%
}
