package reporttest

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// WithoutStyle is a page without its stylesheet.
func WithoutStyle(html string) string {
	before, rest, _ := strings.Cut(html, "<style>")
	_, after, _ := strings.Cut(rest, "</style>")
	return before + "<style></style>" + after
}

// WellFormed reads the page as XML: what is not closed, or escaped, is an error.
func WellFormed(t testing.TB, name, html string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(WithoutStyle(html)))
	d.Entity = xml.HTMLEntity
	ids := map[string]bool{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if slices.Contains([]string{"script", "iframe", "object", "img", "form"}, start.Name.Local) {
			t.Errorf("%s: a <%s> is on the page", name, start.Name.Local)
		}
		for _, a := range start.Attr {
			if a.Name.Local == "id" && ids[a.Value] {
				t.Errorf("%s: two elements are #%s", name, a.Value)
			}
			ids[a.Value] = ids[a.Value] || a.Name.Local == "id"
		}
	}
}
