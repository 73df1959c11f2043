package export

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"flashwave/bench/result"
)

// What bounds the page: how many waves and workloads have series of their own in each
// group of families, how many SLOs, and how long the text of a label is, in bytes.
const (
	maxSeries = 200
	maxSLOs   = 50
	maxLabel  = 128
)

// other is what stands for those that have no series of their own.
const other = "(other)"

// A Source is what a page follows: a run, or the probes of a target.
type Source interface {
	Reading() result.Reading
	Done() <-chan struct{} // closed: readings change no more
}

// A Page is the metrics of all that it follows. Its methods are safe for concurrent use.
type Page struct {
	created time.Time
	version string
	handler http.Handler

	mu        sync.Mutex
	following []Source
	ended     all                        // what has ended did
	last      map[target]*result.Reading // the newest of each target
}

// A target is whom series are about.
type target struct{ name, model string }

// A key is one of the stretches of requests that are told apart.
type key struct {
	target
	lane, name string
}

// A sum is what can be added up.
type sum[P any] interface {
	Merge(P)
	Clone() P
}

// sums add up what has ended, by key. They are never written to by readers.
type sums[P sum[P]] map[key]P

// all are the sums of a page.
type all struct {
	waves, workloads sums[*result.Part]
	classes          sums[*result.TaskPart]
}

// NewPage is an empty page of a program of this version.
func NewPage(version string) *Page {
	p := &Page{created: time.Now(), version: version, ended: all{sums[*result.Part]{}, sums[*result.Part]{}, sums[*result.TaskPart]{}}, last: map[target]*result.Reading{}}
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(p)
	p.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
	return p
}

// Follow adds a source. It stays until it is done, and what it did is kept for good.
func (p *Page) Follow(s Source) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settle()
	p.following = append(p.following, s)
}

// settle keeps the last readings of the sources that are done. p.mu is held.
func (p *Page) settle() {
	p.following = slices.DeleteFunc(p.following, func(s Source) bool {
		select {
		case <-s.Done():
		default:
			return false
		}
		p.take(s, p.ended)
		return true
	})
}

// take adds what a source did to sums. p.mu is held.
func (p *Page) take(s Source, into all) {
	r := s.Reading()
	of := target{bounded(r.Target), bounded(r.Model)}
	for _, portion := range r.Parts {
		into.waves.add(key{of, bounded(portion.Lane), bounded(portion.Name)}, portion.Part)
	}
	for _, portion := range r.Workloads {
		into.workloads.add(key{of, "", bounded(portion.Name)}, portion.Part)
	}
	if r.Tasks != nil {
		for i, part := range r.Tasks.Classes {
			into.classes.add(key{of, "", bounded(r.Tasks.Names[i])}, part)
		}
	}
	r.Parts, r.Workloads, r.Tasks, r.Series, r.Events = nil, nil, nil, nil, nil // they are large, and not needed any more
	if _, known := p.last[of]; known || len(p.last) < maxSeries {
		p.last[of] = &r
	}
}

// add adds a part. One that was there before is replaced and not written to.
func (s sums[P]) add(k key, part P) {
	before, known := s[k]
	if !known && len(s) >= maxSeries {
		k = key{target{other, other}, other, other}
		before, known = s[k]
	}
	if !known {
		s[k] = part
		return
	}
	both := before.Clone()
	both.Merge(part)
	s[k] = both
}

// Describe implements [prometheus.Collector].
func (p *Page) Describe(to chan<- *prometheus.Desc) {
	for _, f := range slices.Concat(ofWaves, ofWorkloads) {
		to <- f.desc
	}
	for _, f := range ofClasses {
		to <- f.desc
	}
	for _, g := range present {
		to <- g.desc
	}
	to <- buildInfo
}

var buildInfo = prometheus.NewDesc("flashwave_build_info", "1, with the version of flashwave.", []string{"version"}, nil)

// Collect implements [prometheus.Collector].
func (p *Page) Collect(to chan<- prometheus.Metric) {
	sums, last := p.read()
	to <- prometheus.MustNewConstMetric(buildInfo, prometheus.GaugeValue, 1, p.version)
	named := func(k key) []string { return []string{k.target.name, k.model, k.name} }
	collect(to, p.created, ofWaves, sums.waves, func(k key) []string { return []string{k.target.name, k.model, k.lane, k.name} })
	collect(to, p.created, ofWorkloads, sums.workloads, named)
	collect(to, p.created, ofClasses, sums.classes, named)
	for of, r := range last {
		for _, g := range present {
			for _, v := range g.of(r) {
				send(to, g.desc, g.kind(), v, []string{of.name, of.model}, g.label)
			}
		}
	}
}

// read is all that the page shows at this instant, as values of its own.
func (p *Page) read() (now all, last map[target]*result.Reading) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settle()
	now = all{maps.Clone(p.ended.waves), maps.Clone(p.ended.workloads), maps.Clone(p.ended.classes)}
	for _, s := range p.following {
		p.take(s, now)
	}
	return now, maps.Clone(p.last)
}

func collect[P sum[P]](to chan<- prometheus.Metric, created time.Time, list []family[P], sums sums[P], labels func(key) []string) {
	for k, part := range sums {
		about := labels(k)
		for _, f := range list {
			if f.count == nil {
				m, err := newHistogram(f.desc, f.hist(part), created, about...)
				if err != nil {
					m = prometheus.NewInvalidMetric(f.desc, err)
				}
				to <- m
				continue
			}
			for _, v := range f.count(part) {
				send(to, f.desc, prometheus.CounterValue, v, about, f.label)
			}
		}
	}
}

func send(to chan<- prometheus.Metric, desc *prometheus.Desc, kind prometheus.ValueType, v counted, about []string, label string) {
	if label != "" {
		about = append(about[:len(about):len(about)], v.label)
	}
	m, err := prometheus.NewConstMetric(desc, kind, v.n, about...)
	if err != nil {
		m = prometheus.NewInvalidMetric(desc, err)
	}
	to <- m
}

// bounded is the text of a label.
func bounded(text string) string {
	text = strings.ToValidUTF8(text, "�")
	if len(text) <= maxLabel {
		return text
	}
	cut := maxLabel - len("…")
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// Names are the metrics of the page, in order.
func Names() (names []string) {
	for _, f := range slices.Concat(ofWaves, ofWorkloads) {
		names = append(names, f.name)
	}
	for _, f := range ofClasses {
		names = append(names, f.name)
	}
	for _, g := range present {
		names = append(names, g.name)
	}
	names = append(names, "flashwave_build_info")
	slices.SortFunc(names, cmp.Compare[string])
	return names
}

// ServeHTTP implements [http.Handler]: the metrics at /metrics, and a line that says so
// at /.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/metrics":
		p.handler.ServeHTTP(w, r)
	case "/":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!doctype html><title>flashwave</title><p><a href=\"/metrics\">metrics</a>\n")) // whoever asked may have left
	default:
		http.NotFound(w, r)
	}
}
