package prompt

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync/atomic"

	"flashwave/bench/files"
	"flashwave/bench/items"
)

const (
	// maxStream is how much of a stream is read, which is held whole, in bytes. A file
	// may be of any size.
	maxStream = 1 << 30
	// inMemory is how much memory the prompts of a file may take that are held: the first
	// of them. Of the others only the places of their lines are, and they are read again
	// whenever they are asked for.
	inMemory = 16 << 20
	// perPrompt is what a prompt takes beside its text and its other keys; those take
	// perByte for each byte of the line. Both are rather too much.
	perPrompt, perByte = 1 << 10, 16
)

func (w Workload) openFile() (Source, error) {
	file, err := files.Open(w.Prompts)
	if err != nil {
		return nil, fmt.Errorf("opening the prompts: %w", err)
	}
	info, err := file.Stat()
	if err == nil && info.Mode().IsRegular() {
		return w.openRegular(file, inMemory)
	}
	defer func() { _ = file.Close() }() // it was only read
	return w.openStream(file)
}

// openStream holds what it reads.
func (w Workload) openStream(r io.Reader) (Source, error) {
	limited := &io.LimitedReader{R: r, N: maxStream + 1}
	var prompts []Prompt
	bad, err := w.eachLine(limited, func(_ int64, _ int, p Prompt) { prompts = append(prompts, p) })
	switch {
	case limited.N <= 0: // whatever else is wrong with what was torn off there
		return nil, fmt.Errorf("%s is larger than %d GiB: write it into a file", w.Prompts, maxStream>>30)
	case err != nil:
		return nil, err
	}
	d := newDeck(w.Prompts, prompts, w.Seed)
	d.skipped, d.whole = bad, w.Turns != 1
	return d, nil
}

// openRegular looks at every line of a file once, and holds prompts of so many bytes. If not all of them can be held, it is
// closed when nothing refers to the source any more.
func (w Workload) openRegular(file *os.File, memory int) (Source, error) {
	all, lines := newTally(), inFile{file: file, parser: w.parser(), failed: &atomic.Int64{}}
	bad, err := w.eachLine(file, func(at int64, size int, p Prompt) {
		text := p.Size()
		if memory -= perPrompt + text + p.wired() + perByte*max(0, size-text); memory >= 0 || all.n == 0 {
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
		d := newDeck(w.Prompts, lines.held, w.Seed)
		d.skipped, d.whole = bad, w.Turns != 1
		return d, nil
	}
	lines.begins = slices.Clone(lines.begins) // without what was spare
	return &deck{
		name: w.Prompts, cards: lines, tokens: mean(all.tokens, all.n), answer: all.answer, seed: w.Seed,
		content: all.content(), order: all.sequence(), skipped: bad, whole: w.Turns != 1,
	}, nil
}

func (w Workload) parser() parser {
	return parser{system: w.System, template: w.Template, to: w.API, whole: w.Turns != 1}
}

// eachLine tells of each prompt, and of where its line begins and how many bytes it has.
// Lines that cannot be used are an error, or else are counted.
func (w Workload) eachLine(r io.Reader, see func(at int64, size int, p Prompt)) (bad *items.BadLines, err error) {
	parse, bad := w.parser(), &items.BadLines{File: w.Prompts}
	err = items.Read(r, func(item items.Item) error {
		p, err := Prompt{}, item.Err
		if err == nil {
			p, err = parse.parse(item.Bytes)
		}
		if err != nil {
			bad.Add(item.Line, err)
			return nil
		}
		bad.Good++
		see(item.At, len(item.Bytes), p)
		return nil
	})
	var broken *items.Broken
	switch {
	case errors.As(err, &broken):
		return nil, fmt.Errorf("%s:%d: %w", w.Prompts, broken.Line, broken.Err)
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", w.Prompts, err)
	case bad.N > 0 && !w.SkipBad, bad.N > 0 && bad.Good == 0:
		return nil, bad
	case bad.Good == 0:
		return nil, fmt.Errorf(`%s holds no prompt: write one a line, {"prompt": "…"}`, w.Prompts)
	case bad.N == 0:
		return nil, nil
	}
	return bad, nil
}

// ReadJSONL reads prompts from a file of JSON: from every line that is not blank or, if
// the file is one array, from every element of it. Each is an object of one of these
// kinds, told apart by its keys:
//
//	{"prompt": "…", "system": "…"}                           system may be left out
//	{"messages": [{"role": "user", "content": "…"}, …]}      as the chat completions take them
//	{"conversations": [{"from": "human", "value": "…"}, …]}  ShareGPT's
//	{"custom_id": …, "url": …, "body": {…}}                  OpenAI's batch files
//
// A content is a text or a list of parts (text, image_url …). These, tool_calls, the results
// of tools and tools are written in the words of the chat completions, and sent in those of
// the endpoint. Beside prompt or messages a line may say max_tokens,
// output_tokens (how long the answer is to be: the limit of a request that has no
// max_tokens), temperature, tools, and extra, an object whose keys are added to the
// body of its request. An id is for whoever reads the file. Any other key is an error.
//
// Of a ShareGPT conversation the first question is asked, for an answer as long as the
// recorded one, at four bytes a token. Of a batch's request the model and stream are the
// run's to say.
//
// The system prompt given leads those that have none. Name is how errors call the file:
// they begin with name:line and hold nothing of the prompts. A file without a prompt is
// an error; so is a line over 16 MiB.
func ReadJSONL(r io.Reader, name, system string) ([]Prompt, error) {
	var prompts []Prompt
	w := Workload{Prompts: name, System: system, Turns: 1}
	if _, err := w.eachLine(r, func(_ int64, _ int, p Prompt) { prompts = append(prompts, p) }); err != nil {
		return nil, err
	}
	return prompts, nil
}
