package serverside

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"flashwave/bench/result"
)

// Every known server says what it does in its own words.
func TestKnownServers(t *testing.T) {
	for _, test := range []struct {
		server, page string
		want         map[string]float64
	}{
		{"vLLM", `# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="m"} 3.0
vllm:num_requests_running{engine="1",model_name="m"} 4.0
vllm:num_requests_waiting{engine="0",model_name="m"} 2.0
vllm:kv_cache_usage_perc{engine="0",model_name="m"} 0.25
vllm:kv_cache_usage_perc{engine="1",model_name="m"} 0.75
vllm:num_preemptions_total{engine="0",model_name="m"} 5.0
vllm:prompt_tokens_total{engine="0",model_name="m"} 100.0
vllm:generation_tokens_total{engine="0",model_name="m"} 1e+03
vllm:request_success_total{engine="0",finished_reason="stop",model_name="m"} 7.0
vllm:request_success_total{engine="0",finished_reason="length",model_name="m"} 1.0
vllm:e2e_request_latency_seconds_bucket{le="+Inf"} 8.0
http_requests_total{handler="/v1/chat/completions",method="POST",status="2xx"} 8.0
http_requests_total{handler="/v1/chat/completions",method="POST",status="4xx"} 2.0
`, map[string]float64{
			result.ServerRunning: 7, result.ServerQueued: 2, result.ServerKVCache: 0.75, result.ServerPreempted: 5,
			result.ServerPrompt: 100, result.ServerOutput: 1000, result.ServerSuccessful: 8, result.ServerRejected: 2,
		}},
		{"vLLM", "vllm:gpu_cache_usage_perc 0.5\n", map[string]float64{result.ServerKVCache: 0.5}},
		{"SGLang", `sglang:num_running_reqs{model_name="m"} 1
sglang:num_queue_reqs{model_name="m"} 2
sglang:token_usage{model_name="m"} 0.28
sglang:generation_tokens_total{model_name="m"} 75
`, map[string]float64{result.ServerRunning: 1, result.ServerQueued: 2, result.ServerKVCache: 0.28, result.ServerOutput: 75}},
		{"TGI", `tgi_queue_size 4
tgi_batch_current_size 2
tgi_request_generated_tokens_bucket{le="1"} 3
tgi_request_generated_tokens_sum 300
tgi_request_success{method="generate"} 5
`, map[string]float64{result.ServerQueued: 4, result.ServerRunning: 2, result.ServerOutput: 300, result.ServerSuccessful: 5}},
		{"llama.cpp", `llamacpp:requests_processing 2
llamacpp:requests_deferred 1
llamacpp:tokens_predicted_total 9
`, map[string]float64{result.ServerRunning: 2, result.ServerQueued: 1, result.ServerOutput: 9}},
		{"TensorRT-LLM", `nv_trt_llm_request_metrics{model="m",request_type="waiting",version="1"} 3
nv_trt_llm_request_metrics{model="m",request_type="scheduled",version="1"} 6
nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="fraction",model="m",version="1"} 0.4
`, map[string]float64{result.ServerQueued: 3, result.ServerRunning: 6, result.ServerKVCache: 0.4}},
	} {
		samples, _, err := newReader(nil).samples(strings.NewReader(test.page))
		if err != nil {
			t.Fatalf("%s: %v", test.server, err)
		}
		w := &Watch{metric: map[string]string{}}
		w.take(0, samples)
		if w.server == nil || w.server.name != test.server {
			t.Fatalf("%s is taken for %v", test.server, w.server)
		}
		if diff := cmp.Diff(test.want, w.taken[0].values); diff != "" {
			t.Errorf("%s: %s", test.server, diff)
		}
	}
}

// A name that everybody may use makes nobody vLLM.
func TestUnknownServer(t *testing.T) {
	const page = "# TYPE http_requests_total counter\nhttp_requests_total{status=\"4xx\"} 3\n# TYPE own_depth gauge\nown_depth 4\n# TYPE own_jobs counter\nown_jobs 5\n"
	w := &Watch{config: Config{Metrics: []string{"own_depth", "own_jobs"}}, metric: map[string]string{}, counter: map[string]bool{}}
	samples, counted, err := newReader(w.config.Metrics).samples(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	w.counter = counted
	w.take(0, samples)
	if w.server != nil {
		t.Errorf("it is taken for %s", w.server.name)
	}
	if diff := cmp.Diff(map[string]float64{"own_depth": 4, "own_jobs": 5}, w.taken[0].values); diff != "" {
		t.Error(diff)
	}
	if w.counts("own_depth") || !w.counts("own_jobs") {
		t.Error("the page says which of them counts")
	}
}

// endless is a page that never ends.
type endless struct {
	line string
	read int
}

func (e *endless) Read(p []byte) (n int, err error) {
	for n+len(e.line) <= len(p) {
		n += copy(p[n:], e.line)
	}
	if n == 0 {
		n = copy(p, e.line)
	}
	e.read += n
	return n, nil
}

// No page costs more than its bounds, and what is none is said to be none.
func TestPagesAreBounded(t *testing.T) {
	for name, test := range map[string]struct {
		page io.Reader
		want error
	}{
		"endless":                  {&endless{line: "some_metric 1\n"}, errTooLarge},
		"endless, of interest":     {&endless{line: "vllm:num_requests_running{a=\"b\"} 1\n"}, errTooLarge},
		"one line without an end":  {&endless{line: "x"}, errNoPage},
		"HTML":                     {strings.NewReader("<!doctype html><title>no</title>"), errNoPage},
		"nothing":                  {strings.NewReader(""), errNoPage},
		"binary":                   {bytes.NewReader(bytes.Repeat([]byte{0, 0xff, '\n'}, 1000)), errNoPage},
		"a line that is no sample": {strings.NewReader("vllm:num_requests_running{engine=\n"), errNoPage},
	} {
		_, _, err := newReader(nil).samples(test.page)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
		if e, ok := test.page.(*endless); ok && e.read > maxPage+maxLine+4<<10 {
			t.Errorf("%s: %d bytes were read", name, e.read)
		}
	}
}

// Whatever a server sends, it is read or refused.
func FuzzPage(f *testing.F) {
	f.Add([]byte("# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{engine=\"0\"} 3.0 1700000000000\n"))
	f.Add([]byte("vllm:kv_cache_usage_perc NaN\nvllm:kv_cache_usage_perc{} +Inf\n"))
	f.Fuzz(func(_ *testing.T, page []byte) {
		samples, counted, err := newReader([]string{"own"}).samples(bytes.NewReader(page))
		if err != nil {
			return
		}
		w := &Watch{config: Config{Metrics: []string{"own"}}, metric: map[string]string{}, counter: counted}
		w.take(0, samples)
	})
}
