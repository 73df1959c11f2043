// Package draw is what every screen is drawn with: a [Pen], which holds the styles and
// the characters of a terminal, and what it draws from plain values: lines of text and
// figures, panels, plots on scales, rulers, ribbons, shades of heat; and how a window is
// divided ([Area]) and put together ([Compose]).
//
// It knows nothing of runs. Colour carries state (green meets the SLO, amber is within
// 10 % of it, red breaches it) and one fixed hue for each of p50, p95 and p99. Whatever
// a colour says, a glyph or a word says too, so that nothing is lost without colours.
// What has no data is a dash, never a zero. Everything fits: no line is wider than it
// was asked for, at any width from nought on.
package draw
