package prompt

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadJSONLErrors(t *testing.T) {
	const two = "{\"prompt\": \"a\"}\n"
	for _, c := range []struct{ name, text, err string }{
		{"an empty file", "", `f holds no prompt: write one a line, {"prompt": "…"}`},
		{"blank lines alone", "\n \n\t\n", `f holds no prompt: write one a line, {"prompt": "…"}`},
		{"not JSON", two + "hello\n", `f:2: not JSON: invalid character 'h' looking for beginning of value`},
		{"a torn line", two + `{"prompt": "secret`, "f:2: not JSON: the line ends in the middle of it"},
		{"an array", `["a"]`, `f:1: a line is an object, not an array: write {"prompt": "…"}`},
		{"a text", `"a"`, `f:1: a line is an object, not a string: write {"prompt": "…"}`},
		{"null", `null`, `f:1: null is no prompt: write {"prompt": "…"}`},
		{"two objects", `{"prompt": "a"} {"prompt": "b"}`, "f:1: something follows the object: write one object a line"},
		{"rubbish after it", `{"prompt": "a"} x`, "f:1: something follows the object: write one object a line"},
		{"not UTF-8", "{\"prompt\": \"\xff\"}", "f:1: the line is not UTF-8"},
		{"neither", `{"text": "a"}`, "f:1: neither prompt nor messages in the object"},
		{"both", `{"prompt": "a", "messages": []}`, "f:1: prompt and messages exclude each other: leave one out"},
		{"no prompt", `{"prompt": null}`, "f:1: prompt is missing"},
		{"a prompt of nothing", `{"prompt": ""}`, "f:1: prompt is empty"},
		{"a number", `{"prompt": 7}`, "f:1: prompt is not a text"},
		{"a system of numbers", `{"prompt": "a", "system": 7}`, "f:1: system is not a text"},
		{"no messages", `{"messages": []}`, "f:1: messages is not a list of at least one message"},
		{"messages that are none", `{"messages": "a"}`, "f:1: messages is not a list of at least one message"},
		{"a message that is none", `{"messages": ["a"]}`, `f:1: messages[0]: not an object: write {"role": "user", "content": "…"}`},
		{"no role", `{"messages": [{"content": "a"}]}`, "f:1: messages[0]: role is missing"},
		{"no content", `{"messages": [{"role": "user", "content": "a"}, {"role": "user"}]}`, "f:1: messages[1]: content is missing"},
		{"parts", `{"messages": [{"role": "user", "content": []}]}`, "f:1: messages[0]: content is not a text"},
		{"a name", `{"messages": [{"role": "user", "content": "a", "name": "x"}]}`, "f:1: messages[0]: only role and content can be sent: leave the other keys out"},
		{"a line too long", two + `{"prompt": "` + strings.Repeat("a", maxLine) + `"}`, "f:2: the line is longer than 16 MiB"},
	} {
		prompts, err := ReadJSONL(strings.NewReader(c.text), "f", "")
		if errText(err) != c.err || prompts != nil {
			t.Errorf("%s: %d prompts, %q; want %q", c.name, len(prompts), errText(err), c.err)
		}
	}
}

func TestReadJSONLRefusesMoreThanItsLimit(t *testing.T) {
	const text = "{\"prompt\": \"a\"}\n{\"prompt\": \"b\"}\n"
	read := func(limit int) error {
		_, err := readJSONL(&io.LimitedReader{R: strings.NewReader(text), N: int64(limit) + 1}, "f", "")
		return err
	}
	if err := read(len(text)); err != nil {
		t.Errorf("a file of the limit: %v", err)
	}
	if got, want := errText(read(len(text)-1)), "f is larger than 1 GiB: take a sample of it"; got != want {
		t.Errorf("a file over the limit: %q", got)
	}
}

func TestReadJSONLPassesReadErrorsOn(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("{\"prompt\": \"a\"}\n"), iotest.ErrReader(io.ErrClosedPipe))
	if _, err := ReadJSONL(broken, "f", ""); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
}

func FuzzReadJSONL(f *testing.F) {
	f.Add("{\"prompt\": \"Áo dài\"}\n\n{\"prompt\": \"b\", \"n\": 1e400}\n", "")
	f.Add(`{"messages": [{"role": "user", "content": "a"}], "features": ["x"]}`, "sys")
	f.Add("\ufeff{\"prompt\": \"a\", \"system\": \"s\"}\r\n", "sys")
	f.Add(`{"prompt": "a"}{"prompt": "b"}`, "")
	f.Add("{\"prompt\": \"\\ud800\"}", "")
	f.Fuzz(func(t *testing.T, text, system string) {
		prompts, err := ReadJSONL(strings.NewReader(text), "f", system)
		if (err == nil) != (len(prompts) > 0) {
			t.Fatalf("%d prompts and error %v", len(prompts), err)
		}
		if lines := strings.Count(text, "\n") + 1; len(prompts) > lines {
			t.Fatalf("%d prompts from %d lines", len(prompts), lines)
		}
		for _, p := range prompts {
			if (p.Text == "") == (len(p.Messages) == 0) || p.Fields == nil {
				t.Fatalf("%+v has not one of text and messages, or no fields", p)
			}
			if slices.ContainsFunc(p.Messages, func(m Message) bool { return m.Role == "" || m.Content == "" }) {
				t.Fatalf("an empty message: %+v", p.Messages)
			}
			if p.Tokens() < 1 {
				t.Fatalf("%d tokens", p.Tokens())
			}
		}
	})
}
