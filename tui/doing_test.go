package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"flashwave/bench/capacity"
	"flashwave/bench/result"
	"flashwave/tui/comparison"
	"flashwave/tui/draw"
	"flashwave/tui/monitor"
	"flashwave/tui/screentest"
	"flashwave/tui/search"
)

// sizes are windows of every kind of layout, and some between.
var sizes = []tea.WindowSizeMsg{
	{Width: 200, Height: 60},
	{Width: 120, Height: 36},
	{Width: 100, Height: 30},
	{Width: 100, Height: 22},
	{Width: 80, Height: 24},
	{Width: 70, Height: 13},
	{Width: 60, Height: 16},
	{Width: 59, Height: 16},
	{Width: 40, Height: 12},
	{Width: 30, Height: 6},
}

// A stillSearch is a search that stands still.
type stillSearch struct{ at capacity.Snapshot }

func (s stillSearch) Snapshot() capacity.Snapshot { return s.at }
func (stillSearch) Stop()                         {}

// A standing is a program that somebody has come to, without a terminal: what it asks for
// is answered at once, and the answers' own questions not any more.
type standing struct {
	t *testing.T
	app
}

// does hands the program messages.
func (s *standing) does(msgs ...tea.Msg) {
	for _, msg := range msgs {
		m, cmd := s.Update(msg)
		s.app = m.(app)
		s.answer(cmd, 1)
	}
}

// answer answers a command, and what comes of that.
func (s *standing) answer(cmd tea.Cmd, deep int) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			s.answer(c, deep)
		}
	default:
		m, next := s.Update(msg)
		if s.app = m.(app); deep > 0 {
			s.answer(next, deep-1)
		}
	}
}

// keys presses keys by their names.
func (s *standing) keys(names ...string) {
	for _, name := range names {
		s.does(keyOf(name))
	}
}

// keyOf is a key by the name that Bubble Tea gives it.
func keyOf(name string) tea.KeyPressMsg {
	more := map[string]tea.KeyPressMsg{
		"pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd},
		"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "f1": f1,
	}
	if k, ok := more[name]; ok {
		return k
	}
	if letter, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: []rune(letter)[0], Mod: tea.ModCtrl}
	}
	return screentest.KeyOf(name)
}

// sale is a run at an instant of the simulation.
func sale(at time.Duration, edit func(*result.Snapshot)) *screentest.Simulation {
	return screentest.At(at, edit)
}

// stands are where somebody can be: how they came there.
var stands = map[string]func(t *testing.T) (a app, come func(s *standing)){
	"home":       func(t *testing.T) (app, func(*standing)) { return atHomeOf(t), nothing },
	"home, runs": func(t *testing.T) (app, func(*standing)) { return atHomeOf(t), pressing("esc") },
	"home, runs marked": func(t *testing.T) (app, func(*standing)) {
		return atHomeOf(t), pressing("esc", "space", "down", "space")
	},
	"home, a filter typed": func(t *testing.T) (app, func(*standing)) {
		return atHomeOf(t), pressing("esc", "/", "c")
	},
	"home, a filter": func(t *testing.T) (app, func(*standing)) {
		return atHomeOf(t), pressing("esc", "/", "c", "enter")
	},
	"home, checked":       func(t *testing.T) (app, func(*standing)) { return atHomeOf(t), pressing("ctrl+k") },
	"home, checked, runs": func(t *testing.T) (app, func(*standing)) { return atHomeOf(t), pressing("ctrl+k", "shift+tab") },
	"a run":               func(t *testing.T) (app, func(*standing)) { return atRunOf(t, 150*time.Second, nil, false), nothing },
	"a run, pointed at": func(t *testing.T) (app, func(*standing)) {
		return atRunOf(t, 150*time.Second, nil, false), pressing("]", "shift+left")
	},
	"a run, zoomed": func(t *testing.T) (app, func(*standing)) {
		return atRunOf(t, 150*time.Second, nil, false), pressing("shift+tab", "z")
	},
	"a run, events": func(t *testing.T) (app, func(*standing)) {
		return atRunOf(t, 150*time.Second, nil, false), pressing("tab", "tab", "tab", "tab")
	},
	"a run, steered": func(t *testing.T) (app, func(*standing)) {
		return atRunOf(t, 150*time.Second, nil, false), pressing("+")
	},
	"a run, errors": func(t *testing.T) (app, func(*standing)) {
		return atRunOf(t, 262*time.Second, nil, false), pressing("e")
	},
	"a run, frozen": func(t *testing.T) (app, func(*standing)) {
		return atRunOf(t, 262*time.Second, nil, false), pressing("f", "tab")
	},
	"a run, filtered": func(t *testing.T) (app, func(*standing)) {
		return atRunOf(t, 262*time.Second, nil, false), pressing("/", "r", "enter")
	},
	"a run, draining": func(t *testing.T) (app, func(*standing)) {
		return atRunOf(t, 489*time.Second, draining, false), nothing
	},
	"a result":               func(t *testing.T) (app, func(*standing)) { return atRunOf(t, over, failed, true), nothing },
	"a result, alone":        func(t *testing.T) (app, func(*standing)) { return atRunOf(t, over, failed, false), nothing },
	"a result, verdict":      func(t *testing.T) (app, func(*standing)) { return atRunOf(t, over, failed, true), pressing("v") },
	"two runs":               func(*testing.T) (app, func(*standing)) { return atCompareOf(), nothing },
	"two runs, zoomed":       func(*testing.T) (app, func(*standing)) { return atCompareOf(), pressing("tab", "tab", "z") },
	"two runs, table zoomed": func(*testing.T) (app, func(*standing)) { return atCompareOf(), pressing("z") },
	"a search": func(*testing.T) (app, func(*standing)) {
		return atSearchOf(capacity.Snapshot{Phase: capacity.Ramping}), nothing
	},
	"a search that is over":   func(*testing.T) (app, func(*standing)) { return atSearchOf(searched()), nothing },
	"a monitor":               func(*testing.T) (app, func(*standing)) { return atMonitorOf(), nothing },
	"a monitor, one target":   func(*testing.T) (app, func(*standing)) { return atMonitorOf(), pressing("enter") },
	"a search, another chart": func(*testing.T) (app, func(*standing)) { return atSearchOf(searched()), pressing("tab") },
}

const over = screentest.SaleEnds * time.Second

func failed(s *result.Snapshot)   { screentest.Judged(result.Fail)(s) }
func draining(s *result.Snapshot) { s.State = result.Draining }
func nothing(*standing)           {}

func pressing(keys ...string) func(*standing) {
	return func(s *standing) { s.keys(keys...) }
}

func searched() capacity.Snapshot {
	return capacity.Snapshot{Phase: capacity.Finished, Document: &capacity.Document{Verdict: capacity.Verdict{Status: result.Fail, Headline: "holds 1,403 a minute"}}}
}

func atHomeOf(t *testing.T) app {
	a, leave := newApp(t.Context(), nil, Options{Backend: &fakeBackend{began: time.Now()}})
	t.Cleanup(leave)
	return a
}

func atRunOf(t *testing.T, at time.Duration, edit func(*result.Snapshot), backed bool) app {
	opts := Options{}
	if backed {
		opts.Backend = &fakeBackend{began: time.Now()}
	}
	a, leave := newApp(t.Context(), sale(at, edit), opts)
	t.Cleanup(leave)
	return a
}

func atCompareOf() app {
	a := newSearchApp(context.Background(), stillSearch{}, "", Options{})
	m, _ := a.compare(slower())
	return m.(app)
}

// slower is a pair of runs.
var slower = sync.OnceValue(func() *comparison.Pair {
	return comparison.Compare(screentest.FrozenRun("20261123-230000"), screentest.Slower("20261124-010000"))
})

func atSearchOf(s capacity.Snapshot) app {
	return newSearchApp(context.Background(), stillSearch{s}, "midnight-sale", Options{})
}

func atMonitorOf() app { return newMonitorApp(context.Background(), &quiet{}, Options{}) }

// come comes to a stand in a window.
func come(t *testing.T, name string, size tea.WindowSizeMsg) *standing {
	a, walk := stands[name](t)
	s := &standing{t, a}
	s.does(size)
	if s.at != atCompare { // no program begins there
		s.answer(s.Init(), 0)
	}
	walk(s)
	return s
}

// everywhere calls a test at every stand, in virtual time.
func everywhere(t *testing.T, test func(t *testing.T, name string)) {
	for name := range stands {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { test(t, name) })
		})
	}
}

// Everything that can be done can be done by a key that asks for nothing else, and by its
// name, which is no other one's; both come to the same.
func TestEverythingHasAKeyAndAName(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, name string) {
		size := tea.WindowSizeMsg{Width: 80, Height: 24}
		keys, names := map[string]string{}, map[string]bool{}
		s := come(t, name, size)
		possible := slices.DeleteFunc(s.bindings().Possible(), func(b draw.Binding[tea.Msg]) bool { return len(b.Keys) == 0 })
		all := s.everything()
		if len(all) != len(possible) {
			t.Fatalf("%d things can be done, %d by name", len(possible), len(all))
		}
		for i, b := range possible {
			called := all[i].name
			if called == "" || names[called] {
				t.Errorf("%v is called %q, as is another one: %v", b.Keys, called, names[called])
			}
			names[called] = true
			for _, k := range b.Keys {
				if other, taken := keys[k]; taken {
					t.Errorf("%s asks for %q and for %q", k, other, called)
				}
				keys[k] = called
				if action, ok := s.bindings().For(k); !ok || action != b.Action {
					t.Errorf("%s asks for %v, not for %q", k, action, called)
				}
			}
			byName := come(t, name, size)
			byName.over = palette{}
			byName.does(tea.PasteMsg{Content: called}, keyOf("enter"))
			byKey := come(t, name, size)
			byKey.keys(b.Keys[0])
			if x, y := byKey.View().Content, byName.View().Content; x != y {
				t.Errorf("%s does not do what %q does:\n%s\n\n%s", b.Keys[0], called, ansi.Strip(x), ansi.Strip(y))
			}
		}
	})
}

// A click on the footer does what is written there, in windows of all sizes: the key under
// the pointer, or on a label the last of its keys. A click beside it does nothing.
func TestClicksOnTheFooter(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, name string) {
		clicks := 0
		s := come(t, name, sizes[0])
		for _, size := range sizes {
			s.does(size)
			y := size.Height - 1
			lines := strings.Split(ansi.Strip(s.View().Content), "\n")
			if len(lines) <= y {
				continue
			}
			wanted := written(s.bindings().Possible(), lines[y])
			targets := s.drawn().targets()
			for x := range size.Width {
				action, _ := targets.For(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
				if action != wanted[x] {
					t.Errorf("%dx%d: a click at %d of %q asks for %v, want %v", size.Width, size.Height, x, lines[y], action, wanted[x])
					return
				}
				if action != nil {
					clicks++
				}
			}
		}
		if clicks == 0 && !strings.Contains(name, "errors") && !strings.Contains(name, ", verdict") {
			t.Error("no window has a key to click")
		}
	})
}

// The mouse has its places within the window, and on them only what can be done: a click
// anywhere, or the wheel, leaves a screen that fits.
func TestTargetsLieInTheWindow(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, name string) {
		s := come(t, name, sizes[0])
		for i, size := range sizes {
			s.does(size)
			for _, target := range s.drawn().targets() {
				at := target.At
				if at.W <= 0 || at.H <= 0 || at.X < 0 || at.Y < 0 || at.X+at.W > size.Width || at.Y+at.H > size.Height {
					t.Errorf("%dx%d: a target at %+v", size.Width, size.Height, at)
				}
				for _, action := range []tea.Msg{target.Click, target.Up, target.Down} {
					if action == nil || i%6 != 1 { // what it does is drawn in a window of each kind
						continue
					}
					m, _ := s.Update(action)
					screentest.Fits(t, m.View().Content, size.Width, size.Height)
				}
			}
		}
	})
}

// written is what a line of keys and labels says, by column, read as people read it.
func written(b draw.Bindings[tea.Msg], line string) map[int]tea.Msg {
	says := map[int]tea.Msg{}
	for i := 0; i < len(b); {
		first, shown := i, ""
		for ; i < len(b) && b[i].Label == b[first].Label && b[i].Last == b[first].Last; i++ {
			shown += b[i].Shown + " "
		}
		if b[first].Label == "" {
			continue
		}
		text := shown + b[first].Label
		at := strings.Index(" "+line+"  ", " "+text+" ")
		if at < 0 {
			continue
		}
		x := draw.Cells(line[:at])
		for _, one := range b[first:i] {
			for k := range draw.Cells(one.Shown) {
				says[x+k] = one.Action
			}
			x += draw.Cells(one.Shown) + 1
		}
		for k := range 1 + draw.Cells(b[first].Label) {
			says[x-1+k] = b[i-1].Action
		}
	}
	return says
}

// The help tells of everything, wherever one is, and of nothing twice in the same words.
func TestHelpIsWhole(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, name string) {
		s := come(t, name, sizes[0])
		text := strings.Join(strings.Fields(ansi.Strip(strings.Join(helpPage{}.lines(s.app), " "))), " ")
		for _, b := range s.bindings() {
			if b.Help != "" && !strings.Contains(text, strings.Join(strings.Fields(b.Help), " ")) {
				t.Errorf("the help does not tell that %s: %s", b.Shown, b.Help)
			}
		}
		for _, sign := range []string{"✓", "≈", "✗", "●", "▸", "shift"} {
			if !strings.Contains(text, sign) {
				t.Errorf("the help does not explain %s", sign)
			}
		}
	})
}

// Whatever is typed into the help and the palette, and wherever the mouse goes, they fit
// their window, and the screen below takes no key.
func TestOverlaysFitAnyWindow(t *testing.T) {
	t.Parallel()
	s := &standing{t, atCompareOf()}
	keys := []string{"up", "down", "pgup", "pgdown", "home", "end", "/", "n", "N", "backspace", "a", "s", "e", "space", "w", "1", "é"}
	rapid.Check(t, func(t *rapid.T) {
		for _, over := range []overlay{helpPage{}, palette{}} {
			s := *s
			s.over = over
			size := tea.WindowSizeMsg{Width: rapid.IntRange(0, 210).Draw(t, "width"), Height: rapid.IntRange(0, 66).Draw(t, "height")}
			s.does(size)
			before := s.comparison.View()
			for range rapid.IntRange(0, 12).Draw(t, "times") {
				switch rapid.IntRange(0, 4).Draw(t, "gesture") {
				case 0:
					s.does(tea.MouseWheelMsg{X: rapid.IntRange(0, 210).Draw(t, "x"), Y: rapid.IntRange(0, 66).Draw(t, "y"), Button: rapid.SampledFrom([]tea.MouseButton{tea.MouseWheelUp, tea.MouseWheelDown}).Draw(t, "wheel")})
				default:
					s.keys(rapid.SampledFrom(keys).Draw(t, "key"))
				}
				screentest.Check(t, s.View().Content, size.Width, size.Height)
			}
			if s.over == nil || s.comparison.View() != before {
				t.Fatal("a key went through")
			}
		}
	})
}

// One types a part of a name, chooses, and it is done; what cannot be done now is not
// there.
func TestPalette(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, nil)
		e.Press(":") // text, in a field
		e.Hides("what to do")
		e.Press("backspace", "ctrl+p")
		e.Shows("what to do")
		e.typed("chk")
		e.Shows("▸ check: send one request and show its timeline")
		e.Shows("ctrl+k")
		e.Press("enter")
		e.Rest()
		e.Shows("first token")
		e.Press("esc", "esc", ":")
		e.Shows("what to do")
		e.typed("zzzz")
		e.Shows("nothing of that name")
		e.Press("enter")
		e.Shows("nothing of that name")
		e.Press("esc")
		e.Hides("what to do")
		e.finish()
		e.Press(":")
		e.typed("pause")
		e.Hides("▸ pause the lane")
		e.key(ctrlU, 1)
		e.typed("write report")
		e.Shows("▸ write a report")
		e.Press("enter")
		e.Shows("report to:")
		e.Press("ctrl+p") // a question wants its answer
		e.Hides("what to do")
		e.Shows("report to:")
		e.Press("esc")
		e.close()
	})
}

// The waves that there are have their own names in the palette, and no more than those.
func TestWavesByName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := come(t, "a run", tea.WindowSizeMsg{Width: 120, Height: 36})
		var got []string
		for _, one := range s.everything() {
			if name, ok := strings.CutPrefix(one.name, "figures and charts of "); ok {
				got = append(got, one.key+" "+name)
			}
		}
		if want := []string{"1 wave calm", "2 wave midnight", "3 wave rush", "4 wave recovery", "0 all waves"}; !slices.Equal(got, want) {
			t.Errorf("there are %q, want %q", got, want)
		}
	})
}

// How the help and the palette look, above nothing.
func TestOverlayScreens(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]overlay{"help": helpPage{}, "found": helpPage{finder: draw.Finder{}.Do(draw.OpenFinder).Type("panel")}, "palette": palette{}, "chosen": palette{query: "re", at: 1}} {
		for _, size := range screentest.WindowSizes {
			t.Run(fmt.Sprintf("%s/%dx%d", name, size.W, size.H), func(t *testing.T) {
				s := &standing{t, atCompareOf()}
				s.does(tea.WindowSizeMsg{Width: size.W, Height: size.H})
				s.over = o
				golden.RequireEqual(t, screentest.Drawn(s.overlaid(""), size.W, size.H))
			})
		}
	}
	for theme, look := range map[string]draw.Theming{"dark": {}, "light": {Theme: draw.Light}, "contrast": {Theme: draw.HighContrast}, "mono": {Theme: draw.Mono}, "ascii": {ASCII: true, NoColor: true}} {
		t.Run("help in "+theme, func(t *testing.T) {
			s := &standing{t, atCompareOf()}
			s.app = s.restyle(look)
			s.does(tea.WindowSizeMsg{Width: 80, Height: 56})
			s.over = helpPage{finder: draw.Finder{}.Do(draw.OpenFinder).Type("panel").Do(draw.KeepFinder)}
			golden.RequireEqual(t, s.overlaid(""))
		})
	}
}

// A query matches what has its characters in order; whole words, and beginnings, come
// first.
func TestRanking(t *testing.T) {
	t.Parallel()
	names := []string{"skip to the next wave", "next chart", "write a report", "run it again", "the next match"}
	for query, want := range map[string]string{
		"next w": "skip to the next wave", "nc": "next chart", "report": "write a report", "RUN": "run it again", "again": "run it again", "match": "the next match", "nw": "skip to the next wave",
	} {
		best, most := "", -1
		for _, n := range names {
			if score, ok := rank(query, n); ok && score > most {
				best, most = n, score
			}
		}
		if best != want {
			t.Errorf("%q is %q, want %q", query, best, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := []rune(rapid.StringMatching(`[a-zé ]{1,20}`).Draw(t, "name"))
		var query []rune
		for _, r := range name {
			if rapid.Bool().Draw(t, "kept") {
				query = append(query, r)
			}
		}
		if _, ok := rank(string(query), string(name)); !ok {
			t.Fatalf("%q does not match %q", string(query), string(name))
		}
		if _, ok := rank(string(name)+"z", string(name)); ok {
			t.Fatal("more than there is matches")
		}
	})
}

// The help is found in, with the keys and with the wheel, and closes with any of its
// keys and with a click beside it.
func TestHelp(t *testing.T) {
	t.Parallel()
	s := come(t, "two runs", tea.WindowSizeMsg{Width: 80, Height: 16})
	shows := func(want string, yes bool) {
		t.Helper()
		if text := ansi.Strip(s.View().Content); strings.Contains(text, want) != yes {
			t.Errorf("the screen shows %q: %v\n%s", want, !yes, text)
		}
	}
	wheel := func(b tea.MouseButton, times int) {
		for range times {
			s.does(tea.MouseWheelMsg{X: 40, Y: 6, Button: b})
		}
	}
	s.keys("?")
	shows("next panel", true)
	shows("percentiles have one colour", false)
	wheel(tea.MouseWheelDown, 30)
	shows("percentiles have one colour", true)
	shows("next panel", false)
	wheel(tea.MouseWheelUp, 30)
	shows("next panel", true)
	s.keys("/", "a", "m", "b", "e", "r")
	shows("within 10 %", true)
	shows("/amber_", true)
	s.keys("enter", "home", "n")
	shows("within 10 %", true)
	s.keys("esc")
	shows("help: two runs", true)
	for _, k := range []string{"esc", "q", "?", "f1"} {
		s.keys(k)
		shows("help: two runs", false)
		s.keys("?")
	}
	s.does(tea.MouseClickMsg{X: 40, Y: 6, Button: tea.MouseLeft})
	shows("help: two runs", true)
	s.does(tea.MouseClickMsg{X: 70, Y: 15, Button: tea.MouseLeft})
	shows("help: two runs", true)
	s.does(tea.WindowSizeMsg{Width: 120, Height: 16}, tea.MouseClickMsg{X: 1, Y: 3, Button: tea.MouseLeft})
	shows("help: two runs", false)
}

// Whatever lies above the screen, the program can be suspended; ctrl+c goes through the
// help to the screen, and closes the palette.
func TestLeavingOverlays(t *testing.T) {
	t.Parallel()
	a := atCompareOf()
	for name, o := range map[string]overlay{"help": helpPage{}, "a word typed": helpPage{finder: draw.Finder{}.Do(draw.OpenFinder)}, "palette": palette{}} {
		if next, do := o.take(a, keyOf("ctrl+z")); next == nil || do != suspendProgram {
			t.Errorf("%s: ctrl+z leaves %v, and does %v", name, next, do)
		}
	}
	if next, do := (helpPage{}).take(a, keyOf("ctrl+c")); next != nil || do != keyOf("ctrl+c") {
		t.Errorf("ctrl+c leaves %v, and does %v", next, do)
	}
	if next, do := (palette{}).take(a, keyOf("ctrl+c")); next != nil || do != nil {
		t.Errorf("ctrl+c leaves %v, and does %v", next, do)
	}
}

// What is copied is said in the last line, and reaches the terminal.
func TestCopying(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"a run": "copied the figures", "a result": "copied the figures", "two runs": "copied the answer", "a search that is over": "copied the answer", "home, runs": "copied the id of the run", "a monitor": "copied the last error of the target"} {
		synctest.Test(t, func(t *testing.T) {
			s := come(t, name, tea.WindowSizeMsg{Width: 80, Height: 24})
			m, cmd := s.Update(keyOf("y"))
			if cmd == nil {
				t.Fatalf("%s: nothing is copied", name)
			}
			if _, text := m.(app).copied(); !strings.Contains(fmt.Sprint(cmd()), text) || text == "" {
				t.Errorf("%s: %v is copied, want %q", name, cmd(), text)
			}
			lines := strings.Split(ansi.Strip(m.View().Content), "\n")
			if last := lines[len(lines)-1]; strings.TrimSpace(last) != want {
				t.Errorf("%s: the last line says %q", name, last)
			}
		})
	}
}

// The mouse is the program's unless it was told otherwise.
func TestMouseMode(t *testing.T) {
	t.Parallel()
	for no, want := range map[bool]tea.MouseMode{false: tea.MouseModeCellMotion, true: tea.MouseModeNone} {
		a := newSearchApp(t.Context(), stillSearch{}, "", Options{NoMouse: no})
		if got := a.View().MouseMode; got != want {
			t.Errorf("without a mouse: %v, its mode is %v", no, got)
		}
	}
}

// What another search, or monitor, still looks up is not shown as this one's.
func TestAStaleSearch(t *testing.T) {
	t.Parallel()
	old := newSearchApp(t.Context(), stillSearch{searched()}, "", Options{})
	a := newSearchApp(t.Context(), stillSearch{}, "", Options{})
	a.search = search.New(2, stillSearch{}, "", draw.Theming{})
	m, _ := a.Update(old.search.Init()())
	if strings.Contains(m.View().Content, "1,403") {
		t.Error("the search in front was given the figures of another one")
	}
	of := newMonitorApp(t.Context(), &quiet{}, Options{})
	of.monitor = monitor.New(2, &quiet{}, draw.Theming{})
	m, _ = of.Update(tea.WindowSizeMsg{Width: 120, Height: 36})
	if m, _ = m.Update(atMonitorOf().monitor.Init()()); strings.Contains(m.View().Content, "gateway") {
		t.Error("the monitor in front was given the figures of another one")
	}
}
