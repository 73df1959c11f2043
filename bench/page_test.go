package bench

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rooms are those whose goroutines and locks a run has.
var rooms = []string{"bench", "account", "alarm", "dispatch", "health", "journal", "ledger", "endpoint", "sending", "tier", "ticker", "timetable"}

// The page of the package's documentation names every function that starts a goroutine
// and everything that has a lock, and none that is not there.
func TestThePageNamesGoroutinesAndLocks(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(string(text), "// ", "")
	_, page, _ = strings.Cut(page, "# Goroutines")
	goroutines, locks, _ := strings.Cut(page, "# Locks")
	name := regexp.MustCompile(`\b(?:` + strings.Join(rooms, "|") + `)(?:\.[A-Za-z]+)+`)
	starts, locked := structure(t)
	for what, c := range map[string]struct {
		said  string
		there map[string]bool
	}{"goroutines": {goroutines, starts}, "locks": {locks, locked}} {
		said := name.FindAllString(c.said, -1)
		for one := range c.there {
			if !slices.Contains(said, one) {
				t.Errorf("%s: %s is not on the page", what, one)
			}
		}
		for _, one := range said {
			if !c.there[one] {
				t.Errorf("%s: %s is on the page, and not in the code", what, one)
			}
		}
	}
}

// structure is which functions start goroutines, and what has a lock: types, and
// functions with one of their own.
func structure(t *testing.T) (starts, locked map[string]bool) {
	t.Helper()
	starts, locked = map[string]bool{}, map[string]bool{}
	for _, room := range rooms {
		dir := room
		if room == "bench" {
			dir = "."
		}
		paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d files, %v", room, len(paths), err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				look(d, room, starts, locked)
			}
		}
	}
	return starts, locked
}

// look finds what a declaration starts and locks.
func look(d ast.Decl, room string, starts, locked map[string]bool) {
	name := room
	if f, ok := d.(*ast.FuncDecl); ok {
		name += "." + funcName(f)
	}
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeSpec:
			name = room + "." + n.Name.Name
		case *ast.GoStmt:
			starts[name] = true
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "Go" || s.Sel.Name == "AfterFunc") {
				starts[name] = true
			}
		case *ast.SelectorExpr:
			if n.Sel.Name == "Mutex" || n.Sel.Name == "RWMutex" {
				locked[name] = true
			}
		}
		return true
	})
}

// funcName is a function's name, with its receiver's.
func funcName(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	of := f.Recv.List[0].Type
	if star, ok := of.(*ast.StarExpr); ok {
		of = star.X
	}
	return of.(*ast.Ident).Name + "." + f.Name.Name
}
