package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A scripted channel answers as told: how long it takes, and with what.
type scripted struct {
	name  string
	takes func(i int) (time.Duration, error)
	deaf  bool // it does not heed its context

	mu   sync.Mutex
	at   []time.Duration // of attempts, after it was made
	told []string
	from time.Time
}

func (s *scripted) Name() string { return s.name }

func (s *scripted) Tell(ctx context.Context, m Message) error {
	s.mu.Lock()
	i := len(s.at)
	s.at = append(s.at, time.Since(s.from))
	s.mu.Unlock()
	wait, err := s.takes(i)
	if s.deaf {
		time.Sleep(wait)
	} else {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err == nil {
		s.mu.Lock()
		s.told = append(s.told, m.Text)
		s.mu.Unlock()
	}
	return err
}

// A channel that fails is tried again with a growing pause, each message until it is told,
// in order, and one that hangs is given up after a while; others are told at once.
func TestOutbox(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			well := &scripted{name: "well", from: time.Now(), takes: func(int) (time.Duration, error) { return 0, nil }}
			fails := &scripted{name: "fails", from: time.Now(), takes: func(i int) (time.Duration, error) {
				if i < 5 {
					return 0, errors.New("no")
				}
				return 0, nil
			}}
			hangs := &scripted{name: "hangs", deaf: deaf, from: time.Now(), takes: func(i int) (time.Duration, error) {
				if i < 2 {
					return time.Hour, nil
				}
				return 0, nil
			}}
			var mu sync.Mutex
			told := map[string]int{}
			o := NewOutbox([]Channel{well, fails, hangs}, func(channel string, _ Message) {
				mu.Lock()
				defer mu.Unlock()
				told[channel]++
			})
			o.Send(Message{Text: "one"})
			o.Send(Message{Text: "two"})
			o.Send(Message{Text: "not for fails"}, "fails")
			synctest.Wait()
			if want := []string{"one", "two", "not for fails"}; !slices.Equal(well.told, want) {
				t.Errorf("well was told %q", well.told)
			}
			time.Sleep(3 * time.Second)
			if list := o.Troubles(); len(list) == 0 || slices.ContainsFunc(list, func(t Trouble) bool { return t.Channel == "well" }) {
				t.Errorf("troubles %+v", list)
			}
			time.Sleep(time.Hour + time.Minute)
			synctest.Wait()
			if !slices.Equal(fails.told, []string{"one", "two"}) || len(o.Troubles()) != 0 {
				t.Errorf("fails was told %q, troubles %+v", fails.told, o.Troubles())
			}
			for i := 1; i < 5; i++ { // half of 1, 2, 4, 8 s, to the whole
				pause := fails.at[i] - fails.at[i-1]
				if whole := time.Second << (i - 1); pause < whole/2 || pause >= whole {
					t.Errorf("%v before attempt %d", pause, i)
				}
			}
			if !slices.Contains(hangs.told, "two") || hangs.at[1] < attemptWithin || hangs.at[1] > attemptWithin+2*time.Second {
				t.Errorf("hangs was told %q, tried at %v", hangs.told, hangs.at)
			}
			if untold := o.Close(); untold != 0 {
				t.Errorf("%d untold", untold)
			}
			mu.Lock()
			defer mu.Unlock()
			if told["well"] != 3 || told["fails"] != 2 || told["hangs"] != 3 {
				t.Errorf("told %v", told)
			}
			synctest.Wait()
		})
	}
}

// Closing tells what can be told, waits a while for what hangs, and says what was not told.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs := &scripted{name: "hangs", from: time.Now(), takes: func(int) (time.Duration, error) { return time.Hour, nil }}
		slow := &scripted{name: "slow", from: time.Now(), takes: func(int) (time.Duration, error) { return time.Second, nil }}
		o := NewOutbox([]Channel{hangs, slow}, nil)
		o.Send(Message{Text: "one"})
		o.Send(Message{Text: "two"})
		began := time.Now()
		if untold := o.Close(); untold != 2 || time.Since(began) > endWithin+time.Second {
			t.Errorf("%d untold after %v", untold, time.Since(began))
		}
		synctest.Wait()
		if len(slow.told) != 2 {
			t.Errorf("slow was told %q", slow.told)
		}
	})
}

func TestWebhooks(t *testing.T) {
	var got []byte
	status := 204
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
	}))
	defer server.Close()
	secret := server.URL + "/services/T0/B0/the-secret"
	m := Message{Schema: Schema, Kind: Breach, Target: "gate<way>", Text: "gate<way> breaks & burns", At: time.Unix(0, 0).UTC()}
	plain, err := Webhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	slack, err := Slack(secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := plain.Tell(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	var back Message
	if err := json.Unmarshal(got, &back); err != nil || back.Text != m.Text || back.Kind != Breach || back.Schema != Schema {
		t.Errorf("%s: %v", got, err)
	}
	if err := slack.Tell(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	var text map[string]string
	if err := json.Unmarshal(got, &text); err != nil || text["text"] != ":red_circle: gate&lt;way&gt; breaks &amp; burns" {
		t.Errorf("%s: %v", got, err)
	}
	for _, status = range []int{302, 404, 500} {
		if err := plain.Tell(t.Context(), m); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("HTTP %d: %v", status, err)
		}
	}
	server.Close()
	if err := plain.Tell(t.Context(), m); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("nobody listens: %v", err)
	}
	for _, bad := range []string{"", "hooks.slack.com/the-secret", "ftp://x/the-secret", "http://[::1/the-secret"} {
		if _, err := Slack(bad); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestCommand(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no sh")
	}
	path := filepath.Join(t.TempDir(), "out")
	m := Message{Kind: Recovery, Target: "a", Incident: "a@1", Text: "it's \"well\" again; $(touch nothing)"}
	t.Setenv("TO", path)
	if err := Command(`printf '%s|%s|%s|%s\n' "$FLASHWAVE_KIND" "$FLASHWAVE_TARGET" "$FLASHWAVE_INCIDENT" "$FLASHWAVE_TEXT" > "$TO"; cat >> "$TO"`).Tell(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	var back Message
	if first != "recovery|a|a@1|"+m.Text || json.Unmarshal([]byte(rest), &back) != nil || back.Text != m.Text {
		t.Errorf("%s", text)
	}
	if err := Command("exit 3").Tell(t.Context(), m); err == nil || !strings.Contains(err.Error(), "3") {
		t.Errorf("a command that fails: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := Command("sleep 60 & wait").Tell(ctx, m); err == nil {
		t.Error("a command that hangs is well")
	}
}

func TestBell(t *testing.T) {
	var b bytes.Buffer
	for _, k := range []Kind{Breach, Recovery, Certificate} {
		if err := Bell(&b).Tell(t.Context(), Message{Kind: k}); err != nil {
			t.Fatal(err)
		}
	}
	if b.String() != "\a\a" {
		t.Errorf("%q", b.String())
	}
}
