package spec

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// An Address is where a Redis server is. Its text holds no secret.
type Address struct {
	Host     string // with its port
	TLS      bool
	User     string // of the ACL; "": the default one
	Database int
}

// ErrUnsupported is wrapped by errors over ways to reach Redis that this package knows but
// does not go.
var ErrUnsupported = errors.New("not supported")

// ErrPassword is the error over a URL that holds one.
var ErrPassword = errors.New("the Redis URL holds a password")

// ParseAddress reads redis://[USER@]HOST[:PORT][/DATABASE], or rediss:// for TLS. Its errors
// do not show what was given: it may hold a password.
func ParseAddress(text string) (a Address, err error) {
	scheme, rest, found := strings.Cut(text, "://")
	switch {
	case !found:
		return a, errors.New("a Redis URL begins with redis:// or rediss://")
	case strings.Contains(scheme, "cluster"):
		return a, fmt.Errorf("a Redis Cluster is %w: its keys lie on many servers, and no pipeline reads them at one instant", ErrUnsupported)
	case strings.Contains(scheme, "sentinel"):
		return a, fmt.Errorf("a URL of Redis Sentinels is %w: give that of the master itself", ErrUnsupported)
	case scheme == "unix" || strings.HasSuffix(scheme, "+unix"):
		return a, fmt.Errorf("a Unix socket is %w: give redis://HOST:PORT", ErrUnsupported)
	case scheme != "redis" && scheme != "rediss":
		return a, errors.New("a Redis URL begins with redis:// or rediss://")
	}
	host, _, _ := strings.Cut(rest, "/")
	if strings.Contains(host, ",") {
		return a, fmt.Errorf("several hosts are %w: give that of one Redis server, which is neither a cluster nor a sentinel", ErrUnsupported)
	}
	u, err := url.Parse(text)
	if err != nil {
		return a, errors.New("the Redis URL is not valid")
	}
	if _, has := u.User.Password(); has {
		return a, ErrPassword
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return a, errors.New("a Redis URL has neither ? nor #")
	}
	port := u.Port()
	if port == "" {
		port = "6379"
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 || u.Hostname() == "" {
		return a, errors.New("the Redis URL has no host or a wrong port")
	}
	name := u.Hostname()
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	a = Address{Host: name + ":" + port, TLS: scheme == "rediss", User: u.User.Username()}
	if db := strings.Trim(u.Path, "/"); db != "" {
		if a.Database, err = strconv.Atoi(db); err != nil || a.Database < 0 {
			return a, errors.New("what follows the host of a Redis URL is the number of a database")
		}
	}
	return a, nil
}

// String is the URL again.
func (a Address) String() string {
	scheme, user, database := "redis", "", ""
	if a.TLS {
		scheme = "rediss"
	}
	if a.User != "" {
		user = url.User(a.User).String() + "@"
	}
	if a.Database > 0 {
		database = "/" + strconv.Itoa(a.Database)
	}
	return scheme + "://" + user + a.Host + database
}
