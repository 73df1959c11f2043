package cmd

import (
	"testing"

	"flashwave/bench/scenario"
)

// The file of the README's monitor is one.
func TestReadmeMonitor(t *testing.T) {
	known := []scenario.NamedTarget{{Name: "shop", Target: scenario.Default().Target}}
	m, err := scenario.ParseMonitor("endpoints.yaml", []byte(readmeBlock(t, "monitor")), known)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Resolve(scenario.Machine{}); err != nil {
		t.Fatal(err)
	}
	if len(m.Targets) != 3 || m.Alerts.Command != `notify-send "$FLASHWAVE_TEXT"` {
		t.Errorf("%+v", m)
	}
}

// A history has a folder of its own, whatever its name.
func TestFolder(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"shop", "a b", "a/b", "a-b", "..", ".", "", "127.0.0.1:8000 m", "tàu", "../../etc", "A", "a"} {
		dir := folder(name)
		if other, twice := seen[dir]; twice {
			t.Errorf("%q and %q are both kept in %q", name, other, dir)
		}
		seen[dir] = name
		if dir == "" || dir == "." || dir == ".." || dir[0] == '.' {
			t.Errorf("%q is kept in %q", name, dir)
		}
		for _, r := range dir {
			if r == '/' || r == '\\' || r > 0x7e || r <= ' ' {
				t.Errorf("%q is kept in %q", name, dir)
			}
		}
	}
}
