package monitor

import (
	"fmt"
	"slices"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// Schema names the format of the document. Within v1 keys are only ever added.
const Schema = "flashwave.monitor/v1"

// A Document is what a monitor found while it ran. Units are in the keys; null (a nil
// pointer) is "no data", never 0.
type Document struct {
	Schema    string      `json:"schema"`
	Name      string      `json:"name"`
	Tool      result.Tool `json:"tool"`
	StartedAt time.Time   `json:"started_at"`
	EndedAt   time.Time   `json:"ended_at"`
	DurationS float64     `json:"duration_s"`

	Verdict   Verdict        `json:"verdict"`
	Targets   []TargetReport `json:"targets"`
	Incidents []Incident     `json:"incidents"` // that were open at some time while it ran
	Events    []Event        `json:"events"`    // the last ones
	Notices   []Notice       `json:"notices"`   // what was wrong with the monitor itself in the end
}

// A Verdict is the judgement over the probes of one monitor.
type Verdict struct {
	Status   result.Status `json:"status"`
	ExitCode int           `json:"exit_code"`
	Headline string        `json:"headline"` // one sentence for people
	Reasons  []string      `json:"reasons"`
}

// A TargetReport is what was found of one target. What is not said to be otherwise is of
// the time in which the monitor ran.
type TargetReport struct {
	Name      string        `json:"name"`
	URL       string        `json:"url"`
	API       string        `json:"api"`
	Model     string        `json:"model"`
	EveryS    float64       `json:"every_s"`
	Objective float64       `json:"objective"` // 0 to 1
	Status    result.Status `json:"status"`    // of this target alone
	State     State         `json:"state"`     // in the end
	SLOs      []result.SLO  `json:"slos"`      // the objective is one: good_fraction
	Bounds    []string      `json:"bounds"`    // that each probe must meet to be good

	Probes    Counts                    `json:"probes"`
	Outcomes  map[outcome.Outcome]int64 `json:"outcomes"`
	LatencyMS Latencies                 `json:"latency_ms"`
	Errors    []result.ErrorCount       `json:"errors"`

	// Availability, BurnRate and BudgetLeft go by the whole history.
	Availability Spans        `json:"availability"`
	BurnRate     *float64     `json:"burn_rate"`         // of the last hour
	BudgetLeft   *float64     `json:"error_budget_left"` // part of that of 30 days; below 0: overdrawn
	CostUSD      *float64     `json:"cost_usd"`          // null: the price is unknown
	SpentToday   *float64     `json:"spent_today_usd"`   // by the whole history, in UTC
	Expires      *time.Time   `json:"certificate_expires_at"`
	LastError    string       `json:"last_error"`      // of the last probe that was not good; "": none was
	Warnings     []string     `json:"warnings"`        // what the rate of its probes cannot tell
	Queue        *QueueReport `json:"queue,omitempty"` // of a queue, or a class of it; not of an endpoint
}

// A QueueReport is what looks at a queue, or at a class of it, saw in the time in which the
// monitor ran. Null is "not known", never 0.
type QueueReport struct {
	Class        string   `json:"class"`  // "": the whole queue
	Layout       string   `json:"layout"` // how tasks lie in it
	DepthMax     *int64   `json:"depth_max"`
	OldestMSMax  *float64 `json:"oldest_ms_max"`
	StarvedMSMax *float64 `json:"starved_ms_max"`
	Arrived      *int64   `json:"arrived"`
	Taken        *int64   `json:"taken"`
	Done         *int64   `json:"done"`
	AtLeast      bool     `json:"at_least"`     // more than was seen may have come and gone
	Dead         *int64   `json:"dead"`         // dead letters there are in the end; of the whole alone
	NewDeadMax   *int64   `json:"dead_new_max"` // the most there were beyond the fewest since the start
	Words        []string `json:"words"`        // why something is not known
}

// Latencies are those of the probes.
type Latencies struct {
	TTFT    *result.Latency `json:"ttft"`
	E2E     *result.Latency `json:"e2e"`
	ITL     *result.Latency `json:"itl"`
	TPOT    *result.Latency `json:"tpot"`
	Connect *result.Latency `json:"connect"`
}

// Wait blocks until the monitor has ended, and answers with its document.
func (m *Monitor) Wait() *Document {
	<-m.done
	m.mu.Lock()
	d := &Document{
		Schema: Schema, Name: m.Name, Tool: m.Tool, StartedAt: m.started.UTC(), EndedAt: m.ended.UTC(),
		DurationS: m.ended.Sub(m.started).Seconds(), Events: slices.Clone(m.events),
		Targets: []TargetReport{}, Incidents: []Incident{}, Notices: []Notice{},
	}
	for _, i := range m.incidents {
		if i.Open() || !i.ClosedAt.Before(m.started) {
			d.Incidents = append(d.Incidents, i)
		}
	}
	for _, n := range m.notices {
		d.Notices = append(d.Notices, n)
	}
	interrupted := m.interrupted
	m.mu.Unlock()
	if d.Events == nil {
		d.Events = []Event{}
	}
	var found []judged
	for _, w := range m.list {
		r, j := w.report(d.EndedAt, d.DurationS)
		d.Targets = append(d.Targets, r)
		found = append(found, j)
	}
	d.Verdict = conclude(found, interrupted)
	if err := m.Kept(); err != nil {
		d.Verdict.Reasons = append(d.Verdict.Reasons, err.Error())
	}
	return d
}

// report is what was found of the target.
func (w *watched) report(at time.Time, seconds float64) (TargetReport, judged) {
	w.mu.Lock()
	defer w.mu.Unlock()
	row, p := w.makeRow(at), w.part
	r := TargetReport{
		Name: w.Name, URL: w.URL, API: w.Scenario.Target.API, Model: w.model, EveryS: w.Every.Seconds(),
		Objective: float64(w.Objective), State: w.state, Probes: w.counts,
		Bounds: []string{}, Outcomes: map[outcome.Outcome]int64{}, Errors: p.Errors.List(),
		Availability: row.Availability, BurnRate: row.Burn, BudgetLeft: row.BudgetLeft, SpentToday: row.SpentToday,
		Expires: row.Expires, LastError: w.lastBad, Warnings: Warnings(row),
		LatencyMS: Latencies{
			TTFT: p.Hists[result.TTFTResponse].Latency(true), E2E: p.Hists[result.E2EResponse].Latency(true),
			ITL: p.Hists[result.ITL].Latency(true), TPOT: p.Hists[result.TPOT].Latency(true), Connect: p.Hists[result.Connect].Latency(true),
		},
	}
	for _, o := range outcome.All() {
		r.Outcomes[o] = p.Outcomes[o]
	}
	r.Bounds = append(r.Bounds, w.Bounds()...)
	if w.Price != nil {
		r.CostUSD = new(p.Cost.Total())
	}
	if r.Errors == nil {
		r.Errors = []result.ErrorCount{}
	}
	if w.tier != nil {
		r.Queue = w.queueReport()
	}
	j := w.verdict(result.FromSeconds(seconds))
	r.SLOs = j.slos
	r.Status, _ = verdict.Decide(j.ground)
	return r, j
}

// queueReport is what was seen of a queue; w.mu is held.
func (w *watched) queueReport() *QueueReport {
	f := &w.figures
	q := &QueueReport{
		Class: w.Class, Layout: w.tier.layout, DepthMax: f.depth, OldestMSMax: result.MillisOf(f.oldest), StarvedMSMax: result.MillisOf(f.starved),
		Arrived: number(f.arrived), Taken: number(f.taken), Done: number(f.done),
		AtLeast: atLeast(f.arrived) || atLeast(f.taken) || atLeast(f.done), Words: []string{},
	}
	if f.last != nil && f.last.Words != nil {
		q.Words = f.last.Words
	}
	if w.whole() && f.whole != nil {
		q.Dead, q.NewDeadMax = w.queueRow().Dead, f.mostNew
	}
	return q
}

// Warnings say what the rate of a target's probes cannot tell of its objective.
func Warnings(r Row) []string {
	list := []string{}
	for _, u := range r.Unresolved {
		text := fmt.Sprintf("a probe every %s cannot tell %s from better over %s: ",
			units.Length(r.Every), units.Bound(r.Objective, units.Ratio), units.Length(u.Long))
		if u.Finest > 0 {
			text += fmt.Sprintf("it resolves %s at the most; ", units.Bound(floor(u.Finest), units.Ratio))
		}
		text += "that takes a probe every " + units.Length(u.Needs.Truncate(100*time.Millisecond))
		list = append(list, text)
	}
	return list
}

// floor keeps four digits of a share, and never says more than there is.
func floor(share float64) float64 { return float64(int64(share*1e4)) / 1e4 }
