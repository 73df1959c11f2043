package run

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"flashwave/bench/report/page"
	"flashwave/bench/report/reporttest"
	"flashwave/bench/result"
	"flashwave/client/outcome"
)

// The golden is the whole page but for its stylesheet. FLASHWAVE_PAGES=DIR leaves the
// pages of all the fixtures there to look at.
func TestHTML(t *testing.T) {
	golden.RequireEqual(t, []byte(reporttest.WithoutStyle(write(t, "html", reporttest.Limited(), page.Options{}))))
	dir := os.Getenv("FLASHWAVE_PAGES")
	if dir == "" {
		return
	}
	for name, run := range reporttest.Runs() {
		if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(write(t, "html", run, page.Options{})), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHTMLIsWellFormedSmallAndRepeatable(t *testing.T) {
	for name, run := range reporttest.Runs() {
		html := write(t, "html", run, page.Options{})
		reporttest.WellFormed(t, name, html)
		if len(html) > 400<<10 {
			t.Errorf("%s: %d bytes", name, len(html))
		}
		if write(t, "html", run, page.Options{}) != html {
			t.Errorf("%s: twice the same run, two pages", name)
		}
		for _, wrong := range []string{"NaN", "Inf", "<nil>", "%!", "ZgotmplZ", "0x"} {
			if strings.Contains(reporttest.WithoutStyle(html), wrong) {
				t.Errorf("%s: %q is on the page", name, wrong)
			}
		}
	}
}

// A run that was written and read again has the same page: heat and curves come
// from the document.
func TestHTMLOfAStoredRun(t *testing.T) {
	run := reporttest.Sale()
	text, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	var stored result.Run
	if err := json.Unmarshal(text, &stored); err != nil {
		t.Fatal(err)
	}
	if write(t, "html", &stored, page.Options{}) != write(t, "html", run, page.Options{}) {
		t.Error("two pages")
	}
}

// What the server said of itself stands below the latencies, on the same clock.
func TestHTMLOfAServerThatWasAsked(t *testing.T) {
	html := write(t, "html", reporttest.Observed(), page.Options{})
	last := 0
	for _, title := range []string{
		"End-to-end latency", "At the server: requests", "At the server: KV cache in use", "At the server: preemptions and rejections",
		"At the server: vllm:num_requests_swapped", "Requests per second", "the KV cache had been over",
	} {
		at := strings.Index(html[last:], title)
		if at < 0 {
			t.Fatalf("%q does not follow what should be before it", title)
		}
		last += at
	}
}

// A page that is mailed must not ask the network for anything.
func TestHTMLNeedsNoNetwork(t *testing.T) {
	outside := regexp.MustCompile(`(?i)(src|href|action|data|poster)\s*=\s*"([^"#][^"]*)|url\(|@import|@font-face`)
	for name, run := range reporttest.Runs() {
		for _, found := range outside.FindAllString(write(t, "html", run, page.Options{}), -1) {
			if found != `href="data:,` {
				t.Errorf("%s: %s", name, found)
			}
		}
	}
}

// Texts from an endpoint or a file must stay texts, wherever they stand.
func TestForeignTextStaysTextInHTML(t *testing.T) {
	const evil = `"'><script>alert(1)</script><img src=x onerror=alert(1)>{{.}}` + "\x00\u202e]]>&#x3c;--%>"
	html := write(t, "html", hostile(reporttest.Sale(), evil), page.Options{})
	for _, live := range []string{"<script", "<img", "\u202e", "\x00"} {
		if strings.Contains(strings.ToLower(html), live) {
			t.Errorf("%q is alive on the page", live)
		}
	}
	if n := strings.Count(html, "alert(1)"); n < 20 {
		t.Errorf("the text is only %d times on the page", n)
	}
	reporttest.WellFormed(t, "hostile", html)
}

// hostile puts a text wherever one comes from outside.
func hostile(run *result.Run, evil string) *result.Run {
	run.Name, run.ID, run.Schema, run.Labels = evil, evil, evil, map[string]string{evil: evil}
	run.Tool = result.Tool{Version: evil, Go: evil, OS: evil, Arch: evil}
	run.Verdict.Headline, run.Verdict.Reasons, run.Verdict.Status = evil, []string{"reason " + evil}, result.Status(evil)
	run.Verdict.SLOs[1].Expr, run.Verdict.SLOs[1].Wave = evil, evil
	run.Scenario.Name, run.Scenario.Target.Model, run.Scenario.Target.URL = evil, evil, evil
	run.Scenario.Workload.Prompt = evil
	run.Total.Errors[0].Sample, run.Total.Errors[0].Outcome = evil, outcome.Outcome(evil)
	run.Total.Tokens.From = &evil
	for i := range run.Waves {
		run.Waves[i].Name, run.Waves[i].Lane, run.Waves[i].Kind = evil, evil, evil
	}
	for i := range run.Events {
		run.Events[i].Text, run.Events[i].Wave, run.Events[i].Kind = evil, evil, result.EventKind(evil)
	}
	run.Generator.Warnings = []string{evil}
	return run
}

func FuzzHTMLStaysHTML(f *testing.F) {
	f.Add("<b>", "\"", uint8(1))
	f.Add("]]>", "</style><script>", uint8(3))
	f.Add("\xff\u2028", "-->", uint8(2))
	base := reporttest.Sale() // what has a text from outside, and as little else as there may be
	base.Timeline, base.Waves, base.Events = base.Timeline[:2], base.Waves[:1], base.Events[:1]
	base.Total.Latency, base.Waves[0].Latency = result.Latencies{}, result.Latencies{}
	for i := range base.Timeline {
		base.Timeline[i].Latency = result.RowLatencies{}
	}
	text, err := json.Marshal(base)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, a, b string, _ uint8) {
		var run result.Run
		if err := json.Unmarshal(text, &run); err != nil {
			t.Fatal(err)
		}
		html := write(t, "html", hostile(&run, a+b), page.Options{})
		reporttest.WellFormed(t, "fuzz", html)
	})
}

func TestHTMLVerdictFirst(t *testing.T) {
	html := write(t, "html", reporttest.Sale(), page.Options{})
	at := -1
	for _, part := range []string{"midnight-sale</h1>", "FAIL</p>", "first breached at 90.0", ">SLOs</h2>", ">Key figures</h2>", ">Over time</h2>"} {
		i := strings.Index(html, part)
		if i <= at {
			t.Errorf("%q stands at %d, what comes before it at %d", part, i, at)
		}
		at = i
	}
}

// Every SLO over a latency is a line of its chart, that of a wave only beneath it.
func TestHTMLDrawsBounds(t *testing.T) {
	html := write(t, "html", reporttest.Sale(), page.Options{})
	for _, want := range []string{
		`<line class="bound" x1="0%" x2="100%"`, `>ttft.p95 &lt; 800ms</text>`, `>ttft &lt; 2s</text>`,
		`<line class="bound" x1="27.99%" x2="75.96%"`, `>e2e.p99 &lt; 3s in rush</text>`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is not on the page", want)
		}
	}
}

func TestHTMLSaysNoData(t *testing.T) {
	for name, want := range map[string][]string{
		"zero":    {"– no data: the run has no timeline", "the price is unknown", "NO VERDICT"},
		"refused": {"– no data", "connection refused", "100.0 %"},
	} {
		html := write(t, "html", reporttest.Runs()[name], page.Options{})
		for _, w := range want {
			if !strings.Contains(html, w) {
				t.Errorf("%s: %q is not on the page", name, w)
			}
		}
	}
}

func TestHTMLWritesNothingTwice(t *testing.T) {
	var b bytes.Buffer
	run := reporttest.Sale()
	run.Verdict.Reasons = append(run.Verdict.Reasons, "error_rate < 1%: it was 6.9 %")
	if err := HTML(&b, run); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "it was 6.9 %"); n != 1 {
		t.Errorf("the headline tells it, and the page tells it %d times", n)
	}
}
