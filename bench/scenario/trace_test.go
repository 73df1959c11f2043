package scenario_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"flashwave/bench/scenario"
)

// A trace asks for no more than --rate may, whatever makes it much: the error names the
// file, the line and the value.
func TestATraceObeysTheLimitOfARate(t *testing.T) {
	for what, c := range map[string]struct{ text, suffix, want string }{
		"a count":          {"minute,requests\n0,5\n1,1e12\n", "", "line 3: 1e+12 requests in 60 s"},
		"a speed":          {"minute,requests\n0,120000\n", "@1000", "line 2: 120000 requests in 0.06 s"},
		"a scale":          {"minute,requests\n0,120000\n", "@1x1000", "line 2: 120000 requests times 1000 in 60 s"},
		"a single instant": {"at_s\n" + strings.Repeat("0.5\n", 200_000), "", "line 100002: 100001 requests in 0.1 s"},
	} {
		path := filepath.Join(t.TempDir(), "night.csv")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		sc := scenario.Default()
		lane, w, err := scenario.ParseWave("night:trace=" + path + c.suffix)
		if err != nil {
			t.Fatal(err)
		}
		sc.AddWave(lane, w)
		err = sc.Resolve(scenario.Machine{})
		var own *scenario.Error
		if !errors.As(err, &own) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "more than 1000000/s is not possible") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
