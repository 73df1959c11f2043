package prompt

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"flashwave/bench/items"
	"flashwave/client/api"
)

// maxAnswer is more tokens than any answer has.
const maxAnswer = 10_000_000

// A parser makes prompts of the items of a file.
type parser struct {
	system   string  // leads those that bring none
	template bool    // keys that mean nothing here are fields of a body template
	to       api.API // the dialect of the endpoint; "": of chats
	whole    bool    // a recorded conversation is wanted to its end
}

// parse reads one item. Its errors hold nothing of what it says.
func (a parser) parse(item []byte) (Prompt, error) {
	if err := items.Check(item); err != nil {
		return Prompt{}, err
	}
	if kind := items.Kind(item); kind != items.AnObject {
		return Prompt{}, fmt.Errorf(`a line is an object, not %s: write {"prompt": "…"}`, kind)
	}
	var l line
	if err := items.Object(item, func(key, value []byte) error { return l.top(string(key), value) }); err != nil {
		return Prompt{}, err
	}
	return l.prompt(a)
}

// A line is the object of an item, taken apart. It is of one of four kinds: a prompt,
// messages, a ShareGPT conversation, or a request of a batch file of OpenAI, whose body
// is taken apart into the same fields.
type line struct {
	Prompt
	prompts, messages, conversation, body []byte // as they stand; nil: they do not
	url                                   string
	hasSystem                             bool
	extra                                 []member
	rest                                  []member // keys that mean nothing
}

// A member is one of an object, its value as it is written.
type member struct {
	key   string
	value json.RawMessage
}

// top reads a key of the item itself.
func (l *line) top(key string, value []byte) (err error) {
	switch key {
	case "prompt":
		l.prompts = value
	case "messages":
		l.messages = value
	case "conversations":
		l.conversation = value
	case "body":
		l.body = value
	case "url":
		l.url, _ = items.Text(value)
		l.rest = append(l.rest, member{key, value})
	case "system":
		l.System, err = textOf(key, value)
		l.hasSystem = true
	case "extra":
		err = l.additions(value)
	default:
		known, wrong := l.word(key, value)
		if err = wrong; !known {
			l.rest = append(l.rest, member{key, value})
		}
	}
	return err
}

// word reads what a line or a batch's body says of its request; false: nothing.
func (l *line) word(key string, value []byte) (known bool, err error) {
	switch key {
	case "max_tokens", "max_completion_tokens":
		l.MaxTokens, err = tokensOf(key, value)
	case "output_tokens":
		l.OutputTokens, err = tokensOf(key, value)
	case "temperature":
		l.Temperature, err = temperatureOf(value)
	case "tools":
		l.Tools, err = listOf(key, value)
	default:
		return false, nil
	}
	return true, err
}

// additions reads the keys that a line adds to the body of its request.
func (l *line) additions(value []byte) error {
	if items.Kind(value) != items.AnObject {
		return fmt.Errorf(`extra is %s: write an object, {"top_p": 0.9}`, items.Kind(value))
	}
	return items.Object(value, func(name, value []byte) error {
		key := string(name)
		switch {
		case slices.Contains([]string{"model", "messages", "prompt", "stream", "stream_options"}, key):
			return fmt.Errorf("extra sets %q, which is the run's to say: leave it out", key)
		case slices.Contains([]string{"max_tokens", "max_completion_tokens", "temperature", "tools"}, key):
			return fmt.Errorf("extra sets %q, which is a key of the line itself", key)
		}
		return l.add(key, value)
	})
}

// add adds a key to the body of the request.
func (l *line) add(key string, value []byte) error {
	if key == "max_output_tokens" {
		return fmt.Errorf("%s is no word of a completion: write max_tokens", key)
	}
	if n, err := strconv.Atoi(string(value)); (key == "n" || key == "best_of") && (err != nil || n != 1) {
		return fmt.Errorf("%s asks for several answers, and a run measures one of each request: leave it out", key)
	}
	l.extra = append(l.extra, member{key, slices.Clone(value)})
	return nil
}

// prompt is what the line comes to.
func (l *line) prompt(a parser) (p Prompt, err error) {
	if l.body != nil && l.prompts == nil && l.messages == nil {
		return l.batch(a)
	}
	if err := l.exclusive(); err != nil {
		return p, err
	}
	switch {
	case l.messages != nil:
		err = l.conversed(a)
	case l.conversation != nil:
		l.rest = nil // they say where it was recorded
		err = l.shareGPT(a)
	case l.prompts != nil:
		if l.Text, err = textOf("prompt", l.prompts); err == nil && !l.hasSystem {
			l.System = a.system
		}
	default:
		err = l.nothingAsked()
	}
	if err == nil {
		err = l.fields(a)
	}
	if err == nil {
		err = l.wire(a.to)
	}
	if err != nil {
		return p, err
	}
	l.Extra = object(l.extra)
	return l.Prompt, nil
}

// nothingAsked says what a line may be that asks nothing.
func (l *line) nothingAsked() error {
	for _, m := range l.rest {
		if m.key == "input_length" || m.key == "scheduled_ms" {
			return errors.New("a row of a trace, and no prompt: write trace: in front of the file's name")
		}
	}
	return errors.New("neither prompt nor messages in the object")
}

// exclusive refuses a line that says what is asked in more than one way.
func (l *line) exclusive() error {
	var given []string
	for _, k := range []struct {
		key   string
		value []byte
	}{{"prompt", l.prompts}, {"messages", l.messages}, {"conversations", l.conversation}, {"body", l.body}} {
		if k.value != nil {
			given = append(given, k.key)
		}
	}
	if len(given) > 1 {
		return fmt.Errorf("%s and %s exclude each other: leave one out", given[0], given[1])
	}
	if l.hasSystem && l.prompts == nil && len(given) > 0 {
		return errors.New("system goes with prompt alone: write it as the first of the messages")
	}
	return nil
}

// fields keeps the keys that mean nothing for a body template. Where there is none they
// would be dropped without a word.
func (l *line) fields(a parser) error {
	if !a.template {
		for _, m := range l.rest {
			if m.key != "id" {
				return fmt.Errorf("unknown key %s: put it into \"extra\" to send it with the request, or leave it out", quoted(m.key))
			}
		}
		return nil
	}
	l.Fields = map[string]any{}
	for _, m := range l.rest {
		var v any
		in := json.NewDecoder(strings.NewReader(string(m.value)))
		in.UseNumber() // numbers stay as they are written
		if err := in.Decode(&v); err != nil {
			return fmt.Errorf("%s: %w", quoted(m.key), err)
		}
		l.Fields[m.key] = v
	}
	if l.Text != "" {
		l.Fields["prompt"] = l.Text
	}
	l.request()
	return nil
}

// request makes fields of what the line says of its request: only the template can send it.
func (l *line) request() {
	if l.Temperature != nil {
		l.Fields["temperature"] = *l.Temperature
	}
	if l.OutputTokens > 0 {
		l.Fields["output_tokens"] = l.OutputTokens
	}
	if l.Tools != nil {
		l.Fields["tools"] = l.Tools
	}
	if len(l.extra) > 0 {
		l.Fields["extra"] = object(l.extra)
	}
}

// quoted is a key as a message shows it.
func quoted(key string) string {
	const most = 40
	if runes := []rune(key); len(runes) > most {
		key = string(runes[:most]) + "…"
	}
	return strconv.Quote(key)
}

// batch reads a request of a batch file of OpenAI. The model and whether the answer
// streams are the run's to say.
func (l *line) batch(a parser) (p Prompt, err error) {
	for _, m := range l.rest {
		if !slices.Contains([]string{"custom_id", "method", "url", "id"}, m.key) {
			return p, fmt.Errorf("unknown key %s beside body: a batch's request has custom_id, method, url and body", quoted(m.key))
		}
	}
	if path := strings.TrimSuffix(l.url, "/"); path != "" && !strings.HasSuffix(path, "/completions") {
		return p, errors.New("url names no completions: only requests to /v1/chat/completions and /v1/completions can be sent")
	}
	if items.Kind(l.body) != items.AnObject {
		return p, fmt.Errorf("body is %s: a batch's request is an object", items.Kind(l.body))
	}
	var in line
	err = items.Object(l.body, func(name, value []byte) error {
		switch key := string(name); key {
		case "prompt":
			in.prompts = value
		case "messages":
			in.messages = value
		case "model", "stream", "stream_options":
		default:
			if known, err := in.word(key, value); known {
				return err
			}
			return in.add(key, value)
		}
		return nil
	})
	if err == nil {
		p, err = in.prompt(a)
	}
	if err != nil {
		return Prompt{}, fmt.Errorf("body: %w", err)
	}
	return p, nil
}

// object is members as JSON; nil of none.
func object(members []member) json.RawMessage {
	if len(members) == 0 {
		return nil
	}
	b := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			b = append(b, ',')
		}
		key, err := json.Marshal(m.key)
		if err != nil {
			continue // a text always can be written
		}
		b = append(append(append(b, key...), ':'), m.value...)
	}
	return append(b, '}')
}

// textOf is a value that must be a text, and not an empty one.
func textOf(key string, value []byte) (string, error) {
	text, ok := items.Text(value)
	switch {
	case value == nil, items.Kind(value) == items.Nothing:
		return "", fmt.Errorf("%s is missing", key)
	case !ok:
		return "", fmt.Errorf("%s is not a text", key)
	case text == "":
		return "", fmt.Errorf("%s is empty", key)
	}
	return text, nil
}

// tokensOf is a value that must be a number of tokens.
func tokensOf(key string, value []byte) (int, error) {
	n, err := strconv.Atoi(string(value))
	if err != nil || n < 1 || n > maxAnswer {
		return 0, fmt.Errorf("%s is not a whole number from 1 to %d", key, maxAnswer)
	}
	return n, nil
}

func temperatureOf(value []byte) (*float64, error) {
	const most = 2
	t, err := strconv.ParseFloat(string(value), 64)
	if err != nil || !(t >= 0 && t <= most) {
		return nil, fmt.Errorf("temperature is not a number from 0 to %d", most)
	}
	return &t, nil
}

// listOf is a value that must be a list of objects, at least one.
func listOf(key string, value []byte) (json.RawMessage, error) {
	n := 0
	err := items.Array(value, func(i int, v []byte) error {
		if n++; items.Kind(v) != items.AnObject {
			return fmt.Errorf("%s[%d] is %s, not an object", key, i, items.Kind(v))
		}
		return nil
	})
	if err == nil && n == 0 {
		err = fmt.Errorf("%s is not a list of at least one object", key)
	}
	return slices.Clone(value), err
}
