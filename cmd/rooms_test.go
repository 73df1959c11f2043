package cmd

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"flashwave/client/outcome"
)

// leaf is what every package may import and what imports none of this module: how
// figures are written.
const leaf = "flashwave/bench/units"

// arrows says which packages of this module, and which of the restricted others,
// each package may import directly. What is missing may import none but the leaf.
var arrows = map[string][]string{
	"flashwave":                       {"flashwave/cmd"},
	"flashwave/cmd":                   {"flashwave/tui", "flashwave/tui/draw", "flashwave/tui/terminal", "flashwave/bench/...", "flashwave/client", "flashwave/client/mock", "flashwave/client/queue", "flashwave/client/queue/worker", "flashwave/client/tap", "net/http", "flag", "terminal"},
	"flashwave/tui":                   {"flashwave/tui/...", "flashwave/bench/...", "terminal"},
	"flashwave/tui/draw":              {"terminal"},
	"flashwave/tui/terminal":          {"terminal"},
	"flashwave/tui/live":              {"flashwave/tui/draw", "flashwave/bench/result", "flashwave/bench/scenario", "flashwave/bench/slo", "terminal"},
	"flashwave/tui/home":              {"flashwave/tui/draw", "flashwave/bench", "flashwave/bench/health", "flashwave/bench/history", "flashwave/bench/result", "flashwave/bench/scenario", "flashwave/bench/slo", "flashwave/bench/store", "terminal"},
	"flashwave/tui/search":            {"flashwave/tui/draw", "flashwave/bench/capacity", "flashwave/bench/forecast", "flashwave/bench/report/answer", "flashwave/bench/report/demand", "flashwave/bench/result", "flashwave/bench/slo", "terminal"},
	"flashwave/tui/monitor":           {"flashwave/tui/draw", "flashwave/bench/monitor", "flashwave/bench/slo", "terminal"},
	"flashwave/tui/comparison":        {"flashwave/tui/draw", "flashwave/bench/compare", "flashwave/bench/report/answer", "flashwave/bench/result", "flashwave/bench/verdict", "terminal"},
	"flashwave/tui/screentest":        {"flashwave/tui/draw", "flashwave/bench/result", "terminal"},
	"flashwave/bench":                 {"flashwave/bench/...", "flashwave/client/..."},
	"flashwave/bench/endpoint":        {"flashwave/bench/scenario", "flashwave/bench/tier", "flashwave/client", "flashwave/client/mock", "flashwave/client/queue", "flashwave/client/queue/worker", "flashwave/client/tap", "net/http"},
	"flashwave/bench/tier":            {"flashwave/bench/result", "flashwave/client", "flashwave/client/queue", "flashwave/client/tap"},
	"flashwave/bench/timetable":       {"flashwave/bench/arrival", "flashwave/bench/result", "flashwave/bench/scenario", "flashwave/bench/slo", "flashwave/bench/verdict"},
	"flashwave/bench/journal":         {"flashwave/bench/result", "flashwave/bench/timetable"},
	"flashwave/bench/sending":         {"flashwave/bench/dispatch", "flashwave/bench/ledger", "flashwave/bench/price", "flashwave/bench/prompt", "flashwave/bench/result", "flashwave/bench/scenario", "flashwave/bench/slo", "flashwave/bench/verdict", "flashwave/client"},
	"flashwave/bench/account":         {"flashwave/bench/dispatch", "flashwave/bench/health", "flashwave/bench/journal", "flashwave/bench/ledger", "flashwave/bench/result", "flashwave/bench/scenario", "flashwave/bench/serverside", "flashwave/bench/slo", "flashwave/bench/tier", "flashwave/bench/timetable", "flashwave/bench/verdict"},
	"flashwave/bench/ticker":          {"flashwave/bench/account", "flashwave/bench/result", "flashwave/bench/slo", "flashwave/bench/verdict"},
	"flashwave/bench/health":          {"flashwave/bench/alarm", "flashwave/bench/result", "flashwave/bench/verdict"},
	"flashwave/bench/ledger":          {"flashwave/bench/dispatch", "flashwave/bench/arrival", "flashwave/bench/scenario", "flashwave/bench/result", "flashwave/bench/verdict", "flashwave/bench/price", "flashwave/client"},
	"flashwave/bench/dispatch":        {"flashwave/bench/arrival", "flashwave/bench/scenario", "flashwave/bench/result", "flashwave/bench/price", "flashwave/client"},
	"flashwave/bench/prompt":          {"flashwave/bench/trace"},
	"flashwave/bench/trace":           {"flashwave/bench/arrival"},
	"flashwave/bench/scenario":        {"flashwave/bench/arrival", "flashwave/bench/slo", "flashwave/bench/price", "flashwave/bench/prompt", "flashwave/bench/trace"},
	"flashwave/bench/result":          {"flashwave/bench/scenario", "flashwave/bench/slo", "flashwave/bench/price"},
	"flashwave/bench/verdict":         {"flashwave/bench/result", "flashwave/bench/scenario", "flashwave/bench/slo", "flashwave/bench/trend"},
	"flashwave/bench/store":           {"flashwave/bench/archive", "flashwave/bench/result", "flashwave/bench/scenario", "flashwave/bench/slo", "flashwave/bench/verdict"},
	"flashwave/bench/compare":         {"flashwave/bench/result", "flashwave/bench/slo", "flashwave/bench/verdict"},
	"flashwave/bench/doctor":          {"flashwave/bench", "flashwave/bench/health", "flashwave/bench/verdict", "flashwave/bench/result", "flashwave/bench/scenario", "flashwave/client/mock"},
	"flashwave/bench/forecast":        {"flashwave/bench/arrival", "flashwave/bench/price", "flashwave/bench/scenario", "flashwave/bench/result"},
	"flashwave/bench/capacity":        {"flashwave/bench/verdict", "flashwave/bench/forecast", "flashwave/bench/result", "flashwave/bench/scenario", "flashwave/bench/price"},
	"flashwave/bench/capacity/search": {"flashwave/bench/capacity", "flashwave/bench", "flashwave/bench/ledger", "flashwave/bench/trend", "flashwave/bench/verdict", "flashwave/bench/forecast", "flashwave/bench/result", "flashwave/bench/scenario", "flashwave/bench/slo", "flashwave/bench/price", "flashwave/bench/tier", "flashwave/client"},
	"flashwave/bench/capacity/versus": {"flashwave/bench/capacity", "flashwave/bench/compare", "flashwave/bench/result", "flashwave/bench/verdict"},
	"flashwave/bench/history":         {"flashwave/bench/store", "flashwave/bench/searches", "flashwave/bench/result"},
	"flashwave/bench/searches":        {"flashwave/bench/archive", "flashwave/bench/capacity", "flashwave/bench/capacity/search", "flashwave/bench/result"},
	"flashwave/bench/monitor":         {"flashwave/bench", "flashwave/bench/dispatch", "flashwave/bench/endpoint", "flashwave/bench/ledger", "flashwave/bench/monitor/...", "flashwave/bench/price", "flashwave/bench/prompt", "flashwave/bench/result", "flashwave/bench/scenario", "flashwave/bench/sending", "flashwave/bench/slo", "flashwave/bench/verdict", "flashwave/client", "flashwave/client/queue"},
	"flashwave/bench/monitor/alert":   {"net/http"},
	"flashwave/bench/monitor/history": {"flashwave/bench/monitor/objective", "flashwave/bench/result"},
	"flashwave/client":                {"net/http", "flashwave/client/http1"},
	"flashwave/client/mock":           {"net/http"},
	"flashwave/client/tap":            {"flashwave/client", "net/http"},
	"flashwave/client/queue":          {"flashwave/client"},
	"flashwave/client/queue/worker":   {"flashwave/client", "flashwave/client/queue"},

	"flashwave/bench/schema/generate":   {"flashwave/bench/scenario", "flashwave/bench/result", "flashwave/bench/compare", "flashwave/bench/capacity", "flashwave/bench/capacity/versus", "flashwave/bench/forecast", "flashwave/bench/history", "flashwave/bench/monitor"},
	"flashwave/bench/schema/schematest": {"flashwave/bench/schema"},

	"flashwave/bench/servertest": {"flashwave/client"},
	"flashwave/bench/gctest":     {},

	"flashwave/bench/report":              {"flashwave/bench/report/run", "flashwave/bench/report/run/export", "flashwave/bench/report/search", "flashwave/bench/report/comparison", "flashwave/bench/report/page", "flashwave/bench/result", "flashwave/bench/compare", "flashwave/bench/capacity", "flashwave/bench/capacity/versus"},
	"flashwave/bench/report/run":          {"flashwave/bench/report/run/timeline", "flashwave/bench/report/page", "flashwave/bench/report/markdown", "flashwave/bench/report/web", "flashwave/bench/report/svg", "flashwave/bench/report/table", "flashwave/bench/report/words", "flashwave/bench/result", "flashwave/bench/slo"},
	"flashwave/bench/report/run/timeline": {"flashwave/bench/report/svg", "flashwave/bench/report/web", "flashwave/bench/report/words", "flashwave/bench/result", "flashwave/bench/slo"},
	"flashwave/bench/report/run/export":   {"flashwave/bench/report/sheet", "flashwave/bench/report/words", "flashwave/bench/result", "flashwave/bench/slo"},
	"flashwave/bench/report/search":       {"flashwave/bench/report/answer", "flashwave/bench/report/page", "flashwave/bench/report/markdown", "flashwave/bench/report/web", "flashwave/bench/report/svg", "flashwave/bench/report/sheet", "flashwave/bench/report/table", "flashwave/bench/report/words", "flashwave/bench/report/demand", "flashwave/bench/capacity", "flashwave/bench/forecast", "flashwave/bench/result", "flashwave/bench/slo"},
	"flashwave/bench/report/comparison":   {"flashwave/bench/report/answer", "flashwave/bench/report/page", "flashwave/bench/report/markdown", "flashwave/bench/report/web", "flashwave/bench/report/svg", "flashwave/bench/report/table", "flashwave/bench/report/words", "flashwave/bench/compare", "flashwave/bench/capacity/versus", "flashwave/bench/result", "flashwave/bench/verdict"},
	"flashwave/bench/report/answer":       {"flashwave/bench/report/words", "flashwave/bench/report/demand", "flashwave/bench/capacity", "flashwave/bench/capacity/versus", "flashwave/bench/compare", "flashwave/bench/forecast"},
	"flashwave/bench/report/demand":       {"flashwave/bench/report/words", "flashwave/bench/forecast"},
	"flashwave/bench/report/page":         {"flashwave/bench/report/table", "flashwave/bench/result", "terminal"},
	"flashwave/bench/report/markdown":     {"flashwave/bench/report/table", "flashwave/bench/report/words", "flashwave/bench/result"},
	"flashwave/bench/report/web":          {"flashwave/bench/report/svg", "flashwave/bench/report/table", "flashwave/bench/report/words", "flashwave/bench/result", "flashwave/bench/scenario"},
	"flashwave/bench/report/sheet":        {"flashwave/bench/report/words"},
	"flashwave/bench/report/table":        {"flashwave/bench/result"},
	"flashwave/bench/report/words":        {"flashwave/bench/result", "terminal"},
	"flashwave/bench/report/reporttest":   {"flashwave/bench/capacity", "flashwave/bench/capacity/versus", "flashwave/bench/compare", "flashwave/bench/forecast", "flashwave/bench/price", "flashwave/bench/result", "flashwave/bench/scenario"},
	"flashwave/bench/serverside":          {"flashwave/bench/result", "net/http"},
	"flashwave/bench/export":              {"flashwave/bench/result", "net/http"},
	"flashwave/bench/peers":               {"flashwave/bench/ledger", "flashwave/bench/result", "flashwave/bench/verdict", "net/http", "flag"},
}

// leaves import nothing of this module, and everybody may import them.
var leaves = []string{"flashwave/bench/alarm", "flashwave/bench/class", "flashwave/bench/files", "flashwave/bench/items", "flashwave/bench/trend", "flashwave/bench/units", "flashwave/client/api", "flashwave/client/outcome", "flashwave/client/queue/spec"}

// The folder tree explains the program only as long as its arrows hold.
func TestRooms(t *testing.T) {
	list := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	list.Dir = ".."
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; seen++ {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for _, imported := range p.Imports {
			if room := roomOf(imported); room != "" && room != leaf && !allowed(arrows[p.ImportPath], room) {
				t.Errorf("%s must not import %s", p.ImportPath, imported)
			}
		}
	}
	if seen < len(arrows) {
		t.Errorf("%d packages seen, %d have arrows", seen, len(arrows))
	}
}

// What makes and checks the schemas is no part of the product.
func TestNotLinked(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "..")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "flashwave/cmd\n") {
		t.Fatalf("these are not the binary's packages:\n%s", out)
	}
	for _, tool := range []string{"github.com/invopop/jsonschema", "github.com/google/jsonschema-go", "flashwave/bench/schema/schematest", "flashwave/bench/servertest", "flashwave/bench/gctest", "flashwave/bench/report/reporttest", "flashwave/tui/screentest"} {
		if strings.Contains(string(out), tool) {
			t.Errorf("the binary holds %s", tool)
		}
	}
}

// Whoever only reads documents links nothing that sends requests.
func TestReadersSendNothing(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "./bench/report/...", "./bench/capacity", "./bench/capacity/versus", "./tui/search", "./tui/comparison")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	linked := strings.Fields(string(out))
	for _, engine := range []string{"flashwave/bench", "flashwave/bench/capacity/search", "flashwave/client", "github.com/alicebob/miniredis/v2", "net/http"} {
		if slices.Contains(linked, engine) {
			t.Errorf("what reads documents links %s", engine)
		}
	}
}

// roomOf names what is restricted; "" is free for everybody.
func roomOf(path string) string {
	switch {
	case slices.Contains(leaves, path):
		return ""
	case strings.HasPrefix(path, "flashwave"), path == "net/http", path == "flag":
		return path
	case strings.HasPrefix(path, "charm.land/"), strings.HasPrefix(path, "github.com/charmbracelet/"):
		return "terminal"
	}
	return ""
}

func allowed(rooms []string, room string) bool {
	return slices.ContainsFunc(rooms, func(a string) bool {
		base, tree := strings.CutSuffix(a, "/...")
		return room == base || tree && strings.HasPrefix(room, base+"/")
	})
}

// The top level is fixed: whoever looks finds the same few doors.
func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	doors := []string{"LICENSE", "README.md", "bench", "client", "cmd", "go.mod", "go.sum", "main.go", "tui"}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, ".") && name != "flashwave" && !slices.Contains(doors, name) {
			t.Errorf("%s does not belong on the top level", name)
		}
	}
}

// Package outcome alone spells how a request ended: elsewhere a misspelt word would
// count nothing, and say nothing.
func TestOutcomesAreNotSpeltOut(t *testing.T) {
	var words []string
	for _, o := range outcome.All() {
		words = append(words, string(o))
	}
	word := `"(` + strings.Join(words, "|") + `)"`
	spelt := regexp.MustCompile(`Outcomes\[` + word + `|Outcome\(` + word + `|Outcome [=!]= ` + word + `|Outcome: +` + word + `|outcome\.Outcome += ` + word)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "client/outcome/") {
			return err
		}
		text, err := os.ReadFile(path)
		if found := spelt.Find(text); found != nil {
			t.Errorf("%s: %s", path, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
