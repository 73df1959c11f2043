package tui

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/charmbracelet/x/vt"

	"flashwave/bench"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/store"
	"flashwave/client"
	"flashwave/client/outcome"
	"flashwave/tui/draw"
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
	wrote    []string
	refuse   error // of Start
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
	*simulation
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
	src := at(0, func(s *result.Snapshot) {
		if s.At >= saleEnds*time.Second {
			judged(result.Fail)(s)
		}
	})
	src.clock = func() time.Duration { return saleEnds*time.Second - 3*time.Second + time.Since(began) }
	s := staged{src, frozenRun("20261124-020000")}
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

func (c *fakeBackend) Runs() ([]store.Entry, error) {
	i := c.work(context.Background(), "list", c.listing)
	entry := func(id, name string, ago time.Duration, status result.Status) store.Entry {
		return store.Entry{
			ID: id, Name: name, StartedAt: c.began.Add(-ago), Target: "127.0.0.1:8000", Model: "deepseek-v3.2", Complete: true, Status: status,
			PeakRPS: ptr(200.0), TTFTP95: ptr(812.0), E2EMean: ptr(2100.0), ErrorRate: ptr(0.012), CostUSD: ptr(0.42),
		}
	}
	if c.listing != nil {
		return []store.Entry{entry("20261124-010000", fmt.Sprintf("as listed at %d", i), time.Minute, result.Pass)}, nil
	}
	cut := entry("20261121-090000", "cut off", 72*time.Hour, "")
	cut.Complete, cut.TTFTP95, cut.ErrorRate, cut.CostUSD = false, nil, nil, nil
	return []store.Entry{
		entry("20261124-010000", "midnight-sale", 2*time.Minute, result.Fail),
		entry("20261123-230000", "midnight-sale", 3*time.Hour, result.Pass),
		entry("20261122-100000", "trời đẹp 🙂 a very long name of a run", 50*time.Hour, result.Inconclusive),
		cut,
	}, nil
}

func (c *fakeBackend) Load(id string) (*result.Run, error) {
	c.work(context.Background(), "load", c.loading)
	if id == "20261124-010000" {
		return slower(id), nil
	}
	return frozenRun(id), nil
}

func (c *fakeBackend) Report(_ *result.Run, path string) error { return c.write("report " + path) }

func (c *fakeBackend) Save(sc *scenario.Scenario, path string) error {
	return c.write("scenario " + sc.Name + " " + path)
}

func (c *fakeBackend) write(what string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrote = append(c.wrote, what)
	return nil
}

// frozenRun is a document that an early version wrote, with another id.
func frozenRun(id string) *result.Run {
	text, err := os.ReadFile(filepath.Join("..", "bench", "compare", "testdata", "run-v1.json"))
	if err != nil {
		panic(err)
	}
	run := new(result.Run)
	if err := json.Unmarshal(text, run); err != nil {
		panic(err)
	}
	run.ID, run.Name = id, "midnight-sale"
	return run
}

// slower is the same run of an endpoint that became slower.
func slower(id string) *result.Run {
	run := frozenRun(id)
	for _, l := range []*result.Latency{run.Total.Latency.E2E.Response, run.Waves[0].Latency.E2E.Response} {
		l.P50, l.P95, l.P99 = 1.31*l.P50, 1.34*l.P95, 1.4*l.P99
	}
	run.Total.ErrorRate = ptr(0.031)
	return run
}

// An evening is the whole program with a fakeBackend, in virtual time.
type evening struct {
	*session
	backend *fakeBackend
	leave   func() // what follows the last screen
}

// open starts the program with its home screen.
func open(t *testing.T, width, height int, edit func(*fakeBackend)) *evening {
	backend := &fakeBackend{began: time.Now()}
	if edit != nil {
		edit(backend)
	}
	s := &session{t: t, last: &recorder{}, ended: make(chan error, 1)}
	filter := func(_ tea.Model, msg tea.Msg) tea.Msg {
		if _, ok := msg.(tea.SuspendMsg); ok {
			return nil
		}
		return msg
	}
	app, leave := newApp(t.Context(), nil, Options{Backend: backend})
	s.program = tea.NewProgram(recorded{app, s.last}, tea.WithInput(nil), tea.WithOutput(&bytes.Buffer{}),
		tea.WithoutSignalHandler(), tea.WithWindowSize(width, height), tea.WithColorProfile(colorprofile.TrueColor), tea.WithFilter(filter))
	go func() {
		_, err := s.program.Run()
		s.ended <- err
	}()
	s.rest()
	return &evening{s, backend, leave}
}

// typed types a text into whatever has the focus.
func (e *evening) typed(text string) {
	for _, r := range text {
		e.program.Send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
	e.rest()
}

// key presses a key that a test names in full.
func (e *evening) key(k tea.KeyPressMsg, times int) {
	for range times {
		e.program.Send(k)
	}
	e.rest()
}

var (
	ctrlK     = tea.KeyPressMsg{Code: 'k', Mod: tea.ModCtrl}
	ctrlU     = tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl}
	ctrlC     = tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl}
	backspace = tea.KeyPressMsg{Code: tea.KeyBackspace}
	right_    = tea.KeyPressMsg{Code: tea.KeyRight}
	f1        = tea.KeyPressMsg{Code: tea.KeyF1}
)

// close leaves the program, however deep in it the test is.
func (e *evening) close() {
	e.t.Helper()
	e.key(ctrlC, 4)
	e.ends()
	e.leave()
}

// The first enter on a fresh machine runs the benchmark against the built-in
// endpoint; the run becomes a result, from which everything else can be reached.
func TestAnEvening(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, nil)
		e.shows("new run")
		e.shows("requests 1,000")
		e.shows("earlier runs")
		e.shows("2 min ago")

		e.key(ctrlK, 1)
		e.shows("check: one request")
		e.shows("first token")
		e.press("esc")
		e.shows("requests 1,000")

		e.press("enter")
		e.rest()
		if n := len(e.backend.started); n != 1 || e.backend.started[0].Target.URL != "mock:" || e.backend.started[0].Lanes[0].Waves[0].Concurrency != 50 {
			t.Fatalf("%d runs were started: %+v", n, e.backend.started)
		}
		e.shows("running")
		time.Sleep(5 * time.Second)
		e.rest()
		e.shows("again")

		e.press("w")
		e.shows("scenario to: midnight-sale.yaml")
		e.press("enter")
		e.rest()
		e.shows("wrote midnight-sale.yaml")
		e.press("o")
		e.shows("flashwave-20261124-020000.html")
		e.key(ctrlU, 1)
		e.typed("night.md")
		e.press("enter")
		e.rest()
		e.shows("wrote night.md")
		if got := strings.Join(e.backend.wrote, "; "); got != "scenario benchmark midnight-sale.yaml; report night.md" {
			t.Errorf("written: %s", got)
		}

		e.press("c")
		e.rest()
		e.shows("base 20261124-010000")
		e.shows("new 20261124-020000")
		e.press("esc")
		e.shows("again")
		e.press("r")
		e.rest()
		if len(e.backend.started) != 2 {
			t.Errorf("r started %d runs", len(e.backend.started)-1)
		}
		time.Sleep(5 * time.Second)
		e.rest()
		e.press("esc")
		e.shows("new run")

		e.press("esc", "space", "down", "space", "c")
		e.rest()
		e.shows("NEW is worse: error rate")
		e.press("esc")
		e.shows("new run")
		e.press("/")
		e.typed("cut")
		e.press("enter")
		e.hides("3 h ago")
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
		e.press("enter")
		e.rest()
		e.shows("nothing was sent")
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
		e.press("enter")
		e.shows("llm.shop.example is not on this machine")
		e.press("n")
		e.shows("nothing was sent")
		if len(e.backend.started) != 0 {
			t.Error("no was taken for yes")
		}
		e.press("enter", "y")
		e.rest()
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
		e.press("enter")
		e.rest()
		e.shows("connection refused")
		e.close()
	})
}

// homeScenes are states of the home screen that are worth a picture.
var homeScenes = map[string]func(e *evening){
	"begun": func(*evening) {},
	"sale": func(e *evening) {
		e.press("down", "down", "down")
		e.key(right_, 1)
	},
	"wrong": func(e *evening) {
		e.key(backspace, 10)
		e.typed("htp://x")
	},
	"checked": func(e *evening) { e.key(ctrlK, 1) },
	"runs":    func(e *evening) { e.press("esc", "space", "down") },
	"help":    func(e *evening) { e.key(f1, 1) },
	"remote": func(e *evening) {
		e.key(backspace, 10)
		e.typed("https://llm.shop.example/v1")
		e.press("enter")
	},
}

var windowSizes = []struct{ w, h int }{{40, 12}, {60, 16}, {80, 24}, {120, 36}, {200, 60}}

func TestHomeScreens(t *testing.T) {
	t.Parallel()
	for name, act := range homeScenes {
		for _, size := range windowSizes {
			t.Run(fmt.Sprintf("%s/%dx%d", name, size.w, size.h), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					e := open(t, size.w, size.h, nil)
					act(e)
					e.rest()
					frame := e.last.styled()
					fits(t, frame, size.w, size.h)
					golden.RequireEqual(t, drawn(frame, size.w, size.h))
					e.close()
				})
			})
		}
	}
}

// styled is the frame as it was drawn.
func (r *recorder) styled() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.frame
}

// drawn is what a terminal shows of a frame.
func drawn(frame string, width, height int) string {
	e := vt.NewEmulator(width, height)
	defer e.Close() //nolint:errcheck // a terminal in memory
	if _, err := e.WriteString(strings.ReplaceAll(frame, "\n", "\r\n")); err != nil {
		panic(err)
	}
	lines := strings.Split(e.String(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \r")
	}
	return strings.Join(lines, "\n") + "\n"
}

// fits holds that a frame is no larger than its window.
func fits(t *testing.T, frame string, width, height int) {
	t.Helper()
	lines := strings.Split(frame, "\n")
	if len(lines) > max(1, height) {
		t.Errorf("%d lines in a window of %d", len(lines), height)
	}
	for _, line := range lines {
		if w := ansi.StringWidth(line); w > width {
			t.Errorf("%d cells in a window of %d: %q", w, width, ansi.Strip(line))
		}
	}
}

func TestComparisonScreens(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]*result.Run{"same": frozenRun("20261124-010000"), "slower": slower("20261124-010000")} {
		c := newComparison(compared(frozenRun("20261123-230000"), other))
		for _, size := range windowSizes {
			t.Run(fmt.Sprintf("%s/%dx%d", name, size.w, size.h), func(t *testing.T) {
				frame := c.restyle(testPen()).resize(size.w, size.h).view()
				fits(t, frame, size.w, size.h)
				golden.RequireEqual(t, drawn(frame, size.w, size.h))
			})
		}
	}
}

// No window is too small or too large for the screens of the program, whatever is
// pressed.
func TestScreensFitAnyWindow(t *testing.T) {
	t.Parallel()
	c := newComparison(compared(frozenRun("20261123-230000"), slower("20261124-010000")))
	ascii := pen{draw.Pen{Style: draw.NewStyles(true, colorprofile.ASCII), Glyph: draw.ASCIIGlyphs}}
	for width := 0; width <= 210; width += 11 {
		for height := 0; height <= 66; height += 5 {
			for _, p := range []pen{testPen(), ascii} {
				c := c.restyle(p).resize(width, height)
				for _, key := range []string{"", "tab", "down", "w", "?"} {
					if key != "" {
						c, _ = c.update(keyOf(key))
					}
					fits(t, c.view(), width, height)
				}
			}
		}
	}
}

// ASCII terminals get ASCII, monochrome ones no colours.
func TestComparisonThemes(t *testing.T) {
	c := newComparison(compared(frozenRun("20261123-230000"), slower("20261124-010000")))
	for theme, p := range map[string]pen{
		"dark":    testPen(),
		"light":   {draw.Pen{Style: draw.NewStyles(false, colorprofile.TrueColor), Glyph: draw.UnicodeGlyphs}},
		"sixteen": {draw.Pen{Style: draw.NewStyles(true, colorprofile.ANSI), Glyph: draw.UnicodeGlyphs}},
		"ascii":   {draw.Pen{Style: draw.NewStyles(true, colorprofile.ASCII), Glyph: draw.ASCIIGlyphs}},
	} {
		t.Run(theme, func(t *testing.T) { golden.RequireEqual(t, c.restyle(p).resize(120, 36).view()) })
	}
}
