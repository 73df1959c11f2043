package draw

import (
	"image/color"
	"math"
	"reflect"
	"testing"

	"charm.land/lipgloss/v2"
)

// luminance is that of WCAG 2.
func luminance(c color.Color) float64 {
	part := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.03928 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*part(r) + 0.7152*part(g) + 0.0722*part(b)
}

// High contrast is what it says, on black and on white: 7 to 1, and what recedes 4.5 to 1.
func TestHighContrast(t *testing.T) {
	hues := reflect.ValueOf(contrasts)
	for i := range hues.NumField() {
		name, least := hues.Type().Field(i).Name, 7.0
		if name == "faint" || name == "frame" {
			least = 4.5
		}
		of := hues.Field(i)
		dark, light := luminance(lipgloss.Color(of.Field(0).String())), luminance(lipgloss.Color(of.Field(1).String()))
		if ratio := (dark + 0.05) / 0.05; ratio < least {
			t.Errorf("%s stands out from black at %.1f to 1", name, ratio)
		}
		if ratio := 1.05 / (light + 0.05); ratio < least {
			t.Errorf("%s stands out from white at %.1f to 1", name, ratio)
		}
	}
}
