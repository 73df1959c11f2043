package scenario

import (
	"bytes"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"

	"flashwave/bench/files"
)

// A Config is what a user has settled for every run: the file config.yaml.
//
//	targets:
//	  - {name: shop, url: "https://llm.shop.example/v1", model: deepseek-v3.2, key_env: SHOP_KEY}
//	theme: dark
//	ascii: false
//	mouse: true
type Config struct {
	Targets []NamedTarget
	Theme   string // auto, dark, light, high-contrast or mono; "": auto
	ASCII   bool   // draw with ASCII characters alone
	NoMouse bool   // leave clicks and the wheel to the terminal
}

// A NamedTarget is an endpoint that can be called by its name wherever a URL is
// asked for.
type NamedTarget struct {
	Name string
	Target
}

// themes are the words that the file may say.
var themes = []string{"auto", "dark", "light", "high-contrast", "mono"}

// LoadConfig reads a config file, as strictly as [Load] reads scenarios. One that
// does not exist is the zero Config.
func LoadConfig(path string) (Config, error) {
	data, err := files.Read(path, maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Config{}, nil
	case err != nil:
		return Config{}, &Error{File: path, Message: "the config cannot be read: " + cause(err).Error()}
	case len(bytes.TrimSpace(data)) == 0:
		return Config{}, nil
	}
	return parseConfig(path, data)
}

func parseConfig(file string, data []byte) (c Config, err error) {
	root, err := parseYAML(file, data)
	if err != nil {
		return c, err
	}
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return c, unreadable(file, err)
	}
	r := &reader{origin: newOrigin(file), dir: dir}
	if err := r.mapping(value{reader: r, node: root}, c.fields()); err != nil {
		return Config{}, err
	}
	return c, nil
}

func (c *Config) fields() []field {
	return []field{
		{"targets", c.readTargets, nil},
		scalar("theme", func(s string) error {
			if !slices.Contains(themes, s) {
				return &Error{Message: "no theme", Hint: "write auto, dark, light, high-contrast or mono"}
			}
			c.Theme = s
			return nil
		}, nil),
		flagField("ascii", &c.ASCII, false),
		c.mouse(),
	}
}

// mouse is the field that says what [Config.NoMouse] denies.
func (c *Config) mouse() field {
	mouse := true
	f := flagField("mouse", &mouse, true)
	return field{f.word, func(v value) error {
		err := f.read(v)
		c.NoMouse = !mouse
		return err
	}, nil}
}

func (c *Config) readTargets(v value) error {
	items, err := v.items()
	if err != nil {
		return err
	}
	for _, item := range items {
		t := NamedTarget{Target: Default().Target}
		if err := v.mapping(item, append([]field{neededField("name", &t.Name)}, t.fields()...)); err != nil {
			return err
		}
		switch {
		case t.Name == "":
			return item.fail("give it a name", "a target has no name")
		case c.named(t.Name):
			return item.fail("names are the way to call them", "two targets are named %q", brief(t.Name))
		}
		c.Targets = append(c.Targets, t)
	}
	return nil
}

func (c *Config) named(name string) bool {
	return slices.ContainsFunc(c.Targets, func(t NamedTarget) bool { return t.Name == name })
}

// Aim points the scenario at an address: the name of a target of the config, or a
// URL. Of a named target all its words count.
func (s *Scenario) Aim(address string, targets []NamedTarget) {
	s.Target.URL = address
	for _, t := range targets {
		if t.Name == address {
			s.Target = t.Target
		}
	}
	s.Replaced("target.url")
}
