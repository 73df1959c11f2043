package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"
)

// A source is what the Go files say beside the types.
type source struct {
	comments  map[string]string // of types and fields
	constants map[string][]any  // of types of strings, in their order
}

// readSource reads the packages' files.
func readSource() (*source, error) {
	root, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	back, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	if err := os.Chdir(root); err != nil {
		return nil, err
	}
	defer func() { _ = os.Chdir(back) }()
	var r jsonschema.Reflector
	s := &source{constants: map[string][]any{}}
	for _, p := range packages {
		dir := filepath.Join("bench", p)
		if err := r.AddGoComments("flashwave", dir, jsonschema.WithFullComment()); err != nil {
			return nil, err
		}
		if err := s.readConstants("flashwave/bench/"+p, dir); err != nil {
			return nil, err
		}
	}
	s.comments = map[string]string{}
	for name, text := range r.CommentMap {
		s.comments[name] = strings.Join(strings.Fields(text), " ")
	}
	return s, nil
}

// moduleRoot is the folder of go.mod, here or above.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fs.ErrNotExist
		}
		dir = filepath.Dir(dir)
	}
}

// readConstants finds the constants of types of strings.
func (s *source) readConstants(pkg, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range f.Decls {
			if group, ok := d.(*ast.GenDecl); ok && group.Tok == token.CONST {
				s.readGroup(pkg, group)
			}
		}
	}
	return nil
}

func (s *source) readGroup(pkg string, group *ast.GenDecl) {
	for _, spec := range group.Specs {
		v := spec.(*ast.ValueSpec)
		of, ok := v.Type.(*ast.Ident)
		if !ok || !of.IsExported() {
			continue
		}
		for _, value := range v.Values {
			if lit, ok := value.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					key := pkg + "." + of.Name
					s.constants[key] = append(s.constants[key], text)
				}
			}
		}
	}
}
