//go:build unix

package cmd

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/verdict"
	"flashwave/client/mock"
)

// A page is of a program that was started with --prom.
type promPage struct {
	url    string
	out    bytes.Buffer
	ended  chan struct{}
	stderr []string // read before ended is closed
	cmd    *exec.Cmd
}

// serving starts the program, and waits until it says where its metrics are.
func serving(t *testing.T, args ...string) *promPage {
	t.Helper()
	p := &promPage{ended: make(chan struct{}), cmd: exec.Command(os.Args[0], args...)}
	p.cmd.Env = append(os.Environ(), actAs+"=flashwave", "CI=true", "XDG_STATE_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
	p.cmd.Stdout = &p.out
	errs, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
	})
	at := make(chan string, 1)
	go func() {
		defer close(p.ended)
		for lines := bufio.NewScanner(errs); lines.Scan(); {
			p.stderr = append(p.stderr, lines.Text())
			if url, ok := strings.CutPrefix(lines.Text(), "metrics: "); ok {
				at <- url
			}
		}
		_ = p.cmd.Wait() // the exit code is looked at
	}()
	select {
	case p.url = <-at:
	case <-p.ended:
		t.Fatalf("it ended: %q", p.stderr)
	}
	return p
}

// get is the page now; "": it is there no more.
func (p *promPage) get() string {
	res, err := http.Get(p.url)
	if err != nil {
		return ""
	}
	defer func() { _ = res.Body.Close() }()
	text, _ := io.ReadAll(res.Body)
	return string(text)
}

// until asks for the page until it satisfies somebody.
func (p *promPage) until(t *testing.T, satisfied func(page string) bool) string {
	t.Helper()
	for {
		if page := p.get(); satisfied(page) {
			return page
		}
		select {
		case <-p.ended:
			t.Fatalf("it ended before: %q", p.stderr)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// sum adds up what a page says of a metric, of the series that hold some text.
func sum(page, metric, of string) (n float64) {
	for _, line := range regexp.MustCompile(`(?m)^`+metric+`(\{.*\})? (\S+)$`).FindAllStringSubmatch(page, -1) {
		if strings.Contains(line[1], of) {
			v, _ := strconv.ParseFloat(line[2], 64)
			n += v
		}
	}
	return n
}

// The page is there in the middle of a run and a while after it, on two runs that follow
// one another, and its last figures are those of the documents.
func TestProm(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := serving(t, "run", "--prom", "127.0.0.1:0", "--prom-linger", "1h", "--repeat", "2", "--out", "json="+dir+"/run.json",
		"--rate", "20/s", "--for", "2s", "--max-tokens", "8", "--max-lag", "10s", "--no-save")
	p.until(t, func(page string) bool {
		return sum(page, "flashwave_requests_sent_total", "") > 0 && sum(page, "flashwave_run_state", `"running"`) == 1
	})
	page := p.until(t, func(page string) bool { return sum(page, "flashwave_requests_total", "") >= 80 })
	want := map[string]float64{}
	for k := 1; k <= 2; k++ {
		text, err := os.ReadFile(fmt.Sprintf("%s/run-%d.json", dir, k))
		if k == 2 { // it is written a moment after the run has ended
			for err != nil || len(text) == 0 || !json.Valid(text) {
				time.Sleep(50 * time.Millisecond)
				text, err = os.ReadFile(fmt.Sprintf("%s/run-%d.json", dir, k))
			}
		}
		var doc result.Run
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		want["flashwave_requests_scheduled_total"] += float64(doc.Total.Requests.Scheduled)
		want["flashwave_ttft_seconds_count"] += float64(doc.Total.Latency.TTFT.Response.Count)
		want["gen_ai_client_operation_duration_seconds_count"] += float64(doc.Total.Latency.E2E.Service.Count)
	}
	for metric, n := range want {
		if got := sum(page, metric, ""); got != n {
			t.Errorf("%s is %v, want %v", metric, got, n)
		}
	}
	_ = p.cmd.Process.Signal(os.Interrupt) // it ends the wait
	<-p.ended
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit code %d: %q", code, p.stderr)
	}
}

// A search adds up its steps: no counter falls from one to the next.
func TestPromOfASearch(t *testing.T) {
	t.Parallel()
	s, err := mock.New(mock.Default())
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		_ = s.Close()
	})
	p := serving(t, "capacity", "--prom", "127.0.0.1:0", "--url", srv.URL+"/v1", "--max-tokens", "2", "--max-rate", "40/s", "--step-for", "1s", "--soak", "1s",
		"--for", "12s", "--max-lag", "10s", "--json", "--no-save")
	last, looks := 0.0, 0
	for {
		page := p.get()
		if n := sum(page, "flashwave_requests_scheduled_total", ""); page != "" {
			if n < last {
				t.Fatalf("%v after %v", n, last)
			}
			last, looks = n, looks+1
		}
		select {
		case <-p.ended:
			if looks < 5 || last == 0 {
				t.Errorf("%d looks, %v requests: %q", looks, last, p.stderr)
			}
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// What the server says of itself is in the document, and one that hangs costs nothing: the
// load is what it would be, and it is said once.
func TestServerMetrics(t *testing.T) {
	t.Parallel()
	run := func(t *testing.T, path string) *result.Run {
		t.Parallel()
		s, err := mock.New(mock.Default())
		if err != nil {
			t.Fatal(err)
		}
		over := make(chan struct{})
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/hangs" {
				select {
				case <-r.Context().Done():
				case <-over:
				}
				return
			}
			if r.URL.Path == "/metrics" && r.Header.Get("Authorization") != "" {
				t.Error("the key was sent along")
			}
			s.ServeHTTP(w, r)
		}))
		defer func() {
			close(over)
			srv.CloseClientConnections()
			srv.Close()
			_ = s.Close()
		}()
		c := exec.Command(os.Args[0], "run", "--url", srv.URL+"/v1", "--server-metrics", srv.URL+path, "--rate", "30/s", "--for", "2s", "--max-tokens", "8", "--max-lag", "10s", "--json", "--no-save", "--no-tui")
		c.Env = append(os.Environ(), actAs+"=flashwave", "CI=true", "FLASHWAVE_API_KEY=secret", "XDG_STATE_HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
		out, err := c.Output()
		if err != nil && c.ProcessState.ExitCode() != 120 { // which a busy machine may come to
			t.Fatalf("%v: %s", err, out)
		}
		var doc result.Run
		if err := json.Unmarshal(out, &doc); err != nil {
			t.Fatal(err)
		}
		if doc.Total.Requests.Succeeded != 60 || doc.ServerMetrics == nil {
			t.Fatalf("%+v %+v %+v", doc.Total.Requests, doc.Verdict, doc.ServerMetrics)
		}
		return &doc
	}
	t.Run("told", func(t *testing.T) {
		doc := run(t, "/metrics")
		m := doc.ServerMetrics
		if m.Server != "vLLM" || m.Problem != "" || m.Of(result.ServerOutput) == nil || *m.Of(result.ServerOutput).Value != float64(*doc.Total.Tokens.Output) {
			t.Errorf("%+v; the client counted %d tokens", m, *doc.Total.Tokens.Output)
		}
		if !slices.ContainsFunc(doc.Timeline, func(r result.Row) bool { return r.Server != nil }) {
			t.Errorf("no row says anything: %+v", doc.Timeline)
		}
	})
	for path, problem := range map[string]string{"/hangs": "no answer within a second", "/nothing": "HTTP 404"} {
		t.Run(path, func(t *testing.T) {
			doc := run(t, path)
			if doc.ServerMetrics.Problem != problem || doc.ServerMetrics.Answered != 0 {
				t.Errorf("%+v", doc.ServerMetrics)
			}
			noted := 0
			for _, e := range doc.Events {
				if strings.Contains(e.Text, "the server's own metrics") {
					noted++
				}
			}
			if noted != 1 {
				t.Errorf("noted %d times", noted)
			}
		})
	}
}

// What is asked of the server belongs to runs, and is refused where it would say nothing.
func TestServerMetricsOfASearch(t *testing.T) {
	var out, errs bytes.Buffer
	if code := Main([]string{"capacity", "--server-metrics", "http://127.0.0.1:1/metrics", "--no-save"}, nil, &out, &errs); code != verdict.ExitUsage || !strings.Contains(errs.String(), "is of a run") {
		t.Errorf("exit code %d: %s", code, errs.String())
	}
}

// The flags of the page say what is wrong with them, and nothing is sent.
func TestPromFlags(t *testing.T) {
	for _, args := range [][]string{
		{"--prom", "9090"}, {"--prom", "127.0.0.1:nine"}, {"--prom-linger", "3s"}, {"--prom", "127.0.0.1:0", "--prom-linger", "-3s"},
	} {
		var out, errs bytes.Buffer
		code := Main(append([]string{"run", "-n", "1", "--no-save", "--json"}, args...), nil, &out, &errs)
		if code != verdict.ExitUsage || !strings.Contains(errs.String(), "error: --prom") || !json.Valid(out.Bytes()) {
			t.Errorf("%q: exit code %d: %s%s", args, code, errs.String(), out.String())
		}
	}
}
