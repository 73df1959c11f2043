package live

import "flashwave/tui/draw"

func testPen() pen { return pen{draw.Theming{}.Pen()} }
