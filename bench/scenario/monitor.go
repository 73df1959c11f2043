package scenario

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml/ast"

	"flashwave/bench/files"
)

// A Monitor is a plan of probes: which endpoints are asked, how often, and who is told
// when one breaks its objective. Its file has the words of a scenario, for all targets at
// the top or for one of them beside its URL:
//
//	every: 15s
//	objective: 99.5%
//	slo: ["ttft < 2s"]
//	targets:
//	  - {name: gateway, url: "https://llm.shop.example/v1", model: deepseek-v3.2, key_env: SHOP_KEY}
//	  - {name: behind,  url: "http://10.0.0.7:8000/v1", every: 5s, objective: 99.9%, budget: $2}
//	alerts: {bell: true, slack_env: SLACK_WEBHOOK}
//
// Take [DefaultMonitor], [LoadMonitor] or [ParseMonitor], overlay it, then call
// [Monitor.Resolve] once.
type Monitor struct {
	Name    string // of its history
	Seed    uint64 // of the jitter
	Targets []Watched
	Alerts  Alerts

	origin *origin
}

// A Watched is one target of a monitor.
type Watched struct {
	Name string
	// Ask is what one probe asks, and how it is judged. Its budget is that of a day.
	Ask       *Scenario
	Every     Duration // 0 until it is resolved: as it is usual for what is watched
	Objective float64  // the part of the probes that must be good, above 0 and below 1
	Expect    string   // a regular expression that must match in the answer; "": any answer will do
}

// Alerts are the ways in which a breach and a recovery are told.
type Alerts struct {
	Bell       bool   // of the terminal
	Command    string // for the shell, which finds the message in its environment and on its input
	WebhookEnv string // environment variable that holds a URL to post JSON to; the URL itself is a secret
	SlackEnv   string // likewise, of a Slack webhook
}

// The figures of [DefaultMonitor].
const (
	probeEvery     = 15 * time.Second
	lookEvery      = time.Second // at a queue
	probeTimeout   = 30 * time.Second
	probePrompt    = "Count from one to ten in words, and say nothing else."
	probeTokens    = 32
	probeObjective = 0.995
	leastEvery     = 100 * time.Millisecond
	mostTargets    = 1000
)

// DefaultWatched is a target with every default: the built-in endpoint, asked every 15
// seconds for a few words, with 30 seconds to answer. A queue is looked at every second.
func DefaultWatched() Watched {
	ask := Default()
	ask.Target.Timeout = Duration(probeTimeout)
	ask.Target.IdleTimeout = Duration(probeTimeout)
	ask.Workload = Workload{Prompt: probePrompt, MaxTokens: probeTokens, Stream: true}
	return Watched{Ask: ask, Objective: probeObjective}
}

// DefaultMonitor is a plan without targets.
func DefaultMonitor() *Monitor { return &Monitor{Seed: 1} }

// LoadMonitor reads the file of a monitor, as strictly as [Load] reads scenarios. A target
// may be given by the name that one of known has.
func LoadMonitor(path string, known []NamedTarget) (*Monitor, error) {
	data, err := files.Read(path, maxFile)
	if err != nil {
		return nil, unreadableMonitor(path, err)
	}
	return ParseMonitor(path, data, known)
}

// unreadableMonitor is the error over a file of targets that cannot be read.
func unreadableMonitor(path string, err error) error {
	e := unreadable(path, err)
	e.Message = fmt.Sprintf("the file of the monitor cannot be read: %v", cause(err))
	if e.Hint == "" {
		e.Hint = "it is a file of targets, see flashwave monitor --help; one target needs none: flashwave monitor --url URL"
	}
	return e
}

// ParseMonitor reads the text of the file of a monitor.
func ParseMonitor(file string, data []byte, known []NamedTarget) (*Monitor, error) {
	root, err := parseYAML(file, data)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return nil, unreadableMonitor(file, err)
	}
	m := DefaultMonitor()
	m.origin = newOrigin(file)
	r := &reader{origin: m.origin, dir: dir}
	common := DefaultWatched()
	fields := append(append(m.fields(), common.fields()...), field{"targets", func(v value) error { return m.readTargets(v, common, known) }, nil})
	if err := r.mapping(value{reader: r, node: root}, fields); err != nil {
		return nil, err
	}
	if len(m.Targets) == 0 {
		return nil, &Error{File: file, Message: "the file names no targets", Hint: `write targets: and below it - {name: shop, url: "https://…/v1"}`}
	}
	return m, nil
}

// fields are the words of the monitor as a whole.
func (m *Monitor) fields() []field {
	a := &m.Alerts
	return []field{
		neededField("name", &m.Name),
		seedField("seed", &m.Seed),
		section("alerts", []field{
			flagField("bell", &a.Bell, false),
			textField("command", &a.Command),
			textField("webhook_env", &a.WebhookEnv),
			textField("slack_env", &a.SlackEnv),
		}),
	}
}

// fields are the words that all targets may share, and each may have for itself.
func (w *Watched) fields() []field {
	return []field{
		durationField("every", &w.Every, true),
		objectiveField("objective", &w.Objective),
		textField("expect", &w.Expect),
		textsField("slo", &w.Ask.SLO),
		moneyField("budget", &w.Ask.Budget),
		priceField("price", &w.Ask.Price),
		fileField("prices", &w.Ask.Prices),
		workloadField("workload", &w.Ask.Workload),
		scalar("classes", w.Ask.SetClasses, nil),
	}
}

// readTargets reads the list of targets, each over what all share. A text alone is the
// name of a target that is known.
func (m *Monitor) readTargets(v value, common Watched, known []NamedTarget) error {
	items, err := v.items()
	if err != nil {
		return err
	}
	for _, item := range items {
		w := common.clone()
		w.Ask.origin = m.origin.within(item.path)
		if _, mapped := item.node.(*ast.MappingNode); !mapped {
			if err := w.named(item, known); err != nil {
				return err
			}
		} else if err := v.mapping(item, slices.Concat([]field{neededField("name", &w.Name)}, w.Ask.Target.fields(), w.fields())); err != nil {
			return err
		}
		m.origin.at[item.path] = item.position()
		m.Targets = append(m.Targets, w)
	}
	return nil
}

// named takes a known target by its name.
func (w *Watched) named(v value, known []NamedTarget) error {
	name, err := v.text()
	if err != nil {
		return err
	}
	words := make([]string, len(known))
	for i, t := range known {
		if words[i] = t.Name; t.Name == name {
			limits := w.Ask.Target
			w.Name, w.Ask.Target = name, t.Target
			if standard := Default().Target; t.Timeout == standard.Timeout {
				w.Ask.Target.Timeout, w.Ask.Target.IdleTimeout = limits.Timeout, limits.IdleTimeout
			}
			return nil
		}
	}
	if len(words) == 0 {
		return v.fail(`write {name: …, url: "https://…/v1"}, or settle it in config.yaml`, "no target is named %q", brief(name))
	}
	return v.fail(didYouMean(name, words), "no target of config.yaml is named %q", brief(name))
}

// clone shares nothing that a target may change.
func (w Watched) clone() Watched {
	ask := *w.Ask
	ask.SLO = slices.Clone(ask.SLO)
	w.Ask = &ask
	return w
}

// within is where the words of a part of the file stand, by their paths in a scenario: at
// the part's own, or else at the top, where all parts share them.
func (o *origin) within(part string) *origin {
	return &origin{file: o.file, at: o.at, places: map[string]string{}, part: part}
}

// objectiveField is a share such as 99.5%.
func objectiveField(word string, p *float64) field {
	return scalar(word, func(s string) (err error) {
		*p, err = ParseObjective(s)
		return err
	}, nil)
}

// ParseObjective reads the part of the probes that must be good: 99.5%, above 0 % and
// below 100 %. Every error is an *[Error].
func ParseObjective(s string) (float64, error) {
	const hint = "write a share such as 99.5%"
	text, ok := strings.CutSuffix(strings.TrimSpace(s), "%")
	v, number := decimal(strings.TrimSpace(text))
	switch {
	case !ok || !number:
		return 0, &Error{Message: "not a share in percent", Hint: hint}
	case v >= 100:
		return 0, &Error{Message: "100% and more leave no room for a single failure", Hint: hint}
	case v <= 0:
		return 0, &Error{Message: "not above 0%", Hint: hint}
	}
	exact, err := strconv.ParseFloat(shifted(text), 64)
	if err != nil {
		exact = v / 100
	}
	return exact, nil
}

// shifted is a number of percent as text that reads as the share, so that 99.9% is
// 0.999 and not its neighbour.
func shifted(percent string) string { return strings.TrimSpace(percent) + "e-2" }

// Resolve fills in what depends on other values, and checks everything, each target as
// [Scenario.Resolve] does. Every error is an *[Error].
func (m *Monitor) Resolve(limit Machine) error {
	if len(m.Targets) == 0 {
		return &Error{Message: "there is no target to monitor", Hint: "give --url, or a file with targets:"}
	}
	if len(m.Targets) > mostTargets {
		return m.wrong("targets", "take several monitors", "more than %d targets", mostTargets)
	}
	for i := range m.Targets {
		if err := m.resolveTarget(i, limit); err != nil {
			return err
		}
	}
	if m.Name == "" {
		m.Name = m.ownName()
	}
	return m.checkAlerts()
}

func (m *Monitor) resolveTarget(i int, limit Machine) error {
	w := &m.Targets[i]
	if w.Ask.Name == "" {
		w.Ask.Name = "probe"
	}
	if w.Every == 0 {
		w.Every = Duration(probeEvery)
		if w.Queue() {
			w.Every = Duration(lookEvery)
		}
	}
	if w.Queue() && w.Ask.Target.BuiltIn() {
		return w.Ask.locate(wrong("url", "give --url redis://HOST:PORT (url:); flashwave run --api queue fills a built-in queue of its own", "a monitor watches a queue that others fill, and no URL is given"), "", 0)
	}
	if err := w.Ask.Resolve(limit); err != nil {
		return err
	}
	if w.Name == "" {
		w.Name = w.ownName()
	}
	for _, other := range m.Targets[:i] {
		if other.Name == w.Name {
			return m.wrong(fmt.Sprintf("targets[%d]", i), "give each a name: it is what its history goes by", "two targets are named %q", brief(w.Name))
		}
	}
	fail := func(path, hint, format string, args ...any) error {
		return w.Ask.locate(wrong(path, hint, format, args...), "", 0)
	}
	switch {
	case strings.ContainsFunc(w.Name, unicode.IsControl) || len(w.Name) > 200:
		return fail("name", "a few words are enough", "the name is longer than 200 bytes or holds control characters")
	case w.Every.D() < leastEvery:
		return fail("every", "flashwave run sends more", "a target is probed every 100ms at the most often")
	case w.Ask.Workload.Turns > 1:
		return fail("workload.turns", "leave it out", "a probe is one request, and no conversation")
	}
	if _, err := regexp.Compile(w.Expect); err != nil {
		return fail("expect", "it has the syntax of Go's package regexp", "expect is not a regular expression: %v", err)
	}
	return w.checkQueue(fail)
}

// ownName is the host of a target, and its model if one is given.
func (w Watched) ownName() string {
	name := w.Ask.Target.URL
	if _, rest, ok := strings.Cut(name, "://"); ok {
		name, _, _ = strings.Cut(rest, "/")
	}
	name = strings.TrimSuffix(name, ":")
	if w.Ask.Target.Model != "" {
		name += " " + w.Ask.Target.Model
	}
	return name
}

// ownName is the name of a monitor that gives none: its file's, or its only target's.
func (m *Monitor) ownName() string {
	if m.origin != nil && m.origin.file != "" {
		base := filepath.Base(m.origin.file)
		return strings.TrimSuffix(base, filepath.Ext(base))
	}
	return m.Targets[0].Name
}

func (m *Monitor) checkAlerts() error {
	for _, v := range []struct{ word, name string }{{"webhook_env", m.Alerts.WebhookEnv}, {"slack_env", m.Alerts.SlackEnv}} {
		if v.name != "" && !variable.MatchString(v.name) { // not shown: it may be the URL, which is a secret
			return m.wrong("alerts."+v.word, "for example "+v.word+": ALERT_URL; the URL itself is never written", "%s is not the name of an environment variable", v.word)
		}
	}
	return nil
}

// wrong is an error about the word at a path of the file, if there is one.
func (m *Monitor) wrong(path, hint, format string, args ...any) error {
	return (&Scenario{origin: m.origin}).locate(wrong(path, hint, format, args...), "", 0)
}
