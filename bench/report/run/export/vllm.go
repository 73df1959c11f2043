package export

import (
	"io"
	"math"
	"strconv"
	"strings"

	"flashwave/bench/files"
	"flashwave/bench/result"
)

// vllmPercentiles are those of each latency.
var vllmPercentiles = []struct {
	key string
	q   float64
}{{"p50", 0.50}, {"p90", 0.90}, {"p95", 0.95}, {"p99", 0.99}}

// VLLM writes the flat keys that "vllm bench serve --save-result" writes, so
// that what reads its files reads ours. Latencies are service times, from sending, as
// vLLM measures; in milliseconds, null where there is no data. What vLLM knows and we
// do not (the tokenizer) is null. Lengths and texts of single requests, which its
// --save-detailed adds, are in the log of requests.
func VLLM(w io.Writer, run *result.Run) error {
	t := run.Total
	doc := map[string]any{
		"date":                   run.StartedAt.UTC().Format("20060102-150405"),
		"label":                  run.Name,
		"num_prompts":            t.Requests.Scheduled,
		"duration":               run.DurationS,
		"completed":              t.Requests.Succeeded,
		"failed":                 t.Requests.Scheduled - t.Requests.Succeeded,
		"total_input_tokens":     t.Tokens.Prompt,
		"total_output_tokens":    t.Tokens.Output,
		"request_throughput":     t.Rate.Succeeded,
		"request_goodput":        nil,
		"output_throughput":      t.Tokens.OutputTPS,
		"total_token_throughput": t.Tokens.TotalTPS,
		"tokenizer_id":           nil,
	}
	if t.Goodput != nil {
		doc["request_goodput"] = t.Goodput.RPS
	}
	vllmScenario(doc, run)
	for key, l := range map[string]*result.Latency{
		"ttft": t.Latency.TTFT.Service, "tpot": t.Latency.TPOT, "itl": t.Latency.ITL, "e2el": t.Latency.E2E.Service,
	} {
		vllmLatency(doc, key, l)
	}
	return files.Encode(w, doc)
}

// vllmScenario are the keys of what was asked for.
func vllmScenario(doc map[string]any, run *result.Run) {
	doc["backend"], doc["endpoint_type"], doc["model_id"] = nil, nil, nil
	doc["request_rate"], doc["burstiness"], doc["max_concurrency"] = "inf", nil, nil
	sc := run.Scenario
	if sc == nil {
		return
	}
	backend := map[string]string{"chat": "openai-chat", "completions": "openai"}[sc.Target.API]
	if backend == "" {
		backend = sc.Target.API
	}
	doc["backend"], doc["endpoint_type"], doc["model_id"] = backend, backend, sc.Target.Model
	if peak := sc.PeakRate(); peak > 0 {
		doc["request_rate"], doc["burstiness"] = peak, burstiness(sc.Arrivals)
	}
	most := 0
	for _, lane := range sc.Lanes {
		here := 0
		for _, w := range lane.Waves {
			here = max(here, w.Concurrency)
		}
		most += here
	}
	if most > 0 {
		doc["max_concurrency"] = most
	}
}

// vllmLatency are the keys of one latency.
func vllmLatency(doc map[string]any, key string, l *result.Latency) {
	keys := []string{"mean_" + key + "_ms", "median_" + key + "_ms", "std_" + key + "_ms"}
	if l == nil {
		for _, k := range keys {
			doc[k] = nil
		}
		for _, p := range vllmPercentiles {
			doc[p.key+"_"+key+"_ms"] = nil
		}
		return
	}
	doc[keys[0]], doc[keys[1]], doc[keys[2]] = l.Mean, l.P50, deviation(l)
	for i, v := range []float64{l.P50, l.P90, l.P95, l.P99} {
		doc[vllmPercentiles[i].key+"_"+key+"_ms"] = v
	}
}

// deviation is the standard deviation of a latency, by its histogram; nil where
// there is none.
func deviation(l *result.Latency) *float64 {
	h, err := result.DecodeHist(l.HDR)
	if err != nil || h.Count() == 0 {
		return nil
	}
	sum := 0.0
	h.ForEach(func(ns, count int64) bool {
		off := float64(ns)/1e6 - l.Mean
		sum += off * off * float64(count)
		return true
	})
	d := math.Sqrt(sum / float64(h.Count()))
	return &d
}

// burstiness is vLLM's word for the shape of the gaps between arrivals, that of a
// gamma distribution; nil of constant gaps, which it cannot make.
func burstiness(arrivals string) any {
	shape, isGamma := strings.CutPrefix(arrivals, "gamma:")
	k, err := strconv.ParseFloat(shape, 64)
	switch {
	case arrivals == "poisson":
		return 1
	case isGamma && err == nil:
		return k
	}
	return nil
}
