package cmd

import (
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/spf13/pflag"

	"flashwave/bench/scenario"
	"flashwave/tui"
	"flashwave/tui/draw"
)

// config is what the user has settled for every run, in
// $XDG_CONFIG_HOME/flashwave/config.yaml.
func config() (scenario.Config, error) {
	c, err := scenario.LoadConfig(filepath.Join(xdg.ConfigHome, "flashwave", "config.yaml"))
	if err != nil {
		return c, invalid(err)
	}
	return c, nil
}

// settled is a scenario of flags, which may call a target by its name.
func (f *scenarioFlags) settled(fs *pflag.FlagSet, file string) (*scenario.Scenario, scenario.Config, error) {
	c, err := config()
	if err != nil {
		return nil, c, err
	}
	f.targets = c.Targets
	sc, err := f.scenario(fs, file)
	return sc, c, err
}

// noMouse is the variable that leaves the mouse to the terminal, whatever it says.
const noMouse = "FLASHWAVE_NO_MOUSE"

// screenOptions are those of a screen on the program's terminal.
func (p *program) screenOptions(c scenario.Config, ascii bool, d tui.Backend) tui.Options {
	return tui.Options{Theme: draw.Theme(c.Theme), ASCII: ascii || c.ASCII, NoMouse: c.NoMouse || p.env(noMouse) != "", Input: p.stdin, Output: p.stdout, Backend: d}
}
