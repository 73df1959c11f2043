package draw

import tea "charm.land/bubbletea/v2"

// A Target is a part of the window in which the mouse asks for something: a click, and
// the wheel. The zero action is none. It comes from the same layout as what is drawn
// there.
type Target[A comparable] struct {
	At       Rect
	Click    A
	Up, Down A // of the wheel, one notch
}

// Targets are all of a screen, as they lie one above the other: the last one above the
// others. What a target has no action for, the one under it gets.
type Targets[A comparable] []Target[A]

// For is what the mouse asks for.
func (t Targets[A]) For(msg tea.MouseMsg) (action A, ok bool) {
	var none A
	mouse := msg.Mouse()
	for i := len(t) - 1; i >= 0; i-- {
		if !t[i].At.Holds(mouse.X, mouse.Y) {
			continue
		}
		if action := t[i].asked(msg); action != none {
			return action, true
		}
	}
	return none, false
}

// asked is what a mouse within the target asks for.
func (t Target[A]) asked(msg tea.MouseMsg) (action A) {
	button := msg.Mouse().Button
	switch msg.(type) {
	case tea.MouseClickMsg:
		if button == tea.MouseLeft {
			return t.Click
		}
	case tea.MouseWheelMsg:
		switch button {
		case tea.MouseWheelUp:
			return t.Up
		case tea.MouseWheelDown:
			return t.Down
		}
	}
	return action
}

// Holds reports whether a cell lies in the rect.
func (r Rect) Holds(x, y int) bool {
	return x >= r.X && x < r.X+r.W && y >= r.Y && y < r.Y+r.H
}

// LiftTargets makes targets of a part those of the whole, see [Lift].
func LiftTargets[P, W comparable](part Targets[P], of func(P) W) (list Targets[W]) {
	var none P
	lift := func(a P) (lifted W) {
		if a == none {
			return lifted
		}
		return of(a)
	}
	for _, t := range part {
		list = append(list, Target[W]{t.At, lift(t.Click), lift(t.Up), lift(t.Down)})
	}
	return list
}
