package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"flashwave/bench/files"
)

// The bounds of a scenario file.
const (
	maxFile  = 1 << 20
	maxDepth = 64
	maxKeys  = 20_000
)

// Load reads a scenario file over the defaults. It is strict: see [Parse].
func Load(path string) (*Scenario, error) {
	data, err := files.Read(path, maxFile)
	switch {
	case errors.Is(err, files.ErrTooLarge):
		return nil, tooLarge(path)
	case err != nil:
		return nil, unreadable(path, err)
	}
	return Parse(path, data)
}

func tooLarge(path string) error {
	return &Error{File: path, Message: "a scenario is at most 1 MiB", Hint: "prompts belong into a file of their own: prompts: FILE.jsonl"}
}

func unreadable(path string, err error) *Error {
	e := &Error{File: path, Message: fmt.Sprintf("the scenario cannot be read: %v", cause(err))}
	if strings.Contains(path, "://") {
		e.Hint = "the address of an endpoint is no scenario: give it as --url " + path
	}
	return e
}

// cause is an error of the file system without the path, which the message names.
func cause(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// Parse reads the text of a scenario file over the defaults. Every word must be
// known, stand once and have a value of its kind; what depends on other words is
// checked by [Scenario.Resolve]. Files that the scenario names count from the
// folder of its own file, and their paths become absolute. Every error is an
// *[Error] and says where in the file it is.
func Parse(file string, data []byte) (*Scenario, error) {
	root, err := parseYAML(file, data)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return nil, unreadable(file, err)
	}
	s := Default()
	s.origin = newOrigin(file)
	r := &reader{origin: s.origin, dir: dir}
	if err := r.mapping(value{reader: r, node: root}, s.fields()); err != nil {
		return nil, s.located(err)
	}
	return s, nil
}

// parseYAML turns the text into its tree.
func parseYAML(file string, data []byte) (ast.Node, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	switch {
	case len(data) > maxFile:
		return nil, tooLarge(file)
	case !utf8.Valid(data):
		return nil, &Error{File: file, Message: "the file is not UTF-8 text"}
	}
	tokens := lexer.Tokenize(string(data))
	if err := bounded(file, tokens); err != nil {
		return nil, err
	}
	tree, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) // the reader names both places
	if err != nil {
		return nil, syntaxError(file, err)
	}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return nil, &Error{File: file, Message: "the file holds no scenario", Hint: "begin with target: and waves:"}
	}
	if len(tree.Docs) > 1 {
		return nil, atToken(file, tree.Docs[1].Start, "a scenario is one YAML document", "leave out the second ---")
	}
	return tree.Docs[0].Body, nil
}

// bounded refuses what would cost the parser too much: it recurses into what is
// nested, and its time grows with the square of the keys of a mapping.
func bounded(file string, tokens token.Tokens) error {
	keys, open, begun, line := 0, 0, 0, 0
	for _, tk := range tokens {
		if tk.Position.Line != line {
			begun, line = 0, tk.Position.Line
		}
		switch tk.Type {
		case token.SequenceStartType, token.MappingStartType:
			open++
		case token.SequenceEndType, token.MappingEndType:
			open--
		case token.SequenceEntryType, token.MappingKeyType, token.TagType, token.AnchorType:
			begun++
		case token.MappingValueType:
			keys++
		}
		if open+begun+tk.Position.IndentLevel > maxDepth {
			return atToken(file, tk, fmt.Sprintf("more than %d levels of nesting", maxDepth), "")
		}
		if keys > maxKeys {
			return atToken(file, tk, fmt.Sprintf("more than %d keys", maxKeys), "a long curve belongs into a trace: trace: {file: FILE.csv}")
		}
	}
	return nil
}

// syntaxError puts an error of the YAML parser into this package's form.
func syntaxError(file string, err error) error {
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil {
		hint := ""
		if strings.Contains(y.GetMessage(), "mapping value is not allowed") {
			hint = `put quotes around a text with a colon: "mock:"`
		}
		return atToken(file, y.GetToken(), "the YAML cannot be read: "+y.GetMessage(), hint)
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return &Error{File: file, Message: "the YAML cannot be read: " + text}
}

func atToken(file string, tk *token.Token, message, hint string) *Error {
	e := &Error{File: file, Message: message, Hint: hint}
	if tk != nil && tk.Position != nil {
		e.Line, e.Column = tk.Position.Line, max(1, tk.Position.Column)
	}
	return e
}

// A reader walks over the tree of one file.
type reader struct {
	origin *origin
	dir    string // relative paths count from here
}

// A value is a node of the tree and the path of its word.
type value struct {
	*reader
	node ast.Node
	path string
	key  *token.Token // of the word; nil in a list and at the top
}

// word is the last word of the path.
func (v value) word() string { return v.path[strings.LastIndexByte(v.path, '.')+1:] }

// token is what an error about the value points at.
func (v value) token() *token.Token {
	tk := v.node.GetToken()
	switch n := v.node.(type) {
	case *ast.NullNode:
		if v.key != nil {
			tk = v.key // an absent value has no place of its own
		}
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			tk = n.Values[0].Key.GetToken()
		}
	}
	return tk
}

// position is the place of the value.
func (v value) position() position {
	tk := v.token()
	if tk == nil || tk.Position == nil {
		return position{}
	}
	p := position{line: tk.Position.Line, column: max(1, tk.Position.Column)}
	if s, ok := v.node.(*ast.StringNode); ok {
		p.verbatim = strings.Contains(tk.Origin, s.Value) && !strings.Contains(s.Value, "\n")
		if tk.Type == token.DoubleQuoteType || tk.Type == token.SingleQuoteType {
			p.inset = 1
		}
	}
	return p
}

// fail is an error about the value.
func (v value) fail(hint, format string, args ...any) error {
	e := atToken(v.origin.file, v.token(), fmt.Sprintf(format, args...), hint)
	e.Path = v.path
	return e
}

// wrap gives an error about the value its place; given is the value's text.
func (v value) wrap(given string, err error) error {
	e := about(v.path, fmt.Sprintf("%s %q", v.word(), brief(given)), err)
	return v.fail(e.Hint, "%s", e.Message)
}

// kind names a node in messages.
func kind(n ast.Node) string {
	switch n.(type) { // a scalar is not shown: it may be a secret in the wrong place
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "nothing"
	case *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		return "an anchor or alias, which a scenario does not use"
	case *ast.TagNode:
		return "a tag, which a scenario does not use"
	}
	return "a single value"
}

// text is the value of a scalar, as it was written.
func (v value) text() (string, error) {
	switch n := v.node.(type) {
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return v.node.GetToken().Value, nil
	case *ast.NullNode:
		return "", v.fail("", "%s has no value", v.word())
	}
	return "", v.fail("", "%s is one value, not %s", v.word(), kind(v.node))
}

// items are the values of a list.
func (v value) items() ([]value, error) {
	list, ok := v.node.(*ast.SequenceNode)
	if !ok {
		return nil, v.fail("", "%s is a list, not %s", v.word(), kind(v.node))
	}
	items := make([]value, len(list.Values))
	for i, n := range list.Values {
		items[i] = value{reader: v.reader, node: n, path: fmt.Sprintf("%s[%d]", v.path, i)}
		v.origin.at[items[i].path] = items[i].position()
	}
	return items, nil
}

// entries are the keys and values of a mapping, in the order of the file; each key
// stands once.
func (v value) entries() (keys []string, values []value, err error) {
	m, ok := v.node.(*ast.MappingNode)
	if !ok {
		what, hint := v.word(), ""
		switch {
		case what == "":
			what, hint = "a scenario", "begin with target: and waves:"
		case strings.HasPrefix(what, "waves["):
			hint = "for example - {name: rush, rate: 12000/m, for: 5m}"
		}
		return nil, nil, v.fail(hint, "%s is a mapping of words to values, not %s", what, kind(v.node))
	}
	stands := map[string]int{} // the line of each key
	for _, pair := range m.Values {
		tk := pair.Key.GetToken()
		switch pair.Key.(type) {
		case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		default:
			return nil, nil, atToken(v.origin.file, tk, fmt.Sprintf("%q is not a plain key", tk.Value), "")
		}
		if line, twice := stands[tk.Value]; twice {
			message := fmt.Sprintf("key %q stands twice: first in line %d", brief(tk.Value), line)
			return nil, nil, atToken(v.origin.file, tk, message, "keep one of them")
		}
		stands[tk.Value] = tk.Position.Line
		entry := value{reader: v.reader, node: pair.Value, path: join(v.path, tk.Value), key: tk}
		keys, values = append(keys, tk.Value), append(values, entry)
	}
	return keys, values, nil
}

// mapping reads a mapping whose words are the fields, in their order.
func (r *reader) mapping(v value, fields []field) error {
	keys, values, err := v.entries()
	if err != nil {
		return err
	}
	for i, key := range keys {
		if !slices.ContainsFunc(fields, func(f field) bool { return f.word == key }) {
			e := atToken(r.origin.file, values[i].key, "", "")
			e.Path = values[i].path
			e.Message, e.Hint = unknownKey(key, fields)
			return e
		}
		r.origin.at[values[i].path] = values[i].position()
	}
	for _, f := range fields {
		if i := slices.Index(keys, f.word); i >= 0 {
			if err := f.read(values[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func join(path, word string) string {
	if path == "" {
		return word
	}
	return path + "." + word
}
