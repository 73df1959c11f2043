package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// fields are the words at the top of the file. Waves come after what the lanes
// inherit, lanes after the waves that create them.
func (s *Scenario) fields() []field {
	return []field{
		textField("name", &s.Name),
		labelsField("labels", &s.Labels),
		section("target", s.Target.fields()),
		workloadField("workload", func() *Workload { return &s.Workload }),
		textField("arrivals", &s.Arrivals),
		{"waves", s.readWaves, s.writeWaves},
		{"lanes", s.readLanes, s.writeLanes},
		durationField("warmup", &s.Warmup, false),
		durationField("grace", &s.Grace, true),
		countField("max_in_flight", &s.MaxInFlight, 1, maxRequests),
		textField("overflow", &s.Overflow),
		seedField("seed", &s.Seed),
		textsField("slo", &s.SLO),
		textsField("abort_on", &s.AbortOn),
		moneyField("budget", &s.Budget),
		priceField("price", &s.Price),
		fileField("prices", &s.Prices),
		durationField("max_lag", &s.MaxLag, true),
	}
}

func (t *Target) fields() []field {
	return []field{
		textField("url", &t.URL),
		textField("api", &t.API),
		textField("model", &t.Model),
		textField("body", &t.Body),
		textField("key_env", &t.KeyEnv),
		fileField("key_file", &t.KeyFile),
		headersField("headers", &t.Headers),
		textsField("header_names", &t.HeaderNames),
		durationField("timeout", &t.Timeout, true),
		durationField("idle_timeout", &t.IdleTimeout, true),
		countField("connections", &t.Connections, 1, maxRequests),
		flagField("http2", &t.HTTP2, false),
		fileField("ca", &t.CA),
		fileField("client_cert", &t.ClientCert),
		fileField("client_key", &t.ClientKey),
		flagField("insecure", &t.Insecure, false),
		textField("proxy", &t.Proxy),
		textField("connect_to", &t.ConnectTo),
		countField("retries", &t.Retries, 0, maxRetries),
	}
}

func (w *Workload) fields() []field {
	return []field{
		textField("prompt", &w.Prompt),
		promptsField("prompts", &w.Prompts),
		textField("system", &w.System),
		countField("max_tokens", &w.MaxTokens, 0, maxRequests),
		temperatureField("temperature", &w.Temperature),
		{"stream", flagField("stream", &w.Stream, true).read, func() any { return yamlText(strconv.FormatBool(w.Stream)) }},
		bodyField("extra_body", &w.ExtraBody),
	}
}

func (w *Wave) fields() []field {
	return []field{
		textField("name", &w.Name),
		rateField("rate", &w.Rate),
		countField("concurrency", &w.Concurrency, 1, maxRequests),
		traceField("trace", &w.Trace),
		durationField("for", &w.For, true),
		countField("requests", &w.Requests, 1, maxRequests),
	}
}

// workloadField overlays a workload. Of prompt and prompts the one that is given
// takes the other's place.
func workloadField(word string, of func() *Workload) field {
	return field{word, func(v value) error {
		w := of()
		before := *w
		w.Prompt, w.Prompts = "", ""
		if err := v.mapping(v, w.fields()); err != nil {
			return err
		}
		if w.Prompt == "" && w.Prompts == "" {
			w.Prompt, w.Prompts = before.Prompt, before.Prompts
		}
		return nil
	}, func() any { return written(of().fields()) }}
}

// readWaves reads the list of waves; lane: says which lane each belongs to.
func (s *Scenario) readWaves(v value) error {
	items, err := v.items()
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return v.fail("give at least one, or leave waves out for the benchmark: 1000 requests, 50 in flight", "waves is empty")
	}
	for _, item := range items {
		var lane string
		var w Wave
		if err := v.mapping(item, append([]field{textField("lane", &lane)}, w.fields()...)); err != nil {
			return laneWords(err)
		}
		s.addWave(lane, w)
	}
	return nil
}

// laneWords explains a lane's words at a wave.
func laneWords(err error) error {
	e, ok := err.(*Error)
	if ok && (e.Message == `unknown key "workload"` || e.Message == `unknown key "arrivals"`) {
		e.Hint = "it belongs to a whole lane: lanes: [{name: …, workload: {…}, arrivals: …}]"
	}
	return err
}

// readLanes reads what lanes have of their own. Where the list stands, it holds
// every lane that has a name.
func (s *Scenario) readLanes(v value) error {
	items, err := v.items()
	if err != nil {
		return err
	}
	listed := map[string]bool{}
	for _, item := range items {
		if err := s.readLane(item, listed); err != nil {
			return err
		}
	}
	for i, l := range s.Lanes {
		if l.Name != "" && !listed[l.Name] {
			names := make([]string, 0, len(listed))
			for name := range listed {
				names = append(names, name)
			}
			e := wrong(wavePath(i, 0)+".lane", didYouMean(l.Name, names), "unknown lane %q: it is not in the list lanes", l.Name)
			return s.locate(e, "", 0)
		}
	}
	return nil
}

func (s *Scenario) readLane(v value, listed map[string]bool) error {
	own := s.Workload // what it does not say, it inherits
	var l Lane
	var given bool
	workload := workloadField("workload", func() *Workload { given = true; return &own })
	fields := []field{textField("name", &l.Name), workload, textField("arrivals", &l.Arrivals)}
	if err := v.mapping(v, fields); err != nil {
		return err
	}
	if listed[l.Name] {
		return v.fail("keep one of them", "lane %q stands twice", l.Name)
	}
	listed[l.Name] = true
	for i := range s.Lanes {
		if s.Lanes[i].Name != l.Name || l.Name == "" {
			continue
		}
		s.Lanes[i].Arrivals = l.Arrivals
		if given {
			s.Lanes[i].Workload = &own
		}
		v.origin.places[fmt.Sprintf("lanes[%d]", i)] = v.path
		return nil
	}
	if l.Name == "" {
		return v.fail("", "a lane's name is missing")
	}
	return v.fail("give a wave lane: "+l.Name+", or leave the lane out", "lane %q has no waves", l.Name)
}

func (s *Scenario) writeWaves() any {
	list := yamlList{}
	for _, l := range s.Lanes {
		for _, w := range l.Waves {
			m := written(w.fields())
			if l.Name != "" {
				m = append(yamlMap{{"lane", quote(l.Name)}}, m...)
			}
			list = append(list, m)
		}
	}
	return unless(len(list) == 0, list)
}

func (s *Scenario) writeLanes() any {
	list, own := yamlList{}, false
	for _, l := range s.Lanes {
		if l.Name == "" {
			continue
		}
		m := yamlMap{{"name", quote(l.Name)}}
		if l.Workload != nil {
			m = append(m, yamlPair{"workload", written(l.Workload.fields())})
		}
		if l.Arrivals != "" {
			m = append(m, yamlPair{"arrivals", quote(l.Arrivals)})
		}
		own = own || len(m) > 1
		list = append(list, m)
	}
	return unless(!own, list)
}

// promptsField is builtin:NAME, synthetic:N or a file.
func promptsField(word string, p *string) field {
	f := textField(word, p)
	return field{word, func(v value) error {
		if err := f.read(v); err != nil {
			return err
		}
		if !made(*p) {
			*p = v.absolute(*p)
		}
		return nil
	}, f.write}
}

// made reports whether prompts are made by flashwave rather than read from a file.
func made(prompts string) bool {
	return prompts == "" || strings.HasPrefix(prompts, "builtin:") || strings.HasPrefix(prompts, "synthetic:")
}

func labelsField(word string, p *map[string]string) field {
	return field{word, func(v value) error {
		keys, values, err := v.entries()
		if err != nil {
			return err
		}
		*p = map[string]string{}
		for i, key := range keys {
			if (*p)[key], err = values[i].text(); err != nil {
				return err
			}
		}
		return nil
	}, func() any { return unless(len(*p) == 0, writeLabels(*p)) }}
}

// headersField reads {K: V}. It never writes: values are not stored.
func headersField(word string, p *[]string) field {
	return field{word: word, read: func(v value) error {
		keys, values, err := v.entries()
		if err != nil {
			return err
		}
		*p = nil
		for i, key := range keys {
			v.origin.at[fmt.Sprintf("%s[%d]", v.path, i)] = values[i].position()
			s, err := values[i].text()
			if err != nil {
				return err
			}
			if secret(key) || secret(strings.TrimPrefix(strings.ToLower(key), "x-")) {
				return values[i].fail(noSecretHint, noSecret)
			}
			*p = append(*p, key+": "+s)
		}
		return nil
	}}
}

func seedField(word string, p *uint64) field {
	return scalar(word, func(s string) error {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return &Error{Message: "not a whole number of 0 or more"}
		}
		*p = n
		return nil
	}, func() any { return yamlText(strconv.FormatUint(*p, 10)) })
}

func moneyField(word string, p *float64) field {
	return scalar(word, func(s string) (err error) {
		*p, err = ParseMoney(s)
		return err
	}, func() any { return unless(*p == 0, yamlText(money(*p))) })
}

func priceField(word string, p **Price) field {
	fields := func(price *Price) []field {
		return []field{
			numberField("input", &price.Input),
			numberField("output", &price.Output),
			numberField("cached", &price.Cached),
		}
	}
	return field{word, func(v value) error {
		*p = &Price{}
		return v.mapping(v, fields(*p))
	}, func() any {
		if *p == nil {
			return nil
		}
		return written(fields(*p))
	}}
}

func temperatureField(word string, p **float64) field {
	return scalar(word, func(s string) error {
		v, ok := decimal(s)
		if !ok {
			return &Error{Message: "not a number"}
		}
		*p = &v
		return nil
	}, func() any {
		if *p == nil {
			return nil
		}
		return yamlText(strconv.FormatFloat(**p, 'f', -1, 64))
	})
}

// rateField is 200/m, 200/m..12000/m or {from, to}.
func rateField(word string, p **Rate) field {
	line := scalar(word, func(s string) error {
		r, err := parseLine(s)
		*p = &r
		return err
	}, nil)
	return field{word, func(v value) error {
		if _, ok := v.node.(*ast.MappingNode); !ok {
			return line.read(v)
		}
		r := Rate{From: PerSecond(math.NaN()), To: PerSecond(math.NaN())}
		if err := v.mapping(v, []field{endField("from", &r.From), endField("to", &r.To)}); err != nil {
			return err
		}
		if math.IsNaN(float64(r.From)) || math.IsNaN(float64(r.To)) {
			return v.fail("write rate: {from: 200/m, to: 12000/m}", "a ramp needs both from and to")
		}
		*p = &r
		return nil
	}, func() any {
		switch {
		case *p == nil:
			return nil
		case (*p).From == (*p).To:
			return yamlText((*p).String())
		}
		from, to, _ := strings.Cut((*p).String(), "..")
		return yamlMap{{"from", yamlText(from)}, {"to", yamlText(to)}}
	}}
}

func endField(word string, p *PerSecond) field {
	return scalar(word, func(s string) (err error) {
		*p, err = ParseRate(s)
		return err
	}, nil)
}

// traceField is FILE[@SPEED[xSCALE]] or {file, speed, scale}.
func traceField(word string, p **Trace) field {
	fields := func(t *Trace) []field {
		return []field{
			fileField("file", &t.File),
			numberField("speed", &t.Speed),
			numberField("scale", &t.Scale),
		}
	}
	short := scalar(word, func(s string) (err error) {
		*p, err = parseTrace(s)
		return err
	}, nil)
	return field{word, func(v value) error {
		if _, ok := v.node.(*ast.MappingNode); ok {
			*p = &Trace{Speed: 1, Scale: 1}
			return v.mapping(v, fields(*p))
		}
		if err := short.read(v); err != nil {
			return err
		}
		(*p).File = v.absolute((*p).File)
		return nil
	}, func() any {
		if *p == nil {
			return nil
		}
		return written(fields(*p))
	}}
}

// bodyField is a JSON object, as YAML or as JSON in one text.
func bodyField(word string, p *json.RawMessage) field {
	return field{word, func(v value) error {
		if text, err := v.text(); err == nil {
			var compact bytes.Buffer
			if err := json.Compact(&compact, []byte(text)); err != nil {
				return v.fail(`for example {"top_p": 0.9}`, "%s is not a JSON object: %v", word, err)
			}
			*p = compact.Bytes()
			return nil
		}
		data, err := v.json()
		*p = data
		return err
	}, func() any { return unless(len(*p) == 0, quote(string(*p))) }}
}
