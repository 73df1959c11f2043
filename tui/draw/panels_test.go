package draw

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// The focus goes round those panels that have room, from none on; a zoom keeps to the
// panel with the focus.
func TestPanels(t *testing.T) {
	even := func(i int) bool { return i%2 == 0 }
	for name, c := range map[string]struct {
		moves  []PanelMove
		focus  int // -1: none
		zoomed bool
	}{
		"at first":                {nil, -1, false},
		"next":                    {[]PanelMove{FocusNext}, 0, false},
		"next but one":            {[]PanelMove{FocusNext, FocusNext}, 2, false},
		"round":                   {[]PanelMove{FocusNext, FocusNext, FocusNext, FocusNext}, 0, false},
		"before":                  {[]PanelMove{FocusBefore}, 4, false},
		"and back":                {[]PanelMove{FocusNext, FocusBefore}, 4, false},
		"to one":                  {[]PanelMove{FocusOn(2)}, 2, false},
		"to one without room":     {[]PanelMove{FocusOn(2), FocusOn(3)}, 2, false},
		"to none":                 {[]PanelMove{FocusOn(9)}, -1, false},
		"zoomed from nothing":     {[]PanelMove{Zoom}, 0, true},
		"zoomed":                  {[]PanelMove{FocusOn(4), Zoom}, 4, true},
		"zoomed, and on":          {[]PanelMove{Zoom, FocusNext}, 2, true},
		"zoomed twice":            {[]PanelMove{FocusOn(4), Zoom, Zoom}, 4, false},
		"zoomed and out":          {[]PanelMove{Zoom, Unzoom}, 0, false},
		"zoomed, without a focus": {[]PanelMove{Zoom, Unfocus}, -1, false},
	} {
		var s Panels
		for _, m := range c.moves {
			s = s.Move(m, 5, even)
		}
		i, ok := s.Focus()
		if _, zoomed := s.Zoomed(); i != c.focus || ok != (i >= 0) || zoomed != c.zoomed || ok && !s.Has(i) {
			t.Errorf("%s: the focus is on %d, zoomed: %v", name, i, zoomed)
		}
	}
	if _, ok := (Panels{}).Move(FocusNext, 0, nil).Focus(); ok {
		t.Error("a panel of none has the focus")
	}
	if _, zoomed := (Panels{}).Move(Zoom, 0, nil).Zoomed(); zoomed {
		t.Error("a panel of none is zoomed")
	}
}

// The focus shows without colours, too, and takes no room of its own.
func TestTheFocusShows(t *testing.T) {
	p := somePen()
	for width := range 30 {
		plain, focused := p.Panel("steps", "3", nil, width, 3), p.Focused(true).Panel("steps", "3", nil, width, 3)
		for i := range plain {
			if Cells(plain[i]) != Cells(focused[i]) {
				t.Errorf("at %d cells the focus has %q", width, focused[i])
			}
		}
	}
	if top := ansi.Strip(p.Focused(true).Panel("steps", "3", nil, 40, 3)[0]); !strings.Contains(top, p.Glyph.Pointer+" steps") {
		t.Errorf("the panel with the focus is %q", top)
	}
}
