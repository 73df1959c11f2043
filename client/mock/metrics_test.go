package mock

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The page says what the engine's state is, and needs no key, as that of vLLM needs none.
func TestMetrics(t *testing.T) {
	c := Default()
	c.Key = "secret"
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ask := httptest.NewRequest(http.MethodPost, "/v1/chat/completions", strings.NewReader(`{"model":"`+DefaultModel+`","max_tokens":5,"messages":[{"role":"user","content":"hello there"}]}`))
	ask.Header.Set("Authorization", "Bearer secret")
	answer := httptest.NewRecorder()
	if s.ServeHTTP(answer, ask); answer.Code != http.StatusOK {
		t.Fatal(answer.Code, answer.Body)
	}
	page := httptest.NewRecorder()
	s.ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	st := s.Stats()
	if st.Prompt == 0 || st.Tokens == 0 || st.Served != 1 {
		t.Errorf("%+v", st)
	}
	for name, v := range map[string]int64{
		"vllm:num_requests_running": 0, "vllm:num_requests_waiting": 0, "vllm:kv_cache_usage_perc": 0,
		"vllm:prompt_tokens_total": st.Prompt + st.Cached, "vllm:generation_tokens_total": st.Tokens, "vllm:request_success_total": 1,
	} {
		if line := fmt.Sprintf("\n%s{engine=\"0\",model_name=\"%s\"} %d\n", name, DefaultModel, v); !strings.Contains(page.Body.String(), line) {
			t.Errorf("%q is not in\n%s", line, page.Body)
		}
	}
}
