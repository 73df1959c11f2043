package compare

import (
	"slices"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
)

// Schema names the format of the document. Within v1 keys are only ever added.
const Schema = "flashwave.compare/v1"

// A Document is what a comparison found: compare.json. Units are in the keys or
// beside the values; null (a nil pointer) is "no data", never 0.
type Document struct {
	Schema   string      `json:"schema"`
	Tool     result.Tool `json:"tool"` // what made this document
	Base     Side        `json:"base"`
	New      Side        `json:"new"`
	Method   Method      `json:"method"`
	Warnings []Warning   `json:"warnings"` // what should be known before the figures are believed
	Rows     []Row       `json:"rows"`     // of the whole run, then of each wave, each workload and each turn that both sides have
	Gate     Gate        `json:"gate"`
}

// A Side is one or several runs of the same scenario.
type Side struct {
	IDs       []string   `json:"ids"`        // of the runs, in the order given
	Name      string     `json:"name"`       // of the first run, as are the next ones
	Target    string     `json:"target"`     // URL
	Model     string     `json:"model"`      // "" where the target has but one
	StartedAt *time.Time `json:"started_at"` // of the first run
	DurationS float64    `json:"duration_s"` // seconds of all the runs
	Requests  int64      `json:"requests"`   // scheduled in all the runs
	Valid     bool       `json:"valid"`      // in no run was the generator the bottleneck
}

// A Method says how the intervals were made, and what they are held against.
type Method struct {
	Name         MethodName `json:"name"`
	Confidence   float64    `json:"confidence"`    // of all intervals, 0 to 1: of ranks it is the next that can be had above the one asked for
	Resamples    int        `json:"resamples"`     // of the bootstrap of an earlier version, for each run; 0: none
	Seed         uint64     `json:"seed"`          // of that
	BlockS       *float64   `json:"block_s"`       // seconds of the longest block; null: none were made
	MarginRatio  float64    `json:"margin_ratio"`  // a smaller change, as a part of the base, is no difference
	MarginMS     float64    `json:"margin_ms"`     // nor is a smaller change of a latency
	MarginPoints float64    `json:"margin_points"` // nor is one of a share; 0.01 is a percentage point
	Note         string     `json:"note"`          // what the intervals hold and what they cannot, in words
}

// A MethodName names a method.
type MethodName string

// The methods.
const (
	OrderStatistics MethodName = "order_statistics"
	MannWhitney     MethodName = "mann_whitney"
	BlockBootstrap  MethodName = "block_bootstrap" // of an earlier version
)

// A Warning is a reason to doubt that the two sides can be compared.
type Warning struct {
	Kind WarningKind `json:"kind"`
	Text string      `json:"text"` // one line for people
}

// A WarningKind sorts warnings.
type WarningKind string

// The kinds of warning.
const (
	SameRun       WarningKind = "same_run"   // a run is on both sides
	NotAsked      WarningKind = "asked"      // BASE and NEW were not asked the same
	OtherScenario WarningKind = "scenario"   // the scenarios differ in something else
	OtherSeed     WarningKind = "seed"       // the seeds differ
	OtherModel    WarningKind = "model"      // the models differ
	OtherTarget   WarningKind = "target"     // the targets differ
	OtherMachine  WarningKind = "machine"    // the load came from different machines
	OtherWaves    WarningKind = "waves"      // a wave exists on one side only
	SamePrompts   WarningKind = "prompts"    // a run sent an endpoint prompts that another had sent it before
	CachedShare   WarningKind = "cached"     // more of the prompts was cached on one side
	Flattered     WarningKind = "flattered"  // a cache knew what NEW sent, for a run had sent it before
	ShortAnswers  WarningKind = "answers"    // the answers of NEW are shorter, though the same was asked
	NoneGood      WarningKind = "none_good"  // no request of either side was good
	InVain        WarningKind = "in_vain"    // no request of a part of NEW succeeded, and some of BASE did
	LateGaps      WarningKind = "late_gaps"  // in a run the generator was too late for gaps between tokens
	FewSamples    WarningKind = "samples"    // too few requests, or seconds, for an interval
	Incomplete    WarningKind = "incomplete" // a run did not go to its end
	SteeredByHand WarningKind = "steered"    // a run was steered by hand
	NotValid      WarningKind = "generator"  // in a run the generator was the bottleneck
	NearFull      WarningKind = "saturation" // a side was near saturation, where one run says little
	Burst         WarningKind = "burst"      // failures came together: so many say little of how often they come
	Survivors     WarningKind = "survivors"  // too many requests failed or were lost for what the others got to be comparable
	NoDrift       WarningKind = "drift"      // too few runs a side to see drift between runs
	SideBySide    WarningKind = "lanes"      // waves that ran side by side have no intervals of their own
)

// A Row is one metric of the whole run or of a wave, on both sides.
type Row struct {
	Metric string `json:"metric"`         // ttft, e2e (response time), itl, tpot, error_rate, rate_limited, lost, goodput, good_fraction, rps, output_tps, per_1k_ok
	Stat   string `json:"stat"`           // p50, p95, p99; "" of a metric that has none
	Wave   string `json:"wave"`           // as in the timeline, with its lane where it has one; or a workload, or turns; "" is the whole run
	Kind   string `json:"kind,omitempty"` // of the requests, where they are no wave's: workload, turn. One run tells no interval of them
	Unit   string `json:"unit"`           // of base, new, change, low, high and detectable: ms, ratio, 1/s, usd

	// Base and New are the values; of several runs, their median.
	Base *float64 `json:"base"`
	New  *float64 `json:"new"`

	// Beyond says which of them is null because the rank of the percentile falls among
	// the requests that failed or were lost, which stand beyond every value: base, new,
	// both; left out where it does of none.
	Beyond Beyond `json:"beyond,omitempty"`

	// Change is what New is more than Base. Of four runs a side or more it is the
	// Hodges–Lehmann estimate, which the difference of the medians need not be.
	// ChangeRatio is the same as a part of Base; null where Base is 0. Both are null
	// where a side is beyond every value.
	Change      *float64 `json:"change"`
	ChangeRatio *float64 `json:"change_ratio"`

	// Low to High is the confidence interval of Change, LowRatio to HighRatio that
	// of ChangeRatio; null where there is none, and where an end is beyond every value:
	// High where New may lie there (or Base be 0), Low where Base does. Both are where one
	// side does for sure, which then is worse or better, or where both sides may, which is
	// too noisy.
	Low       *float64 `json:"low"`
	High      *float64 `json:"high"`
	LowRatio  *float64 `json:"low_ratio"`
	HighRatio *float64 `json:"high_ratio"`

	// Confidence is that of the interval, 0 to 1: the method's, which is the same in
	// all rows; null where there is no interval.
	Confidence *float64 `json:"confidence"`

	// Margin is the smallest change for the worse that matters: negative where less
	// is worse; null where there is nothing to take it of. The verdict follows from the
	// interval and Margin alone. Where Base is beyond every value, both are reckoned from
	// the least that it may be.
	Margin *float64 `json:"margin"`

	// P is the one-sided p-value of the hypothesis that the metric has not become
	// worse by more than the margin; null where it cannot be told.
	P *float64 `json:"p"`

	// Detectable is the smallest worsening that would have been found nine times in
	// ten, without a sign; DetectableRatio is the same as a part of Base.
	Detectable      *float64 `json:"detectable"`
	DetectableRatio *float64 `json:"detectable_ratio"`

	// Seen is the smallest change, for better or worse, that would have been told from
	// none nine times in ten, without a sign; SeenRatio is the same as a part of Base.
	Seen      *float64 `json:"seen"`
	SeenRatio *float64 `json:"seen_ratio"`

	Verdict Verdict `json:"verdict"`
	Gates   bool    `json:"gates"` // the gate, or a rule in its place, looks at it; other rows inform
	Samples Samples `json:"samples"`
}

// Samples are how many observations stand behind a row.
type Samples struct {
	Base int64 `json:"base"`
	New  int64 `json:"new"`
}

// A Beyond names the sides of which a percentile lies beyond every value.
type Beyond string

// The sides.
const (
	BeyondBase Beyond = "base"
	BeyondNew  Beyond = "new"
	BeyondBoth Beyond = "both"
)

// A Verdict says what a change is.
type Verdict string

// The verdicts.
const (
	Better       Verdict = "better"        // the whole interval lies beyond the margin
	Worse        Verdict = "worse"         // likewise
	NoDifference Verdict = "no_difference" // the whole interval lies within the margin
	TooNoisy     Verdict = "too_noisy"     // the interval reaches over the margin: none of these can be said
	Unknown      Verdict = "unknown"       // there are values, but nothing to make an interval of
	NoData       Verdict = "no_data"       // a side has no value
)

// A Gate is the judgement over a comparison.
type Gate struct {
	Status   Status       `json:"status"`
	ExitCode int          `json:"exit_code"` // 0 not worse, 99 worse, 104 refused, 120 that cannot be told
	Headline string       `json:"headline"`  // one sentence for people
	Reasons  []string     `json:"reasons"`
	Rules    []RuleResult `json:"rules"` // --fail-on, which takes the place of the default gate
}

// A Status is how a comparison came out.
type Status string

// The ways in which a comparison comes out.
const (
	GateBetter       Status = "better"           // none of what gates is worse, and some is better
	GateNoDifference Status = "no_difference"    // in all that gates
	GateNotWorse     Status = "not_worse"        // none of what gates is worse; whether it is better is too noisy to say
	GateWithin       Status = "within_the_rules" // what the rules forbid is ruled out; the default gate may see it differently
	GateWorse        Status = "worse"            // some of what gates is, or more than a rule allows
	GateTooNoisy     Status = "too_noisy"        // to tell whether it is worse
	Inconclusive     Status = "inconclusive"     // a side is not valid, cut short, or has no data
	Refused          Status = "refused"          // nothing was compared
)

// A RuleResult is a rule of --fail-on and what came of it.
type RuleResult struct {
	Expr   string `json:"expr"`
	Wave   string `json:"wave"`   // "" is the whole run
	Failed *bool  `json:"failed"` // the comparison regressed; null: no data, or the interval leaves it open
}

// Further are the reasons that the headline does not tell already.
func (g Gate) Further() []string {
	return slices.DeleteFunc(slices.Clone(g.Reasons), func(r string) bool { return strings.Contains(g.Headline, r) })
}

// Untold are the warnings that the gate does not tell already.
func (d *Document) Untold() (list []Warning) {
	for _, w := range d.Warnings {
		if !strings.Contains(d.Gate.Headline, w.Text) && !slices.Contains(d.Gate.Reasons, w.Text) {
			list = append(list, w)
		}
	}
	return list
}

// Refusal is the document of a comparison that was never made: nothing in it but
// the gate.
func Refusal(tool result.Tool, reason, hint string) *Document {
	reasons := []string{reason}
	if hint != "" {
		reasons = append(reasons, hint)
	}
	return &Document{
		Schema: Schema, Tool: tool, Base: Side{IDs: []string{}}, New: Side{IDs: []string{}},
		Method: method(OrderStatistics), Warnings: []Warning{}, Rows: []Row{},
		Gate: Gate{
			Status: Refused, ExitCode: verdict.ExitUsage, Headline: "nothing was compared: " + reason,
			Reasons: reasons, Rules: []RuleResult{},
		},
	}
}
