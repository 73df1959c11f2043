package draw

// Panels are a ring of a screen's panels: which of them has the focus, and whether that
// one has the window to itself. A screen numbers them from 0, those without room as
// well. The zero value has no focus.
type Panels struct {
	at     int // from 1; 0: none
	zoomed bool
}

// A PanelMove is something that can be done with panels. The zero one is nothing.
type PanelMove int

// The moves; [FocusOn] makes others.
const (
	_ PanelMove = iota
	FocusNext
	FocusBefore
	Zoom // or the whole screen again
	Unzoom
	Unfocus
	focusOn
)

// FocusOn is the move to a panel.
func FocusOn(i int) PanelMove { return focusOn + PanelMove(i) }

// Focus is the panel with the focus.
func (s Panels) Focus() (i int, ok bool) { return s.at - 1, s.at > 0 }

// Has reports whether a panel has the focus.
func (s Panels) Has(i int) bool { return s.at == i+1 }

// Zoomed is the panel that has the window to itself.
func (s Panels) Zoomed() (i int, ok bool) { return s.at - 1, s.zoomed && s.at > 0 }

// Move is the ring of n panels after a move. The focus goes only to panels that open
// lets it; nil: to all.
func (s Panels) Move(m PanelMove, n int, open func(i int) bool) Panels {
	switch m {
	case 0:
	case FocusNext:
		s.at = s.step(1, n, open)
	case FocusBefore:
		s.at = s.step(-1, n, open)
	case Zoom:
		if s.at == 0 {
			s.at = s.step(1, n, open)
		}
		s.zoomed = !s.zoomed && s.at > 0
	case Unzoom:
		s.zoomed = false
	case Unfocus:
		return Panels{}
	default:
		if i := int(m - focusOn); i < n && (open == nil || open(i)) {
			s.at = i + 1
		}
	}
	return s
}

// step is the next panel that is open, in a direction.
func (s Panels) step(by, n int, open func(int) bool) int {
	i := s.at - 1
	if s.at == 0 && by < 0 {
		i = 0
	}
	for range n {
		if i = (i + by + n) % n; open == nil || open(i) {
			return i + 1
		}
	}
	return 0
}

// Bindings are the moves among panels; what tells what the panels are.
func (s Panels) Bindings(what string) Bindings[PanelMove] {
	_, zoomed := s.Zoomed()
	return Bindings[PanelMove]{
		{Keys: []string{"tab"}, Shown: "tab", Label: "panel", Help: "next panel: " + what, Group: Seeing, Action: FocusNext},
		{Keys: []string{"shift+tab"}, Shown: "shift+tab", Help: "the panel before", Group: Seeing, Action: FocusBefore},
		{Keys: []string{"z"}, Shown: "z", Label: "zoom", Help: "the panel over the whole window", Group: Seeing, Action: Zoom, Off: zoomed},
		{Keys: []string{"z", "esc"}, Shown: "z", Label: "all panels", Help: "all panels again (also esc)", Group: Seeing, Action: Unzoom, Off: !zoomed},
	}
}

// Focused is the pen for the panel with the focus: its frame and its title say so.
func (p Pen) Focused(yes bool) Pen {
	p.focused = yes
	return p
}
