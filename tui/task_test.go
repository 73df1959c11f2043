package tui

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"flashwave/tui/screentest"
)

// slowly makes every call take a time.
func slowly(d time.Duration) func(int) time.Duration {
	return func(int) time.Duration { return d }
}

// late makes the first n calls take ten seconds, and later ones one.
func late(n int) func(int) time.Duration {
	return func(i int) time.Duration {
		if i < n {
			return 10 * time.Second
		}
		return time.Second
	}
}

var (
	enter = tea.KeyPressMsg{Code: tea.KeyEnter}
	esc   = tea.KeyPressMsg{Code: tea.KeyEscape}
)

func letter(r rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: r, Text: string(r)} }

// atOnce presses keys as fast as a hand, or a terminal that was stopped, can.
func (e *evening) atOnce(keys ...tea.KeyPressMsg) {
	for _, k := range keys {
		e.Program.Send(k)
	}
	synctest.Wait()
}

// after lets time pass.
func (e *evening) after(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// asked holds how often the backend was asked for something, and how often nobody
// waited for the answer any more.
func (e *evening) asked(method string, times, gone int) {
	e.T.Helper()
	e.backend.mu.Lock()
	defer e.backend.mu.Unlock()
	if n, g := e.backend.asked[method], e.backend.gone[method]; n != times || g != gone {
		e.T.Errorf("the backend was asked to %s %d times, of which %d were given up; want %d and %d", method, n, g, times, gone)
	}
}

// begun is how many runs were started, and how many of them were stopped at once.
func (c *fakeBackend) begun() (all, stopped int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sessions {
		s.Mu.Lock()
		if s.Stopped > 1 {
			stopped++
		}
		s.Mu.Unlock()
	}
	return len(c.sessions), stopped
}

// runs holds how many of the runs that were started go on, or ended by themselves,
// and how many were stopped at once.
func (e *evening) runs(live, stopped int) {
	e.T.Helper()
	if all, n := e.backend.begun(); all-n != live || n != stopped {
		e.T.Errorf("%d runs go on and %d were stopped, want %d and %d", all-n, n, live, stopped)
	}
}

// slowStart is a backend that takes its time to start a run.
func slowStart(c *fakeBackend) { c.starting = slowly(5 * time.Second) }

// What is pressed on the home screen while a run is being started starts no other
// one, and sends nothing beside it.
func TestOneStartAtATime(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]tea.KeyPressMsg{
		"twice":            {enter, enter},
		"five times":       {enter, enter, enter, enter, enter},
		"then a check":     {enter, ctrlK, ctrlK},
		"then typing":      {enter, letter('x'), backspace, enter},
		"then other keys":  {enter, {Code: tea.KeyTab}, {Code: tea.KeyDown}, letter('q'), enter, f1},
		"then the runs":    {enter, {Code: tea.KeyTab, Mod: tea.ModShift}, enter},
		"then the compare": {enter, {Code: tea.KeyTab}, letter('m'), letter('c')},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := open(t, 120, 36, slowStart)
				e.atOnce(keys...)
				e.Shows("starting …")
				for _, k := range keys[1:] { // and at leisure
					e.after(200 * time.Millisecond)
					e.atOnce(k)
					e.Shows("starting …")
				}
				e.asked("start", 1, 0)
				e.asked("check", 0, 0)
				e.after(6 * time.Second)
				e.Shows("midnight-sale")
				e.asked("start", 1, 0)
				e.asked("check", 0, 0)
				e.runs(1, 0)
				e.close()
			})
		})
	}
}

// Who leaves while a run is being started has no run, whatever the backend does.
func TestGivingUpAStart(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]tea.KeyPressMsg{
		"at once":         {enter, esc},
		"twice":           {enter, esc, esc},
		"after a check":   {enter, ctrlK, esc},
		"after insisting": {enter, enter, esc},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := open(t, 120, 36, slowStart)
				e.atOnce(keys...)
				e.Hides("starting …")
				e.Shows("new run")
				e.after(6 * time.Second)
				e.Shows("new run")
				e.asked("start", 1, 1)
				e.runs(0, 1)
				e.close()
			})
		})
	}
}

// A start that was given up does not stand in for the next one, in whichever order
// they answer.
func TestAStaleStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, func(c *fakeBackend) { c.starting = late(1) })
		e.atOnce(enter, esc)
		e.after(time.Second)
		e.Shows("new run")
		e.Press("tab", "enter")
		e.Shows("starting …")
		e.after(2 * time.Second)
		e.Shows("midnight-sale")
		e.asked("start", 2, 0)
		e.runs(1, 0) // the first one is still on its way
		e.after(10 * time.Second)
		e.asked("start", 2, 1)
		e.runs(1, 1)
		e.Shows("again")
		e.close()
	})
}

// An answer that comes at the very moment at which the user gives up leaves no run
// behind, either.
func TestGivingUpAtTheLastMoment(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for range 12 {
			e := open(t, 60, 16, slowStart)
			e.atOnce(enter)
			time.Sleep(5 * time.Second)
			e.Program.Send(esc)
			synctest.Wait()
			e.after(time.Second)
			_, stopped := e.backend.begun()
			if shown := e.backend.sessions[0].Polls() > 0; shown == (stopped == 1) {
				t.Fatalf("the run is shown: %v, and %d were stopped", shown, stopped)
			}
			e.close()
		}
	})
}

// Whoever quits while a run is being started leaves none behind.
func TestQuittingWhileAStartIsPending(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(e *evening) (shown int){
		"home, at once": func(e *evening) int {
			e.atOnce(enter, ctrlC)
			return 0
		},
		"home": func(e *evening) int {
			e.atOnce(enter)
			e.after(time.Second)
			e.atOnce(ctrlC)
			return 0
		},
		"home, after giving up": func(e *evening) int {
			e.atOnce(enter, esc, enter)
			e.atOnce(ctrlC)
			return 0
		},
		"result": func(e *evening) int {
			e.finish()
			e.atOnce(letter('r'), letter('q'))
			return 1
		},
		"result, entered": func(e *evening) int {
			e.finish()
			e.atOnce(letter('r'), letter('r'), enter)
			return 1
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := open(t, 120, 36, slowStart)
				shown := begin(e)
				e.Ends()
				e.leave()
				for range 2 {
					if all, stopped := e.backend.begun(); all-stopped != shown {
						t.Errorf("%d runs go on that nobody sees", all-stopped-shown)
					}
					e.after(time.Minute)
				}
			})
		})
	}
}

// finish runs the benchmark to its end.
func (e *evening) finish() {
	e.atOnce(enter)
	e.after(9 * time.Second)
	e.Shows("again")
}

// Again means once more, however often it is pressed.
func TestAgainOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys        []tea.KeyPressMsg
		shows       string
		live, ended int
	}{
		"once":         {keys: []tea.KeyPressMsg{letter('r')}, shows: "starting …", live: 2},
		"twice":        {keys: []tea.KeyPressMsg{letter('r'), letter('r')}, shows: "starting …", live: 2},
		"and compare":  {keys: []tea.KeyPressMsg{letter('r'), letter('c')}, shows: "starting …", live: 2},
		"and a report": {keys: []tea.KeyPressMsg{letter('r'), letter('o'), letter('b')}, shows: "starting …", live: 2},
		"and home":     {keys: []tea.KeyPressMsg{letter('r'), esc}, shows: "new run", live: 1, ended: 1},
		"after home":   {keys: []tea.KeyPressMsg{letter('r'), esc, letter('r')}, shows: "new run", live: 1, ended: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := open(t, 120, 36, slowStart)
				e.finish()
				e.atOnce(c.keys...)
				e.Shows(c.shows)
				e.after(6 * time.Second)
				e.asked("start", 2, c.ended)
				e.asked("load", 0, 0)
				e.runs(c.live, c.ended)
				e.close()
			})
		})
	}
}

// A check that was given up does not answer for the next one.
func TestAStaleCheck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, func(c *fakeBackend) {
			c.checking = func(i int) time.Duration { return time.Duration(2+4*i) * time.Second }
		})
		e.atOnce(ctrlK)
		e.after(time.Second)
		e.atOnce(esc)
		e.after(100 * time.Millisecond)
		e.atOnce(ctrlK)
		e.after(2 * time.Second)
		e.Shows("one request is on its way")
		e.Hides("Xin chào")
		e.asked("check", 2, 1)
		e.after(6 * time.Second)
		e.Shows("Xin chào!")
		e.close()
	})
}

// What a check finds out is shown for that check alone.
func TestStaleChecks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys  []tea.KeyPressMsg
		soon  string // while both may be under way
		later string // once all have answered
		never string
		times int
	}{
		"two at once":      {keys: []tea.KeyPressMsg{ctrlK, ctrlK}, soon: "one request is on its way", later: "Xin chào", times: 1},
		"given up":         {keys: []tea.KeyPressMsg{ctrlK, esc}, soon: "requests 1,000", later: "requests 1,000", never: "Xin chào", times: 1},
		"the draft moved":  {keys: []tea.KeyPressMsg{ctrlK, letter('x')}, soon: "new run", later: "new run", never: "Xin chào", times: 1},
		"a run instead":    {keys: []tea.KeyPressMsg{ctrlK, enter}, soon: "midnight-sale", later: "midnight-sale", never: "Xin chào", times: 1},
		"another after it": {keys: []tea.KeyPressMsg{ctrlK, esc, ctrlK}, soon: "Xin chào!", later: "Xin chào!", times: 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := open(t, 120, 36, func(d *fakeBackend) { d.checking = late(1) })
				for _, k := range c.keys {
					e.atOnce(k)
					e.after(100 * time.Millisecond)
				}
				e.after(3 * time.Second)
				e.Shows(c.soon)
				e.after(10 * time.Second)
				e.Shows(c.later)
				if c.never != "" {
					e.Hides(c.never)
				}
				e.backend.mu.Lock()
				n := e.backend.asked["check"]
				e.backend.mu.Unlock()
				if n != c.times {
					t.Errorf("%d checks, want %d", n, c.times)
				}
				e.close()
			})
		})
	}
}

// A run that is read or compared comes to the screen that waits for it, and to no
// other one.
func TestStaleReadings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys  []string
		shows string
		hides string
		loads int
	}{
		"compared once":           {keys: []string{"esc", "space", "down", "space", "c"}, shows: "NEW is worse", loads: 2},
		"compared twice":          {keys: []string{"esc", "space", "down", "space", "c", "c", "c"}, shows: "NEW is worse", loads: 2},
		"given up":                {keys: []string{"esc", "space", "down", "space", "c", "esc"}, shows: "new run", hides: "NEW is worse", loads: 2},
		"given up, and read":      {keys: []string{"esc", "enter", "esc"}, shows: "new run", hides: "verdict", loads: 1},
		"read instead":            {keys: []string{"esc", "space", "down", "space", "c", "enter"}, shows: "again", hides: "NEW is worse", loads: 3},
		"a run instead":           {keys: []string{"esc", "enter", "tab", "enter"}, shows: "running", loads: 1},
		"the second that is read": {keys: []string{"esc", "enter", "down", "enter"}, shows: "again", loads: 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := open(t, 120, 36, nil)
				e.backend.loading = late(1)
				e.backend.starting = func(int) time.Duration { return 9500 * time.Millisecond }
				e.Press(c.keys...)
				e.after(2 * time.Second)
				first := e.Last.Text()
				e.after(8500 * time.Millisecond)
				e.Rest()
				e.Shows(c.shows)
				if c.hides != "" {
					e.Hides(c.hides)
				}
				e.asked("load", c.loads, 0)
				if name == "the second that is read" && e.Last.Text() != first {
					t.Errorf("the first one took its place:\n%s", e.Last.Text())
				}
				e.close()
			})
		})
	}
}

// Two comparisons with the run before are one.
func TestComparingTwiceFromAResult(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, func(c *fakeBackend) { c.loading = slowly(2 * time.Second) })
		e.finish()
		e.atOnce(letter('c'), letter('c'))
		e.Shows("comparing …")
		e.after(3 * time.Second)
		e.Shows("base 20261124-010000")
		e.asked("load", 1, 0)
		e.atOnce(esc, esc) // back to the run, and home
		e.Shows("new run")
		e.close()
	})
}

// The list of runs is the newest that was read.
func TestAStaleList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, func(c *fakeBackend) { c.listing = late(1) })
		e.Press("enter")
		e.after(4 * time.Second) // the run is over
		e.Press("esc")
		e.after(2 * time.Second)
		e.Shows("as listed at 1")
		e.after(10 * time.Second)
		e.Shows("as listed at 1")
		e.close()
	})
}

// What one run's screen still looks up is not shown as another's.
func TestAStaleSnapshot(t *testing.T) {
	backend := &fakeBackend{began: time.Now()}
	a, leave := newApp(t.Context(), nil, Options{Backend: backend})
	defer leave()
	a, _ = a.show(screentest.At(time.Minute, nil))
	old := a.run.Init()
	a, _ = a.show(screentest.At(2*time.Minute, nil))
	m, _ := a.Update(old())
	if got := m.(app).run.Live().At; got != 0 {
		t.Errorf("the run in front was given the figures of another one, of %v", got)
	}
}

// Whoever starts something that cannot be had is told, and may try again.
func TestStartingAgainAfterARefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := open(t, 120, 36, slowStart)
		e.backend.refuse = fmt.Errorf("connection refused")
		e.atOnce(enter)
		e.after(6 * time.Second)
		e.Shows("connection refused")
		e.backend.mu.Lock()
		e.backend.refuse = nil
		e.backend.mu.Unlock()
		e.atOnce(enter)
		e.Shows("starting …")
		e.after(6 * time.Second)
		e.Shows("midnight-sale")
		e.runs(1, 0)
		e.close()
	})
}
