package verdict_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
	"flashwave/client/outcome"
)

// waited is a wave in which requests got their first token after these times and all of
// the answer a second later; failed ones got an error at once.
func waited(failed int, ttft ...time.Duration) *result.Part {
	p := part(0, map[outcome.Outcome]int{outcome.ServerError: failed})
	p.Requests.Scheduled += int64(len(ttft))
	p.Requests.Sent += int64(len(ttft))
	p.Requests.Succeeded += int64(len(ttft))
	for _, d := range ttft {
		p.Record(result.TTFTResponse, d)
		p.Record(result.E2EResponse, d+time.Second)
	}
	return p
}

func repeated(n int, d time.Duration) []time.Duration {
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = d
	}
	return all
}

// What customers felt is said as a shop says it, ranks as SLOs do, and claims nothing of
// which nothing is known.
func TestCustomersAreSpokenOfAsAShopDoes(t *testing.T) {
	fast, slow := repeated(120, 100*time.Millisecond), repeated(880, 60*time.Second)
	mixed := append(append([]time.Duration{}, fast...), slow...)
	for name, c := range map[string]struct {
		slos []string
		part *result.Part
		want string
	}{
		"bounded":            {[]string{"ttft.p95 < 800ms"}, waited(0, mixed...), "12 of 100 customers waited less than 800 ms for the first word; the longest wait was 1 min 0 s"},
		"the tightest":       {[]string{"ttft.p99 < 90s", "ttft.p50 < 800ms"}, waited(0, mixed...), "12 of 100 customers waited less than 800 ms for the first word; the longest wait was 1 min 0 s"},
		"per request":        {[]string{"ttft < 800ms"}, waited(0, mixed...), "12 of 100 customers waited less than 800 ms for the first word; the longest wait was 1 min 0 s"},
		"the answer":         {[]string{"e2e.p95 < 2s"}, waited(0, fast...), "every customer waited less than 2 s for the whole answer; the longest wait was 1.10 s"},
		"errors did not":     {[]string{"ttft.p95 < 800ms"}, waited(120, fast...), "50 of 100 customers waited less than 800 ms for the first word; 50 of 100 customers got an error; the longest wait was 100 ms"},
		"all errors":         {[]string{"ttft.p95 < 800ms"}, waited(7), "no customer waited less than 800 ms for the first word; every customer got an error"},
		"never all":          {[]string{"ttft.p95 < 800ms"}, waited(1, repeated(9999, time.Millisecond)...), "99 of 100 customers waited less than 800 ms for the first word; fewer than 1 of 100 customers got an error; the longest wait was 1.00 ms"},
		"few":                {[]string{"ttft.p95 < 800ms"}, waited(1, fast[:2]...), "2 of 3 customers waited less than 800 ms for the first word; 1 of 3 customers got an error; the longest wait was 100 ms"},
		"of a wave":          {[]string{"ttft.p95 < 800ms in rush"}, waited(0, fast...), "every customer waited less than 800 ms for the first word in rush; the longest wait was 100 ms"},
		"service says not":   {[]string{"service.ttft.p95 < 1ms"}, waited(0, fast...), "half of those who got it waited 100 ms or less for the first word; the longest wait was 100 ms"},
		"the one missed":     {[]string{"ttft.p95 < 800ms", "e2e.p95 < 1050ms"}, waited(0, fast...), "no customer waited less than 1.05 s for the whole answer; the longest wait was 1.10 s"},
		"unbounded":          {nil, waited(0, fast...), "half of those who got it waited 100 ms or less for the first word; the longest wait was 100 ms"},
		"unbounded, refused": {nil, waited(3), "no customer got the whole answer; every customer got an error"},
		"nothing":            {[]string{"ttft.p95 < 800ms"}, result.NewPart(), ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := judge(t, c.slos, nil, made{verdict.WaveName{Wave: "rush"}, c.part, time.Minute})
			if v.Customers != c.want {
				t.Errorf("got  %q\nwant %q", v.Customers, c.want)
			}
		})
	}
}

// A generator that was late itself says nothing of what customers waited.
func TestCustomersAreNotSpokenOfByALateGenerator(t *testing.T) {
	late := func(c *verdict.Case) {
		c.Run.Generator.Valid = false
		c.Run.Generator.Findings = result.Findings{{Wave: "rush", Kind: result.FoundSendLag, Voids: result.VoidsAll}}
	}
	v := judge(t, []string{"ttft.p95 < 800ms"}, late, made{verdict.WaveName{Wave: "rush"}, waited(0, time.Millisecond), time.Minute})
	if v.Customers != "" {
		t.Error(v.Customers)
	}
}

// "Every customer" and "no customer" are said of all and of none alone.
func TestEveryAndNoCustomer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fast, slow, failed := rapid.IntRange(0, 3000).Draw(t, "fast"), rapid.IntRange(0, 300).Draw(t, "slow"), rapid.IntRange(0, 300).Draw(t, "failed")
		p := waited(failed, append(repeated(fast, time.Millisecond), repeated(slow, time.Hour/2)...)...)
		a, err := verdict.Parse([]string{"ttft.p95 < 800ms"}, nil, verdict.Subjects{})
		if err != nil {
			t.Fatal(err)
		}
		said := a.Customers(verdict.Figures{Of: func(int) (*result.Part, time.Duration) { return p, time.Minute }})
		if all := fast+slow+failed > 0 && slow+failed == 0; strings.HasPrefix(said, "every customer waited") != all {
			t.Errorf("%d fast, %d slow, %d failed: %s", fast, slow, failed, said)
		}
		if none := fast == 0 && slow+failed > 0; strings.HasPrefix(said, "no customer") != none {
			t.Errorf("%d fast, %d slow, %d failed: %s", fast, slow, failed, said)
		}
	})
}
