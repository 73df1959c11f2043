package client

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
)

// The keys of the most tokens of a chat.
const (
	maxTokens           = "max_tokens"
	maxCompletionTokens = "max_completion_tokens"
)

// declined is what was asked of an endpoint in vain, so that it is not asked for again:
// what it answered with a 400 that names it, a protocol that it does not speak, a URL
// under which it is not found.
type declined struct{ usage, limit, http2, url atomic.Bool }

// completing are the models that take the limit of a chat as max_completion_tokens alone,
// which counts their reasoning: OpenAI's of series o and from GPT-5 on
// (https://platform.openai.com/docs/guides/reasoning), whoever serves them.
var completing = regexp.MustCompile(`^(.*/)?(o[1-9]\d*|gpt-([5-9]|\d\d+))([-.].*)?$`)

// manner is how a request is worded.
func (c *Client) manner(req *Request) manner {
	m := manner{usage: !c.cfg.NoUsage && !c.declined.usage.Load(), limit: c.cfg.MaxTokensKey}
	if m.limit == "" {
		m.limit = maxTokens
		if c.declined.limit.Load() || c.cfg.API == Chat && completing.MatchString(req.Model) {
			m.limit = maxCompletionTokens
		}
	}
	if talk := c.dialect.facts().talk; talk != "" {
		m.talk = c.talk == c.post || req.converses()
	}
	return m
}

// adapts reports whether an attempt was refused for something that is not needed: it is
// repeated without.
func (x *call) adapts(f *failure) bool {
	status := x.res.Status
	if f == nil || status != http.StatusBadRequest && status != http.StatusUnprocessableEntity || x.watch.cause() != nil {
		return false
	}
	c, api := x.client, x.client.cfg.API
	switch {
	case api != Chat && api != Completions:
		return false
	case x.streams && x.manner.usage && !bytes.Contains(x.req.Extra, []byte("stream_options")) && strings.Contains(f.text, "stream_options"):
		c.declined.usage.Store(true)
	case api == Chat && c.cfg.MaxTokensKey == "" && x.req.MaxTokens > 0 && x.manner.limit == maxTokens && strings.Contains(f.text, maxCompletionTokens):
		c.declined.limit.Store(true)
	default:
		return false
	}
	return true
}

// Adapted says where requests were not made, or answers not read, as they were meant to
// be, for the endpoint would not have it: sentences for people.
func (c *Client) Adapted() (list []string) {
	if c.declined.url.Load() {
		list = append(list, "the URL leaves out what is usual, and nothing was found there: requests went to "+c.post.Scheme+"://"+c.post.Host+c.post.Path)
	}
	if c.declined.http2.Load() {
		list = append(list, "the server does not speak HTTP/2: requests went over HTTP/1.1")
	}
	if c.declined.usage.Load() {
		list = append(list, "the endpoint refused stream_options: requests went without it, and where no usage came tokens are counted events")
	}
	if c.declined.limit.Load() {
		list = append(list, "the endpoint refused max_tokens: requests went with max_completion_tokens")
	}
	if d, isOwn := c.dialect.(*custom); isOwn {
		list = append(list, d.unheard()...)
	}
	return list
}
