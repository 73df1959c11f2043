package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Models asks the endpoint for the ids of its models, in its own order. An error
// says what went wrong, without keys. It takes at most Config.Timeout.
func (c *Client) Models(ctx context.Context) ([]string, error) {
	if c.dialect.facts().models == "" {
		return nil, errors.New("api http has no list of models")
	}
	if c.cfg.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.cfg.Timeout)
		defer cancel()
	}
	ids, err := c.models(ctx)
	if errors.Is(err, ErrUnreachable) {
		return nil, fmt.Errorf("%s %w: %s", c.Address(), ErrUnreachable, c.clean(errors.Unwrap(err).Error(), nil))
	}
	if err != nil {
		told := fmt.Errorf("models of %s: %s", c.Address(), c.clean(err.Error(), nil))
		switch {
		case errors.Is(err, ErrNotFound):
			return nil, notThere{told}
		case errors.Is(err, ErrDenied):
			return nil, denied{told}
		}
		return nil, told
	}
	return ids, nil
}

// ErrNotFound is why Models fails where the URL leads to no list.
var ErrNotFound = errors.New("not found")

// notThere is the error of an answer 404.
type notThere struct{ error }

func (n notThere) Is(target error) bool { return target == ErrNotFound }

// ErrDenied is why Models fails where the endpoint wants another key, or one at all.
var ErrDenied = errors.New("denied")

// denied is the error of an answer 401 or 403.
type denied struct{ error }

func (d denied) Is(target error) bool { return target == ErrDenied }

// ErrUnreachable is why Models fails when there was no answer at all.
var ErrUnreachable = errors.New("cannot be reached")

// unreachable is the error of a call that got no answer.
type unreachable struct{ error }

func (u unreachable) Is(target error) bool { return target == ErrUnreachable }
func (u unreachable) Unwrap() error        { return u.error }

func (c *Client) models(ctx context.Context) ([]string, error) {
	url := c.base.JoinPath(c.dialect.facts().models)
	request := &http.Request{Method: http.MethodGet, URL: url, Host: c.host, Header: c.plain}
	resp, err := c.standard.pooled.RoundTrip(request.WithContext(ctx))
	if err != nil {
		if f := c.unestablished(exchangeFailure(err)); c.cfg.HTTP2 && f.outcome == Reset {
			return nil, unreachable{errors.New(f.text)}
		}
		return nil, unreachable{plainError(err)}
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode < 200 { // the connection is handed over: no context would end a read
		return nil, errors.New(refusal(resp, nil))
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, int64(c.cfg.MaxEvent)))
	if resp.StatusCode != http.StatusOK {
		text := refusal(resp, body)
		switch resp.StatusCode {
		case http.StatusNotFound:
			return nil, notThere{errors.New(text + " (" + c.notFound(url) + ")")}
		case http.StatusUnauthorized, http.StatusForbidden:
			return nil, denied{errors.New(text)}
		}
		return nil, errors.New(text)
	}
	if err != nil {
		return nil, err
	}
	var list struct {
		Data   []struct{ ID string }
		Models []struct{ Name string } // Ollama's
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, fmt.Errorf("the list is not what the API promises: %w", err)
	}
	if list.Data == nil {
		for _, model := range list.Models {
			list.Data = append(list.Data, struct{ ID string }{model.Name})
		}
	}
	ids := make([]string, 0, len(list.Data))
	for _, model := range list.Data {
		id := c.line(model.ID, textLimit)
		if id != model.ID { // asked for under this name it would not be found
			return nil, fmt.Errorf("a model has a name that cannot be shown: %s", id)
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// refusal says what a response that is no list means.
func refusal(resp *http.Response, body []byte) string {
	return statusText(resp.StatusCode, resp.Header.Get("Location"), contentCoding(resp.Header), body)
}
