package scenario

import (
	"net/url"
	"regexp"
	"slices"
)

// maxServerMetrics is how many metrics of a server may be read beside the known ones.
const maxServerMetrics = 20

// metricName is what Prometheus calls a metric.
var metricName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]{0,127}$`)

// checkServerMetrics checks where the server is asked for its own metrics, and for which.
func (t *Target) checkServerMetrics() error {
	const path, names = "target.server_metrics", "target.server_metric"
	const hint = "for example http://127.0.0.1:8000/metrics"
	if t.ServerMetrics == "" {
		if len(t.ServerMetric) > 0 {
			return wrong(names, "say where with server_metrics (--server-metrics), "+hint, "server_metric names a metric, and nothing says where it is")
		}
		return nil
	}
	u, err := url.Parse(t.ServerMetrics)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || !validPort(u.Port()):
		return wrong(path, hint, "server_metrics is not the URL of a page")
	case u.User != nil || slices.ContainsFunc(queryWords(u), secret):
		return wrong(path, "the page must be open to whoever asks from here", "server_metrics holds a secret: "+noSecret)
	case len(t.ServerMetric) > maxServerMetrics:
		return wrong(names, "leave out some", "server_metric names %d metrics, and %d are the most", len(t.ServerMetric), maxServerMetrics)
	}
	for _, name := range t.ServerMetric {
		if !metricName.MatchString(name) {
			return wrong(names, "such as vllm:num_requests_swapped, without labels", "server_metric: %q is not the name of a metric", name)
		}
	}
	return nil
}
