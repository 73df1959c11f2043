package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// Bell rings the bell of a terminal for each breach.
func Bell(w io.Writer) Channel { return bell{w} }

type bell struct{ w io.Writer }

func (bell) Name() string { return "bell" }

func (b bell) Tell(_ context.Context, m Message) error {
	if m.Kind == Recovery {
		return nil
	}
	_, err := io.WriteString(b.w, "\a")
	return err
}

// Command runs a command of the shell for each message, which it finds as JSON on its
// standard input, and its main parts in FLASHWAVE_KIND, FLASHWAVE_TARGET,
// FLASHWAVE_INCIDENT and FLASHWAVE_TEXT.
func Command(line string) Channel { return command(line) }

type command string

func (command) Name() string { return "command" }

func (c command) Tell(ctx context.Context, m Message) error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	shell, flag := "sh", "-c"
	if runtime.GOOS == "windows" {
		shell, flag = "cmd", "/C"
	}
	run := exec.CommandContext(ctx, shell, flag, string(c)) //nolint:gosec // the user's own
	run.Stdin = bytes.NewReader(text)
	run.WaitDelay = time.Second // what it has started may hold its output open
	run.Env = append(os.Environ(),
		"FLASHWAVE_KIND="+string(m.Kind), "FLASHWAVE_TARGET="+m.Target,
		"FLASHWAVE_INCIDENT="+m.Incident, "FLASHWAVE_TEXT="+m.Text)
	err = run.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("the command ended with %s", exit.ProcessState)
	}
	return err
}

// Webhook posts each message as JSON.
func Webhook(to string) (Channel, error) {
	return newHook("webhook", to, func(m Message) any { return m })
}

// Slack posts each message as Slack's incoming webhooks take it.
func Slack(to string) (Channel, error) {
	return newHook("slack", to, func(m Message) any {
		sign := map[Kind]string{Breach: ":red_circle: ", Recovery: ":large_green_circle: ", Certificate: ":warning: "}[m.Kind]
		return map[string]string{"text": sign + escaped(m.Text)}
	})
}

// escaped is a text in which nothing is a mention or a link to Slack.
func escaped(s string) string {
	var b bytes.Buffer
	for _, r := range s {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

type hook struct {
	name   string
	to     *url.URL
	body   func(Message) any
	client http.Client
}

func newHook(name, to string, body func(Message) any) (Channel, error) {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" { // not shown: it is a secret
		return nil, fmt.Errorf("the URL of the %s is none of http or https", name)
	}
	h := &hook{name: name, to: u, body: body}
	h.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return h, nil
}

func (h *hook) Name() string { return h.name }

func (h *hook) Tell(ctx context.Context, m Message) error {
	text, err := json.Marshal(h.body(m))
	if err != nil {
		return err
	}
	req := &http.Request{
		Method: http.MethodPost, URL: h.to, Host: h.to.Host, ContentLength: int64(len(text)),
		Header: http.Header{"Content-Type": {"application/json"}, "User-Agent": {"flashwave"}},
		Body:   io.NopCloser(bytes.NewReader(text)),
	}
	resp, err := h.client.Do(req.WithContext(ctx))
	if err != nil {
		var of *url.Error // which shows the URL
		if errors.As(err, &of) {
			err = of.Err
		}
		if ctx.Err() != nil {
			return errors.New("it does not answer in time")
		}
		return err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // the connection may be used again
	_ = resp.Body.Close()
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("it answered HTTP %d", resp.StatusCode)
	}
	return nil
}
