package slo

// A Metric is what an expression speaks of.
type Metric string

// The latency metrics, in milliseconds.
const (
	TTFT    Metric = "ttft"
	TTFA    Metric = "ttfa"
	E2E     Metric = "e2e"
	ITL     Metric = "itl"
	TPOT    Metric = "tpot"
	Stall   Metric = "stall"
	Queue   Metric = "queue"
	Connect Metric = "connect"
	Wait    Metric = "wait" // of a task of a queue: from when it was enqueued until it was taken
)

// The scalar metrics: one value for a wave or a run.
const (
	ErrorRate    Metric = "error_rate"    // failed ÷ (succeeded + failed)
	Goodput      Metric = "goodput"       // requests per second that met every per-request SLO
	GoodFraction Metric = "good_fraction" // the same ÷ scheduled
	RPS          Metric = "rps"           // succeeded requests per second
	OfferedRPS   Metric = "offered_rps"
	SentRPS      Metric = "sent_rps"
	CompletedRPS Metric = "completed_rps"
	OutputTPS    Metric = "output_tps"
	TotalTPS     Metric = "total_tps"
	Cost         Metric = "cost"      // USD
	PerThousand  Metric = "per_1k_ok" // USD per 1000 succeeded requests
	Dropped      Metric = "dropped"
	Unsent       Metric = "unsent"
	Unfinished   Metric = "unfinished"
	RateLimited  Metric = "rate_limited"
	Lost         Metric = "lost" // dropped + unsent + unfinished; of a queue, the tasks that workers lost besides
)

// The scalar metrics of a queue and of its classes.
const (
	Depth      Metric = "depth"      // tasks that wait: the most there were
	Oldest     Metric = "oldest"     // ms: the age of the oldest that waits, at most
	Starved    Metric = "starved"    // ms: the longest that tasks waited and none of them was taken
	Dead       Metric = "dead"       // tasks that failed for good
	Duplicates Metric = "duplicates" // tasks that were done twice
	Inversions Metric = "inversions" // tasks that were taken while a more urgent one waited
)

// OfQueue reports whether only the tasks of a queue have a metric.
func (m Metric) OfQueue() bool {
	switch m {
	case Wait, Depth, Oldest, Starved, Dead, Duplicates, Inversions:
		return true
	}
	return false
}

// span reports whether a metric is a time, and yet no latency of requests: it has no
// statistics.
func (m Metric) span() bool { return m == Oldest || m == Starved }

// A Unit is what a value counts. Its words are those of the result document.
type Unit string

// The units of an expression's value.
const (
	Milliseconds Unit = "ms"
	Ratio        Unit = "ratio" // 0 to 1; shown as a percentage
	PerSecond    Unit = "1/s"
	USD          Unit = "usd"
	Count        Unit = "count"
)

// metrics holds every metric in the order in which messages list them.
var metrics = []struct {
	metric  Metric
	unit    Unit
	service bool // exists as service time, too
}{
	{TTFT, Milliseconds, true},
	{TTFA, Milliseconds, true},
	{E2E, Milliseconds, true},
	{ITL, Milliseconds, false},
	{TPOT, Milliseconds, false},
	{Stall, Milliseconds, false},
	{Queue, Milliseconds, false},
	{Connect, Milliseconds, false},
	{Wait, Milliseconds, false},
	{ErrorRate, Ratio, false},
	{Goodput, PerSecond, false},
	{GoodFraction, Ratio, false},
	{RPS, PerSecond, false},
	{OfferedRPS, PerSecond, false},
	{SentRPS, PerSecond, false},
	{CompletedRPS, PerSecond, false},
	{OutputTPS, PerSecond, false},
	{TotalTPS, PerSecond, false},
	{Cost, USD, false},
	{PerThousand, USD, false},
	{Dropped, Count, false},
	{Unsent, Count, false},
	{Unfinished, Count, false},
	{RateLimited, Count, false},
	{Lost, Count, false},
	{Depth, Count, false},
	{Oldest, Milliseconds, false},
	{Starved, Milliseconds, false},
	{Dead, Count, false},
	{Duplicates, Count, false},
	{Inversions, Count, false},
}

// lookup returns the unit of a metric and whether it has a service time.
func lookup(m Metric) (unit Unit, service, known bool) {
	for _, d := range metrics {
		if d.metric == m {
			return d.unit, d.service, true
		}
	}
	return "", false, false
}

// A Stat is the statistic of a latency metric; "" where an expression has none.
type Stat string

// The statistics.
const (
	P50  Stat = "p50"
	P90  Stat = "p90"
	P95  Stat = "p95"
	P99  Stat = "p99"
	P999 Stat = "p99.9"
	Mean Stat = "mean"
	Max  Stat = "max"
)

// stats holds every statistic; permille is 0 for those that are no percentile.
var stats = []struct {
	stat     Stat
	permille int64
}{
	{P50, 500},
	{P90, 900},
	{P95, 950},
	{P99, 990},
	{P999, 999},
	{Mean, 0},
	{Max, 0},
}

func (s Stat) known() bool {
	for _, d := range stats {
		if d.stat == s {
			return true
		}
	}
	return false
}

// permille is the percentile in thousandths, whole so that ranks are exact.
func (s Stat) permille() int64 {
	for _, d := range stats {
		if d.stat == s {
			return d.permille
		}
	}
	return 0
}

// An Op compares an observed value with the value of an expression.
type Op string

// The comparisons.
const (
	Less        Op = "<"
	LessOrEqual Op = "<="
	More        Op = ">"
	MoreOrEqual Op = ">="
)

// Upper reports whether the comparison bounds a value from above.
func (o Op) Upper() bool { return o == Less || o == LessOrEqual }
