package cmd

import (
	"os"
	"path/filepath"
	"testing"

	"flashwave/bench/scenario"
	"flashwave/tui/draw"
)

// The config file may name every theme of the screens.
func TestEveryThemeCanBeNamed(t *testing.T) {
	for _, theme := range draw.Themes {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte("theme: "+string(theme)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if c, err := scenario.LoadConfig(path); err != nil || c.Theme != string(theme) {
			t.Errorf("%s is read as %q: %v", theme, c.Theme, err)
		}
	}
}
