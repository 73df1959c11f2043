package endpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"flashwave/bench/files"
	"flashwave/bench/scenario"
)

// cause is why a file could not be read, without what was taken for its path.
func cause(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}

// maxKey is far more than any key has, in bytes.
const maxKey = 64 << 10

// findKey looks the key up. What stands where a name or a path was expected is
// not shown: it may be the key. One that belongs to a vendor is never sent elsewhere.
func findKey(t scenario.Target, env func(string) string) (string, error) {
	switch {
	case t.KeyFile != "":
		b, err := files.Read(t.KeyFile, maxKey)
		if err != nil {
			return "", &scenario.Error{
				Path: "target.key_file", Message: "the key file cannot be read: " + cause(err),
				Hint: "key_file is the path of a file that holds the key",
			}
		}
		if key := strings.TrimSpace(string(b)); key != "" {
			return key, nil
		}
		return "", &scenario.Error{Path: "target.key_file", Message: "the key file is empty"}
	case t.KeyEnv != "" && env(t.KeyEnv) == "":
		return "", &scenario.Error{
			Path: "target.key_env", Message: "the environment variable that key_env names is not set",
			Hint: "export it before the run; key_env takes its name, never the key",
		}
	}
	return env(KeyVariable(t, env)), nil
}

// ownKey is the variable that is looked at for every target that names none.
const ownKey = "FLASHWAVE_API_KEY"

// KeyVariable is the environment variable whose key a target gets, set or not, unless it
// names a file. One that belongs to a vendor is never that of another target.
func KeyVariable(t scenario.Target, env func(string) string) string {
	switch {
	case t.KeyEnv != "":
		return t.KeyEnv
	case env(ownKey) != "":
		return ownKey
	case openAI(t.URL, env("OPENAI_BASE_URL")):
		return "OPENAI_API_KEY"
	}
	if u, err := url.Parse(t.URL); err == nil && u.Scheme == "https" && u.Host == "api.anthropic.com" {
		return "ANTHROPIC_API_KEY"
	}
	return ownKey
}

// openAI reports whether a URL is OpenAI's, or the one that OPENAI_BASE_URL names.
func openAI(target, base string) bool {
	if u, err := url.Parse(target); err == nil && u.Scheme == "https" && u.Host == "api.openai.com" {
		return true
	}
	return base != "" && strings.TrimRight(target, "/") == strings.TrimRight(base, "/")
}

// variable is an environment variable in the value of a header.
var variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// headers parses "K: V" lines; ${NAME} in a value is an environment variable. Values are
// in no error.
func headers(lines []string, env func(string) string) (http.Header, error) {
	h := http.Header{}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, &scenario.Error{Path: "target.headers", Message: "a header is 'Name: value'"}
		}
		for _, found := range variable.FindAllStringSubmatch(value, -1) {
			if env(found[1]) == "" {
				return nil, &scenario.Error{Path: "target.headers", Message: fmt.Sprintf("the environment variable %s, which header %s wants, is not set", found[1], strings.TrimSpace(name))}
			}
		}
		value = variable.ReplaceAllStringFunc(value, func(v string) string { return env(v[2 : len(v)-1]) })
		h.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return h, nil
}
