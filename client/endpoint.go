package client

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"flashwave/client/api"
)

// root is the end of a path that names an API as a whole.
var root = regexp.MustCompile(`/(v[0-9]+[a-z0-9]*|api)$`)

// endpoints are where calls go.
type endpoints struct {
	post *url.URL // a request
	talk *url.URL // one that is a conversation
	base *url.URL // what stands before the call, for all else
}

// endpointsOf says where calls go. The URL is that of an endpoint's base, with or without
// its root, or that of a call. Under that of conversations all is one.
func endpointsOf(of API, f facts, u *url.URL) (e endpoints, err error) {
	if u.Path == "" {
		u.Path = "/" // or paths joined to it would be relative
	}
	if of == HTTP {
		return endpoints{u, u, u}, nil
	}
	switch named, before, call := api.Called(u.Path); {
	case named == of:
		base := *u
		base.Path, base.RawPath = before+"/", ""
		e = endpoints{u, u, &base}
		if f.talk != "" && call == "/"+f.call {
			talk := base
			talk.Path += f.talk
			e.talk = &talk
		}
		return e, nil
	case named != "":
		return e, fmt.Errorf("the url is that of a call of api %s: name that api, or give the base URL, ending at %q", named, before)
	}
	base := u
	if f.rooted && !root.MatchString(strings.TrimRight(u.Path, "/")) {
		base = u.JoinPath(f.root)
	}
	post := base.JoinPath(f.call)
	e = endpoints{post, post, base}
	if f.talk != "" {
		e.talk = base.JoinPath(f.talk)
	}
	return e, nil
}

// Usual is a client like c, but below the path that a base URL usually ends with (/v1),
// where that of c leaves it out; nil: it does not.
func (c *Client) Usual() *Client {
	given, err := ParseURL(c.cfg.URL)
	if err != nil || c.cfg.API == HTTP || root.MatchString(strings.TrimRight(c.base.Path, "/")) {
		return nil
	}
	if named, _, _ := api.Called(given.Path); named != "" {
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
	if usual := usualCall(c.dialect.facts(), called, c.base); usual != "" && c.cfg.API != HTTP {
		text += ", " + usual + " is usual"
	}
	return text
}

// usualCall is the URL under which a call is usually found, "" where that is the one.
func usualCall(f facts, post, base *url.URL) string {
	before := root.ReplaceAllString(strings.TrimRight(base.Path, "/"), "")
	root := (&url.URL{Scheme: post.Scheme, Host: post.Host, Path: before + "/"}).JoinPath(f.root)
	usual, called := root.JoinPath(f.call), strings.TrimRight(post.Path, "/")
	if usual.Path == called || f.talk != "" && root.JoinPath(f.talk).Path == called {
		return ""
	}
	return usual.String()
}
