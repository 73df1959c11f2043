package export

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"flashwave/bench/result"
	"flashwave/client/outcome"
)

// A family is one metric of the page, of parts of a kind: its description and, of a counter,
// what it counts.
type family[P any] struct {
	name, help string
	label      string // beside those of whom it is about; "": none
	count      func(p P) []counted
	hist       func(p P) *result.Hist // of a histogram, where count is nil
	desc       *prometheus.Desc
}

// of is the histogram of a metric.
func of(m result.Metric) func(*result.Part) *result.Hist {
	return func(p *result.Part) *result.Hist { return p.Hists[m] }
}

// counted is one value of a counter.
type counted struct {
	label string // "" where the family has none
	n     float64
}

// one is a counter without a label of its own.
func one[P any](of func(P) int64) func(P) []counted {
	return func(p P) []counted { return []counted{{n: float64(of(p))}} }
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
var ofWaves = described([]string{"lane", "wave"}, []family[*result.Part]{
	{name: "flashwave_requests_total", help: "Requests that ended, by outcome.", label: "outcome", count: byOutcome},
	{name: "flashwave_requests_scheduled_total", help: "Requests that were due.", count: one(func(p *result.Part) int64 { return p.Requests.Scheduled })},
	{name: "flashwave_requests_sent_total", help: "Requests that were sent.", count: one(func(p *result.Part) int64 { return p.Requests.Sent })},
	{name: "flashwave_requests_dropped_total", help: "Requests that found no slot and were dropped.", count: one(func(p *result.Part) int64 { return p.Requests.Dropped })},
	{name: "flashwave_requests_unsent_total", help: "Requests that were still queued at the end of a run.", count: one(func(p *result.Part) int64 { return p.Requests.Unsent })},
	{name: "flashwave_requests_good_total", help: "Requests that ended ok and met every SLO of single requests.", count: one(func(p *result.Part) int64 { return p.Good })},
	{name: "flashwave_retries_total", help: "Attempts beyond the first.", count: one(func(p *result.Part) int64 { return p.Requests.Retries })},
	{name: "flashwave_tokens_total", help: "Tokens that usage told of, or whose events were counted; cached is part of input and reasoning of output.", label: "type", count: byType},
	{name: "flashwave_cost_usd_total", help: "What the tokens cost, in USD; 0 where the price is unknown.", count: func(p *result.Part) []counted { return []counted{{n: p.Cost.Total()}} }},

	{name: "flashwave_ttft_seconds", help: "Time to the first token, from the scheduled instant.", hist: of(result.TTFTResponse)},
	{name: "flashwave_ttfa_seconds", help: "Time to the first token that is not reasoning, from the scheduled instant.", hist: of(result.TTFAResponse)},
	{name: "flashwave_e2e_seconds", help: "Time to the end of requests that ended ok, from the scheduled instant.", hist: of(result.E2EResponse)},
	{name: "gen_ai_client_operation_duration_seconds", help: "Time to the end of requests that ended ok, from the instant of sending.", hist: of(result.E2EService)},
	{name: "gen_ai_client_operation_time_to_first_chunk_seconds", help: "Time to the first token, from the instant of sending.", hist: of(result.TTFTService)},
	{name: "gen_ai_client_operation_time_per_output_chunk_seconds", help: "Gap between two token events.", hist: of(result.ITL)},
	{name: "flashwave_tpot_seconds", help: "Time per output token after the first, by request.", hist: of(result.TPOT)},
	{name: "flashwave_stall_seconds", help: "Longest gap inside one stream.", hist: of(result.Stall)},
	{name: "flashwave_queue_seconds", help: "Wait for a slot.", hist: of(result.Queue)},
	{name: "flashwave_connect_seconds", help: "DNS, TCP and TLS of the requests that opened a connection.", hist: of(result.Connect)},
	{name: "flashwave_lag_seconds", help: "Lateness of the generator itself in sending.", hist: of(result.Lag)},
})

// ofWorkloads are the families of the shares of a mix: the requests of all waves again.
var ofWorkloads = described([]string{"workload"}, []family[*result.Part]{
	{name: "flashwave_workload_requests_total", help: "Requests of a share of the mix that ended, by outcome.", label: "outcome", count: byOutcome},
	{name: "flashwave_workload_tokens_total", help: "Tokens of a share of the mix, see flashwave_tokens_total.", label: "type", count: byType},
	{name: "flashwave_workload_ttft_seconds", help: "Time to the first token of a share of the mix, from the scheduled instant.", hist: of(result.TTFTResponse)},
	{name: "flashwave_workload_e2e_seconds", help: "Time to the end of requests of a share of the mix that ended ok, from the scheduled instant.", hist: of(result.E2EResponse)},
})

// ofClasses are the families of the tasks of a queue, by class.
var ofClasses = described([]string{"class"}, []family[*result.TaskPart]{
	{name: "flashwave_tasks_enqueued_total", help: "Tasks that were put into the queue.", count: one(func(p *result.TaskPart) int64 { return p.Tasks.Enqueued })},
	{name: "flashwave_tasks_taken_total", help: "Tasks that workers took, each time one did.", count: one(func(p *result.TaskPart) int64 { return p.Taken })},
	{name: "flashwave_tasks_total", help: "Tasks that ended, by what became of them: done, dead (failed for good) or lost (taken and never finished).", label: "fate", count: byFate},
	{name: "flashwave_tasks_retries_total", help: "Tries after the first, of tasks that ended.", count: one(func(p *result.TaskPart) int64 { return p.Tasks.Retries })},
	{name: "flashwave_tasks_duplicates_total", help: "Tasks that were done twice.", count: one(func(p *result.TaskPart) int64 { return p.Tasks.Duplicates })},
	{name: "flashwave_tasks_inversions_total", help: "Tasks that were taken while one of a more urgent class waited.", count: one(func(p *result.TaskPart) int64 { return p.Tasks.Inversions })},
	{name: "flashwave_task_wait_seconds", help: "Time from when a task was enqueued until a worker took it.", hist: func(p *result.TaskPart) *result.Hist { return p.Wait }},
	{name: "flashwave_task_service_seconds", help: "Time from when a worker took a task until it was done.", hist: func(p *result.TaskPart) *result.Hist { return p.Service }},
})

// byFate counts what became of tasks.
func byFate(p *result.TaskPart) []counted {
	return []counted{{"done", float64(p.Tasks.Done)}, {"dead", float64(p.Tasks.Dead)}, {"lost", float64(p.Tasks.Lost)}}
}

// described gives families their descriptions, with labels that say whom they are about.
func described[P any](about []string, list []family[P]) []family[P] {
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
	counts     bool // it is a counter
	desc       *prometheus.Desc
}

// kind is what Prometheus calls it.
func (g gauge) kind() prometheus.ValueType {
	if g.counts {
		return prometheus.CounterValue
	}
	return prometheus.GaugeValue
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
	{name: "flashwave_tasks_waiting", help: "Tasks of the run that wait.", label: "class", of: count(func(n result.TierNow) int64 { return n.Waiting })},
	{name: "flashwave_tasks_running", help: "Tasks of the run that a worker has in hand.", label: "class", of: count(func(n result.TierNow) int64 { return n.Running })},
	{name: "flashwave_tasks_starving", help: "1: tasks of the class wait and none is taken, for longer than may be.", label: "class", of: byClass(func(n result.TierNow) (float64, bool) { return truth(n.Starving), true })},
	{name: "flashwave_generator_healthy", help: "1: this machine keeps up with the load, so that the figures are the endpoint's.", of: func(r *result.Reading) []counted { return []counted{{n: truth(r.Health.OK)}} }},
	{name: "flashwave_generator_cpu_ratio", help: "Share of the CPU that this process may use and does. Absent where it is not known.", of: cpu},

	{name: "flashwave_queue_depth", help: "Tasks that wait in a queue, those of others too; class is empty of the whole. Absent where it is not known.", label: "class", of: either(watched(func(q *result.QueueReading) *int64 { return q.Depth }), count(func(n result.TierNow) int64 { return n.Depth }))},
	{name: "flashwave_queue_oldest_seconds", help: "Age of the oldest task that waits, of a run of its own. Absent where none does, or it is not known.", label: "class", of: either(lasting(func(q *result.QueueReading) *time.Duration { return q.Oldest }), lasts(func(n result.TierNow) *time.Duration { return n.Oldest }))},
	{name: "flashwave_queue_starved_seconds", help: "How long some wait and none was seen to be taken. Absent where none waits.", label: "class", of: either(lasting(func(q *result.QueueReading) *time.Duration { return q.Starved }), lasts(func(n result.TierNow) *time.Duration { return n.Hungry }))},
	{name: "flashwave_queue_dead_letters", help: "Tasks among the dead letters, of the whole queue.", label: "class", of: watched(func(q *result.QueueReading) *int64 { return q.Dead })},
	{name: "flashwave_queue_arrived_total", help: "Tasks that were seen to arrive, at least, since it is watched. Absent where nothing is known of them.", label: "class", counts: true, of: watched(func(q *result.QueueReading) *int64 { return q.Arrived })},
	{name: "flashwave_queue_taken_total", help: "Tasks that were seen to be taken, at least.", label: "class", counts: true, of: watched(func(q *result.QueueReading) *int64 { return q.Taken })},
	{name: "flashwave_queue_done_total", help: "Tasks that were seen to be done.", label: "class", counts: true, of: watched(func(q *result.QueueReading) *int64 { return q.Done })},
})

// watched is a figure of a queue that is watched, by class.
func watched(of func(*result.QueueReading) *int64) func(*result.Reading) []counted {
	return func(r *result.Reading) []counted {
		if r.Watched == nil || of(r.Watched) == nil {
			return nil
		}
		return []counted{{bounded(r.Watched.Class), float64(*of(r.Watched))}}
	}
}

// lasting is a length of time of a queue that is watched, by class.
func lasting(of func(*result.QueueReading) *time.Duration) func(*result.Reading) []counted {
	return func(r *result.Reading) []counted {
		if r.Watched == nil || of(r.Watched) == nil {
			return nil
		}
		return []counted{{bounded(r.Watched.Class), of(r.Watched).Seconds()}}
	}
}

// either is a gauge of a queue, which is one that is watched or that of a run.
func either(of ...func(*result.Reading) []counted) func(*result.Reading) []counted {
	return func(r *result.Reading) (list []counted) {
		for _, one := range of {
			list = append(list, one(r)...)
		}
		return list
	}
}

// byClass is a gauge of each class of a queue that goes on; ok is false where there is none.
func byClass(of func(result.TierNow) (n float64, ok bool)) func(*result.Reading) []counted {
	return func(r *result.Reading) (list []counted) {
		if r.Queue == nil {
			return nil
		}
		for i, n := range r.Queue.Now {
			if v, ok := of(n); ok {
				list = append(list, counted{bounded(r.Queue.Classes[i].Name), v})
			}
		}
		return list
	}
}

// count is a gauge of a class that there always is.
func count(of func(result.TierNow) int64) func(*result.Reading) []counted {
	return byClass(func(n result.TierNow) (float64, bool) { return float64(of(n)), true })
}

// lasts is a length of time of a class, if there is any.
func lasts(of func(result.TierNow) *time.Duration) func(*result.Reading) []counted {
	return byClass(func(n result.TierNow) (seconds float64, ok bool) {
		if of(n) == nil {
			return 0, false
		}
		return of(n).Seconds(), true
	})
}

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
