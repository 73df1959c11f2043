package cmd

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// readmeBlock is the fenced block of the README that follows a mark.
func readmeBlock(t *testing.T, mark string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile("(?s)<!-- " + mark + " -->\n+```[a-z]*\n(.*?)```").FindSubmatch(text)
	if found == nil {
		t.Fatalf("the README has no block %q", mark)
	}
	return string(found[1])
}

// The README has the exit codes that the commands tell of, in their order, and what is
// assumed.
func TestReadmeExitCodes(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, m := range regexp.MustCompile(`(?m)^ +(\d+)  (.*)$`).FindAllStringSubmatch(verdict.Help(), -1) {
		rows = append(rows, "| "+m[1]+" | "+m[2]+" |\n")
	}
	if table := strings.Join(rows, ""); table == "" || !strings.Contains(string(text), table) {
		t.Errorf("the README lacks\n%s", table)
	}
	for _, e := range slo.Assumed() {
		if !strings.Contains(string(text), "`"+e.Text+"`") {
			t.Errorf("the README does not say that %s is assumed", e.Text)
		}
	}
	for _, command := range []string{"run", "capacity"} {
		var out bytes.Buffer
		if code := Main([]string{command, "--help"}, nil, &out, os.Stderr); code != 0 {
			t.Fatalf("%s --help: exit code %d", command, code)
		}
		for _, line := range strings.Split(verdict.Help(), "\n") {
			if words := strings.Join(strings.Fields(line), " "); !strings.Contains(strings.Join(strings.Fields(out.String()), " "), words) {
				t.Errorf("%s --help lacks %q:\n%s", command, words, out.String())
			}
		}
	}
}

// The README's jq one-liners work as they are written.
func TestReadmeJQ(t *testing.T) {
	if _, err := exec.LookPath("jq"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("jq is not there: CI installs it")
		}
		t.Skip("jq is not installed")
	}
	dir := t.TempDir()
	run, err := os.ReadFile(filepath.Join("..", "bench", "compare", "testdata", "run-v1.json"))
	if err != nil {
		t.Fatal(err)
	}
	base := bytes.Replace(run, []byte(`"id": "`), []byte(`"id": "1`), 1)
	for name, text := range map[string][]byte{"run.json": run, "main.json": base} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if code := Main([]string{"compare", filepath.Join(dir, "main.json"), filepath.Join(dir, "run.json"), "--json"}, nil, &out, os.Stderr); code != 120 {
		t.Fatalf("compare: exit code %d, of runs of 13 s", code)
	}
	if err := os.WriteFile(filepath.Join(dir, "compare.json"), out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	lines := 0
	for line := range strings.Lines(readmeBlock(t, "jq")) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		lines++
		c := exec.Command("sh", "-c", line)
		c.Dir = dir
		text, err := c.CombinedOutput()
		if err != nil || len(bytes.TrimSpace(text)) == 0 || string(bytes.TrimSpace(text)) == "null" {
			t.Errorf("%s\n%v\n%s", line, err, text)
		}
	}
	if lines < 4 {
		t.Errorf("%d one-liners were run", lines)
	}
}

// The README's workflow is the one that lies ready, and is YAML.
func TestReadmeWorkflow(t *testing.T) {
	block := readmeBlock(t, "workflow")
	file, err := os.ReadFile(filepath.Join("..", ".github", "workflows", "flashwave.yml"))
	if err != nil {
		t.Fatal(err)
	}
	if block != string(file) {
		t.Error("the README shows another workflow than .github/workflows/flashwave.yml")
	}
	var flow struct {
		Jobs map[string]struct {
			Steps []struct{ Run, Uses string }
		}
	}
	if err := yaml.Unmarshal(file, &flow); err != nil {
		t.Fatal(err)
	}
	commands := ""
	for _, job := range flow.Jobs {
		for _, step := range job.Steps {
			commands += step.Run + "\n"
		}
	}
	for _, want := range []string{"flashwave run", "flashwave compare", "run.json"} {
		if !strings.Contains(commands, want) {
			t.Errorf("the workflow does not %s", want)
		}
	}
}

// readmeCode is what the README shows as code: what stands between ticks, lines that are
// indented, and lines of fenced blocks.
func readmeCode(t *testing.T) (list []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	lines := func(code string) {
		for line := range strings.Lines(strings.ReplaceAll(code, "\\\n", " ")) {
			list = append(list, strings.TrimSpace(line))
		}
	}
	fenced := regexp.MustCompile("(?s)```[a-z]*\n(.*?)```")
	for _, m := range fenced.FindAllSubmatch(text, -1) {
		lines(string(m[1]))
	}
	text = fenced.ReplaceAll(text, nil)
	for _, m := range regexp.MustCompile(`(?m)^(?: {4}.*\n)+`).FindAll(text, -1) {
		lines(string(m))
	}
	for _, m := range regexp.MustCompile("`[^`]+`").FindAllString(string(text), -1) {
		list = append(list, strings.Join(strings.Fields(strings.Trim(m, "`")), " "))
	}
	return list
}

// Every flag that the README shows is one of the command that it is shown with, or of some
// command where it stands by itself.
func TestReadmeFlags(t *testing.T) {
	root := (&program{env: func(string) string { return "" }}).root()
	has := func(c *cobra.Command, flag string) bool {
		if long, ok := strings.CutPrefix(flag, "--"); ok {
			return c.Flag(long) != nil || long == "help"
		}
		return c.Flags().ShorthandLookup(flag[1:]) != nil
	}
	quoted := regexp.MustCompile(`'[^']*'|"[^"]*"`)
	flag := regexp.MustCompile(`(?:^|\s)(--[a-z][a-z0-9-]*|-[a-z](?:\s|$))`)
	command := regexp.MustCompile(`(?:^|\s)(?:flashwave|go run \.) (.*)`)
	shown := 0
	for _, code := range readmeCode(t) {
		code = quoted.ReplaceAllString(code, "X")
		of := []*cobra.Command{root}
		switch m := command.FindStringSubmatch(code); {
		case m != nil:
			code, _, _ = strings.Cut(m[1], " #")
			if c, _, err := root.Find(strings.Fields(code)); err == nil {
				of = []*cobra.Command{c}
			}
		case strings.HasPrefix(code, "--"):
			of = descendants(root)
		default:
			continue
		}
		for _, m := range flag.FindAllStringSubmatch(code, -1) {
			shown++
			name := strings.TrimSpace(m[1])
			if !slices.ContainsFunc(of, func(c *cobra.Command) bool { return has(c, name) }) {
				t.Errorf("%s: no flag %s", code, name)
			}
		}
	}
	if shown < 50 {
		t.Errorf("%d flags were looked at", shown)
	}
}

// Every test that the README says to run is there, and knows the flags that it is run with.
func TestReadmeTests(t *testing.T) {
	run := regexp.MustCompile(`^go test ((?:\./\S+ ?)+)(.*)$`)
	shown := 0
	for _, code := range readmeCode(t) {
		m := run.FindStringSubmatch(code)
		if m == nil || strings.Contains(m[1], "...") {
			continue
		}
		shown++
		for _, dir := range strings.Fields(m[1]) {
			files, err := filepath.Glob(filepath.Join("..", dir, "*_test.go"))
			if err != nil || len(files) == 0 {
				t.Errorf("%s: %s has no tests", code, dir)
			}
			var source []byte
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				source = append(source, text...)
			}
			for flag := range strings.FieldsSeq(m[2]) {
				switch name, isFlag := strings.CutPrefix(flag, "-"); {
				case name == "run" || name == "v" || name == "":
				case isFlag:
					if !regexp.MustCompile(`flag\.\w+\("` + name + `"`).Match(source) {
						t.Errorf("%s: %s knows no -%s", code, dir, name)
					}
				default:
					if !regexp.MustCompile(`(?m)^func Test\w*` + strings.TrimPrefix(name, "Test")).Match(source) {
						t.Errorf("%s: %s has no test %s", code, dir, name)
					}
				}
			}
		}
	}
	if shown < 10 {
		t.Errorf("%d commands were looked at", shown)
	}
}

// descendants are a command and all that are below it.
func descendants(of *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{of}
	for _, c := range of.Commands() {
		list = append(list, descendants(c)...)
	}
	return list
}
