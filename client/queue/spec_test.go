package queue_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"flashwave/client"
	"flashwave/client/queue"
	"flashwave/client/queue/spec"
)

func TestAddresses(t *testing.T) {
	for _, c := range []struct{ text, want, err string }{
		{"redis://shop.example", "redis://shop.example:6379", ""},
		{"rediss://app@shop.example:6380/2", "rediss://app@shop.example:6380/2", ""},
		{"redis://[::1]:7000", "redis://[::1]:7000", ""},
		{"redis://:hush@shop.example", "", "holds a password"},
		{"redis://a:hush@shop.example", "", "holds a password"},
		{"redis-cluster://a:1", "", "a Redis Cluster is not supported"},
		{"redis+sentinel://a:1/mymaster", "", "Redis Sentinels is not supported"},
		{"redis://a:1,b:2,c:3", "", "several hosts are not supported"},
		{"unix:///run/redis.sock", "", "a Unix socket is not supported"},
		{"http://a", "", "begins with redis:// or rediss://"},
		{"localhost:6379", "", "begins with redis:// or rediss://"},
		{"redis://a/shop", "", "number of a database"},
		{"redis://a:0", "", "no host or a wrong port"},
		{"redis://a?x=1", "", "neither ? nor #"},
	} {
		a, err := spec.ParseAddress(c.text)
		switch {
		case c.err == "" && (err != nil || a.String() != c.want):
			t.Errorf("%s: %s, %v", c.text, a, err)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "hush")):
			t.Errorf("%s: %v", c.text, err)
		case strings.Contains(c.err, "not supported") && !errors.Is(err, spec.ErrUnsupported):
			t.Errorf("%s: %v is not ErrUnsupported", c.text, err)
		}
	}
}

func TestLayouts(t *testing.T) {
	for _, c := range []struct{ text, err string }{
		{"", ""},
		{"list,queue=jobs:{priority},dead=", ""},
		{`shop,queue=q:{priority},payload={"task": "{id}", "say": ["{prompt}", "for {class}"]}`, ""},
		{"stream,group=", "a stream needs the name of its consumer group"},
		{"shops", `unknown layout "shops": there are shop, list, stream, bullmq`},
		{"shop,keys=a", `unknown word "keys"`},
		{"shop,result=done", "the key of a result holds {id}"},
		{"shop,dead=copy:dead", "dead is KIND:KEY"},
		{"shop,payload={", "the payload is not JSON"},
		{`shop,payload={"a": "{key}"}`, "the payload puts in {key}, and there are {id}"},
		{`list,payload={"a": "{prompt}"}`, "the payload holds {id}"},
	} {
		_, err := spec.ParseLayout(c.text)
		if (err == nil) != (c.err == "") || err != nil && !strings.HasPrefix(err.Error(), c.err) {
			t.Errorf("%s: %v", c.text, err)
		}
	}
}

// Whatever a template and the values are, what is written is JSON, and holds the values.
func FuzzPayload(f *testing.F) {
	f.Add(`{"id": "{id}", "list": ["a {prompt}", {"p": "{priority}"}], "n": 1e3}`, "áo \"dài\"\n{id}")
	f.Add(`"{prompt}"`, "\xff\x00")
	f.Add(`{"{id}": null}`, "")
	f.Fuzz(func(t *testing.T, template, prompt string) {
		p, err := spec.ParsePayload(template)
		if err != nil {
			return
		}
		b := p.Write(map[string]any{"id": "fw-1", "prompt": prompt, "priority": 7})
		if !json.Valid(b) {
			t.Errorf("%q and %q make %q, which is not JSON", template, prompt, b)
		}
		var text string
		if template == `"{prompt}"` && (json.Unmarshal(b, &text) != nil || text != strings.ToValidUTF8(prompt, "\uFFFD") && len(prompt) < 2) {
			t.Errorf("%q became %q", prompt, text)
		}
	})
}

// Whatever workers write, it is read without harm, and counts are counts.
func FuzzAnswer(f *testing.F) {
	for _, text := range []string{`{"status":"failed","error":{"message":"no"},"retry_count":2}`, `{"success":false}`, `{"usage":{"prompt_tokens":1e99,"completion_tokens":-1}}`, `[]`, `x`, `{"error":null,"status":"done"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		a := queue.ReadAnswer(b)
		if a.Retries < 0 || a.Usage.Prompt < 0 || a.Usage.Output < 0 || len(a.Err) > 300 || !a.Failed && a.Err != "" {
			t.Errorf("%q: %+v", b, a)
		}
	})
}

func TestAnswers(t *testing.T) {
	for text, want := range map[string]queue.Answer{
		`{"status":"done","error":null}`:                                  {},
		`plain text`:                                                      {},
		`{"status":"FAILED","error":"no","retries":2}`:                    {Failed: true, Err: "no", Retries: 2},
		`{"success":false,"error":{"message":"late"}}`:                    {Failed: true, Err: "late"},
		`{"error":{"code":5}}`:                                            {Failed: true, Err: `{"code":5}`},
		`{"content":"hay","usage":{"input_tokens":3,"output_tokens":4}}`:  {Text: "hay", Usage: client.Usage{Prompt: 3, Output: 4, From: client.FromUsage}},
		`{"usage":{"prompt_tokens":"many","completion_tokens":4,"x":[]}}`: {Usage: client.Usage{Output: 4, From: client.FromUsage}},
	} {
		if got := queue.ReadAnswer([]byte(text)); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}
