package serverside

import "flashwave/bench/result"

// A server is one that is known by the names of its metrics.
type server struct {
	name   string
	series []series
	// cachedToo: prompt tokens that came out of a cache count as those that were read, as
	// clients count them.
	cachedToo bool
}

// A series is what one of its metrics, the first that is there, says.
type series struct {
	name    string // see package result
	metrics []metric
}

// A metric is one or more samples of a page that are added up or, of a share, of which
// the largest counts.
type metric struct {
	name   string
	label  string   // "": all samples count
	values []string // of that label, in those that do
}

// as is a series of one of some metrics of these names.
func as(name string, metrics ...string) series {
	s := series{name: name}
	for _, m := range metrics {
		s.metrics = append(s.metrics, metric{name: m})
	}
	return s
}

// known are the servers, each by the names of its documentation. Older and newer
// versions have several names for one thing: the newest stands first.
var known = []server{
	{name: "vLLM", cachedToo: true, series: []series{
		as(result.ServerRunning, "vllm:num_requests_running"),
		as(result.ServerQueued, "vllm:num_requests_waiting"),
		as(result.ServerKVCache, "vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"),
		as(result.ServerPreempted, "vllm:num_preemptions_total", "vllm:num_preemptions"),
		as(result.ServerPrompt, "vllm:prompt_tokens_total", "vllm:prompt_tokens"),
		as(result.ServerOutput, "vllm:generation_tokens_total", "vllm:generation_tokens"),
		as(result.ServerSuccessful, "vllm:request_success_total", "vllm:request_success"),
		{result.ServerRejected, []metric{{"http_requests_total", "status", []string{"4xx", "5xx", "429", "503"}}}},
	}},
	{name: "SGLang", cachedToo: true, series: []series{
		as(result.ServerRunning, "sglang:num_running_reqs"),
		as(result.ServerQueued, "sglang:num_queue_reqs"),
		as(result.ServerKVCache, "sglang:token_usage"),
		as(result.ServerPreempted, "sglang:num_retracted_requests_total", "sglang:num_retractions_total"),
		as(result.ServerPrompt, "sglang:prompt_tokens_total"),
		as(result.ServerOutput, "sglang:generation_tokens_total"),
		as(result.ServerSuccessful, "sglang:num_requests_total"),
		as(result.ServerRejected, "sglang:num_aborted_requests_total"),
	}},
	{name: "TGI", cachedToo: true, series: []series{
		as(result.ServerRunning, "tgi_batch_current_size"),
		as(result.ServerQueued, "tgi_queue_size"),
		as(result.ServerPrompt, "tgi_request_input_length_sum"),
		as(result.ServerOutput, "tgi_request_generated_tokens_sum"),
		as(result.ServerSuccessful, "tgi_request_success_total", "tgi_request_success"),
		as(result.ServerRejected, "tgi_request_failure_total", "tgi_request_failure"),
	}},
	{name: "llama.cpp", series: []series{
		as(result.ServerRunning, "llamacpp:requests_processing"),
		as(result.ServerQueued, "llamacpp:requests_deferred"),
		as(result.ServerKVCache, "llamacpp:kv_cache_usage_ratio"),
		as(result.ServerPrompt, "llamacpp:prompt_tokens_total"),
		as(result.ServerOutput, "llamacpp:tokens_predicted_total"),
	}},
	{name: "TensorRT-LLM", series: []series{
		{result.ServerRunning, []metric{{name: "trtllm_num_requests_running"}, {"nv_trt_llm_request_metrics", "request_type", []string{"scheduled"}}}},
		{result.ServerQueued, []metric{{name: "trtllm_num_requests_waiting"}, {"nv_trt_llm_request_metrics", "request_type", []string{"waiting"}}}},
		{result.ServerKVCache, []metric{{name: "trtllm_kv_cache_utilization"}, {"nv_trt_llm_kv_cache_block_metrics", "kv_cache_block_type", []string{"fraction"}}}},
		as(result.ServerSuccessful, "trtllm_request_success_total"),
	}},
}

// counters are the known series that only grow.
var counters = map[string]bool{
	result.ServerPreempted: true, result.ServerRejected: true, result.ServerPrompt: true,
	result.ServerOutput: true, result.ServerSuccessful: true,
}
