package prompt

import (
	"strconv"
	"strings"

	"flashwave/bench/items"
	"flashwave/bench/trace"
)

// A Replay gives the prompts of recorded requests: text without meaning, as long as they
// were in the endpoint's own tokens, with the same beginnings where the trace says that
// they had the same. The requests of a session each begin with the one before.
type Replay struct {
	writer
	system   string
	overhead int // tokens of the system prompt
	name     string
	of       map[int]*trace.Trace
	any      *trace.Trace
	turns    int // most requests of a session, where sessions are conversations; 0: each request is one by itself
}

// Conversing makes the sessions that the traces were read with conversations of so many
// turns at most: the later questions of each are as long as its prompts grew, answers
// apart.
func (r *Replay) Conversing(turns int) *Replay {
	r.turns = turns
	return r
}

// Converses implements [Talking]. A request of no session is a conversation of one turn.
func (r *Replay) Converses(uint64, uint64) bool { return r.turns > 0 }

// Turns implements [Talking], of a request that was not recorded.
func (r *Replay) Turns(lane, index uint64) []Prompt {
	return r.session(r.any, index, r.At(lane, index), hash(1<<62+lane, index))
}

// RowTurns are the turns that begin with a wave's recorded request, as in [Replay.Row].
func (r *Replay) RowTurns(wave int, row, turn uint64) []Prompt {
	t, ok := r.of[wave]
	if !ok {
		t = r.any
	}
	return r.session(t, row, r.Row(wave, row, turn), hash(turn, uint64(wave), row))
}

// session are the turns of a session, of which the first is at hand.
func (r *Replay) session(t *trace.Trace, row uint64, first Prompt, own uint64) []Prompt {
	i := int(row % uint64(t.Len()))
	before := t.Row(i)
	turns := []Prompt{first.opened()}
	for n, turn := range t.Session(i, r.turns-1) {
		grown := max(1, turn.Input-before.Input-before.Output)
		var b strings.Builder
		r.write(&b, hash(r.seed, own, uint64(n)), uint64(grown))
		p := Prompt{Text: b.String(), OutputTokens: turn.Output, Think: turn.Think}.opened()
		p.Fields = first.Fields
		turns, before = append(turns, p), turn.Row
	}
	return turns
}

// MeanTurns implements [Talking].
func (r *Replay) MeanTurns() float64 {
	if r.turns == 0 {
		return 1
	}
	return min(float64(r.turns), r.any.MeanTurns())
}

// NewReplay is the source of a lane that asks what a file recorded; of are the traces of
// requests that waves of it follow, by their index in the run.
func NewReplay(file string, recorded *trace.Trace, of map[int]*trace.Trace, system string, seed uint64) *Replay {
	longest := recorded.Longest()
	for _, t := range of {
		longest = max(longest, t.Longest())
	}
	return &Replay{
		writer: newWriter(seed, longest*maxBytes, &measure{}), system: system, name: FromTrace + file, of: of, any: recorded,
		overhead: Prompt{System: system}.Tokens(),
	}
}

// Row is the prompt of a wave's recorded request, counted from 0; beyond the last they
// begin again, with other words. Another turn is a run in which nothing is as it was in
// the one before, but what requests share.
func (r *Replay) Row(wave int, row, turn uint64) Prompt {
	t, ok := r.of[wave]
	if !ok {
		t = r.any
	}
	return r.prompt(t, row, hash(r.seed, replays, turn), hash(uint64(wave), row))
}

// At is the prompt of a request that was not recorded: it is as long as one that was.
func (r *Replay) At(lane, index uint64) Prompt {
	return r.prompt(r.any, index, hash(r.seed, replays, 0), hash(1<<62+lane, index))
}

func (r *Replay) prompt(t *trace.Trace, row, turn, own uint64) Prompt {
	recorded := t.Row(int(row % uint64(t.Len())))
	round := recorded.Copy<<32 + row/uint64(t.Len())
	rest := uint64(max(1, recorded.Input-r.overhead))
	var b strings.Builder
	switch {
	case recorded.Session > 0:
		r.write(&b, hash(turn, sessions, recorded.Session, round), rest)
	default:
		rest = r.blocks(&b, recorded.Hashes, uint64(t.Block()), rest, turn)
		if rest > 0 {
			r.write(&b, hash(turn, own, round), rest)
		}
	}
	p := Prompt{System: r.system, Text: b.String(), OutputTokens: recorded.Output, aim: max(recorded.Input, r.overhead+1)}
	p.Fields = map[string]any{"prompt": p.Text, "output_tokens": p.OutputTokens}
	return p
}

// blocks adds those that the hashes name, up to so many tokens, and says how many are left.
func (r *Replay) blocks(b *strings.Builder, hashes []uint64, size, tokens, turn uint64) (left uint64) {
	for _, h := range hashes {
		if tokens == 0 {
			break
		}
		n := min(size, tokens)
		r.write(b, hash(turn, blocks, h), n)
		tokens -= n
	}
	return tokens
}

// Len implements [Source].
func (r *Replay) Len() int { return 0 }

// MeanTokens implements [Source].
func (r *Replay) MeanTokens() int { return max(1, r.any.MeanInput()) }

// MeanAnswer implements [Source].
func (r *Replay) MeanAnswer(workload int) int {
	if n := r.any.MeanOutput(); n > 0 {
		return n
	}
	return workload
}

// Name implements [Source].
func (r *Replay) Name() string { return r.name }

// FromTrace precedes the file of a trace, where prompts are to be as it recorded them.
const FromTrace = "trace:"

// Fingerprint implements [Source].
func (r *Replay) Fingerprint(lane uint64) Fingerprint {
	content := digestOf(FromTrace, r.system, strconv.FormatUint(r.seed, 10), strconv.FormatUint(r.any.Content(), 10), strconv.Itoa(r.any.Len())).String()
	return Fingerprint{Content: content, Sequence: sequence(content, r.seed, lane)}
}

// Skipped are the rows of its own file that could not be used; nil: none.
func (r *Replay) Skipped() *items.BadLines { return r.any.Skipped() }

// Failed is how many rows could not be read again when they were due.
func (r *Replay) Failed() (n int64) {
	n = r.any.Failed()
	for _, t := range r.of {
		if t != r.any {
			n += t.Failed()
		}
	}
	return n
}
