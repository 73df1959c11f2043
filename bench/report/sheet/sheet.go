// Package sheet writes tables for programs: comma-separated values, as RFC 4180 has them
// but with bare line feeds. An empty field is no data.
package sheet

import (
	"encoding/csv"
	"io"
	"math"
	"strconv"

	"flashwave/bench/report/words"
)

// A Column is a name, with its unit, and its value in a row; "" is no data.
type Column[Row any] struct {
	Name string
	Of   func(Row) string
}

// Write writes the names of the columns, and a line a row.
func Write[Row any](w io.Writer, columns []Column[Row], rows []Row) error {
	out := csv.NewWriter(w)
	fields := make([]string, len(columns))
	for i, c := range columns {
		fields[i] = c.Name
	}
	_ = out.Write(fields) // errors stick until Flush
	for _, row := range rows {
		for i, c := range columns {
			fields[i] = c.Of(row)
		}
		_ = out.Write(fields)
	}
	out.Flush()
	return out.Error()
}

// Words is a column of texts.
func Words[Row any](name string, of func(Row) string) Column[Row] {
	return Column[Row]{name, func(r Row) string { return words.Plain(of(r)) }}
}

// Figures is a column of numbers.
func Figures[Row any](name string, of func(Row) float64) Column[Row] {
	return Column[Row]{name, func(r Row) string { return Number(of(r)) }}
}

// KnownFigures is a column of numbers that may be missing.
func KnownFigures[Row any](name string, of func(Row) *float64) Column[Row] {
	return Column[Row]{name, func(r Row) string { return maybe(of(r), Number) }}
}

// Counts is a column of whole numbers.
func Counts[Row any, N int | int64](name string, of func(Row) N) Column[Row] {
	return Column[Row]{name, func(r Row) string { return whole(of(r)) }}
}

// KnownCounts is a column of whole numbers that may be missing.
func KnownCounts[Row any, N int | int64](name string, of func(Row) *N) Column[Row] {
	return Column[Row]{name, func(r Row) string { return maybe(of(r), whole[N]) }}
}

// Flags is a column of true and false.
func Flags[Row any](name string, of func(Row) bool) Column[Row] {
	return Column[Row]{name, func(r Row) string { return strconv.FormatBool(of(r)) }}
}

// Number writes a value to a millionth: times to a nanosecond, money to less than
// anything costs.
func Number(v float64) string { return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64) }

func whole[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }

func maybe[T any](v *T, write func(T) string) string {
	if v == nil {
		return ""
	}
	return write(*v)
}
