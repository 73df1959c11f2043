package draw

// A Rect is a place on the screen, in cells.
type Rect struct{ X, Y, W, H int }

// The sizes from which a window holds more than figures, and two columns.
const (
	ColumnWidth  = 60 // of more than figures
	ColumnHeight = 13
	FullWidth    = 100 // of two columns
	FullHeight   = 22
)

// An Area hands out the rows of a part of the window from the top down.
type Area struct{ X, Y, W, Left int }

// Take hands out h rows, or fewer if fewer are left.
func (s *Area) Take(h int) Rect {
	h = max(0, min(h, s.Left))
	r := Rect{s.X, s.Y, s.W, h}
	s.Y, s.Left = s.Y+h, s.Left-h
	return r
}

// TakeIf hands out up to most rows if at least least of them are left.
func (s *Area) TakeIf(least, most int) Rect {
	if s.Left < least {
		return Rect{}
	}
	return s.Take(most)
}

// Split divides a rect into a left part of width w, a gap of one cell, and the
// rest.
func (r Rect) Split(w int) (a, b Rect) {
	a, b = r, r
	a.W = w
	b.X, b.W = r.X+w+1, r.W-w-1
	return a, b
}

// At is a place of w × h cells whose upper left cell is at x, y.
func At(x, y, w, h int) Rect { return Rect{x, y, w, h} }

// NewArea is a part of a window: rows of w cells, of which left can be handed out from
// y down.
func NewArea(x, y, w, left int) Area { return Area{x, y, w, left} }
