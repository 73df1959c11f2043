package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"flashwave/bench/files"
	"flashwave/bench/price"
	"flashwave/bench/scenario"
	"flashwave/client"
	"flashwave/client/mock"
)

// mockURL is the target that means the built-in endpoint.
const mockURL = "mock:"

// A Setup is a scenario that is ready to run: everything that can be found wrong
// before the first request has been looked at.
type Setup struct {
	Options
	Loopback bool // the target is on this machine

	client *client.Client
	mock   *mock.Server
}

// Prepare opens what a resolved scenario needs: the built-in endpoint if it is the
// target, the client with its key, the model, prompts and prices. Only the list of
// models is asked of the endpoint. env looks up environment variables. An error that
// is a *scenario.Error may have a hint.
func Prepare(ctx context.Context, sc *scenario.Scenario, env func(string) string) (*Setup, error) {
	s := &Setup{Options: Options{Scenario: sc, Epoch: time.Now()}}
	if err := s.prepare(ctx, env); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Setup) prepare(ctx context.Context, env func(string) string) (err error) {
	target := s.Scenario.Target
	priceHost := ""
	if target.URL == mockURL {
		if target.URL, err = s.startMock(s.Scenario.Seed); err != nil {
			return err
		}
		if target.API == string(client.Generate) { // Ollama's has no version
			target.URL = strings.TrimSuffix(target.URL, "/v1")
		}
		s.InProcessMock, priceHost = true, "mock"
	}
	if err := s.connect(target, env); err != nil {
		return err
	}
	if err := s.model(ctx); err != nil {
		return err
	}
	if err := s.openPrompts(); err != nil {
		return err
	}
	if priceHost == "" {
		priceHost = hostname(target.URL)
	}
	if err := s.findPrice(priceHost); err != nil {
		return err
	}
	return s.bounded()
}

// Close ends the built-in endpoint and the connections.
func (s *Setup) Close() {
	if s.client != nil {
		s.client.Close()
	}
	if s.mock != nil {
		_ = s.mock.Close() // its listener was closed with it
	}
}

// startMock serves the built-in endpoint on a free loopback port.
func (s *Setup) startMock(seed uint64) (base string, err error) {
	config := mock.Default()
	config.Seed = seed
	if s.mock, err = mock.New(config); err != nil {
		return "", err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("the built-in endpoint found no port: %w", err)
	}
	go func() { _ = s.mock.Serve(listener) }() // ends with Close
	return "http://" + listener.Addr().String() + "/v1", nil
}

// connect makes the client.
func (s *Setup) connect(t scenario.Target, env func(string) string) (err error) {
	key, err := findKey(t, env)
	if err != nil {
		return err
	}
	header, err := headers(t.Headers, env)
	if err != nil {
		return err
	}
	s.client, err = client.New(client.Config{
		URL: t.URL, API: client.API(t.API), Body: t.Body, Token: t.Token, Usage: t.Usage, FailIf: t.FailIf,
		Key: key, Auth: client.Scheme(t.Auth), Header: header,
		MaxTokensKey: t.MaxTokensKey, NoUsage: t.NoUsage, MaxEvent: int(t.MaxEvent),
		Connections: t.Connections, HTTP2: t.HTTP2, Insecure: t.Insecure,
		CA: t.CA, ClientCert: t.ClientCert, ClientKey: t.ClientKey,
		Proxy: t.Proxy, ConnectTo: t.ConnectTo, Transport: client.Transport(t.Transport),
		Timeout: t.Timeout.D(), IdleTimeout: t.IdleTimeout.D(), ConnectTimeout: connectTimeout(t.Timeout.D()),
		Retries: t.Retries, Epoch: s.Epoch,
	})
	if err != nil {
		return &scenario.Error{Path: "target", Message: err.Error()}
	}
	s.Client, s.Target = s.client, s.client.Address()
	s.Loopback = isLoopback(s.Target)
	if s.mock != nil {
		s.Target = "the built-in endpoint"
	}
	return nil
}

// connectTimeout bounds dialling and TLS: a server that cannot accept within ten
// seconds is down for a customer.
func connectTimeout(total time.Duration) time.Duration { return min(total, 10*time.Second) }

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
	if u, err := url.Parse(t.URL); err == nil && u.Scheme == "https" && u.Host == "api.anthropic.com" {
		return env("ANTHROPIC_API_KEY"), nil
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

// model settles which model is asked, by asking the endpoint if need be. An
// endpoint that cannot be reached is found out here, before a thousand requests
// fail on it.
func (s *Setup) model(ctx context.Context) error {
	t := &s.Scenario.Target
	if s.mock != nil && t.Model == "" {
		t.Model = mock.Default().Models[0]
	}
	if s.mock != nil || t.API == string(client.HTTP) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	ids, err := s.models(ctx)
	if errors.Is(err, client.ErrUnreachable) {
		return &scenario.Error{Path: "target.url", Message: err.Error(), Hint: "is the endpoint running, and is --url right? (flashwave mock starts one)"}
	}
	switch {
	case t.Model != "":
		return nil
	case err != nil:
		return &scenario.Error{Path: "target.model", Message: "the endpoint does not list its models: " + err.Error(), Hint: "name one with --model"}
	case len(ids) == 1:
		t.Model = ids[0]
		return nil
	case len(ids) == 0:
		return &scenario.Error{Path: "target.model", Message: "the endpoint lists no model", Hint: "name one with --model"}
	}
	return &scenario.Error{Path: "target.model", Message: "the endpoint has several models", Hint: "choose one with --model: " + strings.Join(ids[:min(len(ids), 20)], ", ")}
}

// models lists the models of the endpoint: under the URL that was given, or under the
// usual one if that has nothing there and this has.
func (s *Setup) models(ctx context.Context) ([]string, error) {
	ids, err := s.client.Models(ctx)
	if !errors.Is(err, client.ErrNotFound) {
		return ids, err
	}
	usual := s.client.Usual()
	if usual == nil {
		return ids, err
	}
	found, nowhere := usual.Models(ctx)
	if nowhere != nil {
		usual.Close()
		return ids, err
	}
	s.client.Close()
	s.client, s.Client = usual, usual
	return found, nil
}

// openPrompts opens the workload of each lane.
func (s *Setup) openPrompts() error {
	for _, l := range s.Scenario.Lanes {
		source, err := s.Scenario.Prompts(workload(s.Scenario, l))
		if err != nil {
			return &scenario.Error{Path: "workload.prompts", Message: err.Error()}
		}
		s.Prompts = append(s.Prompts, source)
	}
	return nil
}

// findPrice looks the model up in the price book. A budget needs a price.
func (s *Setup) findPrice(host string) (err error) {
	sc := s.Scenario
	if s.Price, err = priceOf(sc, host); err != nil || s.Price != nil || sc.Budget == 0 {
		return err
	}
	return &scenario.Error{
		Path: "budget", Message: fmt.Sprintf("a budget needs a price, and that of %s at %s is unknown", sc.Target.Model, host),
		Hint: "give it with --price IN,OUT (USD per million tokens) or --prices FILE",
	}
}

// PriceOf is the price of a resolved scenario's model where it is asked; nil: unknown.
// Nothing is connected to.
func PriceOf(sc *scenario.Scenario) (*price.Price, error) {
	if sc.Target.URL == mockURL {
		return priceOf(sc, "mock")
	}
	return priceOf(sc, hostname(sc.Target.URL))
}

// priceOf is the scenario's own price, or else that of the book at a host.
func priceOf(sc *scenario.Scenario, host string) (*price.Price, error) {
	if p := sc.Price; p != nil {
		return &price.Price{Input: p.Input, Cached: p.Cached, Output: p.Output}, nil
	}
	book, err := BookOf(sc)
	if err != nil {
		return nil, err
	}
	if p, ok := book.Lookup(host, sc.Target.Model); ok {
		return &p, nil
	}
	return nil, nil
}

// Book is the setup's price book, see [BookOf].
func (s *Setup) Book() (*price.Book, error) { return BookOf(s.Scenario) }

// BookOf is the price book: the built-in one with the scenario's own over it.
func BookOf(sc *scenario.Scenario) (*price.Book, error) {
	book := price.Builtin()
	if file := sc.Prices; file != "" {
		own, err := price.Load(file)
		if err != nil {
			return nil, &scenario.Error{Path: "prices", Message: err.Error()}
		}
		book.Overlay(own)
	}
	return book, nil
}

// unbounded are the words of a request that lift the bound of max_tokens.
var unbounded = []string{"n", "best_of", "max_tokens", "max_completion_tokens", "max_output_tokens", "options"}

// bounded refuses a budget over requests whose worst case is unknown.
func (s *Setup) bounded() error {
	sc := s.Scenario
	if sc.Budget == 0 {
		return nil
	}
	if sc.Target.API == string(client.HTTP) && !strings.Contains(sc.Target.Body, ".max_tokens") {
		return &scenario.Error{
			Path: "target.body", Message: "a budget needs a bound of the answer's length, and the body does not use max_tokens",
			Hint: `put {{.max_tokens}} where your endpoint takes the limit`,
		}
	}
	for _, l := range sc.Lanes {
		var extra map[string]json.RawMessage
		if body := workload(sc, l).ExtraBody; len(body) > 0 && json.Unmarshal(body, &extra) != nil {
			continue // the client says what is wrong with it
		}
		for _, word := range unbounded {
			if _, ok := extra[word]; ok {
				return &scenario.Error{
					Path: "workload.extra_body", Message: fmt.Sprintf("a budget needs a bound of the answer's length, and extra_body sets %q", word),
					Hint: "say it with max_tokens, or leave the budget out",
				}
			}
		}
	}
	return nil
}

// hostname is the host of a URL without its port.
func hostname(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// isLoopback reports whether host:port is on this machine.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
