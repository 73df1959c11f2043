package files

import "fmt"

// The bounds of what a JSON document may hold: ten times what the longest run with
// hundreds of waves writes. A document of a few bytes an entry would otherwise take a
// hundred times its size in memory.
const (
	maxValues  = 2_000_000
	maxObjects = 200_000
	maxEach    = 50_000 // objects in one list
)

// CheckJSON refuses a document that holds so much that reading it would take up the
// memory of the machine. It does not check the syntax.
func CheckJSON(data []byte) error {
	var (
		values, objects int
		lists           []list
		key             string // of the document, at its first level
		from            = -1   // where a string began
	)
	for i := 0; i < len(data); i++ {
		c := data[i]
		if from >= 0 {
			switch c {
			case '\\':
				i++
			case '"':
				if len(lists) == 1 && lists[0].open == '{' && i-from < 100 {
					key = string(data[from+1 : i])
				}
				from = -1
			}
			continue
		}
		switch c {
		case '"':
			from = i
		case ',':
			values++
		case '[', '{':
			values++
			if n := len(lists); c == '{' && n > 0 && lists[n-1].open == '[' {
				lists[n-1].objects++
				objects++
				if lists[n-1].objects > maxEach {
					return fmt.Errorf("there are more than %d entries in %q", maxEach, key)
				}
				if objects > maxObjects {
					return fmt.Errorf("there are more than %d entries, up to %q", maxObjects, key)
				}
			}
			if len(lists) > maxNested {
				return fmt.Errorf("more than %d levels of nesting", maxNested)
			}
			lists = append(lists, list{open: c})
		case ']', '}':
			if len(lists) > 0 {
				lists = lists[:len(lists)-1]
			}
		}
		if values > maxValues {
			return fmt.Errorf("there are more than %d values, up to %q", maxValues, key)
		}
	}
	return nil
}

// maxNested is more than any document nests.
const maxNested = 1000

// A list is an open array or object.
type list struct {
	open    byte
	objects int // directly in it
}
