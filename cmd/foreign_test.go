package cmd

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"flashwave/bench/report"
)

const (
	hostileKey   = "fk-0123456789abcdef-secret"
	hostileValue = "k9q" // of a header
)

// hostileText is what a hostile endpoint puts wherever a text may stand.
var hostileText = strings.Join([]string{
	"marked", hostileKey, "\x1b]0;owned\x07", "\x1b]52;c;b3duZWQ=\x1b\\", "\x1b[2J\x1b[31mred", "\u009b31m",
	"\u202eright", "\u2066in\u200bvis\u2060ible\ufeff", "tag\U000e0041",
	"\r\n::error::pwned", "\n::set-output name=a::b", "\u2028::stop-commands::x", "##[error]pwned",
	hostileKey, strings.ToUpper(hostileKey), "fk-0123\u200b456789\x1b[0mabcdef-secret", "(" + hostileValue + ")", "\x00\x08\x7f",
}, " ")

// hostile fills every field that an endpoint can fill, another one with each
// request.
func hostile() http.Handler {
	text, err := json.Marshal(hostileText)
	if err != nil {
		panic(err)
	}
	inHeader := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, hostileText)
	var n atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("X-Request-Id", inHeader)
		if strings.HasSuffix(r.URL.Path, "/models") {
			fmt.Fprintf(w, `{"data":[{"id":%s}]}`, text)
			return
		}
		stream := func(events ...string) {
			for _, e := range events {
				fmt.Fprintf(w, "%s\n\n", e)
			}
		}
		delta := fmt.Sprintf(`"delta":{"content":%s,"reasoning_content":%s}`, text, text)
		token := `data: {"id":` + string(text) + `,"choices":[{` + delta + `}]}`
		switch n.Add(1) % 9 {
		case 0:
			stream(token, fmt.Sprintf(`data: {"choices":[{"delta":{},"finish_reason":%s}]}`, text), "data: [DONE]")
		case 1:
			stream(token, fmt.Sprintf(`data: {"error":{"message":%s,"type":%s}}`, text, text))
		case 2:
			stream("event: error\ndata: " + strings.NewReplacer("\n", " ", "\r", " ").Replace(hostileText))
		case 3:
			stream("data: " + strings.NewReplacer("\n", " ", "\r", " ").Replace(hostileText))
		case 4:
			w.Header().Set("Retry-After", inHeader)
			w.WriteHeader(http.StatusTooManyRequests)
			fmt.Fprintf(w, `{"error":{"message":%s}}`, text)
		case 5:
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, "<title>"+hostileText+"</title>")
		case 6:
			w.Header().Set("Location", "http://elsewhere/"+inHeader)
			w.WriteHeader(http.StatusFound)
		case 7:
			w.Header().Set("Content-Encoding", inHeader)
		case 8:
			stream(token, `data: {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}`, "data: [DONE]")
		}
	})
}

// Whatever an endpoint says, no screen, report or record shows a secret, a
// control character, or a command to a build server.
func TestForeignText(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(hostile())
	t.Cleanup(server.Close)
	for _, c := range []struct {
		name string
		args []string
		exit int
		says string // in what was printed
	}{
		{"a run", []string{"run", "--model", "m", "-n", "60", "-c", "4"}, 99, "marked"},
		{"a run as JSON", []string{"run", "--model", "m", "-n", "60", "-c", "4", "--json"}, 99, "marked"},
		{"the models", []string{"run", "-n", "1"}, 104, "a name that cannot be shown"},
		{"the models as JSON", []string{"run", "-n", "1", "--json"}, 104, "a name that cannot be shown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			args := append(c.args, "--url", server.URL+"/v1", "--key-env", "HOSTILE_KEY", "--header", "X-Short: "+hostileValue)
			for i, format := range report.Runs.Names() {
				args = append(args, "--out", format+"="+filepath.Join(dir, "out"+report.Runs.Endings()[i]))
			}
			args = append(args, "--out", "requests="+filepath.Join(dir, "requests.jsonl"))
			cmd := exec.CommandContext(t.Context(), os.Args[0], args...) //nolint:gosec // this binary
			cmd.Env = append(os.Environ(),
				actAs+"=flashwave", "HOSTILE_KEY="+hostileKey, "CI=true", "GITHUB_ACTIONS=true",
				"GITHUB_STEP_SUMMARY="+filepath.Join(dir, "summary.md"), "XDG_STATE_HOME="+filepath.Join(dir, "state"), "XDG_CONFIG_HOME="+filepath.Join(dir, "config"))
			var out, errs strings.Builder
			cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &errs, time.Minute
			_ = cmd.Run() // its exit code is looked at
			if code := cmd.ProcessState.ExitCode(); code != c.exit {
				t.Errorf("exit %d, want %d\n%s", code, c.exit, errs.String())
			}
			if !strings.Contains(out.String()+errs.String(), c.says) {
				t.Errorf("nothing of %q in what was printed:\n%s%s", c.says, out.String(), errs.String())
			}
			spotless(t, "standard output", out.String())
			spotless(t, "standard error", errs.String())
			files := 0
			err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				files++
				text, err := os.ReadFile(path)
				spotless(t, filepath.Base(path), string(text))
				return err
			})
			if err != nil || c.exit == 99 && files < len(report.Runs.Names())+4 {
				t.Errorf("%d files, %v", files, err)
			}
		})
	}
}

// spotless holds an output to what no foreign text may bring into it.
func spotless(t *testing.T, where, text string) {
	t.Helper()
	if strings.Contains(strings.ToLower(text), hostileKey) {
		t.Errorf("%s holds the key", where)
	}
	if strings.Contains(text, "("+hostileValue+")") || strings.Contains(text, `"`+hostileValue+`"`) {
		t.Errorf("%s holds the value of a header", where)
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		for _, r := range line {
			if unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) {
				t.Errorf("%s holds %U in %.200q", where, r, line)
				return
			}
		}
		if strings.HasPrefix(line, "::error::") || strings.HasPrefix(line, "::set-output") || strings.Contains(line, "##[") {
			t.Errorf("%s holds a command: %.200q", where, line)
		}
	}
}
