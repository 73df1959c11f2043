package live

import "flashwave/tui/draw"

// A pen draws the parts of the screens.
type pen struct{ draw.Pen }
