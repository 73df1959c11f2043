package mock

import (
	"fmt"
	"net/http"
	"strings"
)

// metrics is the page for Prometheus, of the engine's true state, by the names of vLLM:
// the KV cache is as full as the batch.
func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) {
	st := s.Stats()
	var b strings.Builder
	write := func(kind, name, labels, help string, v any) {
		fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n%s%s %v\n", name, help, name, kind, name, labels, v)
	}
	model := fmt.Sprintf("{engine=\"0\",model_name=%q}", s.cfg.Models[0])
	write("gauge", "vllm:num_requests_running", model, "Number of requests in model execution batches.", st.Running)
	write("gauge", "vllm:num_requests_waiting", model, "Number of requests waiting to be processed.", st.Queued)
	write("gauge", "vllm:kv_cache_usage_perc", model, "KV-cache usage. 1 means 100 percent usage.", float64(st.Running)/float64(s.cfg.Batch))
	write("counter", "vllm:num_preemptions_total", model, "Cumulative number of preemptions.", 0)
	write("counter", "vllm:prompt_tokens_total", model, "Number of prefill tokens processed.", st.Prompt+st.Cached)
	write("counter", "vllm:prefix_cache_hits_total", model, "Prefix cache hits, in terms of number of cached tokens.", st.Cached)
	write("counter", "vllm:generation_tokens_total", model, "Number of generation tokens processed.", st.Tokens)
	write("counter", "vllm:request_success_total", model, "Count of successfully processed requests.", st.Served)
	write("counter", "http_requests_total", `{status="4xx"}`, "Total number of requests by status.", st.RateLimited)
	fmt.Fprintf(&b, "http_requests_total{status=\"5xx\"} %v\n", st.Overloaded)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write([]byte(b.String())) // whoever asked may have left
}
