package web

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"flashwave/bench/report/svg"
	"flashwave/bench/report/table"
	"flashwave/bench/result"
)

// whole is a page with a block of each kind, whose texts are all the same.
func whole(text string) Page {
	chart := svg.Chart{
		Frame: svg.Frame{ID: "chart", Title: text, Desc: text, Height: 100, X: svg.Counts(10, text), Y: svg.Counts(10, text)},
		Lines: []svg.Line{{Name: text, Ink: svg.P95, Points: []svg.Point{{X: 1, Y: 1}, {X: 2, Y: 2}}}},
	}
	return Page{
		Kind: text, Name: text, Facts: []string{text}, Footer: []string{text},
		Verdict: Verdict{Word: text, State: Bad, Answer: &Answer{Figure: text, Unit: text, Says: text}, Headline: text, Reasons: []string{text}},
		Sections: []Section{
			{ID: "empty", Title: "not shown"},
			{ID: "all", Title: text, Note: text, Blocks: []Block{
				{Cards: []Card{{Name: text, Value: text, Unit: text, Note: text, State: Good}}},
				{Figure: &Figure{Title: text, Note: text, Key: append(Keys(chart.Lines), Key{Name: text, Ink: svg.Good, Area: true}, Key{Name: text, Ink: "bound"}), Chart: chart.SVG(), Shades: Shades{Least: "1", Most: text}}},
				{Figure: &Figure{Title: text}},
				{Table: &Table{Caption: text, Columns: []Column{{Name: ""}, {Name: text}, {Name: text, Figures: true}}, Rows: []Row{
					{Cells: []Cell{{Text: "✓", State: Good}, {Text: text, Code: true}, {Text: text}}}, {Cells: []Cell{{}, {}, {Text: "1"}}, Faint: true},
				}}},
				{Pairs: []Pair{{Name: text, Value: text, State: Near}}},
				{Bars: []Bar{{Name: text, Value: text, Share: 0.3, State: Good}}},
				{Prose: text},
				{Code: text + "\n" + text},
			}},
		},
	}
}

func written(t testing.TB, p Page) string {
	t.Helper()
	var b strings.Builder
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(b.String(), "<style>")
	_, after, _ := strings.Cut(rest, "</style>")
	return before + after
}

// The golden is a page with all there may be on one, but for its stylesheet.
func TestPage(t *testing.T) { golden.RequireEqual(t, []byte(written(t, whole("some words")))) }

// Whatever a text is, it stays one, wherever it stands, and the page is well formed.
func TestTextsStayTexts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</style>", "]]>", "{{.}}", "javascript:alert(1)", "-->", "&lt;", "'",
		})).Draw(r, "text")
		page := written(t, whole(text))
		kinds := map[string]int{}
		for d := xml.NewDecoder(strings.NewReader(strings.Map(known, page))); ; {
			d.Entity = xml.HTMLEntity
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				r.Fatalf("%q: %v", text, err)
			}
			if start, ok := token.(xml.StartElement); ok {
				kinds[start.Name.Local]++
			}
		}
		if kinds["script"]+kinds["img"] > 0 || kinds["style"] > 0 || kinds["h1"] != 1 || kinds["section"] != 2 {
			r.Fatalf("%q became an element: %v", text, kinds)
		}
	})
}

// known is a character that XML has, or another in the place of one that only HTML has.
func known(r rune) rune {
	if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == utf8.RuneError || r == 0xfffe || r == 0xffff {
		return '?'
	}
	return r
}

// A table is stacked in a box that is too narrow for it, and in no wider one; each of its
// figures has the name of its column beside it then.
func TestTablesAreStackedWhereTheyAreTooWide(t *testing.T) {
	rows := func(columns, characters int) Table {
		made := table.Table{Words: 1}
		for i := range columns {
			made.Header = append(made.Header, fmt.Sprint("c", i))
		}
		made.Add(slices.Repeat([]string{strings.Repeat("x", characters)}, columns)...)
		return *NewTable("rows", made)
	}
	for _, c := range []struct {
		columns, characters int
		want                string
	}{
		{1, 2, "room-360"}, {4, 8, "room-360"}, {5, 9, "room-540"}, {9, 5, "room-540"}, {12, 8, "room-1039"}, {14, 8, "room-1040"}, {40, 8, "room-1040"},
	} {
		if got := rows(c.columns, c.characters).Class(); got != c.want {
			t.Errorf("%d columns of %d: %s, want %s", c.columns, c.characters, got, c.want)
		}
	}
	before := 0
	for columns := range 30 {
		room := 0
		if _, err := fmt.Sscanf(rows(columns+1, 6).Class(), "room-%d", &room); err != nil || room < before {
			t.Errorf("%d columns: %d px after %d, %v", columns+1, room, before, err)
		}
		before = room
	}
	for _, room := range rooms {
		if n := strings.Count(string(Page{}.Style()), fmt.Sprintf("(max-width: %dpx)", room)); n != 1 {
			t.Errorf("%d rules for %d px", n, room)
		}
	}
	if strings.Contains(string(Page{}.Style()), "ROOM") {
		t.Error("a width is missing in the stylesheet")
	}
	page := written(t, Page{Sections: []Section{{ID: "a", Blocks: []Block{{Table: new(rows(9, 5))}}}}})
	if n := strings.Count(page, " data-name="); n != 8 {
		t.Errorf("%d cells are named, of 8 that are not the head of their row", n)
	}
}

// Columns look as what is in them does.
func TestColumns(t *testing.T) {
	long := strings.Repeat("word ", 9)
	made := Table{
		Columns: []Column{{}, {Name: "short"}, {Name: "prose"}, {Name: "error"}, {Name: "n", Figures: true}, {Name: "90 % interval", Figures: true}},
		Rows:    []Row{{Cells: []Cell{{Text: "✓"}, {Text: "a wave"}, {Text: long}, {Text: "EOF", Code: true}, {Text: "1,234"}, {Text: "+45.8 … +432 %"}}}},
	}
	var classes []string
	for _, c := range made.Shown() {
		classes = append(classes, c.Class)
	}
	if want := []string{"mark", "", "long", "long", "figures", "figures full"}; !slices.Equal(classes, want) {
		t.Errorf("%q, want %q", classes, want)
	}
	if !strings.HasSuffix(made.Class(), " marked") {
		t.Errorf("%q has no room for its mark", made.Class())
	}
	if class := (Table{}).Class(); class != "room-360" {
		t.Errorf("a table of nothing: %q", class)
	}
}

// Every class that the page has is in a stylesheet, so that none is misspelt.
func TestClassesHaveAStyle(t *testing.T) {
	style := string(Page{}.Style())
	for _, found := range regexp.MustCompile(`class="([^"]*)"`).FindAllStringSubmatch(written(t, whole("some words")), -1) {
		for _, class := range strings.Fields(found[1]) {
			if !strings.Contains(style, "."+class) && !slices.Contains(unstyled, class) {
				t.Errorf("no style for .%s", class)
			}
		}
	}
}

// unstyled are classes that only tell elements apart.
var unstyled = []string{"end", "even", "odd"}

func TestBars(t *testing.T) {
	for share, want := range map[float64]float64{0: 0, -1: 0, math.NaN(): 0, 0.0001: 0.4, 0.5: 50, 1: 100, 7: 100} {
		if got := (Bar{Share: share}).Width(); got != want {
			t.Errorf("%v is %v %% wide, want %v", share, got, want)
		}
	}
}

// A figure stands apart from its unit, but for one of two.
func TestCards(t *testing.T) {
	for text, want := range map[string]Card{
		"418 ms": {Value: "418", Unit: "ms"}, "2 min 5 s": {Value: "2 min 5 s"}, "–": {Value: "–"}, "": {},
	} {
		if got := NewCard("", text, ""); got != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
	if got := RateCard("rate", nil, ""); got.Unit != "" || got.Value != "–" {
		t.Errorf("no rate: %+v", got)
	}
	if got := RateCard("rate", new(3.25), ""); got.Unit != "/s" || got.Value != "3.25" {
		t.Errorf("a rate: %+v", got)
	}
}

// What a headline tells is not told again, and nobody's words leave their place.
func TestJudged(t *testing.T) {
	got := Judged(result.Verdict{Status: result.Fail, Headline: "a\x1b[31m broke; b", Reasons: []string{"b", "c\n"}})
	if got.Word != "FAIL" || got.State != Bad || got.Headline != "a broke; b" || !slices.Equal(got.Reasons, []string{"c"}) {
		t.Errorf("%+v", got)
	}
	if got := Judged(result.Verdict{}); got.Word != "NO VERDICT" || got.State != Near || got.Headline == "" {
		t.Errorf("nothing judged: %+v", got)
	}
}
