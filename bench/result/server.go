package result

// ServerMetrics is what the server said of itself while it was under load, by its own
// page for Prometheus: see [Row.Server] for when it said so.
type ServerMetrics struct {
	Source   string         `json:"source"`           // the URL that was asked
	Server   string         `json:"server,omitempty"` // what its metrics show it to be, such as vLLM; "": they do not
	Asked    int64          `json:"asked"`
	Answered int64          `json:"answered"`          // of Asked: with a page that could be read
	Problem  string         `json:"problem,omitempty"` // of the first that was not
	Series   []ServerSeries `json:"series"`
	Notes    []string       `json:"notes"` // what it means, as sentences
}

// The series that are told of a server that is known.
const (
	ServerRunning    = "running"       // requests in the batch
	ServerQueued     = "queued"        // requests that wait for it
	ServerKVCache    = "kv_cache"      // the share of the KV cache that is in use, 0 to 1
	ServerPreempted  = "preemptions"   // requests that were put back
	ServerRejected   = "rejections"    // requests that were turned away
	ServerPrompt     = "prompt_tokens" // read
	ServerOutput     = "output_tokens" // made
	ServerSuccessful = "requests_ok"   // that ended well
)

// A ServerSeries is one of the metrics of a server.
type ServerSeries struct {
	Name    string `json:"name"`    // a word for what is known of every server, or the metric's own
	Metric  string `json:"metric"`  // as the server has it
	Counter bool   `json:"counter"` // it only grows; others are levels
	// Value is the growth of a counter over the run and the highest of a level, both as
	// far as the server was asked. It is null without data.
	Value *float64 `json:"value"`
}

// Of is the series of a name; nil: there is none.
func (m *ServerMetrics) Of(name string) *ServerSeries {
	if m == nil {
		return nil
	}
	for i := range m.Series {
		if m.Series[i].Name == name {
			return &m.Series[i]
		}
	}
	return nil
}
