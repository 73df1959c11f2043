package tap

import (
	"fmt"
	"net/http"
	"strings"

	"flashwave/client"
)

// LookedAt is how much of a body is looked at for the id of a task, in bytes.
const LookedAt = 1 << 20

// longestID bounds the id of a task, in bytes. What is longer is none.
const longestID = 256

// A Source is where a call says for which task it is made.
type Source struct {
	header string // its name; "": it stands in the body
	path   client.Path
	text   string
}

// Usual is where the ids of tasks are looked for where nothing else is said: the first that
// says one counts.
func Usual() []Source {
	list, err := ParseSources("header:" + client.TaskHeader + ",body:metadata.task_id,header:X-Request-ID,body:user")
	if err != nil {
		panic(err) // a constant
	}
	return list
}

// secret are headers that are never looked into.
var secret = []string{"Authorization", "Proxy-Authorization", "X-Api-Key", "Api-Key", "Cookie"}

// ParseSources reads header:NAME or body:PATH, and several with commas between them.
func ParseSources(text string) (list []Source, err error) {
	for part := range strings.SplitSeq(text, ",") {
		s := Source{text: strings.TrimSpace(part)}
		kind, of, _ := strings.Cut(s.text, ":")
		of = strings.TrimSpace(of)
		switch {
		case of == "":
			return nil, fmt.Errorf("%q does not say where: write header:X-Task-ID or body:metadata.task_id", s.text)
		case kind == "header" && isSecret(of):
			return nil, fmt.Errorf("header %s holds a key, and no id of a task", of)
		case kind == "header":
			s.header = of
		case kind == "body":
			if s.path, err = client.ParsePath(of); err != nil {
				return nil, err
			}
		default:
			return nil, fmt.Errorf("%q is neither header:NAME nor body:PATH", s.text)
		}
		list = append(list, s)
	}
	return list, nil
}

func isSecret(header string) bool {
	for _, name := range secret {
		if strings.EqualFold(header, name) {
			return true
		}
	}
	return false
}

// String is the source as it is written.
func (s Source) String() string { return s.text }

// taskOf is the id of the task that the first of the sources tells; "": none does. The body is
// asked for only if it matters.
func taskOf(sources []Source, h http.Header, body func() []byte) string {
	for _, s := range sources {
		id := ""
		if s.header != "" {
			id = h.Get(s.header)
		} else if b := body(); len(b) > 0 {
			id = s.path.Text(b)
		}
		if id = strings.TrimSpace(id); id != "" && len(id) <= longestID {
			return strings.ToValidUTF8(id, "\ufffd")
		}
	}
	return ""
}
