package cmd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/bench/schema/schematest"
	"flashwave/bench/verdict"
	"flashwave/client/mock"
	"flashwave/client/queue"
	"flashwave/client/queue/worker"
)

// actAs is the environment variable by which this test binary plays one of parts.
const actAs = "FLASHWAVE_TEST_ACTS_AS"

var parts = map[string]func() int{}

func TestMain(m *testing.M) {
	if part, ok := parts[os.Getenv(actAs)]; ok {
		os.Exit(part())
	}
	// Below nohup a hang-up is ignored, and so it would be by what the tests start: what
	// is caught here is as usual there.
	if signal.Ignored(syscall.SIGHUP) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	}
	// What is started here waits more than it works: more of it at a time than there are CPUs.
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){
		"flashwave": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// The scripts drive the real binary, as a user does.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, "state"))
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "config"))
			e.Setenv("CI", "true")
			e.Setenv("NOBODY", "127.0.0.1:1") // no system gives that port to whoever asks for any
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"endpoint": endpoint, "refusing": refusing, "redis": serveRedis, "instant": instant, "hanging": hanging, "reached": reached, "field": field, "exits": exits, "lines": lines, "validate": validate, "interrupted": interrupted,
			"recorded": recorded, "settled": settled, "signalled": signalled,
		},
	})
}

// endpoint VAR [key=…|rpm=…|burst=…|errors=…|models=a,b]: serves the built-in endpoint and
// puts its URL into VAR, and into VAR_HOST without the path.
func endpoint(ts *testscript.TestScript, _ bool, args []string) {
	c := mock.Default()
	for _, arg := range args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		switch name {
		case "key":
			c.Key = value
		case "rpm":
			ts.Check(json.Unmarshal([]byte(value), &c.RPM))
		case "burst":
			ts.Check(json.Unmarshal([]byte(value), &c.Burst))
		case "errors":
			ts.Check(json.Unmarshal([]byte(value), &c.ErrorRate))
		case "models":
			c.Models = strings.Split(value, ",")
		default:
			ts.Fatalf("endpoint: what is %s?", arg)
		}
	}
	s, err := mock.New(c)
	ts.Check(err)
	srv := httptest.NewServer(s)
	ts.Defer(func() {
		srv.CloseClientConnections()
		srv.Close()
		ts.Check(s.Close())
	})
	ts.Setenv(args[0], srv.URL+"/v1")
	ts.Setenv(args[0]+"_HOST", srv.URL)
}

// refusing VAR: serves an endpoint that knows no key.
func refusing(ts *testscript.TestScript, _ bool, args []string) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error":{"message":"Incorrect API key provided: %s"}}`, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	}))
	ts.Defer(srv.Close)
	ts.Setenv(args[0], srv.URL+"/v1")
}

// redis VAR KEY=N…: serves a Redis in memory in which so many tasks wait under each key, a
// minute old; KEY=text holds no queue.
func serveRedis(ts *testscript.TestScript, _ bool, args []string) {
	address, end, err := worker.Embed()
	ts.Check(err)
	ts.Defer(end)
	conn, err := queue.Dial(context.Background(), queue.Address{Host: address}, "", nil)
	ts.Check(err)
	defer conn.Close() //nolint:errcheck // all was written
	for _, arg := range args[1:] {
		key, value, _ := strings.Cut(arg, "=")
		n, err := strconv.Atoi(value)
		if err != nil {
			_, err = conn.Do("SET", key, value)
			ts.Check(err)
		}
		for i := range n {
			_, err := conn.Do("ZADD", key, time.Now().Add(-time.Minute).Unix(), fmt.Sprint("task", i))
			ts.Check(err)
		}
	}
	ts.Setenv(args[0], "redis://"+address)
}

// instant VAR: serves an endpoint that answers in no time at all, so that whoever
// sends by a clock is late by its measure.
func instant(ts *testscript.TestScript, _ bool, args []string) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/models") {
			fmt.Fprint(w, `{"data":[{"id":"quick"}]}`)
			return
		}
		fmt.Fprint(w, `{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`)
	}))
	ts.Defer(srv.Close)
	ts.Setenv(args[0], srv.URL+"/v1")
}

// hanging VAR [MODEL]: serves an endpoint that never answers, but to who asks for its
// models, if it has one.
func hanging(ts *testscript.TestScript, _ bool, args []string) {
	asked, over := make(chan struct{}, 100), make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(args) > 1 && strings.HasSuffix(r.URL.Path, "/models") {
			fmt.Fprintf(w, `{"data":[{"id":%q}]}`, args[1])
			return
		}
		asked <- struct{}{}
		select {
		case <-r.Context().Done():
		case <-over:
		}
	}))
	ts.Defer(func() {
		close(over)
		srv.CloseClientConnections()
		srv.Close()
	})
	waiting.Store(srv.URL+"/v1", asked)
	ts.Setenv(args[0], srv.URL+"/v1")
}

// waiting are the requests that hanging endpoints got, by URL.
var waiting sync.Map

// reached VAR: waits until a hanging endpoint was asked for something.
func reached(ts *testscript.TestScript, _ bool, args []string) {
	asked, ok := waiting.Load(ts.Getenv(args[0]))
	if !ok {
		ts.Fatalf("%s is no hanging endpoint", args[0])
	}
	<-asked.(chan struct{})
}

// exits CODE[|CODE…] ARG…: runs flashwave and wants one of the exit codes.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec("flashwave", args[1:]...)
	code := "0"
	if err != nil {
		code = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if !slices.Contains(strings.Split(args[0], "|"), code) {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
	if slices.Contains(args, "--json") {
		document := []byte(ts.ReadFile("stdout"))
		name := schematest.NameOf(document)
		if name == "" {
			ts.Fatalf("what was printed names no schema")
		}
		ts.Check(schematest.Check(name, document))
	}
}

// settled FROM TO LOW HIGH: writes the document of a search as it would be if it had come
// to that, whatever this machine let it come to: confirmed, ended by a limit of requests,
// and with a demand that does not fit.
func settled(ts *testscript.TestScript, _ bool, args []string) {
	var d capacity.Document
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &d))
	low, err := strconv.ParseFloat(args[2], 64)
	ts.Check(err)
	high, err := strconv.ParseFloat(args[3], 64)
	ts.Check(err)
	c := &d.Capacity
	c.RPS, c.RPM, c.LowRPS, c.HighRPS = new(low), new(60*low), new(low), new(high)
	c.Confirmed, c.AtLeast, c.LimitedBy, c.SLO = true, false, capacity.ByRateLimit, nil
	d.Verdict.Status, d.Verdict.ExitCode = verdict.Decide(result.GroundSLO)
	d.Verdict.Headline = fmt.Sprintf("holds %g requests/s, and the demand peaks at 130", low)
	d.Verdict.Reasons, d.Warnings = []string{}, []string{}
	text, err := json.Marshal(&d)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o600))
}

// signalled SIGNAL GLOB TEXT ARG…: runs flashwave, sends it a signal as soon as a file
// holds the text, and waits for its end. Its terminal is gone by then: nothing that it
// writes arrives.
func signalled(ts *testscript.TestScript, _ bool, args []string) {
	signals := map[string]os.Signal{"KILL": os.Kill, "HUP": syscall.SIGHUP, "TERM": syscall.SIGTERM}
	c := exec.Command(filepath.Join(binaries(ts), "flashwave"), args[3:]...)
	c.Dir = ts.Getenv("WORK")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "CI"} {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	reader, terminal, err := os.Pipe()
	ts.Check(err)
	c.Stdout, c.Stderr = terminal, terminal
	ts.Check(c.Start())
	ts.Check(terminal.Close())
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = c.Wait() // it was killed
	}()
	holds := func() bool {
		names, _ := filepath.Glob(ts.MkAbs(args[1]))
		for _, name := range names {
			if text, err := os.ReadFile(name); err == nil && strings.Contains(string(text), args[2]) {
				return true
			}
		}
		return false
	}
	for !holds() {
		select {
		case <-over:
			ts.Fatalf("it ended by itself")
		case <-time.After(20 * time.Millisecond):
		}
	}
	ts.Check(reader.Close())
	ts.Check(c.Process.Signal(signals[args[0]]))
	<-over
}

// interrupted CODE FILE ARG…: runs flashwave, interrupts it as soon as there is
// something in the file, and wants that exit code.
func interrupted(ts *testscript.TestScript, _ bool, args []string) {
	path, err := exec.LookPath(filepath.Join(binaries(ts), "flashwave"))
	ts.Check(err)
	c := exec.Command(path, args[2:]...)
	c.Dir = ts.Getenv("WORK")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "CI"} {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	var out, diagnosis bytes.Buffer
	c.Stdout, c.Stderr = &out, &diagnosis
	ts.Check(c.Start())
	over := make(chan struct{})
	go func() {
		defer close(over)
		_ = c.Wait() // its exit code is looked at below
	}()
	for there := false; !there; {
		select {
		case <-over:
			ts.Fatalf("it ended by itself: %s", diagnosis.String())
		case <-time.After(20 * time.Millisecond):
		}
		info, err := os.Stat(ts.MkAbs(args[1]))
		there = err == nil && info.Size() > 0
	}
	ts.Check(c.Process.Signal(os.Interrupt))
	<-over
	_, _ = ts.Stdout().Write(out.Bytes())
	_, _ = ts.Stderr().Write(diagnosis.Bytes())
	if code := fmt.Sprint(c.ProcessState.ExitCode()); code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
	if slices.Contains(args, "--json") {
		ts.Check(schematest.Check(schematest.NameOf(out.Bytes()), out.Bytes()))
	}
}

// binaries is the folder in which testscript keeps this test binary under the names
// of its commands.
func binaries(ts *testscript.TestScript) string {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(dir, "flashwave")); err == nil {
			return dir
		}
	}
	ts.Fatalf("flashwave is not in PATH")
	return ""
}

// Every exit code is produced by a script.
func TestEveryExitCode(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "script", "codes.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []int{
		verdict.ExitPass, verdict.ExitBroken, verdict.ExitFailed, verdict.ExitUsage, verdict.ExitInterrupted, verdict.ExitInconclusive, verdict.ExitStopped,
	} {
		if !regexp.MustCompile(fmt.Sprintf(`(?m)^(exits|interrupted) %d `, code)).Match(text) {
			t.Errorf("no script produces exit code %d", code)
		}
	}
}

// validate NAME FILE…: the documents are as that schema has it.
func validate(ts *testscript.TestScript, _ bool, args []string) {
	for _, file := range args[1:] {
		ts.Check(schematest.Check(args[0], []byte(ts.ReadFile(file))))
	}
}

// field FILE PATH WANT: the value at a dotted path of a JSON file.
func field(ts *testscript.TestScript, neg bool, args []string) {
	var doc any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &doc))
	for _, key := range strings.Split(args[1], ".") {
		switch at := doc.(type) {
		case map[string]any:
			doc = at[key]
		case []any:
			var i int
			ts.Check(json.Unmarshal([]byte(key), &i))
			doc = at[i]
		default:
			ts.Fatalf("there is no %s in %s", args[1], args[0])
		}
	}
	got, err := json.Marshal(doc)
	ts.Check(err)
	if text := strings.Trim(string(got), `"`); (text == args[2]) == neg {
		ts.Fatalf("%s is %s, want %s", args[1], text, args[2])
	}
}

// lines FILE N: the file holds so many lines, each one JSON.
func lines(ts *testscript.TestScript, _ bool, args []string) {
	n := 0
	for s := bufio.NewScanner(strings.NewReader(ts.ReadFile(args[0]))); s.Scan(); n++ {
		if !json.Valid(s.Bytes()) {
			ts.Fatalf("not JSON: %s", s.Text())
		}
	}
	if fmt.Sprint(n) != args[1] {
		ts.Fatalf("%d lines, want %s", n, args[1])
	}
}
