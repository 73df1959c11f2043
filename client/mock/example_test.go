package mock_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"flashwave/client/mock"
)

func ExampleConfig_Capacity() {
	rps, tokens := mock.Default().Capacity(0, 64)
	fmt.Printf("without prompts: %.0f requests/s, %.0f tokens/s\n", rps, tokens)
	rps, tokens = mock.Default().Capacity(150, 64)
	fmt.Printf("with prompts of 150 tokens: %.0f requests/s, %.0f tokens/s\n", rps, tokens)
	// Output:
	// without prompts: 160 requests/s, 10240 tokens/s
	// with prompts of 150 tokens: 129 requests/s, 8258 tokens/s
}

func ExampleServer() {
	s, err := mock.New(mock.Default())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = s.Close() }()
	body := `{"model": "deepseek-v3.2", "messages": [{"role": "user", "content": "Giới thiệu trà sen"}], "max_tokens": 5}`
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/chat/completions", strings.NewReader(body)))
	fmt.Println(w.Code, strings.Contains(w.Body.String(), `"completion_tokens":5`))
	// Output: 200 true
}
