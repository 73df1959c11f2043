package live

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	_ "flashwave/bench/gctest"
	"flashwave/bench/result"
	"flashwave/client/outcome"
	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

// A scene is a state of a run, and of the screen, that is worth a picture.
type scene struct {
	name string
	at   float64
	edit func(*result.Snapshot)
	keys []tea.KeyPressMsg
}

var scenes = []scene{
	{name: "warming", at: -4},
	{name: "no data", at: 0, edit: func(s *result.Snapshot) { *s = result.Snapshot{View: s.View} }},
	{name: "running", at: 150, edit: felt("every one of 4,876 customers waited less than 800 ms for the first word; the longest wait was 604 ms")},
	{name: "steered", at: 90, edit: func(s *result.Snapshot) { s.Lanes[0].Factor = 1.1 }},
	{name: "breached", at: 262, edit: felt("26,812 of 27,043 customers waited less than 800 ms for the first word, 175 got an error; the longest wait was 1.53 s")},
	{name: "overloaded", at: 150, edit: overloaded},
	{name: "late itself", at: 150, edit: func(s *result.Snapshot) {
		s.Health = result.Health{CPUPercent: screentest.Ptr(97.0), LagP99: screentest.Ptr(48 * time.Millisecond), MaxLag: 20 * time.Millisecond, Warnings: []string{"late"}}
	}},
	{name: "frozen", at: 262, keys: keys("f")},
	{name: "stale", at: 262, edit: func(s *result.Snapshot) { s.At += 5 * time.Second }},
	{name: "heat", at: 262, keys: keys("m")},
	{name: "heat e2e", at: 262, keys: keys("m", "m", "m", "s")},
	{name: "percentiles", at: 262, keys: keys("m", "m", "m", "m")},
	{name: "error rate", at: 262, keys: keys("M", "M")},
	{name: "cursor", at: 262, keys: keys("]", "shift+left", "shift+left", "left")},
	{name: "zoomed", at: 262, keys: keys("shift+tab", "shift+tab", "z")},
	{name: "searched", at: 262, keys: keys("/", "r", "u", "s", "h", "enter", "n")},
	{name: "mixed", at: 262, edit: mixed},
	{name: "told by the server", at: 262, edit: told},
	{name: "queue", at: 90, edit: queued("urgent tasks waited 320 ms at p95, normal 340 ms, bulk 350 ms")},
	{name: "queue starving", at: 262, edit: queued("urgent tasks waited 440 ms at p95, normal 410 ms, bulk over 4.18 s; bulk got nothing for 1 min 52 s; 2 tasks were lost")},
	{name: "queue zoomed", at: 262, edit: queued(""), keys: keys("tab", "z")},
	{name: "queue cursor", at: 262, edit: queued(""), keys: keys("shift+left", "shift+left")},
	{name: "queue fail", at: screentest.SaleEnds, edit: queueFailed},
	{name: "paused", at: 60, edit: func(s *result.Snapshot) { s.State, s.Lanes[0].Paused = result.Paused, true }},
	{name: "draining", at: 200, edit: func(s *result.Snapshot) { s.State = result.Draining }},
	{name: "time over", at: screentest.SaleEnds, edit: func(s *result.Snapshot) { s.State = result.Draining }},
	{name: "pass", at: screentest.SaleEnds, edit: screentest.Judged(result.Pass)},
	{name: "fail", at: screentest.SaleEnds, edit: failed},
	{name: "inconclusive", at: screentest.SaleEnds, edit: screentest.Judged(result.Inconclusive)},
	{name: "stopped", at: 200, edit: stoppedByHand},
	{name: "help", at: 150, keys: keys("?")},
	{name: "errors", at: 262, keys: keys("e")},
	{name: "verdict", at: screentest.SaleEnds, edit: failed, keys: keys("v")},
}

// keys are presses by name.
func keys(names ...string) (list []tea.KeyPressMsg) {
	for _, name := range names {
		list = append(list, screentest.KeyOf(name))
	}
	return list
}

// felt adds what customers felt.
func felt(text string) func(*result.Snapshot) {
	return func(s *result.Snapshot) { s.Customers = text }
}

// overloaded is a run that an endpoint cannot keep up with, before any SLO says so.
func overloaded(s *result.Snapshot) {
	s.Now.Overload = &result.Overload{Offered: 201, Served: 129, Waiting: 1741, Since: 140 * time.Second}
	s.Now.InFlight, s.Now.Done = 1741, 129
	rows := slices.Clone(s.Series)
	for i := 140; i < len(rows); i++ {
		rows[i].Overloaded = true
	}
	s.Series = rows
}

// failed is a run that breached its SLOs, and what customers felt of it.
func failed(s *result.Snapshot) {
	screentest.Judged(result.Fail)(s)
	s.Verdict.Customers = "58,012 of 63,120 customers waited less than 800 ms for the first word, 1,139 got an error; the longest wait was 1.72 s"
	s.Customers = s.Verdict.Customers
}

// mixed is a run of two kinds of requests, which are conversations.
func mixed(s *result.Snapshot) {
	class := func(kind, name string, n int64, slower, failed float64) result.Stats {
		ttft, e2e := *s.Total.Latency.TTFT.Response, *s.Total.Latency.E2E.Response
		ttft.P95, e2e.P95 = ttft.P95*slower, e2e.P95*slower
		return result.Stats{Kind: kind, Name: name, Requests: result.Requests{Succeeded: n}, ErrorRate: &failed, Latency: result.Latencies{TTFT: result.Pair{Response: &ttft}, E2E: result.Pair{Response: &e2e}}}
	}
	s.Workloads = []result.Stats{class(result.OfWorkload, "search", 18_211, 0.6, 0.001), class(result.OfWorkload, "assistant", 8_832, 1.4, 0.016)}
	s.Turns = []result.Stats{class(result.OfTurn, "1", 9_120, 0.8, 0.002), class(result.OfTurn, "2", 8_004, 1, 0.004), class(result.OfTurn, "3-5", 9_919, 1.2, 0.012)}
	s.Sessions = &result.Sessions{Started: 9_120, Finished: 7_802, Broken: 102}
	s.SLOs = append(slices.Clone(s.SLOs), result.SLOStatus{Expr: "ttft.p95 < 1s in assistant", Metric: "ttft", Stat: "p95", Kind: result.OfWorkload, Wave: "assistant", Op: "<", Bound: 1000, Unit: "ms", Live: screentest.Ptr(1096.0), LiveOK: screentest.Ptr(false), RunOK: screentest.Ptr(true)})
}

// queued is a run of a queue, and what customers felt of it.
func queued(text string) func(*result.Snapshot) {
	return func(s *result.Snapshot) {
		screentest.Queued(s)
		s.Customers = text
	}
}

// queueFailed is such a run that is over.
func queueFailed(s *result.Snapshot) {
	screentest.Judged(result.Fail)(s)
	screentest.Queued(s)
	v := *s.Verdict
	v.Headline = "starved < 60s in bulk: it was 4 min 59 s; first breached at 200.0 requests/s"
	v.Customers = "urgent tasks waited 440 ms at p95, normal 410 ms, bulk 4 min 51 s; bulk got nothing for 4 min 59 s; 2 tasks were lost"
	v.Reasons = []string{"starved < 60s in bulk: it was 4 min 59 s"}
	v.SLOs = nil
	for _, o := range s.SLOs {
		v.SLOs = append(v.SLOs, result.SLO{Expr: o.Expr, Wave: o.Wave, Kind: o.Kind, Observed: o.Live, Unit: o.Unit, OK: screentest.Ptr(o.Metric != "starved")})
	}
	v.SLOs[1].Observed = screentest.Ptr(299_000.0)
	s.Verdict = &v
	s.SLOs[1].Live, s.SLOs[1].LiveOK = v.SLOs[1].Observed, v.SLOs[1].OK
}

// told is a run whose server says how full it is.
func told(s *result.Snapshot) {
	rows := slices.Clone(s.Series)
	for i := range rows {
		load := min(1, float64(rows[i].InFlight)/400)
		rows[i].Server = map[string]float64{result.ServerRunning: 256 * load, result.ServerQueued: max(0, float64(rows[i].InFlight)-256), result.ServerKVCache: 0.97 * load}
	}
	s.Series = rows
}

// stoppedByHand is a run that was interrupted.
func stoppedByHand(s *result.Snapshot) {
	s.State, s.Verdict = result.Done, &result.Verdict{Status: result.Aborted, ExitCode: 105, Headline: "stopped by hand after 03:20 of 08:10", Reasons: []string{"interrupted"}}
	s.Lanes[0].Wave = -1
}

// open shows a scene in a window.
func (s scene) open(width, height int, look draw.Theming) Model {
	m := New(1, screentest.At(time.Duration(s.at*float64(time.Second)), s.edit), Offers{}, look)
	m, _ = m.Update(tea.WindowSizeMsg{Width: width, Height: height})
	m = settle(m)
	for _, k := range s.keys {
		m, _ = m.Update(k)
	}
	return m
}

// settle takes the snapshots that a model asks for, without waiting between
// them.
func settle(m Model) Model {
	for range 2 { // the second one is what a done run asks for
		m, _ = m.Update(m.look()())
	}
	return m
}

// of is a terminal of so many colours.
func of(profile colorprofile.Profile, look draw.Theming) draw.Theming {
	look, _ = look.Told(tea.ColorProfileMsg{Profile: profile})
	return look
}

func TestScreens(t *testing.T) {
	t.Parallel()
	sizes := []struct{ w, h int }{{40, 12}, {60, 16}, {80, 24}, {100, 30}, {120, 36}, {200, 60}}
	for _, s := range scenes {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s/%dx%d", strings.ReplaceAll(s.name, " ", "_"), size.w, size.h), func(t *testing.T) {
				golden.RequireEqual(t, screentest.Drawn(s.open(size.w, size.h, draw.Theming{}).View().Content, size.w, size.h))
			})
		}
	}
}

// TestOtherTerminals holds how one screen looks on other terminals, escape sequences
// included.
func TestOtherTerminals(t *testing.T) {
	for _, name := range []string{"breached", "heat", "stale", "overloaded", "queue starving"} {
		s := scenes[slices.IndexFunc(scenes, func(s scene) bool { return s.name == name })]
		prefix := name + " "
		if name == "breached" {
			prefix = ""
		}
		for theme, m := range map[string]Model{
			"dark":     s.open(120, 36, draw.Theming{}),
			"light":    s.open(120, 36, draw.Theming{Theme: draw.Light}),
			"contrast": s.open(120, 36, draw.Theming{Theme: draw.HighContrast}),
			"256":      s.open(120, 36, of(colorprofile.ANSI256, draw.Theming{})),
			"sixteen":  s.open(120, 36, of(colorprofile.ANSI, draw.Theming{})),
			"nocolor":  s.open(120, 36, draw.Theming{NoColor: true}),
			"ascii":    s.open(120, 36, draw.Theming{ASCII: true, NoColor: true}),
		} {
			t.Run(prefix+theme, func(t *testing.T) { golden.RequireEqual(t, m.View().Content) })
		}
	}
}

// TestNoColorHasNoColor holds that nothing but weight is left without colours.
func TestNoColorHasNoColor(t *testing.T) {
	t.Parallel()
	for _, s := range scenes {
		text := s.open(120, 36, draw.Theming{NoColor: true}).View().Content
		for _, code := range []string{"\x1b[3", "\x1b[4", "38;", "48;"} {
			if strings.Contains(text, code) {
				t.Errorf("%s holds the escape sequence %q", s.name, code)
			}
		}
	}
}

// TestASCIIIsASCII holds that --ascii is what it says.
func TestASCIIIsASCII(t *testing.T) {
	t.Parallel()
	for _, s := range scenes {
		for _, size := range []tea.WindowSizeMsg{{Width: 40, Height: 12}, {Width: 80, Height: 24}, {Width: 120, Height: 36}, {Width: 200, Height: 60}} {
			text := s.open(size.Width, size.Height, of(colorprofile.ASCII, draw.Theming{ASCII: true})).View().Content
			if i := strings.IndexFunc(text, func(r rune) bool { return r > 0x7e }); i >= 0 {
				t.Errorf("%s at %d×%d holds %q", s.name, size.Width, size.Height, text[i:min(len(text), i+12)])
			}
		}
	}
}

// TestFits holds that no line is wider and no frame taller than the window,
// whatever its size, the state of the run, the terminal and the keys pressed.
func TestFits(t *testing.T) {
	t.Parallel()
	pressed := []string{"s", "tab", "f", "e", "?", "w", "3", "0", "/", "l", "v", "esc", "z", "m", "left", "right", "]", "[", "n", "shift+tab"}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom(scenes).Draw(t, "scene")
		width, height := rapid.IntRange(0, 220).Draw(t, "width"), rapid.IntRange(0, 70).Draw(t, "height")
		profile := rapid.SampledFrom([]colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.TrueColor}).Draw(t, "profile")
		look := draw.Theming{Theme: rapid.SampledFrom(draw.Themes).Draw(t, "theme"), ASCII: rapid.Bool().Draw(t, "ascii")}
		if rapid.Bool().Draw(t, "hostile") {
			s.edit = hostile(s.edit)
		}
		m := s.open(width, height, of(profile, look))
		for _, k := range rapid.SliceOfN(rapid.SampledFrom(pressed), 0, 4).Draw(t, "keys") {
			m, _ = m.Update(screentest.KeyOf(k))
			m = settle(m)
		}
		screentest.Check(t, m.View().Content, width, height)
	})
}

// hostile puts into a snapshot what endpoints and files may hold: wide and
// zero-width characters, escape sequences, lines, and absurd figures.
func hostile(edit func(*result.Snapshot)) func(*result.Snapshot) {
	evil := "\x1b[2J\x1b]0;owned\x07半夜大促 🛒👩‍👩‍👧‍👦 e\u0301\t\r\nnext\u202e"
	return func(s *result.Snapshot) {
		if edit != nil {
			edit(s)
		}
		s.Name, s.Model, s.Target = evil, evil, evil
		if s.Queue != nil {
			q := *s.Queue
			q.Classes = slices.Clone(q.Classes)
			q.Classes[0].Name, q.Classes[0].Priorities, q.Classes[1].Tasks.Waiting = evil, evil, 1<<60
			q.Now = slices.Clone(q.Now)
			for i := range q.Now {
				q.Now[i].Depth, q.Now[i].Waiting, q.Now[i].Taken = 1<<60, 1<<61, 1e12
			}
			q.Timeline = append(slices.Clone(q.Timeline), result.TierRow{TS: 1e9}, result.TierRow{TS: -1e9, Classes: make([]result.TierCell, 9)})
			s.Queue = &q
		}
		s.Events = append(s.Events, result.Event{TS: 1e9, Text: strings.Repeat(evil, 20)})
		s.Total.Errors = append(s.Total.Errors, result.ErrorCount{Outcome: outcome.Outcome(evil), Message: evil, Count: 1 << 60, Sample: strings.Repeat(evil, 50)})
		s.Total.Outcomes = map[outcome.Outcome]int64{outcome.Outcome(evil): 1 << 62, "ok": 3}
		s.Window.Latency.TTFT.Response = &result.Latency{Count: 1, P50: 3.6e6, P95: 3.6e9, P99: 3.6e12, Max: 3.6e15}
		s.Now.InFlight, s.Now.Offered = 1<<60, 1e12
		for i := range s.Waves {
			s.Waves[i].Name, s.Waves[i].Load = evil, evil
		}
		for i := range s.SLOs {
			s.SLOs[i].Expr, s.SLOs[i].Wave = evil, evil
		}
		if s.Verdict != nil {
			v := *s.Verdict
			v.Headline, v.Reasons = strings.Repeat(evil, 9), []string{evil, strings.Repeat(evil, 30)}
			s.Verdict = &v
		}
	}
}

// TestHostileTextIsHarmless holds that no text from outside reaches the
// terminal as an escape sequence or as a line of its own.
func TestHostileTextIsHarmless(t *testing.T) {
	t.Parallel()
	for _, s := range scenes {
		s.edit = hostile(s.edit)
		v := s.open(200, 60, draw.Theming{}).View()
		for _, text := range []string{v.Content, v.WindowTitle} {
			for _, bad := range []string{"\x1b[2J", "\x1b]", "\x07", "\t", "\r", "\u202e"} {
				if strings.Contains(text, bad) {
					t.Errorf("%s lets %q through", s.name, bad)
				}
			}
		}
	}
}

// TestThemesAtOtherSizes holds the colours of the themes in a narrow window.
func TestThemesAtOtherSizes(t *testing.T) {
	for _, name := range []string{"breached", "fail", "overloaded", "queue starving", "queue fail"} {
		s := scenes[slices.IndexFunc(scenes, func(s scene) bool { return s.name == name })]
		for _, theme := range []draw.Theme{draw.Dark, draw.Light, draw.HighContrast, draw.Mono} {
			t.Run(name+" "+string(theme), func(t *testing.T) {
				golden.RequireEqual(t, s.open(80, 24, draw.Theming{Theme: theme}).View().Content)
			})
		}
	}
}

// TestThemesSayTheSame holds that colours say nothing that is not there without them; the
// ribbon alone has a row of marks where it has no colours.
func TestThemesSayTheSame(t *testing.T) {
	t.Parallel()
	for _, s := range scenes {
		for _, size := range []struct{ w, h int }{{40, 12}, {60, 16}, {80, 24}, {120, 36}} {
			want := ansi.Strip(s.open(size.w, size.h, draw.Theming{}).View().Content)
			for _, theme := range []draw.Theme{draw.Light, draw.HighContrast, draw.Mono} {
				if theme == draw.Mono && (size.h > 24 || strings.HasPrefix(s.name, "heat") || s.name == "zoomed") {
					continue
				}
				if got := ansi.Strip(s.open(size.w, size.h, draw.Theming{Theme: theme}).View().Content); got != want {
					t.Errorf("%s at %d×%d says in %s\n%s", s.name, size.w, size.h, theme, got)
				}
			}
		}
	}
}

// TestNothingOfAQueueMovesSideways holds that the figures of a queue have their places, in
// every window, whatever they are.
func TestNothingOfAQueueMovesSideways(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ w, h int }{{40, 12}, {60, 16}, {80, 24}, {100, 30}, {120, 36}, {200, 60}} {
		places := func(at float64, more func(*result.Snapshot)) map[string]int {
			found := map[string]int{}
			s := scene{at: at, edit: func(s *result.Snapshot) {
				screentest.Queued(s)
				if more != nil {
					more(s)
				}
			}}
			text := ansi.Strip(s.open(size.w, size.h, draw.Theming{}).View().Content)
			lines := strings.Split(text, "\n")
			for word, beside := range map[string]string{"depth": "oldest", "oldest": "depth", "wait p95": "depth", "taken/s": "depth", "running ": "waiting ", "urgent": "", "bulk": ""} {
				column := -1
				for _, line := range lines[4:] { // below the answer
					if i := strings.Index(line, word); i >= 0 && strings.Contains(line, beside) {
						column = ansi.StringWidth(line[:i])
						break
					}
				}
				found[word] = column
			}
			return found
		}
		busy := func(s *result.Snapshot) {
			q := *s.Queue
			q.Now = slices.Clone(q.Now)
			q.Classes = slices.Clone(q.Classes)
			for i := range q.Now {
				q.Now[i].Depth, q.Now[i].Waiting, q.Now[i].Running, q.Classes[i].DepthMax = 123_456, 99_999, 9_999, 123_456
				q.Now[i].Oldest, q.Now[i].Taken, q.Now[i].Done = screentest.Ptr(3*time.Hour), 12_345, 12_345
				q.Now[i].Wait = &result.Latency{Count: 1, P50: 59_000, P95: 3_600_000}
				q.Now[i].Starving = false
			}
			s.Queue = &q
		}
		want := places(90, nil)
		for name, got := range map[string]map[string]int{"nothing": places(-4, nil), "starving": places(262, nil), "busy": places(150, busy)} {
			for word, column := range got {
				if column >= 0 && want[word] >= 0 && column != want[word] {
					t.Errorf("%d×%d, %s: %q is at %d, not %d", size.w, size.h, name, word, column, want[word])
				}
			}
		}
	}
}

// TestNothingMovesSideways holds that figures have their places whatever they are.
func TestNothingMovesSideways(t *testing.T) {
	t.Parallel()
	places := func(at float64, more func(*result.Snapshot)) (found []int) {
		s := scene{at: at, edit: more}
		text := ansi.Strip(s.open(120, 36, draw.Theming{}).View().Content)
		for _, word := range []string{"p50  ", "p95  ", "p99  ", "max  ", "SLO  ", "done ", "failed ", "awaiting ", "oldest ", "queued ", "dropped ", "lag "} {
			for _, line := range strings.Split(text, "\n")[6:] { // the answer is of whatever SLO says most
				if i := strings.Index(line, word); i >= 0 {
					found = append(found, ansi.StringWidth(line[:i]))
					break
				}
			}
		}
		return found
	}
	want := places(150, nil)
	slow := func(s *result.Snapshot) {
		for _, l := range []*result.Latency{s.Window.Latency.TTFT.Response, s.Window.Latency.E2E.Response} {
			l.P50, l.P95, l.P99, l.Max = 40*l.P50, 40*l.P95, 40*l.P99, 99_000
		}
		s.Now.InFlight, s.Now.Awaiting, s.Now.Oldest, s.Now.Failed, s.Now.Queued = 9_999, 9_000, 59*time.Second, 117.3, 812
		s.Health.LagP99 = screentest.Ptr(19 * time.Millisecond)
	}
	for name, got := range map[string][]int{"nothing": places(-4, nil), "later": places(262, nil), "slow": places(262, slow)} {
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, not %v", name, got, want)
		}
	}
}
