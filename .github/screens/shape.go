package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A shape is how a character is drawn.
type shape int

const (
	shapeText  shape = iota // by the font
	shapeLine               // box drawing
	shapeBlock              // a part of the cell, filled
)

// A lineKind is how heavy a line is, and whether it is broken.
type lineKind int

const (
	light lineKind = iota
	dotted
	heavy
)

func (k lineKind) attributes() string {
	switch k {
	case dotted:
		return `stroke-width="1" stroke-dasharray="1.5 1.5"`
	case heavy:
		return `stroke-width="2.4"`
	default:
		return `stroke-width="1.2"`
	}
}

func (s stroke) String() string { return fmt.Sprint(s.colour, int(s.kind)) }

// The ways out of the middle of a cell.
const (
	up = 1 << iota
	down
	west
	east
	round // the way turns in a curve
)

// lines are the characters of box drawing: which ways they lead, and how.
var lines = map[rune]struct {
	ways int
	kind lineKind
}{
	'─': {west | east, light}, '│': {up | down, light}, '╭': {down | east | round, light}, '╮': {down | west | round, light},
	'╰': {up | east | round, light}, '╯': {up | west | round, light}, '┌': {down | east, light}, '┐': {down | west, light},
	'└': {up | east, light}, '┘': {up | west, light}, '┤': {up | down | west, light}, '├': {up | down | east, light},
	'┬': {down | west | east, light}, '┴': {up | west | east, light}, '┼': {up | down | west | east, light},
	'╴': {west, light}, '╶': {east, light}, '╵': {up, light}, '╷': {down, light},
	'┈': {west | east, dotted}, '┊': {up | down, dotted},
	'━': {west | east, heavy}, '┃': {up | down, heavy}, '┏': {down | east, heavy}, '┓': {down | west, heavy},
	'┗': {up | east, heavy}, '┛': {up | west, heavy}, '╸': {west, heavy}, '╺': {east, heavy},
}

// eighths are the characters that fill a cell from below, by how many eighths.
const eighths = "▁▂▃▄▅▆▇█"

// upperHalf is the character that fills the upper half of a cell.
const upperHalf = '▀'

// shades are the characters that fill a cell in part, by how much.
var shades = map[rune]string{'░': "3a", '▒': "73", '▓': "b0"}

// shapeOf tells how a cell's content is drawn.
func shapeOf(content string) shape {
	r, size := utf8.DecodeRuneInString(content)
	if size == 0 || size != len(content) {
		return shapeText
	}
	if _, ok := lines[r]; ok {
		return shapeLine
	}
	if strings.ContainsRune(eighths, r) || r == upperHalf || shades[r] != "" {
		return shapeBlock
	}
	return shapeText
}

// line draws n cells of one character of box drawing: a level one in one piece.
func (p *picture) line(f face, x, y, n int) {
	r, _ := utf8.DecodeRuneInString(f.content)
	l, s := lines[r], stroke{f.colour, lines[r].kind}
	if p.strokes[s] == nil {
		p.strokes[s] = &strings.Builder{}
	}
	path := p.strokes[s]
	middle := float64(top(y)) + cellHeight/2.0
	if l.ways == west|east {
		fmt.Fprintf(path, "M%d %gh%d", left(x), middle, n*cellWidth)
		return
	}
	for i := range n {
		p.ways(path, l.ways, float64(left(x+i))+cellWidth/2.0, middle)
	}
}

// ways draws the ways out of the middle of a cell.
func (p *picture) ways(path *strings.Builder, ways int, x, y float64) {
	const across, along = cellWidth / 2.0, cellHeight / 2.0
	if ways&round != 0 {
		toX, toY := across, along
		if ways&west != 0 {
			toX = -across
		}
		if ways&up != 0 {
			toY = -along
		}
		corner := across * toY / along // as far up or down as it is to the side
		fmt.Fprintf(path, "M%g %gv%gq0 %g %g %g", x, y+toY, corner-toY, -corner, toX, -corner)
		return
	}
	for _, way := range []struct {
		of     int
		dx, dy float64
	}{{up, 0, -along}, {down, 0, along}, {west, -across, 0}, {east, across, 0}} {
		if ways&way.of != 0 {
			fmt.Fprintf(path, "M%g %gl%g %g", x, y, way.dx, way.dy)
		}
	}
}

// block fills a part of n cells.
func (p *picture) block(f face, x, y, n int) {
	r, _ := utf8.DecodeRuneInString(f.content)
	if shade := shades[r]; shade != "" {
		p.fill(f.colour+shade, rectangle(x, y, 0, 0, n*cellWidth, cellHeight))
		return
	}
	if r == upperHalf {
		p.fill(f.colour, rectangle(x, y, 0, 0, n*cellWidth, cellHeight/2))
		return
	}
	level := utf8.RuneCountInString(eighths[:strings.IndexRune(eighths, r)]) + 1
	height := (level*cellHeight + 4) / 8
	p.fill(f.colour, rectangle(x, y, 0, cellHeight-height, n*cellWidth, height))
}
