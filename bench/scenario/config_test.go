package scenario

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestConfig(t *testing.T) {
	t.Parallel()
	c, err := parseConfig("config.yaml", []byte(`
theme: light
ascii: true
targets:
  - {name: shop, url: "https://shop.example/v1", model: m, key_env: SHOP_KEY}
  - {name: here, url: "http://127.0.0.1:8000/v1"}
`))
	if err != nil {
		t.Fatal(err)
	}
	if c.Theme != "light" || !c.ASCII || len(c.Targets) != 2 || c.Targets[0].KeyEnv != "SHOP_KEY" || c.Targets[1].Timeout == 0 {
		t.Errorf("%+v", c)
	}
	s := Default()
	s.Aim("shop", c.Targets)
	if s.Target.URL != "https://shop.example/v1" || s.Target.Model != "m" {
		t.Errorf("%+v", s.Target)
	}
	s.Aim("http://127.0.0.1:9/v1", c.Targets)
	if s.Target.URL != "http://127.0.0.1:9/v1" {
		t.Errorf("%+v", s.Target)
	}
}

// The mouse is the screen's unless the file says otherwise, whatever else it says.
func TestConfigOfTheMouse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"theme: dark": true, "mouse: true": true, "mouse: false": false, "": true, "\n \n": true} {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if c, err := LoadConfig(path); err != nil || c.NoMouse == want {
			t.Errorf("%q: %+v, %v", text, c, err)
		}
	}
	if c, err := LoadConfig(filepath.Join(t.TempDir(), "none.yaml")); err != nil || c.NoMouse {
		t.Errorf("without a file: %+v, %v", c, err)
	}
}

func TestConfigIsStrict(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		line int
		path string
	}{
		"theme: pink":                                  {1, "theme"},
		"teme: dark":                                   {1, "teme"},
		"targets:\n  - {url: \"mock:\"}":               {2, ""},
		"targets:\n  - {name: a, api_key: x}":          {2, ""},
		"targets:\n  - {name: a}\n  - {name: a}":       {3, ""},
		"ascii: maybe":                                 {1, "ascii"},
		"mouse: no":                                    {1, "mouse"},
		"targets: shop":                                {1, "targets"},
		"targets:\n  - name: a\n    timeout: nonsense": {3, ""},
	} {
		_, err := parseConfig("config.yaml", []byte(text))
		var own *Error
		if !errors.As(err, &own) || own.Line != want.line || own.Hint == "" && own.Message == "" {
			t.Errorf("%q: %v, want one of line %d", text, err, want.line)
		}
	}
}

func TestConfigNeedNotExist(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if c, err := LoadConfig(filepath.Join(dir, "none.yaml")); err != nil || len(c.Targets) != 0 {
		t.Errorf("%+v, %v", c, err)
	}
	empty := filepath.Join(dir, "empty.yaml")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadConfig(empty); err != nil {
		t.Errorf("an empty file: %v", err)
	}
}
