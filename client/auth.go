package client

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A Scheme is how a key is sent.
type Scheme string

// The ways to send a key.
const (
	Bearer  Scheme = "bearer"    // Authorization: Bearer KEY
	APIKey  Scheme = "api-key"   // api-key: KEY, as Azure wants it
	XAPIKey Scheme = "x-api-key" // x-api-key: KEY, as Anthropic wants it
	Basic   Scheme = "basic"     // Authorization: Basic, of a key USER:PASSWORD
	NoAuth  Scheme = "none"      // not at all
)

// Schemes lists all ways to send a key.
func Schemes() []Scheme { return []Scheme{Bearer, APIKey, XAPIKey, Basic, NoAuth} }

// setKey puts the key into the fields of all requests.
func (c *Client) setKey(header http.Header) error {
	auth := c.cfg.Auth
	if auth == "" {
		auth = c.dialect.facts().auth
		if auth == Bearer && strings.HasSuffix(c.post.Hostname(), ".azure.com") {
			auth = APIKey
		}
	}
	if !slices.Contains(Schemes(), auth) {
		return fmt.Errorf("unknown auth %q: use one of %s", auth, strings.Trim(fmt.Sprint(Schemes()), "[]"))
	}
	key := c.cfg.Key
	if key == "" || auth == NoAuth {
		return nil
	}
	c.secrets.add(key)
	switch {
	case auth == Basic:
		return c.setBasic(header, key)
	case !printable(key):
		return errors.New("the key holds spaces or control characters: is there a line end in it?")
	case auth == Bearer:
		header.Set("Authorization", "Bearer "+key)
	default:
		header.Set(string(auth), key)
	}
	return nil
}

// setBasic sends a user and a password (RFC 7617).
func (c *Client) setBasic(header http.Header, key string) error {
	_, password, isPair := strings.Cut(key, ":")
	if !isPair || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return errors.New("the key of auth basic is not USER:PASSWORD on one line")
	}
	coded := base64.StdEncoding.EncodeToString([]byte(key))
	c.secrets.add(password)
	c.secrets.add(coded)
	header.Set("Authorization", "Basic "+coded)
	return nil
}
