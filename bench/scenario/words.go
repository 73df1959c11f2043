package scenario

import "strconv"

// fields are the words at the top of the file. Waves come after what the lanes
// inherit, lanes after the waves that create them.
func (s *Scenario) fields() []field {
	return []field{
		textField("name", &s.Name),
		labelsField("labels", &s.Labels),
		section("target", s.Target.fields()),
		workloadField("workload", &s.Workload),
		{"workloads", s.readMix, s.writeMix},
		neededField("arrivals", &s.Arrivals),
		{"waves", s.readWaves, s.writeWaves},
		{"lanes", s.readLanes, s.writeLanes},
		durationField("warmup", &s.Warmup, false),
		durationField("grace", &s.Grace, true),
		countField("max_in_flight", &s.MaxInFlight, 1, maxRequests),
		neededField("overflow", &s.Overflow),
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
		neededField("url", &t.URL),
		neededField("api", &t.API),
		textField("model", &t.Model),
		textField("body", &t.Body),
		textsField("token", &t.Token),
		textField("usage", &t.Usage),
		textsField("end", &t.End),
		textsField("fail_if", &t.FailIf),
		textField("auth", &t.Auth),
		textField("max_tokens_key", &t.MaxTokensKey),
		flagField("no_usage", &t.NoUsage, false),
		sizeField("max_event", &t.MaxEvent),
		textField("key_env", &t.KeyEnv),
		fileField("key_file", &t.KeyFile),
		headersField("headers", &t.Headers),
		textsField("header_names", &t.HeaderNames),
		textField("server_metrics", &t.ServerMetrics),
		textsField("server_metric", &t.ServerMetric),
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
		textField("transport", &t.Transport),
		countField("retries", &t.Retries, 0, maxRetries),
		textField("queue", &t.Queue),
		flagField("join", &t.Join, false),
		flagField("keep", &t.Keep, false),
		textField("tap", &t.Tap),
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
		turnsField("turns", &w.Turns),
		textField("think", &w.Think),
		flagField("skip_bad_lines", &w.SkipBadLines, false),
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
func workloadField(word string, w *Workload) field {
	return field{word, func(v value) error {
		before := *w
		w.Prompt, w.Prompts = "", ""
		if err := v.mapping(v, w.fields()); err != nil {
			return err
		}
		if w.Prompt == "" && w.Prompts == "" {
			w.Prompt, w.Prompts = before.Prompt, before.Prompts
		}
		return nil
	}, func() any { return written(w.fields()) }}
}

// nothing takes back what a lane would inherit.
var nothing = map[string]yamlText{"system": `""`, "temperature": "null", "extra_body": "{}", "skip_bad_lines": "false", "turns": "1", "think": `""`}

// besides is what the workload writes over the one it inherits from.
func (w *Workload) besides(base *Workload) yamlMap {
	inherited := map[string]any{}
	for _, p := range written(base.fields()) {
		inherited[p.key] = p.value
	}
	own := yamlMap{}
	for _, f := range w.fields() {
		v := f.write()
		if v == inherited[f.word] {
			continue
		}
		if empty, ok := nothing[f.word]; ok && v == nil {
			v = empty
		}
		if v != nil {
			own = append(own, yamlPair{f.word, v})
		}
	}
	return own
}
