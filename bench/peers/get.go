//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A getter gets a version of a program into a folder of its own and says where it lies.
type getter func(ctx context.Context, version, dir string) (exe string, err error)

// getAtMost is how long one peer may take to be got: some are built from source.
const getAtMost = 20 * time.Minute

// get is where a tool lies in the cache, after getting it if it is not there whole.
func (t *tool) find(ctx context.Context, cache string) (string, error) {
	dir := filepath.Join(cache, t.name+"-"+t.version)
	whole := filepath.Join(dir, ".whole") // holds where the program lies
	if exe, err := os.ReadFile(whole); err == nil {
		return string(exe), nil
	}
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o755)); err != nil {
		return "", err
	}
	tell("getting %s %s", t.name, t.version)
	ctx, cancel := context.WithTimeoutCause(ctx, getAtMost, errors.New("it took too long"))
	defer cancel()
	exe, err := t.get(ctx, t.version, dir)
	if err != nil {
		return "", err
	}
	return exe, os.WriteFile(whole, []byte(exe), 0o600)
}

// goModule builds a program of a Go module.
func goModule(path string) getter {
	return func(ctx context.Context, version, dir string) (string, error) {
		_, err := run(ctx, call{argv: []string{"go", "install", path + "@" + version}, env: []string{"GOBIN=" + dir}})
		parts := strings.Split(path, "/")
		name := parts[len(parts)-1]
		if strings.HasPrefix(name, "v") && strings.Trim(name[1:], "0123456789") == "" {
			name = parts[len(parts)-2] // the module's major version
		}
		return filepath.Join(dir, name), err
	}
}

// crate builds a program of a Rust crate.
func crate(name string) getter {
	return func(ctx context.Context, version, dir string) (string, error) {
		_, err := run(ctx, call{argv: []string{"cargo", "install", name, "--version", version, "--locked", "--quiet", "--root", dir}})
		return filepath.Join(dir, "bin", name), err
	}
}

// wheel installs a Python package into an environment of its own, made by the newest
// Python that the package takes.
func wheel(name string) getter {
	return func(ctx context.Context, version, dir string) (string, error) {
		bare, _, _ := strings.Cut(name, "[")
		last := errors.New("there is no python3")
		for _, python := range pythons() {
			if _, err := run(ctx, call{argv: []string{python, "-m", "venv", "--clear", dir}}); err != nil {
				last = err
				continue
			}
			_, err := run(ctx, call{argv: []string{filepath.Join(dir, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", name + "==" + version}})
			if err == nil || ctx.Err() != nil {
				return filepath.Join(dir, "bin", bare), err
			}
			last = err
		}
		return "", last
	}
}

// pythons are the interpreters to try: those on the path, then pyenv's, the newest first.
func pythons() []string {
	var found []string
	for _, name := range []string{"python3", "python3.13", "python3.12", "python3.11"} {
		if exe, err := exec.LookPath(name); err == nil {
			found = append(found, exe)
		}
	}
	if home, err := os.UserHomeDir(); err == nil {
		more, _ := filepath.Glob(filepath.Join(home, ".pyenv", "versions", "3.1[0-9].*", "bin", "python3"))
		slices.Reverse(more)
		found = append(found, more...)
	}
	return found
}

// debian unpacks a Debian package of a program's name and those of its libraries. Nothing
// is installed.
func debian(name string, libraries ...string) getter {
	return func(ctx context.Context, version, dir string) (string, error) {
		fetch := call{argv: append([]string{"sh", "-c", `cd "$0" && apt-get download "$@"`, dir, name + "=" + version}, libraries...)}
		_, err := run(ctx, fetch)
		if err != nil { // there may be no lists of packages yet
			_, _ = run(ctx, call{argv: []string{"apt-get", "update"}})
			_, err = run(ctx, fetch)
		}
		if err != nil {
			return "", err
		}
		archives, err := filepath.Glob(filepath.Join(dir, "*.deb"))
		if err != nil {
			return "", err
		}
		for _, a := range archives {
			if _, err := run(ctx, call{argv: []string{"dpkg-deb", "-x", a, dir}}); err != nil {
				return "", err
			}
		}
		return filepath.Join(dir, "usr", "bin", name), nil
	}
}

// tree builds flashwave itself, from the module this program belongs to, each time.
func tree(ctx context.Context, cache string) (string, error) {
	out, err := run(ctx, call{argv: []string{"go", "list", "-m", "-f", "{{.Dir}}", "flashwave"}})
	if err != nil {
		return "", fmt.Errorf("run this within flashwave's module: %w", err)
	}
	exe := filepath.Join(cache, "flashwave")
	_, err = run(ctx, call{argv: []string{"go", "build", "-C", strings.TrimSpace(string(out.stdout)), "-trimpath", "-ldflags=-s -w", "-o", exe, "."}})
	return exe, err
}
