package export

import (
	"github.com/prometheus/client_golang/prometheus"

	"flashwave/bench/result"
	"flashwave/client/outcome"
)

// A family is one metric of the page: its description and, of a counter, what it counts.
type family struct {
	name, help string
	label      string // beside those of whom it is about; "": none
	count      func(p *result.Part) []counted
	metric     result.Metric // of a histogram, where count is nil
	desc       *prometheus.Desc
}

// counted is one value of a counter.
type counted struct {
	label string // "" where the family has none
	n     float64
}

// one is a counter without a label of its own.
func one(of func(*result.Part) int64) func(*result.Part) []counted {
	return func(p *result.Part) []counted { return []counted{{n: float64(of(p))}} }
}

// byOutcome counts how requests ended: every outcome of the closed list, so that a rate
// has a 0 to begin with.
func byOutcome(p *result.Part) []counted {
	var list []counted
	for _, o := range outcome.All() {
		list = append(list, counted{string(o), float64(p.Outcomes[o])})
	}
	return list
}

// byType counts tokens by their kinds.
func byType(p *result.Part) []counted {
	return []counted{
		{"input", float64(p.Prompt)},
		{"cached", float64(p.Cached)},
		{"output", float64(p.Output)},
		{"reasoning", float64(p.Reasoning)},
	}
}

// ofWaves are the families of the requests of a wave.
var ofWaves = described([]string{"lane", "wave"}, []family{
	{name: "flashwave_requests_total", help: "Requests that ended, by outcome.", label: "outcome", count: byOutcome},
	{name: "flashwave_requests_scheduled_total", help: "Requests that were due.", count: one(func(p *result.Part) int64 { return p.Requests.Scheduled })},
	{name: "flashwave_requests_sent_total", help: "Requests that were sent.", count: one(func(p *result.Part) int64 { return p.Requests.Sent })},
	{name: "flashwave_requests_dropped_total", help: "Requests that found no slot and were dropped.", count: one(func(p *result.Part) int64 { return p.Requests.Dropped })},
	{name: "flashwave_requests_unsent_total", help: "Requests that were still queued at the end of a run.", count: one(func(p *result.Part) int64 { return p.Requests.Unsent })},
	{name: "flashwave_requests_good_total", help: "Requests that ended ok and met every SLO of single requests.", count: one(func(p *result.Part) int64 { return p.Good })},
	{name: "flashwave_retries_total", help: "Attempts beyond the first.", count: one(func(p *result.Part) int64 { return p.Requests.Retries })},
	{name: "flashwave_tokens_total", help: "Tokens that usage told of, or whose events were counted; cached is part of input and reasoning of output.", label: "type", count: byType},
	{name: "flashwave_cost_usd_total", help: "What the tokens cost, in USD; 0 where the price is unknown.", count: func(p *result.Part) []counted { return []counted{{n: p.Cost.Total()}} }},

	{name: "flashwave_ttft_seconds", help: "Time to the first token, from the scheduled instant.", metric: result.TTFTResponse},
	{name: "flashwave_ttfa_seconds", help: "Time to the first token that is not reasoning, from the scheduled instant.", metric: result.TTFAResponse},
	{name: "flashwave_e2e_seconds", help: "Time to the end of requests that ended ok, from the scheduled instant.", metric: result.E2EResponse},
	{name: "gen_ai_client_operation_duration_seconds", help: "Time to the end of requests that ended ok, from the instant of sending.", metric: result.E2EService},
	{name: "gen_ai_client_operation_time_to_first_chunk_seconds", help: "Time to the first token, from the instant of sending.", metric: result.TTFTService},
	{name: "gen_ai_client_operation_time_per_output_chunk_seconds", help: "Gap between two token events.", metric: result.ITL},
	{name: "flashwave_tpot_seconds", help: "Time per output token after the first, by request.", metric: result.TPOT},
	{name: "flashwave_stall_seconds", help: "Longest gap inside one stream.", metric: result.Stall},
	{name: "flashwave_queue_seconds", help: "Wait for a slot.", metric: result.Queue},
	{name: "flashwave_connect_seconds", help: "DNS, TCP and TLS of the requests that opened a connection.", metric: result.Connect},
	{name: "flashwave_lag_seconds", help: "Lateness of the generator itself in sending.", metric: result.Lag},
})

// ofWorkloads are the families of the shares of a mix: the requests of all waves again.
var ofWorkloads = described([]string{"workload"}, []family{
	{name: "flashwave_workload_requests_total", help: "Requests of a share of the mix that ended, by outcome.", label: "outcome", count: byOutcome},
	{name: "flashwave_workload_tokens_total", help: "Tokens of a share of the mix, see flashwave_tokens_total.", label: "type", count: byType},
	{name: "flashwave_workload_ttft_seconds", help: "Time to the first token of a share of the mix, from the scheduled instant.", metric: result.TTFTResponse},
	{name: "flashwave_workload_e2e_seconds", help: "Time to the end of requests of a share of the mix that ended ok, from the scheduled instant.", metric: result.E2EResponse},
})

// described gives families their descriptions, with labels that say whom they are about.
func described(about []string, list []family) []family {
	for i := range list {
		labels := append([]string{"target", "model"}, about...)
		if list[i].label != "" {
			labels = append(labels, list[i].label)
		}
		list[i].desc = prometheus.NewDesc(list[i].name, list[i].help, labels, nil)
	}
	return list
}

// A gauge is a figure of the present of a target.
type gauge struct {
	name, help string
	label      string // "": none
	of         func(s *result.Reading) []counted
	desc       *prometheus.Desc
}

// present are the gauges.
var present = gauges([]gauge{
	{name: "flashwave_requests_in_flight", help: "Requests that were sent and have not ended.", of: now(func(n result.Now) float64 { return float64(n.InFlight) })},
	{name: "flashwave_requests_queued", help: "Requests that are due and wait for a slot.", of: now(func(n result.Now) float64 { return float64(n.Queued) })},
	{name: "flashwave_requests_awaiting_token", help: "Requests in flight that have no token yet.", of: now(func(n result.Now) float64 { return float64(n.Awaiting) })},
	{name: "flashwave_oldest_request_seconds", help: "Age of the oldest open request, from its scheduled instant.", of: now(func(n result.Now) float64 { return n.Oldest.Seconds() })},
	{name: "flashwave_overloaded", help: "1: the endpoint cannot keep up with what arrives.", of: now(func(n result.Now) float64 { return truth(n.Overload != nil) })},
	{name: "flashwave_run_state", help: "1 for the state that the run is in.", label: "state", of: states},
	{name: "flashwave_run_seconds", help: "Time since the first wave of the run began, negative before that.", of: func(r *result.Reading) []counted { return []counted{{n: r.At.Seconds()}} }},
	{name: "flashwave_verdict", help: "1 for the verdict over the run that has ended.", label: "status", of: verdicts},
	{name: "flashwave_slo_met", help: "1: the SLO holds over the run so far; 0: it does not. Absent without data.", label: "slo", of: slos(func(s result.SLOStatus) *bool { return s.RunOK })},
	{name: "flashwave_slo_met_lately", help: "1: the SLO holds over the last minute; 0: it does not. Absent without data.", label: "slo", of: slos(func(s result.SLOStatus) *bool { return s.LiveOK })},
	{name: "flashwave_generator_healthy", help: "1: this machine keeps up with the load, so that the figures are the endpoint's.", of: func(r *result.Reading) []counted { return []counted{{n: truth(r.Health.OK)}} }},
	{name: "flashwave_generator_cpu_ratio", help: "Share of the CPU that this process may use and does. Absent where it is not known.", of: cpu},
})

func gauges(list []gauge) []gauge {
	for i := range list {
		labels := []string{"target", "model"}
		if list[i].label != "" {
			labels = append(labels, list[i].label)
		}
		list[i].desc = prometheus.NewDesc(list[i].name, list[i].help, labels, nil)
	}
	return list
}

// now is a gauge of the instant.
func now(of func(result.Now) float64) func(*result.Reading) []counted {
	return func(r *result.Reading) []counted { return []counted{{n: of(r.Now)}} }
}

func states(r *result.Reading) (list []counted) {
	for _, s := range []result.State{result.Warming, result.Running, result.Paused, result.Draining, result.Done} {
		list = append(list, counted{string(s), truth(r.State == s)})
	}
	return list
}

func verdicts(r *result.Reading) (list []counted) {
	if r.Verdict == nil {
		return nil
	}
	for _, s := range []result.Status{result.Pass, result.Fail, result.Inconclusive, result.Aborted} {
		list = append(list, counted{string(s), truth(r.Verdict.Status == s)})
	}
	return list
}

// slos is a gauge of the first maxSLOs SLOs.
func slos(ok func(result.SLOStatus) *bool) func(*result.Reading) []counted {
	return func(r *result.Reading) (list []counted) {
		seen := map[string]bool{}
		for _, s := range r.SLOs {
			text := bounded(s.Expr)
			if holds := ok(s); holds != nil && !seen[text] && len(list) < maxSLOs {
				seen[text] = true
				list = append(list, counted{text, truth(*holds)})
			}
		}
		return list
	}
}

func cpu(r *result.Reading) []counted {
	if r.Health.CPUPercent == nil {
		return nil
	}
	return []counted{{n: *r.Health.CPUPercent / 100}}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
