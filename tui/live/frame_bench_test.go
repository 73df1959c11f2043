package live

import (
	"fmt"
	"testing"
	"time"

	"flashwave/bench/result"
	"flashwave/tui/draw"
	"flashwave/tui/screentest"
)

// longSale is the sale with as many rows as a timeline can have.
func longSale(s *result.Snapshot) {
	rows := screentest.SaleSeries()
	for len(s.Series) < 600 {
		row := rows[len(s.Series)%len(rows)]
		row.TS = float64(len(s.Series))
		s.Series = append(s.Series[:len(s.Series):len(s.Series)], row)
	}
	s.At = 600 * time.Second
}

// BenchmarkFrame is one frame of the screen: a snapshot taken over and drawn. The
// budget is 4 ms.
func BenchmarkFrame(b *testing.B) {
	for _, size := range []struct{ w, h int }{{80, 24}, {120, 36}, {200, 60}} {
		for _, s := range scenes {
			if s.name != "breached" && s.name != "heat" {
				continue
			}
			s.edit = longSale
			b.Run(fmt.Sprintf("%s/%dx%d", s.name, size.w, size.h), func(b *testing.B) {
				m := s.open(size.w, size.h, draw.Theming{})
				msg := m.look()()
				b.ReportAllocs()
				for b.Loop() {
					m, _ = m.Update(msg)
					_ = m.View()
				}
			})
		}
	}
}
