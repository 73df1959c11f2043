package tui

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"flashwave/bench"
	"flashwave/bench/capacity"
	"flashwave/bench/compare"
	"flashwave/bench/history"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/client"
	"flashwave/client/outcome"
	"flashwave/tui/screentest"
)

// A fakeBackend is a backend without a machine behind it.
type fakeBackend struct {
	targets []scenario.NamedTarget
	began   time.Time

	// How long things take, whether or not anybody still waits for them: the i-th
	// start, check, load and listing. nil: no time at all.
	starting, checking, loading, listing func(i int) time.Duration

	mu       sync.Mutex
	started  []*scenario.Scenario
	sessions []staged
	asked    map[string]int // by method
	gone     map[string]int // likewise: how often nobody waited any more at the end
	searched []*scenario.Scenario
	hunts    []*stagedHunt
	kept     []history.Kept
	changed  []string
	wrote    []string
	refuse   error // of Start

	appraising func() // nil: at once
}

// work is the i-th call of a method.
func (c *fakeBackend) work(ctx context.Context, method string, takes func(int) time.Duration) (i int) {
	c.mu.Lock()
	if c.asked == nil {
		c.asked, c.gone = map[string]int{}, map[string]int{}
	}
	i = c.asked[method]
	c.asked[method]++
	c.mu.Unlock()
	if takes != nil {
		time.Sleep(takes(i))
	}
	if ctx.Err() != nil {
		c.mu.Lock()
		c.gone[method]++
		c.mu.Unlock()
	}
	return i
}

func (c *fakeBackend) Targets() []scenario.NamedTarget { return c.targets }

// A staged run is the sale of the simulation, which began a while ago.
type staged struct {
	*screentest.Simulation
	doc *result.Run
}

func (s staged) Wait() *result.Run { return s.doc }

// Start is as rude as a backend can be: it begins a run that nobody waits for.
func (c *fakeBackend) Start(ctx context.Context, sc *scenario.Scenario) (Session, error) {
	c.work(ctx, "start", c.starting)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refuse != nil {
		return nil, c.refuse
	}
	c.started = append(c.started, sc)
	began := time.Now()
	src := screentest.At(0, func(s *result.Snapshot) {
		if s.At >= screentest.SaleEnds*time.Second {
			screentest.Judged(result.Fail)(s)
		}
	})
	src.Clock = func() time.Duration { return screentest.SaleEnds*time.Second - 3*time.Second + time.Since(began) }
	s := staged{src, screentest.FrozenRun("20261124-020000")}
	c.sessions = append(c.sessions, s)
	return s, nil
}

func (c *fakeBackend) Check(ctx context.Context, sc *scenario.Scenario) (bench.Probe, error) {
	i := c.work(ctx, "check", c.checking)
	sc.Target.Model = "settled by the check"
	cost := 0.00042
	return bench.Probe{
		Target: "127.0.0.1:8000", Model: "deepseek-v3.2", CostUSD: &cost,
		Result: client.Result{
			Outcome: outcome.OK, Status: 200, Phases: client.Phases{Connect: 3 * time.Millisecond},
			FirstByte: 40 * time.Millisecond, FirstToken: 120 * time.Millisecond,
			LastToken: 900 * time.Millisecond, Done: 905 * time.Millisecond,
			Usage: client.Usage{Prompt: 170, Output: 64, From: client.FromUsage}, Finish: "stop", Text: "Xin chào" + strings.Repeat("!", i),
			Limits: client.Limits{LimitRequests: -1, RemainingRequests: -1, LimitTokens: -1, RemainingTokens: -1},
		},
	}, nil
}

// entry is a kept run of the fake.
func (c *fakeBackend) entry(id, name string, ago time.Duration, status result.Status) history.Kept {
	return history.Kept{
		Kind: history.Run, ID: id, Name: name, StartedAt: screentest.Ptr(c.began.Add(-ago)), Target: "127.0.0.1:8000", Model: "deepseek-v3.2", Complete: true, Status: &status,
		RateRPS: screentest.Ptr(200.0), SucceededRPS: screentest.Ptr(23.4), TTFTP95MS: screentest.Ptr(812.0), E2EP95MS: screentest.Ptr(2100.0), ErrorRate: screentest.Ptr(0.012), CostUSD: screentest.Ptr(0.42),
		Headline: "it is what it is",
	}
}

// night is what was kept of several nights: runs of all ends, a search, and one that
// nobody can read.
func (c *fakeBackend) night() []history.Kept {
	cut := c.entry("20261121-090000", "cut off", 72*time.Hour, "")
	cut.Complete, cut.Status, cut.TTFTP95MS, cut.ErrorRate, cut.CostUSD = false, nil, nil, nil, nil
	found := c.entry("capacity-20261122-080000", "midnight-sale", 51*time.Hour, result.Pass)
	found.Kind, found.TTFTP95MS, found.ErrorRate, found.SucceededRPS, found.Confirmed = history.Search, nil, nil, nil, screentest.Ptr(true)
	found.RateRPS, found.Labels = screentest.Ptr(26.3), map[string]string{"team": "shop"}
	broken := history.Kept{Kind: history.Run, ID: "20261120-070000", Broken: screentest.Ptr("run.json: unexpected end of JSON input")}
	return []history.Kept{
		c.entry("20261124-010000", "midnight-sale", 2*time.Minute, result.Fail),
		c.entry("20261123-230000", "midnight-sale", 3*time.Hour, result.Pass),
		c.entry("20261122-100000", "trời đẹp 🙂 a very long name of a run", 50*time.Hour, result.Inconclusive),
		found, cut, broken,
	}
}

func (c *fakeBackend) Kept() ([]history.Kept, error) {
	i := c.work(context.Background(), "list", c.listing)
	if c.listing != nil {
		return []history.Kept{c.entry("20261124-010000", fmt.Sprintf("as listed at %d", i), time.Minute, result.Pass)}, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = c.night()
	}
	return slices.Clone(c.kept), nil
}

func (c *fakeBackend) change(what, id string, do func(*history.Kept)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changed = append(c.changed, what+" "+id)
	for i := range c.kept {
		if c.kept[i].ID == id {
			do(&c.kept[i])
			return nil
		}
	}
	return errors.New("there is no " + id)
}

func (c *fakeBackend) Remove(id string) error {
	err := c.change("remove", id, func(*history.Kept) {})
	c.kept = slices.DeleteFunc(c.kept, func(k history.Kept) bool { return k.ID == id })
	return err
}

func (c *fakeBackend) Rename(id, name string) error {
	return c.change("rename", id, func(k *history.Kept) { k.Name = name })
}

func (c *fakeBackend) Label(id string, labels map[string]*string) error {
	return c.change("label", id, func(k *history.Kept) {
		k.Labels = map[string]string{}
		for key, value := range labels {
			if value != nil {
				k.Labels[key] = *value
			}
		}
	})
}

func (c *fakeBackend) Key(t scenario.Target) (name string, set bool) {
	return cmp.Or(t.KeyEnv, "FLASHWAVE_API_KEY"), t.KeyEnv == "SHOP_KEY"
}

func (c *fakeBackend) AppraiseSearch(*scenario.Scenario) (string, error) {
	if c.appraising != nil {
		c.appraising()
	}
	return "usually about 9,412 requests in about 12 min", nil
}

func (c *fakeBackend) LoadSearch(id string) (*capacity.Document, error) {
	text, err := os.ReadFile(filepath.Join("search", "testdata", "capacity.json"))
	if err != nil {
		return nil, err
	}
	doc := new(capacity.Document)
	err = json.Unmarshal(text, doc)
	doc.ID = id
	return doc, err
}

// A stagedHunt is a search that took place, and is over once it is stopped.
type stagedHunt struct {
	doc *capacity.Document

	mu      sync.Mutex
	stopped bool
}

func (h *stagedHunt) Subject() string { return "a made-up search" }

func (h *stagedHunt) Stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopped = true
}

func (h *stagedHunt) Snapshot() capacity.Snapshot {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		return capacity.Snapshot{Phase: capacity.Finished, Document: h.doc, Steps: h.doc.Steps, SLOs: h.doc.SLOs}
	}
	return capacity.Snapshot{Phase: capacity.Bisecting, Steps: h.doc.Steps[:2], SLOs: h.doc.SLOs}
}

func (h *stagedHunt) Wait() *capacity.Document { return h.doc }

func (c *fakeBackend) Search(ctx context.Context, sc *scenario.Scenario) (Hunt, error) {
	c.work(ctx, "search", c.starting)
	doc, err := c.LoadSearch("capacity-20261124-030000")
	if err != nil {
		return nil, err
	}
	h := &stagedHunt{doc: doc}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.searched, c.hunts = append(c.searched, sc), append(c.hunts, h)
	return h, nil
}

func (c *fakeBackend) Load(id string) (*result.Run, error) {
	c.work(context.Background(), "load", c.loading)
	if id == "20261124-010000" {
		run := screentest.Slower(id)
		run.Verdict.SLOs = append(run.Verdict.SLOs, result.SLO{Expr: "ttft.p95 < 800ms", Observed: screentest.Ptr(812.0), Unit: "ms", OK: screentest.Ptr(false)})
		run.Verdict.Customers = "94 of 100 customers waited less than 800 ms for the first word; the longest wait was 1.40 s"
		return run, nil
	}
	return screentest.FrozenRun(id), nil
}

func (c *fakeBackend) Report(_ *result.Run, path string) error { return c.write("report " + path) }

func (c *fakeBackend) ReportSearch(_ *capacity.Document, path string) error {
	return c.write("search " + path)
}

func (c *fakeBackend) ReportComparison(_ *compare.Document, path string) error {
	return c.write("comparison " + path)
}

func (c *fakeBackend) Save(sc *scenario.Scenario, path string) error {
	return c.write("scenario " + sc.Name + " " + path)
}

func (c *fakeBackend) write(what string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrote = append(c.wrote, what)
	return nil
}

// An evening is the whole program with a fakeBackend, in virtual time.
type evening struct {
	*screentest.Session
	backend *fakeBackend
	leave   func() // what follows the last screen
}

// open starts the program with its home screen.
func open(t *testing.T, width, height int, edit func(*fakeBackend)) *evening {
	backend := &fakeBackend{began: time.Now()}
	if edit != nil {
		edit(backend)
	}
	app, leave := newApp(t.Context(), nil, Options{Backend: backend})
	return &evening{screentest.Start(t, app, nil, width, height), backend, leave}
}

// typed types a text into whatever has the focus.
func (e *evening) typed(text string) {
	for _, r := range text {
		e.Program.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	e.Rest()
}

// key presses a key that a test names in full.
func (e *evening) key(k tea.KeyPressMsg, times int) {
	for range times {
		e.Program.Send(k)
	}
	e.Rest()
}

var (
	ctrlK     = tea.KeyPressMsg{Code: 'k', Mod: tea.ModCtrl}
	ctrlU     = tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl}
	ctrlC     = tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl}
	backspace = tea.KeyPressMsg{Code: tea.KeyBackspace}
	right_    = tea.KeyPressMsg{Code: tea.KeyRight}
	f1        = tea.KeyPressMsg{Code: tea.KeyF1}
	f2        = tea.KeyPressMsg{Code: tea.KeyF2}
)

// close leaves the program, however deep in it the test is.
func (e *evening) close() {
	e.T.Helper()
	e.key(ctrlC, 4)
	e.Ends()
	e.leave()
}

// The first enter on a fresh machine runs the benchmark against the built-in
// endpoint; the run becomes a result, from which everything else can be reached.
func TestAnEvening(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, nil)
		e.Shows("new run")
		e.Shows("requests 1,000")
		e.Shows("earlier runs")
		e.Shows("2 min ago")

		e.key(ctrlK, 1)
		e.Shows("check: one request")
		e.Shows("first token")
		e.Press("esc")
		e.Shows("requests 1,000")

		e.Press("enter")
		e.Rest()
		if n := len(e.backend.started); n != 1 || e.backend.started[0].Target.URL != "mock:" || e.backend.started[0].Lanes[0].Waves[0].Concurrency != 50 {
			t.Fatalf("%d runs were started: %+v", n, e.backend.started)
		}
		e.Shows("running")
		time.Sleep(5 * time.Second)
		e.Rest()
		e.Shows("again")

		e.Press("w")
		e.Shows("scenario to: midnight-sale.yaml")
		e.Press("enter")
		e.Rest()
		e.Shows("wrote midnight-sale.yaml")
		e.Press("o")
		e.Shows("flashwave-20261124-020000.html")
		e.key(ctrlU, 1)
		e.typed("night.md")
		e.Press("enter")
		e.Rest()
		e.Shows("wrote night.md")
		if got := strings.Join(e.backend.wrote, "; "); got != "scenario benchmark midnight-sale.yaml; report night.md" {
			t.Errorf("written: %s", got)
		}

		e.Press("c")
		e.Rest()
		e.Shows("base 20261124-010000")
		e.Shows("new 20261124-020000")
		e.Press("esc")
		e.Shows("again")
		e.Press("r")
		e.Rest()
		if len(e.backend.started) != 2 {
			t.Errorf("r started %d runs", len(e.backend.started)-1)
		}
		time.Sleep(5 * time.Second)
		e.Rest()
		e.Press("esc")
		e.Shows("new run")

		e.Shows("compare") // the list has the focus
		e.Press("space", "down", "space", "c")
		e.Rest()
		e.Shows("NEW is worse: error rate")
		e.Press("esc")
		e.Shows("new run")
		e.Press("/")
		e.typed("cut")
		e.Press("enter")
		e.Hides("3 h ago")
		e.close()
	})
}

// What is wrong with a draft stands beside it, and nothing is sent.
func TestWrongDrafts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, nil)
		e.key(backspace, 10)
		e.typed("htp://x/v1")
		e.Press("enter")
		e.Rest()
		e.Shows("nothing was sent")
		if len(e.backend.started) != 0 {
			t.Error("a run was started")
		}
		e.close()
	})
}

// A target that is not on this machine gets nothing before somebody said yes.
func TestRemoteTargetsAskFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, nil)
		e.key(backspace, 10)
		e.typed("https://llm.shop.example/v1")
		e.Press("enter")
		e.Shows("llm.shop.example is not on this machine")
		e.Press("n")
		e.Shows("nothing was sent")
		if len(e.backend.started) != 0 {
			t.Error("no was taken for yes")
		}
		e.Press("enter", "y")
		e.Rest()
		if len(e.backend.started) != 1 {
			t.Error("yes started nothing")
		}
		e.close()
	})
}

// What the backend refuses is said where the user is.
func TestRefusedStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, func(c *fakeBackend) { c.refuse = errors.New("connection refused") })
		e.Press("enter")
		e.Rest()
		e.Shows("connection refused")
		e.close()
	})
}

// homeScenes are states of the home screen that are worth a picture.
var homeScenes = map[string]func(e *evening){
	"begun": func(*evening) {},
	"sale": func(e *evening) {
		e.Press("down", "down", "down")
		e.key(right_, 1)
	},
	"wrong": func(e *evening) {
		e.key(backspace, 10)
		e.typed("htp://x")
	},
	"checked": func(e *evening) { e.key(ctrlK, 1) },
	"last": func(e *evening) { // the last run of the target
		e.key(backspace, 10)
		e.typed("http://127.0.0.1:8000/v1")
	},
	"filter":   func(e *evening) { e.Press("esc", "/"); e.typed("sale shop") },
	"delete":   func(e *evening) { e.Press("esc", "down", "d") },
	"rename":   func(e *evening) { e.Press("esc", "r"); e.typed(" again") },
	"label":    func(e *evening) { e.Press("esc", "down", "down", "down", "l"); e.typed("release=7 team-") },
	"sale1":    func(e *evening) { e.key(f2, 1) },
	"sale2":    func(e *evening) { e.key(f2, 1); e.key(enter, 1); e.key(ctrlU, 1); e.typed("12,000") },
	"sale3":    func(e *evening) { e.key(f2, 1); e.key(enter, 2) },
	"sale4":    func(e *evening) { e.key(f2, 1); e.key(enter, 3) },
	"sale5":    func(e *evening) { e.key(f2, 1); e.key(enter, 4); e.typed("x") },
	"sale6":    func(e *evening) { e.key(f2, 1); e.key(enter, 5); e.key(ctrlU, 1); e.typed("$5") },
	"sale7":    func(e *evening) { e.key(f2, 1); e.key(enter, 6) },
	"listhelp": func(e *evening) { e.Press("esc", "?") },
	"waiting": func(e *evening) {
		e.backend.mu.Lock()
		e.backend.appraising = func() { time.Sleep(time.Minute) }
		e.backend.mu.Unlock()
		e.key(backspace, 10)
		e.typed("https://llm.shop.example/v1")
		e.Press("enter")
	},
	"search": func(e *evening) {
		e.key(backspace, 10)
		e.typed("https://llm.shop.example/v1")
		e.Press("esc", "C")
	},
	"runs": func(e *evening) { e.Press("esc", "space", "down") },
	"help": func(e *evening) { e.key(f1, 1) },
	"remote": func(e *evening) {
		e.key(backspace, 10)
		e.typed("https://llm.shop.example/v1")
		e.Press("enter")
	},
}

// homeSizes are those that the home screen is pictured in.
var homeSizes = append(slices.Clone(screentest.WindowSizes), struct{ W, H int }{100, 30})

func TestHomeScreens(t *testing.T) {
	t.Parallel()
	for name, act := range homeScenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			frames := map[string]string{}
			synctest.Test(t, func(t *testing.T) {
				e := open(t, 120, 36, nil)
				act(e)
				for _, size := range homeSizes {
					e.Program.Send(tea.WindowSizeMsg{Width: size.W, Height: size.H})
					e.Rest()
					frame := e.Last.Styled()
					screentest.Fits(t, frame, size.W, size.H)
					frames[fmt.Sprintf("%dx%d", size.W, size.H)] = screentest.Drawn(frame, size.W, size.H)
				}
				e.close()
				time.Sleep(2 * time.Minute) // whatever the backend is still at
			})
			for size, frame := range frames {
				t.Run(size, func(t *testing.T) { golden.RequireEqual(t, frame) })
			}
		})
	}
}
