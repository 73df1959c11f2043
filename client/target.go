package client

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// setTarget reads the URL and the API: where requests go.
func (c *Client) setTarget() (err error) {
	u, err := ParseURL(c.cfg.URL)
	if err != nil {
		return err
	}
	if c.dialect, err = dialectOf(c.cfg); err != nil {
		return err
	}
	if c.endpoints, err = endpointsOf(c.cfg.API, c.dialect.facts(), u); err != nil {
		return err
	}
	switch {
	case c.cfg.API == HTTP:
	case c.cfg.Body != "":
		return fmt.Errorf("api %s makes its own body: a body template needs api %s", c.cfg.API, HTTP)
	case len(c.cfg.Token)+len(c.cfg.End)+len(c.cfg.FailIf) > 0 || c.cfg.Usage != "":
		return fmt.Errorf("api %s knows its own tokens, usage, end and errors: to say what they are needs api %s", c.cfg.API, HTTP)
	}
	if c.cfg.MaxEvent < 0 || c.cfg.MaxEvent > mostEvent {
		return fmt.Errorf("the limit of an event is not between 1 byte and %s", mebibytes(mostEvent))
	}
	return nil
}

// mostEvent is the largest limit of an event.
const mostEvent = 1 << 30

// ParseURL parses the URL of an endpoint. Secrets in it are refused, because
// a URL is shown and stored. One that is refused is not shown: it may be the key
// itself.
func ParseURL(text string) (*url.URL, error) {
	if text == "" {
		return nil, errors.New("no url: give the endpoint's base URL, such as http://127.0.0.1:8000/v1")
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("bad url: it cannot be read")
	}
	switch {
	case u.User != nil:
		return nil, errors.New("the url holds a user name or a password: give the key by environment variable or file")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("bad url: it must begin with http:// or https://")
	case u.Hostname() == "":
		return nil, errors.New("bad url: it names no host")
	case u.Fragment != "":
		return nil, errors.New("bad url: what follows # is never sent")
	}
	return u, nil
}

// setHeaders makes the two header sets that all requests share.
func (c *Client) setHeaders() error {
	header := http.Header{
		"Content-Type": {"application/json"},
		"User-Agent":   {"flashwave"},
	}
	maps.Copy(header, c.dialect.facts().header)
	if err := c.setKey(header); err != nil {
		return err
	}
	for name, values := range c.cfg.Header {
		if err := checkHeader(name, values); err != nil {
			return err
		}
		for _, value := range values {
			c.secrets.addHeader(value)
		}
		if strings.EqualFold(name, "Host") {
			c.host = strings.Join(values, "")
			continue
		}
		header[http.CanonicalHeaderKey(name)] = append([]string(nil), values...)
	}
	// A stamp inside a compressed stream means nothing, so none is asked for.
	header.Set("Accept-Encoding", "identity")
	c.plain, c.stream = header, header.Clone()
	if header.Get("Accept") == "" {
		c.plain.Set("Accept", "application/json")
		c.stream.Set("Accept", "text/event-stream, application/json")
	}
	return nil
}

// checkHeader refuses what could not be sent. Values stand in no error.
func checkHeader(name string, values []string) error {
	if name == "" || !printable(name) || !isPlain(name) || strings.ContainsAny(name, `()<>@,;:\"/[]?={}`) {
		return fmt.Errorf("bad header name %q", name)
	}
	for _, value := range values {
		if strings.ContainsAny(value, "\r\n\x00") {
			return fmt.Errorf("the value of header %s holds a line end", name)
		}
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return fmt.Errorf("the value of header %s holds a control character", name)
		}
	}
	return nil
}

func printable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }) < 0
}
