package cmd

import (
	"testing"

	"flashwave/bench/scenario"
)

// The mouse is the screen's unless the settings or the environment leave it to the
// terminal.
func TestTheMouseIsTheScreens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config   scenario.Config
		variable string
		none     bool
	}{
		"nothing said":    {},
		"in the settings": {config: scenario.Config{NoMouse: true}, none: true},
		"by the variable": {variable: "1", none: true},
	} {
		p := &program{env: func(name string) string {
			if name == noMouse {
				return c.variable
			}
			return ""
		}}
		if got := p.screenOptions(c.config, false, nil).NoMouse; got != c.none {
			t.Errorf("%s: without a mouse: %v", name, got)
		}
	}
}
