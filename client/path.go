package client

// A Path leads to a text in a JSON document: metadata.task_id.
type Path struct{ keys keyPath }

// ParsePath reads a path: keys and places in lists, the first one 0, with dots between them.
func ParsePath(text string) (Path, error) {
	keys, err := parsePath(text)
	return Path{keys}, err
}

// Text is the text, or the number, to which the path leads; "": it leads to neither. A
// document may be cut off: what stands before the cut is found.
func (p Path) Text(document []byte) string {
	value := p.keys.in(document)
	if text, ok := inner(value); ok {
		return string(plain(text))
	}
	if len(value) > 0 && (isDigit(value[0]) || value[0] == '-') {
		return string(value)
	}
	return ""
}
