package live

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"flashwave/bench/result"
	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

// alone is the screen as a program of its own.
type alone struct{ Model }

func (a alone) Init() tea.Cmd { return a.Model.Init() }

func (a alone) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m, cmd := a.Model.Update(msg)
	return alone{m}, cmd
}

// start runs the screen of a sale that began at an instant.
func start(t *testing.T, from time.Duration, edit func(*result.Snapshot)) *screentest.Session {
	began := time.Now()
	src := screentest.At(0, edit)
	src.Clock = func() time.Duration { return from + time.Since(began) }
	return screentest.Start(t, alone{New(1, src, Offers{}, draw.Theming{})}, src, 120, 36)
}

// TestKeys holds that every key of the help does what the help says.
func TestKeys(t *testing.T) {
	t.Parallel()
	acts := map[string]func(s *screentest.Session){
		"space": func(s *screentest.Session) { s.Press("space", "p"); s.Did("pause 0", "pause 0") },
		"+":     func(s *screentest.Session) { s.Press("+"); s.Did("scale 0 1.100"); s.Shows("rate ×1.10") },
		"-":     func(s *screentest.Session) { s.Press("-"); s.Did("scale 0 0.909") },
		">":     func(s *screentest.Session) { s.Press(">"); s.Did("scale 0 2.000") },
		"<":     func(s *screentest.Session) { s.Press("<"); s.Did("scale 0 0.500") },
		"b":     func(s *screentest.Session) { s.Press("b"); s.Did(fmt.Sprintf("burst 0 %d", 200)) },
		"n":     func(s *screentest.Session) { s.Press("n"); s.Did("next 0") },
		"l":     func(s *screentest.Session) { s.Press("l", "space"); s.Did("pause 1"); s.Shows("lane bulk") },
		"w":     windowsKey,
		"1…9":   wavesKey,
		"s": func(s *screentest.Session) {
			s.Press("s")
			s.Shows("service · last 10 s")
			s.Shows("response time p95 p99")
		},
		"tab": func(s *screentest.Session) {
			s.Press("tab")
			s.Shows("▸ latency, ms")
			s.Press("tab")
			s.Shows("▸ outcomes")
		},
		"shift+tab": func(s *screentest.Session) { s.Press("shift+tab"); s.Shows("▸ requests/s") },
		"z": func(s *screentest.Session) {
			s.Press("shift+tab", "z")
			s.Shows("▸ requests/s")
			s.Hides("latency, ms")
			s.Press("tab", "esc")
			s.Shows("▸ latency, ms")
			s.Shows("requests/s")
		},
		"m":    func(s *screentest.Session) { chartsKey(s, "m", 1) },
		"M":    func(s *screentest.Session) { chartsKey(s, "M", -1) },
		"u":    undoKey,
		"left": cursorKey,
		"]": func(s *screentest.Session) {
			s.Press("]")
			s.Shows("02:00")
			s.Hides("calm ──")
			s.Press("[")
			s.Shows("calm ──")
		},
		"[": func(s *screentest.Session) {
			s.Press("]", "]", "]", "[")
			s.Shows("02:30")
			s.Press("[", "[")
			s.Shows("calm ──")
		},
		"Y":      func(s *screentest.Session) { s.Press("Y"); s.Shows("copied the figures") },
		"f":      freezeKey,
		"e":      errorsKey,
		"/":      searchKey,
		"ctrl+z": func(s *screentest.Session) { s.Press("ctrl+z"); s.Suspended() },
		"?": func(s *screentest.Session) {
			s.Press("?")
			s.Shows("this help")
			s.Press("q")
			s.Did()
			s.Hides("this help")
		},
	}
	for _, b := range New(1, nil, Offers{}, draw.Theming{}).Bindings().Possible() {
		if b.Help == "" || b.Shown == "q" || b.Action.ask != 0 {
			continue // q is tested by itself; what the program around the screen does, there
		}
		t.Run(b.Shown, func(t *testing.T) {
			t.Parallel()
			act, ok := acts[b.Shown]
			if !ok {
				t.Fatal("the help has a key that no test presses")
			}
			synctest.Test(t, func(t *testing.T) {
				s := start(t, 240*time.Second, twoLanes)
				s.Src.Taken()
				act(s)
				s.Program.Quit()
				s.Ends()
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

func windowsKey(s *screentest.Session) {
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
		s.Press("w")
		s.LooksAt(want.view)
		s.Shows(want.words)
	}
}

func wavesKey(s *screentest.Session) {
	s.Press("1")
	s.LooksAt(result.View{Window: 10 * time.Second, Wave: 0})
	s.Shows("last 10 s of calm")
	s.Press("9") // there is no such wave
	s.LooksAt(result.View{Window: 10 * time.Second, Wave: 0})
	s.Press("0")
	s.LooksAt(result.View{Window: 10 * time.Second, Wave: -1})
}

func chartsKey(s *screentest.Session, key string, by int) {
	titles := []string{
		"TTFT, how many", "end to end, ms", "end to end, how many", "by percentile", "ITL, ms", "requests/s",
		"output tokens/s", "requests open", "errors, %", "USD/hour",
	}
	if by < 0 {
		slices.Reverse(titles)
	}
	titles = append(titles, "TTFT, ms") // where it began
	for _, title := range titles {
		s.Press(key)
		s.Shows(title)
	}
}

func freezeKey(s *screentest.Session) {
	s.Press("f")
	s.Shows("frozen, the run is at 04:00")
	time.Sleep(2 * time.Second)
	synctest.Wait()
	s.Shows("frozen, the run is at 04:02")
	s.Shows("04:00 of 08:10") // the figures are those of then
	s.Press("f")
	s.Shows("04:02 of 08:10")
	s.Hides("frozen")
}

func errorsKey(s *screentest.Session) {
	s.Press("e")
	s.Shows("Rate limit reached for deepseek-v3.2")
	s.Press("down")
	s.Shows("no token within 60 s")
	s.Press("esc")
	s.Hides("no token within 60 s")
}

func searchKey(s *screentest.Session) {
	s.Press("/", "w", "a", "v", "4", "q", "backspace", "backspace", "e")
	s.Did() // it is all text
	s.Shows("/wave_")
	s.Shows("1 of 3")
	s.Press("enter")
	s.Shows("/wave  n N  1 of 3")
	s.Press("n", "n")
	s.Did() // nor does it leave the wave
	s.Shows("n N  3 of 3")
	s.Press("n")
	s.Shows("n N  1 of 3")
	s.Press("N")
	s.Shows("n N  3 of 3")
	s.Shows("▸ 00:00  wave calm began")
	s.Press("esc")
	s.Shows("/ finds")
	s.Press("n")
	s.Did("next 0")
	s.Press("/", "x", "x")
	s.Shows("nothing found")
	s.Press("esc")
	s.Hides("nothing found")
}

func undoKey(s *screentest.Session) {
	s.Press("u")
	s.Did() // there is nothing to undo
	s.Press("+", "+", "space", "b")
	s.Did("scale 0 1.100", "scale 0 1.100", "pause 0", "burst 0 200")
	s.Press("u")
	s.Did()
	s.Shows("a burst cannot be taken back")
	s.Press("u", "u")
	s.Did("pause 0", "scale 0 0.909")
	s.Shows("rate ×1.10")
	s.Press("l", "u")
	s.Did("scale 0 0.909") // of the lane that was steered
	s.Hides("rate ×")
	s.Press("u")
	s.Did()
}

func cursorKey(s *screentest.Session) {
	s.Press("right")
	s.Hides("▸ 03:")
	s.Press("left")
	s.Shows("▸ 03:59  p50 ")
	s.Press("left")
	s.Shows("▸ 03:5")
	s.Hides("▸ 03:59")
	s.Press("esc")
	s.Hides("▸ 03:5")
	s.Press("left", "right", "right")
	s.Hides("▸ 03:5")
}

// TestStop holds the way out: q drains, q again stops at once, q leaves.
func TestStop(t *testing.T) {
	t.Parallel()
	for _, k := range []string{"q", "ctrl+c"} {
		t.Run(k, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := start(t, 3*time.Minute, nil)
				s.Press(k, "+", "space", "b") // there is no load to change any more
				s.Did("stop")
				s.Shows("● draining: nothing more is sent")
				s.Shows("q stop at once")
				s.Press(k)
				s.Did("stop")
				s.Shows("● ABORTED")
				s.Shows("stopped by hand")
				s.Press(k)
				s.Ends()
				s.Did()
			})
		})
	}
}

// TestInsisting holds that who asks a third time leaves a run that does not end.
func TestInsisting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, 3*time.Minute, func(s *result.Snapshot) { s.State = result.Draining })
		s.Src.Stopped = -10
		s.Press("q", "q")
		s.Did("stop", "stop")
		s.Press("q")
		s.Ends()
	})
}

// TestEnd holds that the screen of a run that ends becomes its result, over the
// whole run, polls no more, and leaves at enter.
func TestEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := start(t, 489*time.Second, func(s *result.Snapshot) {
			if s.At >= s.Planned {
				screentest.Judged(result.Fail)(s)
			}
		})
		s.Shows("running: ")
		time.Sleep(2 * time.Second)
		s.Rest()
		s.Shows("● FAIL: held 164 req/s")
		s.Shows("response · whole run")
		s.Shows("✗ p99 < 8 s") // as the verdict has it, not the last figures
		s.LooksAt(result.View{Wave: -1})

		polls := s.Src.Polls()
		time.Sleep(time.Minute)
		s.Rest()
		if now := s.Src.Polls(); now != polls {
			t.Errorf("a finished run was polled %d times", now-polls)
		}
		s.Press("v")
		s.Shows("verdict fail")
		s.Press("esc", "3")
		s.LooksAt(result.View{Wave: 2})
		s.Press("space", "b", "+", "n")
		s.Did() // there is nothing left to steer
		s.Press("enter")
		s.Ends()
	})
}

// TestEndWhileFrozen holds that a frozen screen says that the run is over.
func TestEndWhileFrozen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, 489*time.Second, func(s *result.Snapshot) {
			if s.At >= s.Planned {
				screentest.Judged(result.Pass)(s)
			}
		})
		s.Press("f")
		time.Sleep(2 * time.Second)
		s.Rest()
		s.Shows("the run is over")
		s.Press("f")
		s.Shows("● PASS")
		s.Press("q")
		s.Ends()
	})
}

// TestPace holds that the screen polls four times a second, and that keys do
// not start a second chain of polls.
func TestPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := start(t, time.Minute, nil)
		s.Press("w", "w", "1", "0", "+", "-")
		s.Rest() // what was under way when the keys came is looked at and dropped
		before := s.Src.Polls()
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if polls := s.Src.Polls() - before; polls < 11 || polls > 13 {
			t.Errorf("%d polls in 3 s, want 12", polls)
		}
		s.Program.Quit()
		s.Ends()
	})
}

// TestResize holds that a window may change its size at any moment.
func TestResize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := start(t, time.Minute, nil)
		for _, size := range []tea.WindowSizeMsg{{Width: 10, Height: 4}, {Width: 1, Height: 1}, {Width: 200, Height: 60}, {Width: 59, Height: 70}, {Width: 60, Height: 13}, {}} {
			s.Program.Send(size)
			synctest.Wait()
			screentest.Check(t, s.Last.Text(), size.Width, size.Height)
		}
		s.Program.Quit()
		s.Ends()
	})
}
