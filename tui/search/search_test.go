package search

import (
	"encoding/json"
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
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"flashwave/bench/capacity"
	_ "flashwave/bench/gctest"
	"flashwave/bench/report/reporttest"
	"flashwave/bench/result"
	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

// A search is one that stands still.
type search struct {
	mu      sync.Mutex
	snap    capacity.Snapshot
	stopped int
}

func (f *search) Snapshot() capacity.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.snap
}

func (f *search) Stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopped++
}

// searched is a search that took place, after so many of its steps; with its document
// when it is over.
func searched(steps int, over bool) capacity.Snapshot {
	text, err := os.ReadFile(filepath.Join("testdata", "capacity.json"))
	if err != nil {
		panic(err)
	}
	doc := new(capacity.Document)
	if err := json.Unmarshal(text, doc); err != nil {
		panic(err)
	}
	s := capacity.Snapshot{
		Phase: capacity.Bisecting, Elapsed: 83 * time.Second, For: 30 * time.Minute, Spent: screentest.Ptr(0.0421), Budget: screentest.Ptr(5.0),
		Remaining: 190 * time.Second, MostCost: screentest.Ptr(1.25),
		SLOs: doc.SLOs, Steps: doc.Steps[:steps], Peak: doc.Forecast.Demand.PeakRPS,
		Low: screentest.Ptr(26.3), High: screentest.Ptr(28.8), Next: "next: bisect 27.5/s",
	}
	if over {
		s.Phase, s.Document = capacity.Finished, doc
		return s
	}
	s.Current = &capacity.Current{Kind: capacity.Bisect, Rate: 27.5, Elapsed: 7 * time.Second, Planned: 26 * time.Second}
	s.Current.Live.Now.InFlight = 41
	s.Current.Live.Window.Latency.TTFT.Response = &result.Latency{Count: 90, P95: 612}
	s.Current.Live.Window.Latency.E2E.Response = &result.Latency{Count: 90, P95: 2310}
	s.Current.Live.Total.ErrorRate = screentest.Ptr(0.0)
	return s
}

var scenes = map[string]func() capacity.Snapshot{
	"begun": func() capacity.Snapshot { return capacity.Snapshot{Phase: capacity.Ramping} },
	"ramping": func() capacity.Snapshot {
		s := searched(3, false)
		s.Low, s.High = nil, nil
		return s
	},
	"bisecting": func() capacity.Snapshot { return searched(11, false) },
	"in flight": func() capacity.Snapshot {
		s := searched(11, false)
		s.By, s.Peak, s.Low, s.High, s.Next = capacity.InFlight, 0, screentest.Ptr(26.0), screentest.Ptr(29.0), "next: bisect 27 in flight"
		s.Current.Rate, s.Current.Concurrency = 0, 27
		s.Steps = slices.Clone(s.Steps)
		for i, st := range s.Steps {
			if st.RateRPS != nil {
				s.Steps[i].RateRPS, s.Steps[i].Concurrency = nil, screentest.Ptr(int(*st.RateRPS))
			}
		}
		return s
	},
	"resting": func() capacity.Snapshot {
		s := searched(11, false)
		s.Phase, s.Current = capacity.Recovering, nil
		return s
	},
	"does not fit": rehearsed,
	"fits": func() capacity.Snapshot {
		s := searched(16, true)
		d := s.Document
		d.Rehearsal = nil
		d.Forecast.Fits, d.Forecast.Headroom, d.Forecast.Replicas = screentest.Ptr(true), screentest.Ptr(1.39), screentest.Ptr(int64(2))
		d.Forecast.Demand.PeakRPS, s.Peak = 18, 18
		d.Verdict.Status, d.Verdict.Headline = result.Pass, "holds 25.0 requests/s (1,501 a minute) at ttft.p95 < 800ms; the demand peaks at 18.0 requests/s: it fits"
		return s
	},
	"nothing held": func() capacity.Snapshot {
		s := searched(4, true)
		d := s.Document
		s.Low, d.Capacity, d.Forecast, d.Cost, d.Rehearsal = nil, capacity.Capacity{LimitedBy: capacity.ByMinRate}, nil, nil, nil
		d.Verdict = capacity.Verdict{Status: result.Fail, ExitCode: 99, Headline: "no rate holds: ttft.p95 < 800ms breaks at the lowest rate allowed, 0.1 requests/s", Reasons: []string{}}
		return s
	},
	"inconclusive": func() capacity.Snapshot {
		s := searched(16, true)
		d := s.Document
		d.Capacity.Confirmed, d.Capacity.AtLeast, d.Capacity.LimitedBy = false, true, capacity.ByGenerator
		d.Verdict.Status, d.Verdict.ExitCode, d.Verdict.Headline = result.Inconclusive, 120, "this machine cannot drive more than 25.0 requests/s: the endpoint may hold more"
		d.Verdict.Reasons = []string{"the generator sent its requests up to 61 ms late (p99) at 37.8 requests/s"}
		d.Warnings = []string{"cpu 97 %: run the generator on a machine of its own"}
		d.Forecast.Fits, d.Rehearsal = nil, nil
		return s
	},
	"a queue": func() capacity.Snapshot {
		s := searched(16, true)
		reporttest.MakeQueue(s.Document)
		return s
	},
	"no demand": func() capacity.Snapshot {
		s := searched(16, true)
		s.Peak, s.Document.Forecast, s.Document.Cost, s.Document.Rehearsal = 0, nil, nil, nil
		return s
	},
}

// rehearsed is a search whose demand exceeds what was found, and was rehearsed; the endpoint
// drifted meanwhile, and all is known of each SLO.
func rehearsed() capacity.Snapshot {
	s := searched(16, true)
	d := s.Document
	d.Findings = []capacity.Finding{
		{Kind: capacity.Drifts, Text: "the endpoint drifts: at 15.2 requests/s the median latency was 18.3 ms at 00:21, and 25.1 ms at 02:58"},
		{Kind: capacity.ScalesOut, Text: "26.3 requests/s broke at 02:11, and 25.0 requests/s held at 02:31: the endpoint warmed up, scaled out, or had a passing fault"},
	}
	d.BySLO = []capacity.SLOCapacity{
		{Expr: "ttft.p95 < 800ms", Binds: screentest.Ptr(1), LowRPS: screentest.Ptr(25.0), HighRPS: screentest.Ptr(26.3), Confirmed: screentest.Ptr(true)},
		{Expr: "error_rate < 1%", LowRPS: screentest.Ptr(54.5), Confirmed: screentest.Ptr(false)},
	}
	d.Cost.ExpectedUSD, d.Cost.LowUSD, d.Cost.HighUSD = screentest.Ptr(0.1543), screentest.Ptr(0.1201), screentest.Ptr(0.1892)
	return s
}

// sizes are the windows that the screen is pictured in.
var sizes = []struct{ W, H int }{{40, 12}, {60, 16}, {80, 24}, {100, 30}, {120, 36}, {200, 60}}

const subject = "midnight-sale   deepseek-v3.2 at 127.0.0.1:8000"

// at puts a search in a window.
func (s Model) at(w, h int, snap capacity.Snapshot) Model {
	s.size, s.snap = tea.WindowSizeMsg{Width: w, Height: h}, snap
	return s
}

// onto is the screen with the focus on a panel.
func (s Model) onto(panel int, zoomed bool) Model {
	s.ring = s.ring.Move(draw.FocusOn(panel), panels, s.open)
	if zoomed {
		s.ring = s.ring.Move(draw.Zoom, panels, s.open)
	}
	return s
}

func TestCapacityScreens(t *testing.T) {
	t.Parallel()
	for name, scene := range scenes {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s/%dx%d", name, size.W, size.H), func(t *testing.T) {
				frame := New(1, &search{}, subject, draw.Theming{}).at(size.W, size.H, scene()).View()
				screentest.Fits(t, frame, size.W, size.H)
				golden.RequireEqual(t, screentest.Drawn(frame, size.W, size.H))
			})
		}
	}
}

// Whatever has the focus is in view, at any size.
func TestCapacityPanels(t *testing.T) {
	t.Parallel()
	for panel, name := range map[int]string{
		servedPanel: "served", backlogPanel: "backlog", stepsPanel: "steps", slosPanel: "slos", notesPanel: "notes",
		demandPanel: "demand", costPanel: "cost", modelsPanel: "models", rehearsalPanel: "rehearsal",
	} {
		for _, size := range sizes {
			s := New(1, &search{}, subject, draw.Theming{}).at(size.W, size.H, rehearsed())
			if !s.open(panel) {
				continue
			}
			for _, zoomed := range []bool{false, true} {
				s := s.onto(panel, zoomed)
				if l := s.layout(); !slices.ContainsFunc(l.slots, func(one slot) bool { return one.panel == panel && one.at.H > 2 && one.at.W > 10 }) {
					t.Errorf("%s is not in view at %dx%d: %+v", name, size.W, size.H, l.slots)
				}
			}
			if size.W != 60 && size.W != 100 {
				continue
			}
			t.Run(fmt.Sprintf("%s/%dx%d", name, size.W, size.H), func(t *testing.T) {
				golden.RequireEqual(t, screentest.Drawn(s.onto(panel, true).View(), size.W, size.H))
			})
		}
	}
}

// No window is too small or too large, whatever has the focus.
func TestCapacityFitsAnyWindow(t *testing.T) {
	t.Parallel()
	for name, scene := range scenes {
		snap := scene()
		for width := 0; width <= 210; width += 26 {
			for height := 0; height <= 66; height += 9 {
				for i, o := range []draw.Theming{{}, {ASCII: true, NoColor: true}} {
					s := New(1, &search{}, "子 🙂 a name", o).at(width, height, snap)
					if panel := (width + height) % panels; name == "does not fit" && s.open(panel) {
						s = s.onto(panel, i > 0)
					}
					screentest.Fits(t, s.View(), width, height)
				}
			}
		}
	}
}

// The first clause of the answer is whole in every window, and so is each that follows.
func TestTheAnswerIsWhole(t *testing.T) {
	for name, scene := range scenes {
		for _, size := range sizes {
			s := New(1, &search{}, subject, draw.Theming{}).at(size.W, size.H, scene())
			l, sentence := s.layout(), s.told().sentence
			large := size.W >= draw.ColumnWidth && size.H >= draw.FullHeight && s.told().figure != ""
			var said string
			for _, line := range s.answer(l.answer.W, l.answer.H) {
				line = ansi.Strip(line)
				if large { // beside the figure
					sentence = s.told().says
					line = string([]rune(line)[draw.Cells(s.pen.Digits(s.told().figure, s.told().style)[0])+1+draw.Cells(s.told().unit):])
				}
				said = strings.TrimSpace(said + " " + strings.TrimSpace(line))
			}
			if first, _, _ := strings.Cut(sentence, "; "); !strings.HasPrefix(said, first) {
				t.Errorf("%s at %dx%d: %q does not begin with %q", name, size.W, size.H, said, first)
			}
		}
	}
}

// What the headline of a search tells is no further reason.
func TestASearchGivesAReasonOnce(t *testing.T) {
	snap := searched(16, true)
	v := &snap.Document.Verdict
	v.Headline, v.Reasons = "nothing held: the key is wrong", []string{"the key is wrong", "two more were refused"}
	frame := New(1, &search{}, "midnight-sale", draw.Theming{}).at(200, 60, snap).View()
	for _, reason := range v.Reasons {
		if n := strings.Count(frame, reason); n != 1 {
			t.Errorf("%q stands %d times", reason, n)
		}
	}
}

var themes = map[string]draw.Theming{
	"dark": {Theme: draw.Dark}, "light": {Theme: draw.Light}, "contrast": {Theme: draw.HighContrast}, "mono": {Theme: draw.Mono},
}

// Colour carries state, and nothing that the characters do not say.
func TestCapacityThemes(t *testing.T) {
	snap := rehearsed()
	for theme, o := range themes {
		for _, size := range []struct{ W, H int }{{120, 36}, {80, 24}} {
			t.Run(fmt.Sprintf("%s/%dx%d", theme, size.W, size.H), func(t *testing.T) {
				golden.RequireEqual(t, New(1, &search{}, subject, o).at(size.W, size.H, snap).View())
			})
		}
	}
	t.Run("ascii", func(t *testing.T) {
		golden.RequireEqual(t, New(1, &search{}, subject, draw.Theming{ASCII: true, NoColor: true}).at(120, 36, snap).View())
	})
	for name, scene := range scenes {
		snap := scene()
		for _, size := range sizes {
			dark := ansi.Strip(New(1, &search{}, subject, themes["dark"]).at(size.W, size.H, snap).View())
			for theme, o := range themes {
				if text := ansi.Strip(New(1, &search{}, subject, o).at(size.W, size.H, snap).View()); text != dark {
					t.Errorf("%s at %dx%d says something else in %s", name, size.W, size.H, theme)
				}
			}
			for _, r := range New(1, &search{}, subject, draw.Theming{ASCII: true, NoColor: true}).at(size.W, size.H, snap).View() {
				if r > '~' {
					t.Errorf("%s at %dx%d: %q is no ASCII", name, size.W, size.H, r)
				}
			}
		}
	}
}

// alone is the screen as a program of its own.
type alone struct{ Model }

func (a alone) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	s, cmd := a.Model.Update(msg)
	return alone{s}, cmd
}

func (a alone) View() tea.View { return tea.NewView(a.Model.View()) }

// A point of the curve stays when the search goes on.
func TestPointsStay(t *testing.T) {
	of := charts[servedPanel].of
	before := 0
	for steps := range 17 {
		s := New(1, &search{}, "", draw.Theming{}).at(120, 36, searched(steps, false))
		if n := len(s.spots(of)); n < before {
			t.Errorf("%d points after %d steps, %d before", n, steps, before)
		} else {
			before = n
		}
	}
}

// Every key of the screen does what the help says.
func TestCapacityKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &search{snap: searched(11, false)}
		s := screentest.Start(t, alone{New(1, src, "midnight-sale", draw.Theming{}).Reporting()}, nil, 120, 36)
		s.Shows("bisecting")
		s.Shows("TTFT p95 by rate")
		s.Shows("peak 60.0/s")
		s.Shows("the edge is in between; step 12: 27.5/s; the sale needs 60.0/s")
		s.Shows("about 3 min left")
		s.Press("tab", "tab")
		s.Shows("▸ served/s by rate")
		s.Press("z")
		s.Hides("TTFT p95 by rate")
		s.Press("esc")
		s.Shows("TTFT p95 by rate")
		s.Press("k", "k")
		s.Shows("step 9, 37.8/s")
		s.Press("/", "b", "r", "a", "c", "k", "e", "t", "enter", "n")
		s.Shows("step 6, 18.2/s")
		s.Press("esc", "q")
		if src.stopped != 1 {
			t.Errorf("q stopped it %d times", src.stopped)
		}
		src.mu.Lock()
		src.snap = rehearsed()
		src.mu.Unlock()
		s.Rest()
		s.Shows("does not fit")
		s.Shows("o report")
		s.Press("enter")
		s.Ends()
	})
}

// What is asked for is asked once.
func TestAsks(t *testing.T) {
	s := New(1, &search{}, "", draw.Theming{}).Reporting().Began("flashwave capacity sale.yaml").at(120, 36, rehearsed())
	for key, want := range map[string]struct {
		ask   draw.Ask
		wants Request
		text  string
	}{
		"?": {ask: draw.Help}, "o": {wants: Report},
		"y": {ask: draw.Copy, text: "1,501 a minute is what it holds; the sale needs 3,600: 4 replicas; as it is, 12 of 100 customers are served as was asked, and the longest wait is 29.1 s"},
		"Y": {ask: draw.Copy, text: "flashwave capacity sale.yaml"},
	} {
		s, _ := s.Update(screentest.KeyOf(key))
		if s.Asks() != want.ask || s.Wants() != want.wants {
			t.Errorf("%s asks for %v and %v", key, s.Asks(), s.Wants())
		}
		if _, text := s.Copied(); want.text != "" && text != want.text {
			t.Errorf("%s copies %q", key, text)
		}
		if s, _ = s.Update(tea.WindowSizeMsg{Width: 120, Height: 36}); s.Asks() != 0 || s.Wants() != 0 {
			t.Errorf("%s asks again", key)
		}
	}
}

// Whoever types what to look for can leave all the same.
func TestLeavingWhileTyping(t *testing.T) {
	for key, over := range map[string]bool{"ctrl+c": true, "ctrl+z": false} {
		snap := searched(11, false)
		if over {
			snap = rehearsed()
		}
		s, _ := New(1, &search{}, "", draw.Theming{}).at(120, 36, snap).Update(screentest.KeyOf("/"))
		s, _ = s.Update(screentest.KeyOf("q"))
		if s.finder.Query() != "q" {
			t.Errorf("q is not typed: %q", s.finder.Query())
		}
		if _, cmd := s.Update(screentest.KeyOf(key)); cmd == nil {
			t.Errorf("%s does nothing", key)
		}
	}
}

// A click takes the cursor to a step, and the focus to a panel; the wheel scrolls.
func TestCapacityMouse(t *testing.T) {
	s := New(1, &search{}, "", draw.Theming{}).at(120, 36, rehearsed())
	for _, one := range s.layout().slots {
		if one.panel != stepsPanel {
			continue
		}
		action, ok := s.Targets().For(tea.MouseClickMsg{X: one.at.X + 5, Y: one.at.Y + 3, Button: tea.MouseLeft})
		if after, _ := s.Update(action); !ok || after.cursor() != s.stepList(one.at.W, one.at.H, false).from+1 || !after.ring.Has(stepsPanel) {
			t.Errorf("the cursor is at %d", after.cursor())
		}
		action, ok = s.Targets().For(tea.MouseWheelMsg{X: one.at.X + 5, Y: one.at.Y + 3, Button: tea.MouseWheelUp})
		if after, _ := s.Update(action); !ok || after.cursor() != s.cursor()-1 {
			t.Errorf("the wheel leads to %d", after.cursor())
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	s := New(1, &search{}, subject, draw.Theming{}).at(200, 60, rehearsed())
	for b.Loop() {
		s.View()
	}
}
