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
	"github.com/charmbracelet/x/exp/golden"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

// A finding is a search that stands still.
type finding struct {
	mu      sync.Mutex
	snap    capacity.Snapshot
	stopped int
}

func (f *finding) Snapshot() capacity.Snapshot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.snap
}

func (f *finding) Stop() {
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

var scenes = map[string]func() (capacity.Snapshot, chartKind){
	"begun": func() (capacity.Snapshot, chartKind) { return capacity.Snapshot{Phase: capacity.Ramping}, 0 },
	"ramping": func() (capacity.Snapshot, chartKind) {
		s := searched(3, false)
		s.Low, s.High = nil, nil
		return s, 0
	},
	"bisecting": func() (capacity.Snapshot, chartKind) { return searched(11, false), 0 },
	"in flight": func() (capacity.Snapshot, chartKind) {
		s := searched(11, false)
		s.By, s.Peak, s.Low, s.High, s.Next = capacity.InFlight, 0, screentest.Ptr(26.0), screentest.Ptr(29.0), "next: bisect 27 in flight"
		s.Current.Rate, s.Current.Concurrency = 0, 27
		s.Steps = slices.Clone(s.Steps)
		for i, st := range s.Steps {
			if st.RateRPS != nil {
				s.Steps[i].RateRPS, s.Steps[i].Concurrency = nil, screentest.Ptr(int(*st.RateRPS))
			}
		}
		return s, 0
	},
	"resting": func() (capacity.Snapshot, chartKind) {
		s := searched(11, false)
		s.Phase, s.Current = capacity.Recovering, nil
		return s, 1
	},
	"does not fit": func() (capacity.Snapshot, chartKind) { return searched(16, true), 0 },
	"backlog":      func() (capacity.Snapshot, chartKind) { return searched(16, true), backlogChart },
	"no demand": func() (capacity.Snapshot, chartKind) {
		s := searched(16, true)
		s.Peak, s.Document.Forecast, s.Document.Cost, s.Document.Rehearsal = 0, nil, nil, nil
		return s, 2
	},
}

// at puts a search in a window.
func (s Model) at(w, h int, snap capacity.Snapshot, chart chartKind) Model {
	s.size, s.snap, s.chart = tea.WindowSizeMsg{Width: w, Height: h}, snap, chart
	return s
}

func TestCapacityScreens(t *testing.T) {
	t.Parallel()
	for name, scene := range scenes {
		snap, chart := scene()
		for _, size := range screentest.WindowSizes {
			t.Run(fmt.Sprintf("%s/%dx%d", name, size.W, size.H), func(t *testing.T) {
				frame := New(1, &finding{}, "midnight-sale   deepseek-v3.2 at 127.0.0.1:8000", draw.Theming{}).at(size.W, size.H, snap, chart).View()
				screentest.Fits(t, frame, size.W, size.H)
				golden.RequireEqual(t, screentest.Drawn(frame, size.W, size.H))
			})
		}
		for width := 0; width <= 210; width += 17 {
			for height := 0; height <= 66; height += 6 {
				for _, o := range []draw.Theming{{}, {ASCII: true, NoColor: true}} {
					screentest.Fits(t, New(1, &finding{}, "子 🙂 a name", o).at(width, height, snap, chart).View(), width, height)
				}
			}
		}
	}
}

// What the headline of a search tells is no further reason.
func TestASearchGivesAReasonOnce(t *testing.T) {
	snap := searched(16, true)
	v := &snap.Document.Verdict
	v.Headline, v.Reasons = "nothing held: the key is wrong", []string{"the key is wrong", "two more were refused"}
	frame := New(1, &finding{}, "midnight-sale", draw.Theming{}).at(200, 60, snap, 0).View()
	for _, reason := range v.Reasons {
		if n := strings.Count(frame, reason); n != 1 {
			t.Errorf("%q stands %d times", reason, n)
		}
	}
}

func TestCapacityThemes(t *testing.T) {
	snap, _ := scenes["does not fit"]()
	for theme, o := range map[string]draw.Theming{"dark": {}, "light": {Theme: draw.Light}, "ascii": {ASCII: true, NoColor: true}} {
		t.Run(theme, func(t *testing.T) {
			golden.RequireEqual(t, New(1, &finding{}, "midnight-sale", o).at(120, 36, snap, 0).View())
		})
	}
}

// alone is the screen as a program of its own.
type alone struct{ Model }

func (a alone) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	s, cmd := a.Model.Update(msg)
	return alone{s}, cmd
}

func (a alone) View() tea.View { return tea.NewView(a.Model.View()) }

// Every key of the screen does what the help says.
func TestCapacityKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		src := &finding{snap: searched(11, false)}
		s := screentest.Start(t, alone{New(1, src, "midnight-sale", draw.Theming{})}, nil, 120, 36)
		s.Shows("bisecting")
		s.Shows("TTFT p95 by rate")
		s.Shows("peak 60.0/s")
		s.Press("tab", "tab")
		s.Shows("in flight by rate")
		s.Press("shift+tab")
		s.Press("q")
		if src.stopped != 1 {
			t.Errorf("q stopped it %d times", src.stopped)
		}
		src.mu.Lock()
		src.snap = searched(16, true)
		src.mu.Unlock()
		s.Rest()
		s.Shows("does not fit")
		s.Shows("on other models")
		s.Press("enter")
		s.Ends()
	})
}
