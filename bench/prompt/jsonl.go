package prompt

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync/atomic"
	"unicode/utf8"

	"flashwave/bench/files"
)

// The bounds of a file, in bytes.
const (
	maxFile = 1 << 30
	maxLine = 16 << 20
	// inMemory is how much memory the prompts of a file may take that are held: the first
	// of them. Of the others only the places of their lines are, and they are read again
	// whenever they are asked for.
	inMemory = 16 << 20
	// perPrompt is what a prompt takes beside its text and its other keys; those take
	// perByte for each byte of the line. Both are rather too much.
	perPrompt, perByte = 1 << 10, 16
)

func openFile(path, system string, seed uint64) (Source, error) {
	file, err := files.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening the prompts: %w", err)
	}
	info, err := file.Stat()
	if err == nil && info.Mode().IsRegular() {
		return openRegular(file, path, system, seed, inMemory)
	}
	defer func() { _ = file.Close() }() // it was only read
	prompts, err := ReadJSONL(file, path, system)
	if err != nil {
		return nil, err
	}
	return newDeck(path, prompts, seed), nil
}

// openRegular looks at every line of a file once, and holds prompts of so many bytes. If not all of them can be held, it is
// closed when nothing refers to the source any more.
func openRegular(file *os.File, path, system string, seed uint64, memory int) (Source, error) {
	all, lines := newTally(), inFile{file: file, system: system, failed: &atomic.Int64{}}
	err := eachLine(&io.LimitedReader{R: file, N: maxFile + 1}, path, system, func(at int64, size int, p Prompt) {
		text := bytesPerToken * p.Tokens()
		if memory -= perPrompt + text + perByte*max(0, size-text); memory >= 0 || all.n == 0 {
			lines.held = append(lines.held, p)
		}
		all.add(p)
		lines.begins = append(lines.begins, at)
	})
	if err != nil {
		_ = file.Close() // it was only read
		return nil, err
	}
	if len(lines.held) == all.n {
		_ = file.Close() // it was only read
		return newDeck(path, lines.held, seed), nil
	}
	lines.begins = slices.Clone(lines.begins) // without what was spare
	return &deck{
		name: path, cards: lines, tokens: mean(all.tokens, all.n), seed: seed, content: all.content(), order: all.sequence(),
	}, nil
}

// ReadJSONL reads a prompt from every line that is not blank. A line is a JSON
// object with either
//
//	{"prompt": "…", "system": "…"}        system may be left out
//	{"messages": [{"role": "user", "content": "…"}, …]}
//
// and any other keys, which become Fields. The system prompt given leads those
// that have none. Name is how errors call the file: they begin with name:line and
// hold nothing of the prompts. A file without a prompt is an error; so is one over
// 1 GiB, or a line over 16 MiB.
func ReadJSONL(r io.Reader, name, system string) ([]Prompt, error) {
	return readJSONL(&io.LimitedReader{R: r, N: maxFile + 1}, name, system)
}

// readJSONL refuses a file at the reader's limit: its last line would be torn.
func readJSONL(limited *io.LimitedReader, name, system string) (prompts []Prompt, err error) {
	err = eachLine(limited, name, system, func(_ int64, _ int, p Prompt) { prompts = append(prompts, p) })
	if err != nil {
		return nil, err
	}
	return prompts, nil
}

// eachLine tells of each prompt, and of where its line begins and how many bytes it has.
func eachLine(limited *io.LimitedReader, name, system string, see func(at int64, size int, p Prompt)) error {
	lines := bufio.NewScanner(limited)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	var at, next int64
	lines.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		n, line, err := bufio.ScanLines(data, atEOF)
		if n > 0 {
			at, next = next, next+int64(n)
		}
		return n, line, err
	})
	number, found := 0, 0
	for lines.Scan() && limited.N > 0 {
		number++
		line, begins := lines.Bytes(), at
		if number == 1 {
			whole := len(line)
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
			begins += int64(whole - len(line))
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		p, err := parseLine(line, system)
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, number, err)
		}
		found++
		see(begins, len(line), p)
	}
	switch err := lines.Err(); {
	case limited.N <= 0:
		return fmt.Errorf("%s is larger than 1 GiB: take a sample of it", name)
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("%s:%d: the line is longer than 16 MiB", name, number+1)
	case err != nil:
		return fmt.Errorf("reading %s: %w", name, err)
	case found == 0:
		return fmt.Errorf(`%s holds no prompt: write one a line, {"prompt": "…"}`, name)
	}
	return nil
}

// parseLine reads one object. Numbers stay as they are written.
func parseLine(line []byte, system string) (Prompt, error) {
	if !utf8.Valid(line) {
		return Prompt{}, errors.New("the line is not UTF-8")
	}
	var keys map[string]any
	in := json.NewDecoder(bytes.NewReader(line))
	in.UseNumber()
	if err := in.Decode(&keys); err != nil {
		return Prompt{}, notAnObject(err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return Prompt{}, errors.New("something follows the object: write one object a line")
	}
	if keys == nil {
		return Prompt{}, errors.New(`null is no prompt: write {"prompt": "…"}`)
	}
	return fromKeys(keys, system)
}

// notAnObject says what is wrong with a line without quoting it.
func notAnObject(err error) error {
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return fmt.Errorf(`a line is an object, not %s: write {"prompt": "…"}`, article(kind.Value))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("not JSON: the line ends in the middle of it")
	}
	return fmt.Errorf("not JSON: %w", err)
}

func article(kind string) string {
	if kind == "array" {
		return "an array"
	}
	return "a " + kind
}

// fromKeys makes a prompt of a line's object; what it does not use stays in Fields.
func fromKeys(keys map[string]any, system string) (Prompt, error) {
	text, isText := keys["prompt"]
	list, isList := keys["messages"]
	switch {
	case isText && isList:
		return Prompt{}, errors.New("prompt and messages exclude each other: leave one out")
	case isList:
		messages, err := conversation(list, system)
		if err != nil {
			return Prompt{}, err
		}
		fields := maps.Clone(keys)
		delete(fields, "messages")
		return Prompt{Messages: messages, Fields: fields}, nil
	case !isText:
		return Prompt{}, errors.New("neither prompt nor messages in the object")
	}
	p := Prompt{System: system, Fields: keys}
	var err error
	if p.Text, err = textOf("prompt", text); err != nil {
		return Prompt{}, err
	}
	if own, ok := keys["system"]; ok {
		if p.System, err = textOf("system", own); err != nil {
			return Prompt{}, err
		}
		delete(keys, "system")
	}
	return p, nil
}

// conversation reads messages; the system prompt leads them if they have none.
func conversation(value any, system string) ([]Message, error) {
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		return nil, errors.New("messages is not a list of at least one message")
	}
	messages := make([]Message, 0, len(list)+1)
	for i, item := range list {
		m, err := message(item)
		if err != nil {
			return nil, fmt.Errorf("messages[%d]: %w", i, err)
		}
		messages = append(messages, m)
	}
	if first := messages[0].Role; system != "" && first != "system" && first != "developer" {
		messages = append([]Message{{"system", system}}, messages...)
	}
	return messages, nil
}

func message(value any) (m Message, err error) {
	object, ok := value.(map[string]any)
	if !ok {
		return m, errors.New(`not an object: write {"role": "user", "content": "…"}`)
	}
	for key := range object {
		if key != "role" && key != "content" {
			return m, errors.New("only role and content can be sent: leave the other keys out")
		}
	}
	if m.Role, err = textOf("role", object["role"]); err != nil {
		return m, err
	}
	m.Content, err = textOf("content", object["content"])
	return m, err
}

// textOf is a value that must be a text, and not an empty one.
func textOf(key string, value any) (string, error) {
	text, ok := value.(string)
	switch {
	case value == nil:
		return "", fmt.Errorf("%s is missing", key)
	case !ok:
		return "", fmt.Errorf("%s is not a text", key)
	case text == "":
		return "", fmt.Errorf("%s is empty", key)
	}
	return text, nil
}
