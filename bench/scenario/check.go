package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"flashwave/bench/arrival"
	"flashwave/bench/price"
	"flashwave/client/api"
)

// checkTarget checks what is said of the endpoint, without asking it.
func (s *Scenario) checkTarget() error {
	t := &s.Target
	for _, check := range []func() error{t.checkURL, t.checkAPI, t.checkKey, t.checkHeaders, t.checkProxy, t.checkServerMetrics, t.checkTimes} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkURL never shows what stands where a URL should: it may be the key.
func (t *Target) checkURL() error {
	const path = "target.url"
	switch {
	case t.URL == MockURL:
		return nil
	case t.URL == "":
		return wrong(path, "give the base URL, for example https://api.openai.com/v1", "url is empty")
	case strings.HasPrefix(t.URL, MockURL):
		return wrong(path, "write mock: for the built-in endpoint", "nothing follows mock:")
	case !strings.Contains(t.URL, "://"):
		return wrong(path, "write "+guessScheme(t.URL)+":// in front of it", "url has no scheme")
	}
	if t.API == QueueAPI {
		return t.checkRedis()
	}
	u, err := url.Parse(t.URL)
	if err != nil {
		return wrong(path, "for example https://api.openai.com/v1", "url is not valid")
	}
	if u.User != nil || slices.ContainsFunc(queryWords(u), secret) {
		return wrong(path, noSecretHint, "url holds a secret: "+noSecret)
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return wrong(path, "write http:// or https://", "url has an unknown scheme")
	case u.Hostname() == "" || !validPort(u.Port()):
		return wrong(path, "for example https://api.openai.com/v1", "url has no host or a wrong port")
	case u.Fragment != "":
		return wrong(path, "leave out # and what follows it", "url has a fragment")
	}
	return t.checkCall(u)
}

// checkCall holds a URL that names a single call against the dialect.
func (t *Target) checkCall(u *url.URL) error {
	of, _, call := api.Called(u.Path)
	if of == "" || t.API == apiHTTP || t.API == string(of) {
		return nil
	}
	return wrong("target.url", "write api: "+string(of)+" (--api "+string(of)+"), or the base URL, without "+call, "url is that of a call of api %s, and the api is %s", of, t.API)
}

// guessScheme is http for what is near, https for the rest.
func guessScheme(address string) string {
	host, _, _ := strings.Cut(address, "/")
	if name, port, err := net.SplitHostPort(host); err == nil && port != "443" && (name == "localhost" || net.ParseIP(name) != nil || !strings.Contains(name, ".")) {
		return "http"
	}
	if host == "localhost" || net.ParseIP(host) != nil {
		return "http"
	}
	return "https"
}

func queryWords(u *url.URL) []string {
	var words []string
	for word := range u.Query() {
		words = append(words, word)
	}
	return words
}

func validPort(port string) bool {
	if port == "" {
		return true
	}
	n, err := strconv.Atoi(port)
	return err == nil && n > 0 && n < 1<<16
}

// The dialects, and the ways to send a key.
var (
	apis  = append(words(api.All()), QueueAPI)
	auths = []string{"", "bearer", "api-key", "x-api-key", "basic", "none"}
)

// words are dialects as a scenario names them.
func words(list []api.API) (texts []string) {
	for _, a := range list {
		texts = append(texts, string(a))
	}
	return texts
}

func (t *Target) checkAPI() error {
	switch {
	case !slices.Contains(apis, t.API):
		return wrong("target.api", didYouMean(t.API, apis), "unknown api %q", t.API)
	case t.API == apiHTTP && strings.TrimSpace(t.Body) == "":
		return wrong("target.api", `give its JSON, for example body: '{"prompt": {{json .prompt}}}'`, "api http needs a body")
	case t.API != apiHTTP && t.Body != "":
		return wrong("target.body", "write api: http, or leave the body out", "api %s makes its own body", t.API)
	case t.API != apiHTTP && len(t.Token) > 0: // not shown: it may be a key
		return wrong("target.token", "token says which events of api http are tokens; for a key use key_env or key_file", "api %s knows its own tokens", t.API)
	case t.API != apiHTTP && t.Usage != "":
		return wrong("target.usage", "write api: http, or leave it out", "api %s knows its own usage", t.API)
	case t.API != apiHTTP && len(t.End) > 0:
		return wrong("target.end", "write api: http, or leave it out", "api %s knows its own end", t.API)
	case t.API != apiHTTP && len(t.FailIf) > 0:
		return wrong("target.fail_if", "write api: http, or leave it out", "api %s knows its own errors", t.API)
	case !slices.Contains(auths, t.Auth):
		return wrong("target.auth", "write "+strings.Join(auths[1:], ", ")+"; the key itself goes by key_env or key_file", "auth is not a way to send a key")
	case t.MaxTokensKey != "" && t.API != apiChat:
		return wrong("target.max_tokens_key", "leave it out", "api %s has one key for it", t.API)
	case t.MaxTokensKey != "" && !variable.MatchString(t.MaxTokensKey):
		return wrong("target.max_tokens_key", "for example max_completion_tokens", "max_tokens_key is no key")
	}
	return nil
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (t *Target) checkKey() error {
	switch {
	case t.KeyEnv != "" && !variable.MatchString(t.KeyEnv): // not shown: it may be the key
		return wrong("target.key_env", "for example key_env: HOLYSHEEP_API_KEY; the key itself is never written", "key_env is not the name of an environment variable")
	case t.KeyEnv != "" && t.KeyFile != "":
		return wrong("target.key_file", "keep one of them", "both key_env and key_file are given")
	case t.ClientCert != "" && t.ClientKey == "":
		return wrong("target.client_cert", "give client_key: PATH", "client_cert needs its client_key")
	case t.ClientKey != "" && t.ClientCert == "":
		return wrong("target.client_key", "give client_cert: PATH", "client_key needs its client_cert")
	}
	return nil
}

var headerWord = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// headerName is the name of "K: V"; "" if it is no header.
func headerName(header string) string {
	name, _, found := strings.Cut(header, ":")
	if name = strings.TrimSpace(name); !found || !headerWord.MatchString(name) {
		return ""
	}
	return name
}

// headerHint is for headers that hold a secret.
const headerHint = noSecretHint + ", or write ${NAME} for it, an environment variable"

// reference is a value whose secret stands in an environment variable.
var reference = regexp.MustCompile(`^\s*([A-Za-z-]+\s+)?\$\{[A-Za-z_][A-Za-z0-9_]*\}\s*$`)

// isAuthorization reports whether the value of a header is a secret.
func isAuthorization(name string) bool {
	return strings.EqualFold(name, "authorization") || strings.EqualFold(name, "proxy-authorization")
}

func (t *Target) checkHeaders() error {
	given := map[string]bool{}
	for i, header := range t.Headers {
		path := fmt.Sprintf("target.headers[%d]", i)
		name := headerName(header)
		_, text, _ := strings.Cut(header, ":")
		switch {
		case name == "": // not shown: it may hold a secret
			return wrong(path, "write NAME: VALUE", "header %d is not a header", i+1)
		case strings.ContainsFunc(text, unicode.IsControl):
			return wrong(path, "write it on one line", "the value of header %s holds a control character", name)
		case isAuthorization(name) && !reference.MatchString(text):
			return wrong(path, headerHint, "header %s holds a secret: %s", name, noSecret)
		}
		given[strings.ToLower(name)] = true
	}
	for i, name := range t.HeaderNames {
		if !given[strings.ToLower(name)] {
			return wrong(fmt.Sprintf("target.header_names[%d]", i), fmt.Sprintf("give it again by --header '%s: …'", name), "header %q has no value: a record keeps only its name", name)
		}
	}
	return nil
}

func (t *Target) checkProxy() error {
	if t.Proxy != "" {
		u, err := url.Parse(t.Proxy)
		switch {
		case err == nil && u.User != nil:
			return wrong("target.proxy", "use a proxy that asks for none", "proxy holds a password: it would be written into the record")
		case err != nil || u.Hostname() == "" || !slices.Contains([]string{"http", "https", "socks5"}, u.Scheme):
			return wrong("target.proxy", "for example http://127.0.0.1:3128 or socks5://127.0.0.1:1080", "proxy is not a URL of http, https or socks5")
		}
	}
	if t.ConnectTo != "" {
		host, port, err := net.SplitHostPort(t.ConnectTo)
		if err != nil || host == "" || port == "" || !validPort(port) {
			return wrong("target.connect_to", "for example 10.0.0.7:8443", "connect_to is not HOST:PORT")
		}
	}
	if !slices.Contains([]string{"", "own", "std"}, t.Transport) {
		return wrong("target.transport", "own, or std for that of net/http", "transport is neither own nor std")
	}
	return nil
}

func (t *Target) checkTimes() error {
	switch {
	case t.Timeout <= 0:
		return wrong("target.timeout", "for example 120s", "timeout is not more than 0s")
	case t.IdleTimeout <= 0:
		return wrong("target.idle_timeout", "for example 60s", "idle_timeout is not more than 0s")
	case t.Connections < 0:
		return wrong("target.connections", "leave it out for as many as slots", "connections is less than 0")
	case t.Retries < 0 || t.Retries > maxRetries:
		return wrong("target.retries", "0 counts every failure as it is", "retries is not between 0 and %d", maxRetries)
	}
	return nil
}

// eachWorkload visits the scenario's workload and the lanes' own.
func (s *Scenario) eachWorkload(visit func(path string, w *Workload)) {
	visit("workload", &s.Workload)
	for i := range s.Mix {
		visit(fmt.Sprintf("workloads[%d]", i), &s.Mix[i].Workload)
	}
	for i := range s.Lanes {
		if w := s.Lanes[i].Workload; w != nil {
			visit(fmt.Sprintf("lanes[%d].workload", i), w)
		}
	}
}

func (s *Scenario) checkWorkloads() (err error) {
	s.eachWorkload(func(path string, w *Workload) {
		if err == nil {
			err = w.check(path, s.Budget > 0 && s.Target.API != apiEmbeddings)
		}
		if err == nil && w.Turns > 1 {
			err = s.Target.converses(path)
		}
		if err != nil {
			return
		}
		if _, ok := recordedIn(*w); (ok || w.thinksAsRecorded()) && !strings.HasPrefix(path, "workloads") { // which is read with its wave
			return
		}
		word := "prompts"
		if w.Prompt != "" {
			word = "prompt"
		}
		if _, wrong := s.Prompts(*w); wrong != nil {
			err = about(join(path, word), word, wrong)
		}
	})
	if err != nil {
		return err
	}
	if err := s.checkMix(); err != nil {
		return err
	}
	return s.checkQueue()
}

// converses refuses conversations where a request cannot say what was said before it.
func (t *Target) converses(path string) error {
	if t.API == QueueAPI || !api.API(t.API).Converses() {
		return wrong(path+".turns", "leave it out: each request is then one by itself", "requests of api %s say nothing of what was answered before, and make no conversation", t.API)
	}
	return nil
}

func (w *Workload) check(path string, budget bool) error {
	switch {
	case w.Prompt != "" && w.Prompts != "":
		return wrong(path+".prompts", "prompt is one text, prompts are many: keep one", "both prompt and prompts are given")
	case w.Prompt == "" && w.Prompts == "":
		return wrong(path, "give prompt: TEXT or prompts: FILE.jsonl", "the workload has no prompt")
	case w.MaxTokens < 0:
		return wrong(path+".max_tokens", "0 leaves the limit to the endpoint", "max_tokens is less than 0")
	case budget && w.MaxTokens == 0:
		return wrong(path+".max_tokens", "give max_tokens: it bounds what an open request may cost", "a budget needs max_tokens")
	case w.Temperature != nil && !within(*w.Temperature, 0, maxTemperature):
		return wrong(path+".temperature", "", "temperature %v is not between 0 and %d", *w.Temperature, maxTemperature)
	}
	if err := w.checkTurns(path); err != nil {
		return err
	}
	return w.checkExtra(path + ".extra_body")
}

// ownWords have a word in the workload or the target.
var ownWords = []string{"model", "messages", "prompt", "input", "max_tokens", "temperature", "stream"}

func (w *Workload) checkExtra(path string) error {
	if len(w.ExtraBody) == 0 {
		return nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(w.ExtraBody, &object); err != nil || object == nil {
		return wrong(path, `for example {"top_p": 0.9}`, "extra_body is not a JSON object")
	}
	for word := range object {
		switch {
		case slices.Contains(ownWords, word):
			return wrong(path, "write it as a word of the workload or the target", "extra_body sets %q, which has a word of its own", word)
		case secret(word):
			return wrong(path, noSecretHint, "extra_body holds %q: %s", word, noSecret)
		}
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, w.ExtraBody); err != nil {
		return about(path, "extra_body", err)
	}
	w.ExtraBody = compact.Bytes()
	return nil
}

// eachWave visits every wave with its path.
func (s *Scenario) eachWave(visit func(path string, l *Lane, w *Wave)) {
	for i := range s.Lanes {
		for j := range s.Lanes[i].Waves {
			visit(wavePath(i, j), &s.Lanes[i], &s.Lanes[i].Waves[j])
		}
	}
}

func (s *Scenario) checkRun() error {
	flows := []string{overflowQueue, overflowDrop}
	switch {
	case s.MaxInFlight < 0:
		return wrong("max_in_flight", "for example 10000", "max_in_flight is less than 1")
	case !slices.Contains(flows, s.Overflow):
		return wrong("overflow", didYouMean(s.Overflow, flows), "unknown overflow %q", s.Overflow)
	case s.Warmup < 0:
		return wrong("warmup", "for example 10s", "warmup is less than 0s")
	case s.Grace < 0:
		return wrong("grace", "for example 30s", "grace is less than 0s")
	case s.MaxLag <= 0:
		return wrong("max_lag", "for example 20ms", "max_lag is not more than 0s")
	}
	if _, err := arrival.ParseProcess(s.Arrivals); err != nil {
		return about("arrivals", "arrivals", err)
	}
	if strings.ContainsFunc(s.Name, unicode.IsControl) || len(s.Name) > 200 {
		return wrong("name", "a few words are enough", "the name is longer than 200 bytes or holds control characters")
	}
	return s.checkMoney()
}

func (s *Scenario) checkMoney() error {
	const most = 1e9
	switch {
	case s.Budget > most:
		return wrong("budget", "for example $20", "the budget is more than $%.0f", most)
	case s.Budget != 0 && !(s.Budget > 0):
		return wrong("budget", "for example $20", "the budget is not more than $0")
	case s.Price == nil:
		return nil
	}
	const hint = "write USD per million tokens: {input: 0.42, output: 0.42}"
	for _, v := range []float64{s.Price.Input, s.Price.Output, s.Price.Cached, s.Price.CacheWritten} {
		switch {
		case v < 0:
			return wrong("price", hint, "a price is less than 0")
		case !(v <= price.MaxPrice): // NaN too
			return wrong("price", hint, "a price is more than $%.0f, which no million tokens cost", price.MaxPrice)
		}
	}
	return nil
}
