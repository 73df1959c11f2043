package tui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"flashwave/bench/result"
)

// A session is a whole program in virtual time, with keys to press and a screen
// to read.
type session struct {
	t       *testing.T
	src     *simulation
	program *tea.Program
	last    *recorder
	ended   chan error
}

// A recorder is a model that keeps what the model within it draws last, and
// whether it asked to be suspended: a test must not stop its own process.
type recorder struct {
	mu        sync.Mutex
	frame     string
	suspended bool
}

func (r *recorder) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return ansi.Strip(r.frame)
}

type recorded struct {
	tea.Model
	to *recorder
}

func (r recorded) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m, cmd := r.Model.Update(msg)
	return recorded{m, r.to}, cmd
}

func (r recorded) View() tea.View {
	v := r.Model.View()
	r.to.mu.Lock()
	r.to.frame = v.Content
	r.to.mu.Unlock()
	return v
}

// start runs the screen of a sale that began at an instant.
func start(t *testing.T, from time.Duration, edit func(*result.Snapshot)) *session {
	began := time.Now()
	src := at(0, edit)
	src.clock = func() time.Duration { return from + time.Since(began) }
	s := &session{t: t, src: src, last: &recorder{}, ended: make(chan error, 1)}
	filter := func(_ tea.Model, msg tea.Msg) tea.Msg {
		if _, ok := msg.(tea.SuspendMsg); !ok {
			return msg
		}
		s.last.mu.Lock()
		s.last.suspended = true
		s.last.mu.Unlock()
		return nil
	}
	s.program = tea.NewProgram(recorded{New(src, Options{}), s.last}, tea.WithInput(nil), tea.WithOutput(&bytes.Buffer{}),
		tea.WithoutSignalHandler(), tea.WithWindowSize(120, 36), tea.WithColorProfile(colorprofile.TrueColor), tea.WithFilter(filter))
	go func() {
		_, err := s.program.Run()
		s.ended <- err
	}()
	s.rest()
	return s
}

// rest lets the screen poll twice.
func (s *session) rest() {
	time.Sleep(2*pollEvery + time.Millisecond)
	synctest.Wait()
}

// press presses keys, and waits until the screen shows what they did.
func (s *session) press(keys ...string) {
	for _, k := range keys {
		s.program.Send(keyOf(k))
		synctest.Wait()
	}
}

// shows holds that the screen shows a text.
func (s *session) shows(want string) {
	s.t.Helper()
	if text := s.last.text(); !strings.Contains(text, want) {
		s.t.Errorf("the screen does not show %q:\n%s", want, text)
	}
}

// did holds that the source was asked for these acts, and no others, since the
// last time.
func (s *session) did(want ...string) {
	s.t.Helper()
	if got := s.src.taken(); !slices.Equal(got, want) {
		s.t.Errorf("the source was asked for %q, want %q", got, want)
	}
}

// ends holds that the program ends by itself, and lets its pending tick pass.
func (s *session) ends() {
	s.t.Helper()
	synctest.Wait()
	select {
	case err := <-s.ended:
		if err != nil {
			s.t.Errorf("the program ended with %v", err)
		}
	default:
		s.t.Error("the program goes on")
		s.program.Kill()
		s.t.Logf("killed: %v", <-s.ended)
	}
	time.Sleep(2 * pollEvery)
}

// TestKeys holds that every key of the help does what the help says.
func TestKeys(t *testing.T) {
	t.Parallel()
	acts := map[string]func(s *session){
		"space":  func(s *session) { s.press("space", "p"); s.did("pause 0", "pause 0") },
		"+":      func(s *session) { s.press("+"); s.did("scale 0 1.100"); s.shows("rate ×1.10") },
		"-":      func(s *session) { s.press("-"); s.did("scale 0 0.909") },
		">":      func(s *session) { s.press(">"); s.did("scale 0 2.000") },
		"<":      func(s *session) { s.press("<"); s.did("scale 0 0.500") },
		"b":      func(s *session) { s.press("b"); s.did(fmt.Sprintf("burst 0 %d", 200)) },
		"n":      func(s *session) { s.press("n"); s.did("next 0") },
		"l":      func(s *session) { s.press("l", "space"); s.did("pause 1"); s.shows("lane bulk") },
		"w":      windowsKey,
		"1…9":    wavesKey,
		"s":      func(s *session) { s.press("s"); s.shows("service · last 10 s"); s.shows("response time p95 p99") },
		"tab":    func(s *session) { chartsKey(s, "tab", 1) },
		"f":      freezeKey,
		"e":      errorsKey,
		"/":      filterKey,
		"ctrl+z": func(s *session) { s.press("ctrl+z"); s.suspended() },
		"?": func(s *session) {
			s.press("?")
			s.shows("this help")
			s.press("q")
			s.did()
			s.hides("this help")
		},
		"shift+tab": func(s *session) { chartsKey(s, "shift+tab", -1) },
	}
	for _, b := range bindings() {
		if b.over || b.shown == "q" {
			continue // q is tested by itself
		}
		t.Run(b.shown, func(t *testing.T) {
			t.Parallel()
			act, ok := acts[b.shown]
			if !ok {
				t.Fatal("the help has a key that no test presses")
			}
			synctest.Test(t, func(t *testing.T) {
				s := start(t, 240*time.Second, twoLanes)
				s.src.taken()
				act(s)
				s.program.Quit()
				s.ends()
			})
		})
	}
}

// twoLanes adds a lane and steadies the offered rate.
func twoLanes(s *result.Snapshot) {
	s.Now.Offered = 199.6
	s.Lanes[0].Name = "chat"
	for i := range s.Waves {
		s.Waves[i].Lane = "chat"
	}
	s.Lanes = append(s.Lanes, result.LaneStatus{Name: "bulk", Wave: -1, Factor: 1})
}

func (s *session) hides(text string) {
	s.t.Helper()
	if strings.Contains(s.last.text(), text) {
		s.t.Errorf("the screen still shows %q", text)
	}
}

func (s *session) suspended() {
	s.t.Helper()
	s.last.mu.Lock()
	defer s.last.mu.Unlock()
	if !s.last.suspended {
		s.t.Error("nothing asked to be suspended")
	}
}

// looksAt holds that the source was asked for a view.
func (s *session) looksAt(want result.View) {
	s.t.Helper()
	if got := s.src.lastView(); got != want {
		s.t.Errorf("the screen asked for %+v, want %+v", got, want)
	}
}

func windowsKey(s *session) {
	for _, want := range []struct {
		view  result.View
		words string
	}{
		{result.View{Window: time.Minute, Wave: -1}, "last 60 s"},
		{result.View{Wave: 2}, "wave rush"},
		{result.View{Wave: -1}, "whole run"},
		{result.View{Window: time.Second, Wave: -1}, "last 1 s"},
		{result.View{Window: 10 * time.Second, Wave: -1}, "last 10 s"},
	} {
		s.press("w")
		s.looksAt(want.view)
		s.shows(want.words)
	}
}

func wavesKey(s *session) {
	s.press("1")
	s.looksAt(result.View{Window: 10 * time.Second, Wave: 0})
	s.shows("last 10 s of calm")
	s.press("9") // there is no such wave
	s.looksAt(result.View{Window: 10 * time.Second, Wave: 0})
	s.press("0")
	s.looksAt(result.View{Window: 10 * time.Second, Wave: -1})
}

func chartsKey(s *session, key string, by int) {
	titles := []string{
		"TTFT, how many", "E2E, ms", "end to end, how many", "by percentile", "between tokens", "requests/s",
		"output tokens/s", "requests open", "errors, %", "USD/hour",
	}
	if by < 0 {
		slices.Reverse(titles)
	}
	titles = append(titles, "TTFT, ms") // where it began
	for _, title := range titles {
		s.press(key)
		s.shows(title)
	}
}

func freezeKey(s *session) {
	s.press("f")
	s.shows("frozen, the run is at 04:00")
	time.Sleep(2 * time.Second)
	synctest.Wait()
	s.shows("frozen, the run is at 04:02")
	s.shows("04:00 of 08:10") // the figures are those of then
	s.press("f")
	s.shows("04:02 of 08:10")
	s.hides("frozen")
}

func errorsKey(s *session) {
	s.press("e")
	s.shows("Rate limit reached for deepseek-v3.2")
	s.press("down")
	s.shows("no token within 60 s")
	s.press("esc")
	s.hides("no token within 60 s")
}

func filterKey(s *session) {
	s.shows("first breached")
	s.press("/", "4", "2", "q", "backspace", "9", "backspace", "9", "enter")
	s.did()
	s.shows("/429")
	s.shows("429 rate limited")
	s.hides("first breached")
	s.press("/", "esc")
	s.shows("first breached")
}

// TestStop holds the way out: q drains, q again stops at once, q leaves.
func TestStop(t *testing.T) {
	t.Parallel()
	for _, k := range []string{"q", "ctrl+c"} {
		t.Run(k, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t, 3*time.Minute, nil)
				s.press(k)
				s.did("stop")
				s.shows("● draining")
				s.shows("q stop at once")
				s.press(k)
				s.did("stop")
				s.shows("● ABORTED")
				s.shows("stopped by hand")
				s.press(k)
				s.ends()
				s.did()
			})
		})
	}
}

// TestInsisting holds that who asks a third time leaves a run that does not end.
func TestInsisting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, 3*time.Minute, func(s *result.Snapshot) { s.State = result.Draining })
		s.src.stopped = -10
		s.press("q", "q")
		s.did("stop", "stop")
		s.press("q")
		s.ends()
	})
}

// TestEnd holds that the screen of a run that ends becomes its result, over the
// whole run, polls no more, and leaves at enter.
func TestEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := start(t, 489*time.Second, func(s *result.Snapshot) {
			if s.At >= s.Planned {
				judged(result.Fail)(s)
			}
		})
		s.shows("● running")
		time.Sleep(2 * time.Second)
		s.rest()
		s.shows("● FAIL")
		s.shows("held 164 req/s")
		s.shows("response · whole run")
		s.shows("✗ p99 < 8 s") // as the verdict has it, not the last figures
		s.looksAt(result.View{Wave: -1})

		polls := s.src.polls()
		time.Sleep(time.Minute)
		s.rest()
		if now := s.src.polls(); now != polls {
			t.Errorf("a finished run was polled %d times", now-polls)
		}
		s.press("v")
		s.shows("verdict fail")
		s.press("esc", "3")
		s.looksAt(result.View{Wave: 2})
		s.press("space", "b", "+", "n")
		s.did() // there is nothing left to steer
		s.press("enter")
		s.ends()
	})
}

// TestEndWhileFrozen holds that a frozen screen says that the run is over.
func TestEndWhileFrozen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, 489*time.Second, func(s *result.Snapshot) {
			if s.At >= s.Planned {
				judged(result.Pass)(s)
			}
		})
		s.press("f")
		time.Sleep(2 * time.Second)
		s.rest()
		s.shows("the run is over")
		s.press("f")
		s.shows("● PASS")
		s.press("q")
		s.ends()
	})
}

// TestPace holds that the screen polls four times a second, and that keys do
// not start a second chain of polls.
func TestPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := start(t, time.Minute, nil)
		s.press("w", "w", "1", "0", "+", "-")
		s.rest() // what was under way when the keys came is looked at and dropped
		before := s.src.polls()
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if polls := s.src.polls() - before; polls < 11 || polls > 13 {
			t.Errorf("%d polls in 3 s, want 12", polls)
		}
		s.program.Quit()
		s.ends()
	})
}

// TestResize holds that a window may change its size at any moment.
func TestResize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, time.Minute, nil)
		for _, size := range []tea.WindowSizeMsg{{Width: 10, Height: 4}, {Width: 1, Height: 1}, {Width: 200, Height: 60}, {Width: 59, Height: 70}, {Width: 60, Height: 13}, {}} {
			s.program.Send(size)
			synctest.Wait()
			check(t, s.last.text(), size.Width, size.Height)
		}
		s.program.Quit()
		s.ends()
	})
}

// TestRun holds that Run leaves without an error when its context ends. It runs
// in real time, because the reader of the keys waits for the system.
func TestRun(t *testing.T) {
	in, keys, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = in.Close(), keys.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	src := at(time.Minute, nil)
	var out bytes.Buffer
	done := make(chan error, 1)
	go func() { done <- Run(ctx, src, Options{Input: in, Output: &out, NoColor: true}) }()
	for src.polls() == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-done; err != nil || !errors.Is(ctx.Err(), context.Canceled) {
		t.Errorf("Run returned %v", err)
	}
	if len(src.taken()) > 0 {
		t.Error("leaving the screen stopped the run")
	}
	if strings.Count(out.String(), "\x1b[?1049h") != strings.Count(out.String(), "\x1b[?1049l") {
		t.Error("the alternate screen was not left")
	}
}
