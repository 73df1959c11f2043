package table

import (
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// Figures is a column of figures, any of which may be missing.
type Figures[Row any] struct {
	Name  string // the scale's unit is added to it
	Of    func(Row) *float64
	Scale func(...float64) units.Scale // of the whole column, so that rows compare; nil: each is written by itself
	Write func(float64) string         // without a scale
}

// P95 is the column of a latency's p95.
func P95[Row any](name string, of func(Row) *result.Latency) Figures[Row] {
	return Figures[Row]{Name: name + " p95", Scale: units.DurationScale, Of: func(r Row) *float64 {
		if l := of(r); l != nil {
			return &l.P95
		}
		return nil
	}}
}

// Present are the figures that are there.
func (c Figures[Row]) Present(rows []Row) (figures []float64) {
	for _, row := range rows {
		if v := c.Of(row); v != nil {
			figures = append(figures, *v)
		}
	}
	return figures
}

// AddTo puts the column behind those of a table that has a row for each of these.
func (c Figures[Row]) AddTo(t *Table, rows []Row) {
	name, write := c.Name, c.Write
	if c.Scale != nil {
		scale := c.Scale(c.Present(rows)...)
		write = scale.Write
		if scale.Unit != "" {
			name += " " + scale.Unit
		}
	}
	t.Header = append(t.Header, name)
	for i, row := range rows {
		t.Rows[i] = append(t.Rows[i], units.Maybe(c.Of(row), write))
	}
}
