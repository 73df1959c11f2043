package units_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// others may make text of figures themselves, for what they write is no figure for
// people, or is in a grammar that is read back.
var others = map[string]string{
	"bench/units":               "it is the one that may",
	"bench/arrival/plan.go":     "errors over the numbers of a plan, as its author wrote them",
	"bench/arrival/process.go":  "gamma:0.5 is read back",
	"bench/arrival/trace.go":    "errors over the fields of a file, as they stand there",
	"bench/doctor/endpoint.go":  "arguments of a command",
	"bench/price":               "errors over the fields of a file",
	"bench/peers/serve.go":      "arguments of a command",
	"bench/peers/tools.go":      "arguments of commands",
	"bench/report/sheet":        "a table for programs",
	"bench/report/svg/frame.go": "attributes of SVG",
	"bench/scenario":            "the text of a scenario is read back",
	"bench/store":               "logs for programs",
	"client":                    "errors tell the limits as they were configured, and are counted by their text",
	"tui/screentest":            "what tests compare",
	"client/mock":               "an endpoint speaks as endpoints do",
}

// A stray is a place where a figure becomes text outside this package.
type stray struct {
	at  token.Position
	why string
}

// beside finds the units of figures beside verbs, and alone those that are put behind
// or before a figure.
var (
	beside = regexp.MustCompile(`%[-+ #0-9.*]*[dsvfeg] ?(%%|/s\b|/min\b|(ns|µs|ms|s|min|pp)\b)|\$%`)
	alone  = regexp.MustCompile(`^( ?(%|ns|µs|ms|s|min|h|d|pp)|/s|/min|\$|×)$`)
)

// TestSole holds that nobody else writes a figure for people: no percentage, no
// duration, no money. It looks for floating-point numbers and durations that become
// text (in Sprintf, in an error, in a log), and for their units beside verbs.
func TestSole(t *testing.T) {
	all := packages(t)
	needed := map[string]bool{}
	for _, p := range all.own {
		for _, s := range strays(t, p, all.from) {
			file, _ := filepath.Rel(root(t), s.at.Filename)
			if by := exempt(filepath.ToSlash(file)); by != "" {
				needed[by] = true
				continue
			}
			t.Errorf("%s:%d: %s: let bench/units write it", file, s.at.Line, s.why)
		}
	}
	for path := range others {
		if !needed[path] {
			t.Errorf("%s needs no exception", path)
		}
	}
}

// TestSoleSees holds that what TestSole looks for is found.
func TestSoleSees(t *testing.T) {
	from := packages(t).from
	const source = `package p
import ("fmt"; "strconv"; "time")
func f(v float64, d time.Duration, n int, p *float64) []string {
	return []string{
		fmt.Sprintf("%.1f", v),
		fmt.Sprint(v),
		fmt.Sprintf("%s", d),
		d.String(),
		d.Round(time.Second).String(),
		strconv.FormatFloat(v, 'f', 1, 64),
		strconv.Itoa(n) + " %",
		strconv.Itoa(n) + "%",
		fmt.Sprintf("%d %%", n),
		fmt.Sprintf("$%d", n),
		"$" + strconv.Itoa(n),
		strconv.Itoa(n) + " ms",
		fmt.Sprintf("%d ms", n),
		strconv.Itoa(n) + "/s",
		g("%v", v),
		fmt.Sprintf("%d of %s, 99 %% of them", n, "it"), // is none
	}
}
func g(format string, args ...any) string { return fmt.Sprintf(format, args...) }
`
	path := filepath.Join(t.TempDir(), "p.go")
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	lines := map[int]bool{}
	for _, s := range strays(t, listed{ImportPath: "p", Dir: filepath.Dir(path), GoFiles: []string{"p.go"}}, from) {
		lines[s.at.Line] = true
	}
	for line := 5; line < 20; line++ {
		if !lines[line] {
			t.Errorf("nothing is found in %s", strings.Split(source, "\n")[line-1])
		}
		delete(lines, line)
	}
	if len(lines) > 0 {
		t.Errorf("something is found in lines %v", lines)
	}
}

// exempt is the exception that a file falls under, or "".
func exempt(file string) string {
	for at := file; at != "."; at = filepath.ToSlash(filepath.Dir(at)) {
		if others[at] != "" {
			return at
		}
	}
	return ""
}

// A listed is a package as go list tells it.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	Standard                bool
	Module                  *struct{ Main bool }
}

// compiled reads packages as the compiler left them.
type compiled struct {
	types.Importer
	set *token.FileSet
}

// A listing is the packages of this module, and the compiled ones of all.
type listing struct {
	own  []listed
	from compiled
}

// list asks go for the packages, once.
var list = sync.OnceValues(func() (l listing, err error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,Standard,Module", "./...")
	cmd.Dir, cmd.Stderr = filepath.Join("..", ".."), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return l, err
	}
	exports := map[string]string{}
	l.from.set = token.NewFileSet()
	l.from.Importer = importer.ForCompiler(l.from.set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return l, nil
		} else if err != nil {
			return l, err
		}
		exports[p.ImportPath] = p.Export
		if p.Module != nil && p.Module.Main {
			l.own = append(l.own, p)
		}
	}
})

// packages are those of the listing.
func packages(t *testing.T) listing {
	t.Helper()
	l, err := list()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func root(t *testing.T) string {
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// strays are the places of a package where figures become text.
func strays(t *testing.T, p listed, from compiled) (found []stray) {
	var files []*ast.File
	set := from.set
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: from}
	if _, err := config.Check(p.ImportPath, set, files, info); err != nil {
		t.Fatalf("%s: %v", p.ImportPath, err)
	}
	add := func(at token.Pos, format string, args ...any) {
		found = append(found, stray{set.Position(at), fmt.Sprintf(format, args...)})
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if beside.MatchString(literal(n)) {
					add(n.Pos(), "%s is a figure with its unit", n.Value)
				}
			case *ast.BinaryExpr:
				if n.Op == token.ADD && (alone.MatchString(literal(n.X)) || alone.MatchString(literal(n.Y))) {
					add(n.Pos(), "a unit is added to a text")
				}
			case *ast.CallExpr:
				if word := textOf(info, n); word != "" {
					add(n.Pos(), "%s", word)
				}
			}
			return true
		})
	}
	return found
}

// literal is the text of a string literal, or "".
func literal(e ast.Expr) string {
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		if text, err := strconv.Unquote(l.Value); err == nil {
			return text
		}
	}
	return ""
}

// textOf says how a call makes a text of a figure, or "".
func textOf(info *types.Info, call *ast.CallExpr) string {
	if s, ok := call.Fun.(*ast.SelectorExpr); ok {
		if f, ok := info.Uses[s.Sel].(*types.Func); ok {
			switch f.FullName() {
			case "strconv.FormatFloat", "strconv.AppendFloat", "(time.Duration).String":
				return f.FullName()
			}
		}
	}
	signature, ok := info.TypeOf(call.Fun).(*types.Signature)
	if !ok || !signature.Variadic() || call.Ellipsis.IsValid() {
		return ""
	}
	last := signature.Params().At(signature.Params().Len() - 1).Type().(*types.Slice).Elem()
	if _, ok := last.Underlying().(*types.Interface); !ok {
		return ""
	}
	for _, arg := range call.Args[min(len(call.Args), signature.Params().Len()-1):] {
		switch of := info.TypeOf(arg); {
		case of.String() == "time.Duration":
			return "a duration becomes text"
		case isFloat(of):
			return "a floating-point number becomes text"
		}
	}
	return ""
}

func isFloat(of types.Type) bool {
	b, ok := of.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsFloat != 0
}
