package client_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"flashwave/client"
)

func Example() {
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `data: {"choices":[{"delta":{"content":"Xin "}}]}`+"\n\n")
		_, _ = fmt.Fprint(w, `data: {"choices":[{"delta":{"content":"chào"},"finish_reason":"stop"}]}`+"\n\n")
		_, _ = fmt.Fprint(w, `data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}`+"\n\n")
		_, _ = fmt.Fprint(w, "data: [DONE]\n\n")
	}))
	defer endpoint.Close()

	c, err := client.New(client.Config{URL: endpoint.URL + "/v1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	r := c.Do(context.Background(), &client.Request{
		Model:    "deepseek-v3.2",
		Messages: []client.Message{{Role: "user", Content: "greet me"}},
		Stream:   true,
		KeepText: true,
	}, nil)
	fmt.Println(r.Outcome, r.Finish, r.Text)
	fmt.Println(r.Events, "events,", r.Usage.Output, "tokens, counted by", r.Usage.From)
	fmt.Println(r.Sent <= r.FirstToken && r.FirstToken <= r.Done)
	// Output:
	// ok stop Xin chào
	// 2 events, 2 tokens, counted by usage
	// true
}
