package screentest

import (
	"bytes"
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
	"flashwave/tui/draw"
)

// Styled is the frame as it was drawn.
func (r *Recorder) Styled() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.frame
}

// A Session is a whole program in virtual time, with keys to press and a screen
// to read.
type Session struct {
	T       *testing.T
	Src     *Simulation
	Program *tea.Program
	Last    *Recorder
	Ended   chan error
}

// Start runs a program in a window. src is the run that it shows, or nil. What asks to be
// suspended is noted: a test must not stop its own process.
func Start(t *testing.T, model tea.Model, src *Simulation, width, height int) *Session {
	s := &Session{T: t, Src: src, Last: &Recorder{}, Ended: make(chan error, 1)}
	filter := func(_ tea.Model, msg tea.Msg) tea.Msg {
		if _, ok := msg.(tea.SuspendMsg); !ok {
			return msg
		}
		s.Last.mu.Lock()
		s.Last.suspended = true
		s.Last.mu.Unlock()
		return nil
	}
	s.Program = tea.NewProgram(recorded{model, s.Last}, tea.WithInput(nil), tea.WithOutput(&bytes.Buffer{}),
		tea.WithoutSignalHandler(), tea.WithWindowSize(width, height), tea.WithColorProfile(colorprofile.TrueColor), tea.WithFilter(filter))
	go func() {
		_, err := s.Program.Run()
		s.Ended <- err
	}()
	s.Rest()
	return s
}

// A Recorder keeps what a program draws last, and whether it asked to be suspended.
type Recorder struct {
	mu        sync.Mutex
	frame     string
	suspended bool
}

// Text is the frame without its styles.
func (r *Recorder) Text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return ansi.Strip(r.frame)
}

// recorded is a program whose frames are kept.
type recorded struct {
	tea.Model
	to *Recorder
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

// Rest lets the screen poll twice.
func (s *Session) Rest() {
	time.Sleep(2*draw.PollEvery + time.Millisecond)
	synctest.Wait()
}

// Press presses keys, and waits until the screen shows what they did.
func (s *Session) Press(keys ...string) {
	for _, k := range keys {
		s.Program.Send(KeyOf(k))
		synctest.Wait()
	}
}

// Shows holds that the screen shows a text.
func (s *Session) Shows(want string) {
	s.T.Helper()
	if text := s.Last.Text(); !strings.Contains(text, want) {
		s.T.Errorf("the screen does not show %q:\n%s", want, text)
	}
}

// Did holds that the source was asked for these acts, and no others, since the
// last time.
func (s *Session) Did(want ...string) {
	s.T.Helper()
	if got := s.Src.Taken(); !slices.Equal(got, want) {
		s.T.Errorf("the source was asked for %q, want %q", got, want)
	}
}

// Ends holds that the program ends by itself, and lets its pending tick pass.
func (s *Session) Ends() {
	s.T.Helper()
	synctest.Wait()
	select {
	case err := <-s.Ended:
		if err != nil {
			s.T.Errorf("the program ended with %v", err)
		}
	default:
		s.T.Error("the program goes on")
		s.Program.Kill()
		s.T.Logf("killed: %v", <-s.Ended)
	}
	time.Sleep(2 * draw.PollEvery)
}

// Hides holds that the screen does not show a text.
func (s *Session) Hides(text string) {
	s.T.Helper()
	if strings.Contains(s.Last.Text(), text) {
		s.T.Errorf("the screen still shows %q", text)
	}
}

// Suspended holds that the program asked to be suspended.
func (s *Session) Suspended() {
	s.T.Helper()
	s.Last.mu.Lock()
	defer s.Last.mu.Unlock()
	if !s.Last.suspended {
		s.T.Error("nothing asked to be suspended")
	}
}

// LooksAt holds that the source was asked for a view.
func (s *Session) LooksAt(want result.View) {
	s.T.Helper()
	if got := s.Src.lastView(); got != want {
		s.T.Errorf("the screen asked for %+v, want %+v", got, want)
	}
}
