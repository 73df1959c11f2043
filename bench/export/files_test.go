package export

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every metric that the board and the rules name is on the page.
func TestBoardAndRulesNameWhatThereIs(t *testing.T) {
	name := regexp.MustCompile(`\b(flashwave|gen_ai)_[a-z0-9_]+`)
	names := Names()
	for _, file := range []string{"grafana/flashwave.json", "rules.yml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := name.FindAllString(string(text), -1)
		if len(found) == 0 {
			t.Errorf("%s names nothing", file)
		}
		for _, n := range found {
			if !slices.Contains(names, strings.TrimSuffix(n, "_bucket")) {
				t.Errorf("%s names %s, which is not on the page", file, n)
			}
		}
	}
}

// The board is a document, and no two panels are one.
func TestBoard(t *testing.T) {
	text, err := os.ReadFile("grafana/flashwave.json")
	if err != nil {
		t.Fatal(err)
	}
	var board struct {
		UID    string
		Panels []struct {
			ID      int
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, p := range board.Panels {
		if seen[p.ID] || len(p.Targets) == 0 {
			t.Errorf("panel %d stands there twice or shows nothing", p.ID)
		}
		seen[p.ID] = true
	}
}
