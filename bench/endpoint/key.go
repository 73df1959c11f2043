package endpoint

import (
	"errors"
	"io/fs"
	"net/http"
	"net/url"
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
// not shown: it may be the key. One that belongs to OpenAI is never sent elsewhere.
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
	case t.KeyEnv != "":
		if key := env(t.KeyEnv); key != "" {
			return key, nil
		}
		return "", &scenario.Error{
			Path: "target.key_env", Message: "the environment variable that key_env names is not set",
			Hint: "export it before the run; key_env takes its name, never the key",
		}
	}
	if key := env("FLASHWAVE_API_KEY"); key != "" {
		return key, nil
	}
	if openAI(t.URL, env("OPENAI_BASE_URL")) {
		return env("OPENAI_API_KEY"), nil
	}
	return "", nil
}

// openAI reports whether a URL is OpenAI's, or the one that OPENAI_BASE_URL names.
func openAI(target, base string) bool {
	if u, err := url.Parse(target); err == nil && u.Scheme == "https" && u.Host == "api.openai.com" {
		return true
	}
	return base != "" && strings.TrimRight(target, "/") == strings.TrimRight(base, "/")
}

// headers parses "K: V" lines. Values are in no error.
func headers(lines []string) (http.Header, error) {
	h := http.Header{}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, &scenario.Error{Path: "target.headers", Message: "a header is 'Name: value'"}
		}
		h.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return h, nil
}
