package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"flashwave/bench/history"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

// slowDraft makes the draft of a remote target take a time to be looked at.
func slowDraft(d time.Duration) func(*fakeBackend) {
	return func(c *fakeBackend) { c.appraising = func() { time.Sleep(d) } }
}

const remote = "https://llm.shop.example/v1"

// Whatever asks for the draft waits for it, and then goes.
func TestWaitingForTheDraft(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys []tea.KeyPressMsg
		want string
	}{
		"a run":       {[]tea.KeyPressMsg{enter}, "llm.shop.example is not on this machine"},
		"a check":     {[]tea.KeyPressMsg{ctrlK}, "check: one request"},
		"a search":    {[]tea.KeyPressMsg{{Code: tea.KeyF3}}, "usually about 9,412 requests"},
		"a file":      {[]tea.KeyPressMsg{{Code: 's', Mod: tea.ModCtrl}}, "scenario to: benchmark.yaml"},
		"in the list": {[]tea.KeyPressMsg{esc, letter('C')}, "usually about 9,412 requests"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				e := open(t, 120, 36, slowDraft(5*time.Second))
				e.key(backspace, 10)
				e.typed(remote)
				e.atOnce(c.keys...)
				e.Hides(c.want)
				if name != "a file" {
					e.Shows("starting …")
				}
				e.atOnce(letter('x'), enter) // are for nobody
				e.Hides("examplex")
				e.after(6 * time.Second)
				e.Shows(c.want)
				e.atOnce(esc)
				e.close()
				time.Sleep(time.Minute)
			})
		})
	}
}

// Whoever gives up what waits for the draft gets nothing.
func TestGivingUpTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, slowDraft(5*time.Second))
		e.key(backspace, 10)
		e.typed(remote)
		e.atOnce(enter, esc)
		e.Shows("given up")
		e.after(6 * time.Second)
		e.Hides("is not on this machine")
		e.asked("start", 0, 0)
		e.close()
		time.Sleep(time.Minute)
	})
}

// What was kept is renamed, labelled and deleted, the last only after a yes.
func TestChangingWhatIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 200, 60, nil)
		did := func(want ...string) {
			t.Helper()
			e.backend.mu.Lock()
			defer e.backend.mu.Unlock()
			if !slices.Equal(e.backend.changed, want) {
				t.Errorf("%q was done, want %q", e.backend.changed, want)
			}
			e.backend.changed = nil
		}
		e.Press("esc", "down", "r")
		e.key(ctrlU, 1)
		e.typed("the night before")
		e.Press("enter")
		e.Rest()
		e.Shows("renamed")
		e.Shows("the night before")
		did("rename 20261123-230000")

		e.Press("l")
		e.typed("team=shop draft-")
		e.Press("enter")
		e.Rest()
		e.Shows("labelled")
		did("label 20261123-230000")
		e.Press("l")
		e.typed("team")
		e.Press("enter")
		e.Shows("want k=v")
		e.Press("esc")
		did()

		e.Press("d")
		e.Shows("The run the night before, 3 h ago, goes for good")
		e.Press("n")
		e.Shows("nothing was deleted")
		did()
		e.Press("d", "y")
		e.Rest()
		e.Shows("deleted")
		e.Hides("the night before")
		did("remove 20261123-230000")

		e.Press("r")
		e.key(ctrlU, 1)
		e.Press("esc")
		e.Shows("nothing was changed")
		did()
		e.close()
	})
}

// What another process removed meanwhile is an error, and the list is read again.
func TestChangingWhatIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, nil)
		e.Press("esc", "d")
		e.backend.mu.Lock()
		e.backend.kept = e.backend.kept[1:]
		e.backend.mu.Unlock()
		e.Press("y")
		e.Rest()
		e.Shows("nothing was changed: there is no 20261124-010000")
		e.Hides("2 min ago  midnight-sale")
		e.close()
	})
}

// The form's target is searched, and a search that was kept is opened; both lead back to
// the list.
func TestSearchingFromHome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, nil)
		e.Press("esc", "C")
		e.Rest()
		e.Shows("a made-up search")
		if n := len(e.backend.searched); n != 1 || e.backend.searched[0].Target.URL != scenario.MockURL {
			t.Fatalf("%d searches were started", n)
		}
		e.Press("q")
		time.Sleep(time.Second)
		e.Rest()
		e.Shows("leave")
		e.Press("q")
		e.Shows("earlier runs")
		e.Shows("C search")

		e.Press("down", "down", "down", "enter")
		e.Rest()
		e.Shows("capacity")
		e.Press("q")
		e.Shows("earlier runs")
		e.close()
	})
}

// A remote target is searched only after a yes, and a search that nobody waits for any
// more is ended.
func TestSearchesThatAreGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, slowStart)
		e.key(backspace, 10)
		e.typed(remote)
		e.atOnce(tea.KeyPressMsg{Code: tea.KeyF3})
		e.Shows("is not on this machine")
		e.atOnce(letter('n'))
		e.asked("search", 0, 0)
		e.atOnce(tea.KeyPressMsg{Code: tea.KeyF3}, letter('y'))
		e.Shows("starting …")
		e.atOnce(esc)
		e.after(6 * time.Second)
		e.asked("search", 1, 1)
		e.backend.mu.Lock()
		hunts := e.backend.hunts
		e.backend.mu.Unlock()
		if len(hunts) != 1 || !hunts[0].stopped {
			t.Error("the search goes on")
		}
		e.close()
	})
}

// A sale in plain words becomes waves, an SLO and a budget, which are run, saved and left
// in the form.
func TestASale(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, nil)
		e.key(f2, 1)
		for _, answer := range []string{"120", "2,400", "30s", "4m", "1.5s", "$2"} {
			e.key(ctrlU, 1)
			e.typed(answer)
			e.Press("enter")
		}
		e.Shows("That is the sale")
		e.Press("w")
		e.Rest()
		e.Shows("scenario to: flash-sale.yaml")
		e.Press("enter")
		e.Rest()
		e.Shows("wrote flash-sale.yaml")
		e.Press("enter")
		e.Rest()
		if n := len(e.backend.started); n != 1 {
			t.Fatalf("%d runs were started", n)
		}
		sc := e.backend.started[0]
		var waves []string
		for _, w := range sc.Lanes[0].Waves {
			waves = append(waves, w.Name+":"+w.Load()+":"+w.For.String())
		}
		if got, want := strings.Join(waves, " "), "calm:2/s:2m rise:2/s..40/s:30s peak:40/s:4m after:2/s:2m"; got != want {
			t.Errorf("the waves are %s, want %s", got, want)
		}
		if got := strings.Join(sc.SLO, " "); got != "ttft.p95 < 1.5s" || sc.Budget != 2 {
			t.Errorf("the SLO is %s, the budget %v", got, sc.Budget)
		}
		time.Sleep(5 * time.Second)
		e.Rest()
		e.Press("esc")
		e.Shows("That is the sale")
		e.Press("esc")
		e.Shows("calm:120/m:2m rise")
		e.close()
	})
}

// A sale that is dropped leaves the form as it was, and a wrong answer goes nowhere.
func TestADroppedSale(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, nil)
		e.key(f2, 1)
		e.typed("x")
		e.Press("enter")
		e.Shows("How many requests come in a calm minute?")
		e.Press("backspace", "enter")
		e.Shows("How many come in a minute of the peak?")
		e.Press("esc")
		e.Shows("benchmark:c50:1000x")
		e.Press("enter")
		e.Rest()
		if n := len(e.backend.started); n != 1 || !e.backend.started[0].Lanes[0].Waves[0].Closed() {
			t.Error("the benchmark was not run")
		}
		e.close()
	})
}

// A field that gets another text has its cursor at the end.
func TestTheCursorOfAChangedField(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, nil)
		e.Press("down", "down", "down")
		e.key(right_, 2) // a steady rate
		e.Press("down")
		e.typed("0")
		e.Shows("steady:600/m:60s0")
		e.close()
	})
}

// many keeps so many runs.
func many(n int) func(*fakeBackend) {
	return func(c *fakeBackend) {
		for i := range n {
			c.kept = append(c.kept, c.entry(fmt.Sprintf("202611%02d-%06d", 30-i/24, i), fmt.Sprintf("night %d", i), time.Duration(i)*time.Hour, result.Pass))
		}
	}
}

// Long lists are gone through by keys and by the wheel, and a click selects.
func TestManyRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, many(200))
		e.Press("esc")
		e.Shows("1 of 200")
		for range 30 {
			e.Program.Send(tea.MouseWheelMsg{X: 90, Y: 20, Button: tea.MouseWheelDown})
		}
		e.Rest()
		e.Shows("31 of 200")
		e.Shows("night 30 ")
		e.Press("G")
		e.Shows("night 199 ")
		e.Shows("200 of 200")
		e.Press("g")
		e.Program.Send(tea.MouseClickMsg{X: 90, Y: 11, Button: tea.MouseLeft})
		e.Rest()
		e.Shows("▸  ✓ 3 h ago")
		e.Press("s") // by name
		e.Shows("by name")
		e.Shows("▸  ✓ 3 h ago")
		e.Press("/")
		e.typed("19")
		e.Hides("night 18 ")
		e.Shows("night 119 ")
		e.close()
	})
}

// The pointer stays on the run that was opened when the screen is in front again, and
// goes to the one that was made.
func TestBackInTheList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, many(5))
		e.Press("esc", "down", "down", "enter")
		e.Rest()
		e.backend.mu.Lock()
		e.backend.kept = slices.Insert(e.backend.kept, 0, e.backend.entry("20261201-000000", "of another", 0, result.Pass))
		e.backend.mu.Unlock()
		e.Press("esc")
		e.Rest()
		e.Shows("▸  ✓ 2 h ago")
		e.Press("tab", "enter")
		e.Rest()
		e.backend.mu.Lock()
		e.backend.kept = slices.Insert(e.backend.kept, 0, e.backend.entry("20261202-000000", "of mine", 0, result.Fail))
		e.backend.mu.Unlock()
		time.Sleep(5 * time.Second)
		e.Rest()
		e.Press("esc")
		e.Rest()
		e.Shows("▸  ✗ just now   of mine")
		e.close()
	})
}

// Nothing kept: the screen says what Enter will do, and what the list is for.
func TestAFreshMachine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, func(c *fakeBackend) { c.kept = []history.Kept{} })
		e.Shows("Enter asks the built-in endpoint 1,000 times, 50 at once: about 10 s")
		e.Shows("none yet")
		e.Press("esc", "d", "r", "l", "enter", "space", "c", "s")
		e.Shows("none yet")
		e.close()
	})
}

// looksOf draws the home screen with what was kept of a night, in looks.
func looksOf(t *testing.T, o Options, width, height int) (frame string) {
	synctest.Test(t, func(t *testing.T) {
		backend := &fakeBackend{began: time.Now()}
		o.Backend = backend
		app, leave := newApp(t.Context(), nil, o)
		e := &evening{screentest.Start(t, app, nil, width, height), backend, leave}
		e.key(backspace, 10)
		e.typed("http://127.0.0.1:8000/v1")
		e.Press("esc", "space", "down")
		frame = e.Last.Styled()
		e.close()
	})
	return frame
}

// words are a frame without its styles and its bars: without colours the lowest row of a
// ribbon has another use.
func words(frame string) string {
	return strings.Map(func(r rune) rune {
		if r == '█' {
			return ' '
		}
		return r
	}, ansi.Strip(frame))
}

// In every theme the screen says the same, and has the colours of its golden.
func TestHomeInEveryTheme(t *testing.T) {
	t.Parallel()
	for _, size := range []struct{ W, H int }{{120, 36}, {80, 24}} {
		dark := looksOf(t, Options{Theme: draw.Dark}, size.W, size.H)
		for _, theme := range draw.Themes[1:] {
			t.Run(fmt.Sprintf("%s/%dx%d", theme, size.W, size.H), func(t *testing.T) {
				frame := looksOf(t, Options{Theme: theme}, size.W, size.H)
				if got, want := words(frame), words(dark); got != want {
					t.Errorf("it says:\n%s\nin the dark:\n%s", got, want)
				}
				golden.RequireEqual(t, frame)
			})
		}
	}
}

// A terminal that has ASCII alone gets nothing else, but for the names that people gave.
func TestHomeInASCII(t *testing.T) {
	t.Parallel()
	for _, size := range homeSizes {
		text := ansi.Strip(looksOf(t, Options{ASCII: true}, size.W, size.H))
		for _, line := range strings.Split(text, "\n") {
			if i := strings.IndexFunc(line, func(r rune) bool { return r > unicode.MaxASCII }); i >= 0 && !strings.Contains(line, "tr") {
				t.Errorf("%dx%d: %q", size.W, size.H, line)
			}
		}
	}
}

// BenchmarkHomeFrame draws the home screen with 200 runs.
func BenchmarkHomeFrame(b *testing.B) {
	backend := &fakeBackend{began: time.Now()}
	many(200)(backend)
	app, leave := newApp(b.Context(), nil, Options{Backend: backend})
	defer leave()
	m, _ := app.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
	for _, cmd := range app.home.Init()().(tea.BatchMsg) {
		if cmd != nil {
			m, _ = m.Update(cmd())
		}
	}
	for b.Loop() {
		_ = m.View()
	}
}
