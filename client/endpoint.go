package client

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// calls are what the URLs of single calls end with; base stands before the call and is
// part of a base URL.
var calls = []struct {
	base, call string
	api        API
}{
	{"", "/chat/completions", Chat},
	{"", "/completions", Completions},
	{"", "/embeddings", Embeddings},
	{"", "/responses", Responses},
	{"", "/messages", Messages},
	{"/api", "/generate", Generate},
}

// namedCall is the dialect of the single call that the path of a URL names, and what
// stands before that; api is "" where the path names none.
func namedCall(path string) (api API, base string) {
	path = strings.TrimRight(path, "/")
	for _, c := range calls {
		if strings.HasSuffix(path, c.base+c.call) {
			return c.api, strings.TrimSuffix(path, c.call)
		}
	}
	return "", path
}

// root is the end of a path that names an API as a whole.
var root = regexp.MustCompile(`/(v[0-9]+[a-z0-9]*|api)$`)

// endpoints says where calls go, and where the base of all else is. The URL is that of
// an endpoint's base, with or without its root, or that of a call.
func endpoints(api API, f facts, u *url.URL) (post, base *url.URL, err error) {
	if u.Path == "" {
		u.Path = "/" // or paths joined to it would be relative
	}
	if api == HTTP {
		return u, u, nil
	}
	switch named, before := namedCall(u.Path); {
	case named == api:
		base := *u
		base.Path, base.RawPath = before+"/", ""
		return u, &base, nil
	case named != "":
		return nil, nil, fmt.Errorf("the url is that of a call of api %s: name that api, or give the base URL, ending at %q", named, before)
	}
	base = u
	if f.rooted && !root.MatchString(strings.TrimRight(u.Path, "/")) {
		base = u.JoinPath(f.root)
	}
	return base.JoinPath(f.call), base, nil
}

// Usual is a client like c, but below the path that a base URL usually ends with (/v1),
// where that of c leaves it out; nil: it does not.
func (c *Client) Usual() *Client {
	given, err := endpointURL(c.cfg.URL)
	if err != nil || c.cfg.API == HTTP || root.MatchString(strings.TrimRight(c.base.Path, "/")) {
		return nil
	}
	if call, _ := namedCall(given.Path); call != "" {
		return nil
	}
	cfg := c.cfg
	cfg.URL = c.base.JoinPath(c.dialect.facts().root).String()
	usual, err := New(cfg)
	if err != nil {
		return nil
	}
	usual.declined.url.Store(true)
	return usual
}

// notFound says which URL was called in vain, and under which one calls are usual.
func (c *Client) notFound(called *url.URL) string {
	bare := *called
	bare.RawQuery = ""
	text := bare.String() + " was called"
	if usual := usualCall(c.dialect.facts(), c.post, c.base); usual != "" && c.cfg.API != HTTP {
		text += ", " + usual + " is usual"
	}
	return text
}

// usualCall is the URL under which a call is usually found, "" where that is the one.
func usualCall(f facts, post, base *url.URL) string {
	before := root.ReplaceAllString(strings.TrimRight(base.Path, "/"), "")
	usual := (&url.URL{Scheme: post.Scheme, Host: post.Host, Path: before + "/"}).JoinPath(f.root, f.call)
	if usual.Path == strings.TrimRight(post.Path, "/") {
		return ""
	}
	return usual.String()
}
