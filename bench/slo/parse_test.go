package slo_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"flashwave/bench/slo"
)

func TestParse(t *testing.T) {
	tests := []struct {
		why, in string
		want    slo.Expr
	}{
		{
			"a percentile of response time", "ttft.p95 < 800ms",
			slo.Expr{Text: "ttft.p95 < 800ms", Metric: slo.TTFT, Stat: slo.P95, Op: slo.Less, Value: 800, Unit: slo.Milliseconds},
		},
		{
			"in one wave", "e2e.p99 < 8s in rush",
			slo.Expr{Text: "e2e.p99 < 8s in rush", Metric: slo.E2E, Stat: slo.P99, Op: slo.Less, Value: 8000, Unit: slo.Milliseconds, Wave: "rush"},
		},
		{
			"the percentile with a point, service time", "service.ttfa.p99.9<=1m",
			slo.Expr{Text: "service.ttfa.p99.9 <= 1m", Metric: slo.TTFA, Service: true, Stat: slo.P999, Op: slo.LessOrEqual, Value: 60000, Unit: slo.Milliseconds},
		},
		{
			"per request: no statistic", "tpot < 40ms",
			slo.Expr{Text: "tpot < 40ms", Metric: slo.TPOT, Op: slo.Less, Value: 40, Unit: slo.Milliseconds},
		},
		{
			"service time per request", "service.e2e <= 5s",
			slo.Expr{Text: "service.e2e <= 5s", Metric: slo.E2E, Service: true, Op: slo.LessOrEqual, Value: 5000, Unit: slo.Milliseconds},
		},
		{
			"microseconds, with either µ and any spacing", "\t queue.max<250µs ",
			slo.Expr{Text: "queue.max < 250us", Metric: slo.Queue, Stat: slo.Max, Op: slo.Less, Value: 0.25, Unit: slo.Milliseconds},
		},
		{
			"a composed duration, a mean", "connect.mean > 1m30.5s",
			slo.Expr{Text: "connect.mean > 1m30.5s", Metric: slo.Connect, Stat: slo.Mean, Op: slo.More, Value: 90500, Unit: slo.Milliseconds},
		},
		{
			"capitals are folded, but not in a wave's name", "ITL.P50 < 40MS IN Rush",
			slo.Expr{Text: "itl.p50 < 40ms in Rush", Metric: slo.ITL, Stat: slo.P50, Op: slo.Less, Value: 40, Unit: slo.Milliseconds, Wave: "Rush"},
		},
		{
			"a lane and its wave", "stall.p90 < 1s in chat/rush",
			slo.Expr{Text: "stall.p90 < 1s in chat/rush", Metric: slo.Stall, Stat: slo.P90, Op: slo.Less, Value: 1000, Unit: slo.Milliseconds, Wave: "chat/rush"},
		},
		{
			"a quoted name with spaces", `error_rate < 1% in 'rush "hour"'`,
			slo.Expr{Text: `error_rate < 1% in "rush \"hour\""`, Metric: slo.ErrorRate, Op: slo.Less, Value: 0.01, Unit: slo.Ratio, Wave: `rush "hour"`},
		},
		{
			"quotes that nobody needed", `error_rate < 1% in "rush"`,
			slo.Expr{Text: `error_rate < 1% in rush`, Metric: slo.ErrorRate, Op: slo.Less, Value: 0.01, Unit: slo.Ratio, Wave: "rush"},
		},
		{
			"a wave called in", "error_rate < 1% in in",
			slo.Expr{Text: "error_rate < 1% in in", Metric: slo.ErrorRate, Op: slo.Less, Value: 0.01, Unit: slo.Ratio, Wave: "in"},
		},
		{
			"turns of conversations", "ttft.p95 < 800ms in Turn 2",
			slo.Expr{Text: "ttft.p95 < 800ms in turn 2", Metric: slo.TTFT, Stat: slo.P95, Op: slo.Less, Value: 800, Unit: slo.Milliseconds, Wave: "turn 2", Turn: true},
		},
		{
			"some turns", "error_rate < 1%  in turns  3-5 ",
			slo.Expr{Text: "error_rate < 1% in turn 3-5", Metric: slo.ErrorRate, Op: slo.Less, Value: 0.01, Unit: slo.Ratio, Wave: "turn 3-5", Turn: true},
		},
		{
			"a wave called turn", "error_rate < 1% in turn",
			slo.Expr{Text: "error_rate < 1% in turn", Metric: slo.ErrorRate, Op: slo.Less, Value: 0.01, Unit: slo.Ratio, Wave: "turn"},
		},
		{
			"a wave called turn 2", `error_rate < 1% in "turn 2"`,
			slo.Expr{Text: `error_rate < 1% in "turn 2"`, Metric: slo.ErrorRate, Op: slo.Less, Value: 0.01, Unit: slo.Ratio, Wave: "turn 2"},
		},
		{
			"a percentage is the nearest float64", "error_rate <= 0.1%",
			slo.Expr{Text: "error_rate <= 0.1%", Metric: slo.ErrorRate, Op: slo.LessOrEqual, Value: 0.001, Unit: slo.Ratio},
		},
		{
			"a ratio as a bare number, the operator in one character", "good_fraction ≥ .995",
			slo.Expr{Text: "good_fraction >= .995", Metric: slo.GoodFraction, Op: slo.MoreOrEqual, Value: 0.995, Unit: slo.Ratio},
		},
		{
			"a rate per second", "goodput > 200/s",
			slo.Expr{Text: "goodput > 200/s", Metric: slo.Goodput, Op: slo.More, Value: 200, Unit: slo.PerSecond},
		},
		{
			"a rate per minute", "rps >= 12000/m",
			slo.Expr{Text: "rps >= 12000/m", Metric: slo.RPS, Op: slo.MoreOrEqual, Value: 200, Unit: slo.PerSecond},
		},
		{
			"a rate per hour", "output_tps >= 7200/h",
			slo.Expr{Text: "output_tps >= 7200/h", Metric: slo.OutputTPS, Op: slo.MoreOrEqual, Value: 2, Unit: slo.PerSecond},
		},
		{
			"money", "cost < $5",
			slo.Expr{Text: "cost < $5", Metric: slo.Cost, Op: slo.Less, Value: 5, Unit: slo.USD},
		},
		{
			"money per thousand requests", "per_1k_ok <= $0.034",
			slo.Expr{Text: "per_1k_ok <= $0.034", Metric: slo.PerThousand, Op: slo.LessOrEqual, Value: 0.034, Unit: slo.USD},
		},
		{
			"a count", "dropped < 5",
			slo.Expr{Text: "dropped < 5", Metric: slo.Dropped, Op: slo.Less, Value: 5, Unit: slo.Count},
		},
		{
			"a count as its share of the scheduled", "lost <= 1%",
			slo.Expr{Text: "lost <= 1%", Metric: slo.Lost, Op: slo.LessOrEqual, Value: 0.01, Unit: slo.Ratio, Share: true},
		},
		{
			"none at all", "rate_limited <= 0",
			slo.Expr{Text: "rate_limited <= 0", Metric: slo.RateLimited, Op: slo.LessOrEqual, Unit: slo.Count},
		},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			got, err := slo.Parse(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("Parse(%q)\n got %+v\nwant %+v", tt.in, got, tt.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	const all = "use one of ttft, ttfa, e2e, itl, tpot, stall, queue, connect, wait, error_rate, goodput, good_fraction, rps, " +
		"offered_rps, sent_rps, completed_rps, output_tps, total_tps, cost, per_1k_ok, dropped, unsent, unfinished, rate_limited, lost, depth, oldest, starved, dead, duplicates, inversions"
	tests := []struct {
		why, in       string
		column        int
		message, hint string
	}{
		{"nothing", "", 1, "a metric is missing", "for example ttft.p95 < 800ms"},
		{"only space", "  ", 3, "a metric is missing", "for example ttft.p95 < 800ms"},
		{"an operator first", "< 800ms", 1, "a metric is missing", "for example ttft.p95 < 800ms"},
		{"a misspelt metric", "tftt.p95 < 800ms", 1, `unknown metric "tftt"`, "did you mean ttft?"},
		{"misspelt after service.", "service.e3e.p95 < 8s", 9, `unknown metric "e3e"`, "did you mean e2e?"},
		{"another tool's word", "  latency.p95 < 8s", 3, `unknown metric "latency"`, "did you mean e2e?"},
		{"nothing like it", "xylophones < 8s", 1, `unknown metric "xylophones"`, all},
		{"a statistic alone", "p95 < 800ms", 1, `"p95" is a statistic, not a metric`, "say of what: ttft.p95"},
		{"the default spelt out", "response.ttft.p95 < 800ms", 1, `unknown metric "response"`, "response time is the default: write ttft.p95"},
		{"service time of what has none", "service.itl.p95 < 8ms", 1, "itl has no service time", "service time exists for ttft, ttfa and e2e; write itl.p95"},
		{"an unknown percentile", "ttft.p59 < 800ms", 6, `unknown statistic "p59"`, "did you mean p50?"},
		{"the average", "ttft.avg < 800ms", 6, `unknown statistic "avg"`, "did you mean mean?"},
		{"a point without a statistic", "ttft. < 800ms", 6, `unknown statistic ""`, "use one of p50, p90, p95, p99, p99.9, mean, max"},
		{"a statistic of a scalar", "error_rate.p95 < 1%", 11, "error_rate has no statistics", "write error_rate"},
		{"no comparison", "ttft.p95 800ms", 10, "a comparison is missing", "write <, <=, > or >= and a value"},
		{"the end after the metric", "ttft.p95", 9, "a comparison is missing", "write <, <=, > or >= and a value"},
		{"equality", "dropped == 0", 9, `"=" is not a comparison here`, "write <= or >="},
		{"inequality", "dropped != 0", 9, `"!" is not a comparison here`, "write < or >"},
		{"the operator turned round", "dropped =< 0", 9, `"=<" is not a comparison here`, "write <="},
		{"no value", "ttft.p95 <", 11, "a value is missing", "write a time such as 800ms or 8s"},
		{"a time without a unit", "ttft.p95 < 800", 12, "800 is without a unit", "write a time such as 800ms or 8s"},
		{"a unit set apart", "ttft.p95 < 800 ms", 12, "800 is without a unit", "write it in one word: 800ms"},
		{"zero without a unit", "ttft.p95 > 0 in rush", 12, "0 is without a unit", "write a time such as 800ms or 8s"},
		{"a share where a time belongs", "ttft.p95 < 5%", 12, `"5%" is not a value of ttft`, "write a time such as 800ms or 8s"},
		{"a time where a share belongs", "error_rate < 5ms", 14, `"5ms" is not a value of error_rate`, "write a share such as 1%"},
		{"a rate without a unit", "rps > 200", 7, "200 is without a unit", "write a rate such as 200/s or 12000/m"},
		{"a rate in unknown time", "rps > 200/d", 7, `"200/d" is not a value of rps`, "write a rate such as 200/s or 12000/m"},
		{"money without its sign", "cost < 5", 8, "5 is without a unit", "write an amount such as $5"},
		{"a percentage written as a number", "error_rate < 5", 14, "5 is more than the whole", "write 5% if it is a percentage"},
		{"more than everything", "good_fraction < 101%", 17, "101% is more than the whole", "a share is between 0% and 100%"},
		{"below nothing", "dropped < 0", 11, "dropped < 0 can never hold", "write <="},
		{"above everything", "good_fraction > 100%", 17, "good_fraction > 100% can never hold", "write >="},
		{"a negative value", "ttft.p95 < -5ms", 12, "ttft is never negative", "write a time such as 800ms or 8s"},
		{"two points", "dropped < 1.2.3", 11, `"1.2.3" is not a value of dropped`, "write a number such as 5, or a share such as 1%"},
		{"no number of ours", "dropped < NaN", 11, `"NaN" is not a value of dropped`, "write a number such as 5, or a share such as 1%"},
		{"a time past all bounds", "e2e.max < 99999999999h", 11, `"99999999999h" is not a value of e2e`, "write a time such as 800ms or 8s"},
		{"something else after the value", "dropped < 5 during rush", 13, `unexpected "during"`, `only "in WAVE" may follow the value`},
		{"in, and then nothing", "dropped < 5 in ", 16, "a wave's name is missing", `write the name of a wave after "in"`},
		{"an empty name", `dropped < 5 in ""`, 16, "a wave's name is missing", `write the name of a wave after "in"`},
		{"an open quote", `dropped < 5 in "rush`, 16, "the wave's name is not a quoted string", "end the name with the same quote"},
		{"an open single quote", `dropped < 5 in 'rush`, 16, "the wave's name is not a quoted string", "end the name with the same quote"},
		{"a name with a bare space", "dropped < 5 in rush hour", 21, `unexpected "hour"`, `a name with spaces needs quotes: in "rush hour"`},
		{"columns count characters", "queue.p50 ≤ 5µm", 13, `"5µm" is not a value of queue`, "write a time such as 800ms or 8s"},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			got, err := slo.Parse(tt.in)
			var syntax *slo.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("Parse(%q) = %+v, %v, want a SyntaxError", tt.in, got, err)
			}
			if syntax.Column() != tt.column || syntax.Message != tt.message || syntax.Hint != tt.hint {
				t.Errorf("Parse(%q)\n got column %d: %s\n     hint: %s\nwant column %d: %s\n     hint: %s",
					tt.in, syntax.Column(), syntax.Message, syntax.Hint, tt.column, tt.message, tt.hint)
			}
			want := fmt.Sprintf("%q at column %d: %s", tt.in, tt.column, tt.message)
			if err.Error() != want {
				t.Errorf("Error() = %s, want %s", err, want)
			}
		})
	}
}

func TestParseRefusesWhatIsTooLong(t *testing.T) {
	_, err := slo.Parse("dropped < 5 in " + strings.Repeat("x", 1<<10))
	if err == nil || !strings.Contains(err.Error(), "longer than 1024 bytes") {
		t.Errorf("got %v", err)
	}
}

// Whatever the grammar can build comes back as it was meant.
func TestParseReadsWhatTheGrammarBuilds(t *testing.T) {
	type subject struct {
		text, value string
		unit        slo.Unit
	}
	var subjects []subject
	for _, m := range []string{"ttft", "ttfa", "e2e", "itl", "tpot", "stall", "queue", "connect", "service.ttft", "service.ttfa", "service.e2e"} {
		for _, s := range []string{"", ".p50", ".p90", ".p95", ".p99", ".p99.9", ".mean", ".max"} {
			subjects = append(subjects, subject{m + s, "250us", slo.Milliseconds})
		}
	}
	for _, m := range []string{"goodput", "rps", "offered_rps", "sent_rps", "completed_rps", "output_tps", "total_tps"} {
		subjects = append(subjects, subject{m, "200/m", slo.PerSecond})
	}
	for _, m := range []string{"dropped", "unsent", "unfinished", "rate_limited", "lost"} {
		subjects = append(subjects, subject{m, "3", slo.Count}, subject{m, "3%", slo.Ratio})
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(subjects).Draw(t, "subject")
		op := rapid.SampledFrom([]slo.Op{slo.Less, slo.LessOrEqual, slo.More, slo.MoreOrEqual}).Draw(t, "op")
		wave := rapid.StringN(0, 20, 40).Draw(t, "wave")
		space := rapid.SampledFrom([]string{"", " ", "\t "}).Draw(t, "space")
		text := s.text + space + string(op) + space + s.value
		if wave != "" {
			text += fmt.Sprintf(" in %q", wave)
		}
		e, err := slo.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if e.Op != op || e.Unit != s.unit || e.Wave != wave {
			t.Fatalf("Parse(%q) = %+v", text, e)
		}
		again, err := slo.Parse(e.String())
		if err != nil || again != e {
			t.Fatalf("Parse(%q) = %+v, %v, want %+v", e, again, err, e)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"ttft.p95 < 800ms", "e2e.p99 < 8s in rush", "error_rate <= 1%", `lost <= 1% in "rush hour"`, "cost < $5",
		"rps >= 12000/m", "service.ttft.p99.9 > 250µs in 'a/b'", "good_fraction ≥ .995", `dropped < 5 in "\xff"`, "p95", "ttft.p95 < 800 ms",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := slo.Parse(s)
		if err != nil {
			var syntax *slo.SyntaxError
			if !errors.As(err, &syntax) || syntax.Offset < 0 || syntax.Offset > len(s) || syntax.Message == "" || syntax.Error() == "" {
				t.Fatalf("Parse(%q) = %#v", s, err)
			}
			return
		}
		if again, err := slo.Parse(e.Text); err != nil || again != e {
			t.Fatalf("Parse(%q) = %+v, but its text gives %+v, %v", s, e, again, err)
		}
		if e.Value < 0 || e.Unit == slo.Ratio && e.Value > 1 {
			t.Fatalf("Parse(%q) = %+v", s, e)
		}
	})
}
