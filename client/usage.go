package client

import "strconv"

// usage is what usage objects said, in the words of any dialect, added up over a
// stream: of each count the newest that is not 0 counts, for some send the prompt
// first and the output last, some count on in every chunk, and some repeat a usage
// with zeros. What cannot be a count of tokens (negative, no whole number, beyond
// all bounds) is passed over.
type usage struct {
	found                                    bool
	prompt, output, total, cached, reasoning int
	pieces                                   int // the sum of all outputs
}

// mostTokens bounds what is believed of one request.
const mostTokens = 1e9

// read reads a usage object; null is none.
func (u *usage) read(s *scanner) bool {
	var got usage
	ok := s.object(func(key []byte) bool { return got.field(s, key) })
	if ok && got.found {
		u.add(got)
	}
	return ok
}

// add takes in a usage that came later.
func (u *usage) add(o usage) {
	u.found = u.found || o.found
	for _, count := range [...]struct{ have, newer *int }{
		{&u.prompt, &o.prompt}, {&u.output, &o.output}, {&u.total, &o.total}, {&u.cached, &o.cached}, {&u.reasoning, &o.reasoning},
	} {
		if *count.newer > 0 {
			*count.have = *count.newer
		}
	}
	u.pieces += max(o.pieces, o.output)
}

func (u *usage) field(s *scanner, key []byte) bool {
	switch string(key) {
	case "prompt_tokens", "input_tokens", "promptTokenCount":
		return u.count(s, &u.prompt)
	case "completion_tokens", "output_tokens", "candidatesTokenCount":
		return u.count(s, &u.output)
	case "total_tokens", "totalTokenCount":
		return tokenCount(s, &u.total)
	case "prompt_cache_hit_tokens", "cached_tokens", "cachedContentTokenCount": // DeepSeek, Moonshot, Gemini
		return tokenCount(s, &u.cached)
	case "reasoning_tokens", "thoughtsTokenCount":
		return tokenCount(s, &u.reasoning)
	case "prompt_tokens_details", "input_tokens_details":
		return detail(s, "cached_tokens", &u.cached)
	case "completion_tokens_details", "output_tokens_details":
		return detail(s, "reasoning_tokens", &u.reasoning)
	}
	return s.skip()
}

func (u *usage) count(s *scanner, n *int) bool {
	c := s.peek()
	u.found = u.found || isDigit(c)
	return tokenCount(s, n)
}

// detail reads one count of an object of counts.
func detail(s *scanner, name string, n *int) bool {
	return s.object(func(key []byte) bool {
		if string(key) == name {
			return tokenCount(s, n)
		}
		return s.skip()
	})
}

// tokenCount reads a number into n. What is no count of tokens leaves n as it was.
func tokenCount(s *scanner, n *int) bool {
	if !isDigit(s.peek()) {
		return s.skip()
	}
	text, ok := s.raw()
	if !ok {
		return false
	}
	if f, err := strconv.ParseFloat(string(text), 64); err == nil && f <= mostTokens && f == float64(int(f)) {
		*n = int(f)
	}
	return true
}

// normalised is the usage in our words: Output includes reasoning and Prompt
// includes cached, whatever the dialect. It is believed where it can be true, with
// so many token events seen, or at least an answer; else the events are counted.
func (u usage) normalised(events int, answered bool) Usage {
	out, prompt, reasoning := u.output, u.prompt, u.reasoning
	if out < events && u.pieces >= events {
		out = u.pieces // each chunk counted itself
	}
	hidden := u.total - prompt - out
	switch {
	case u.total == 0 || hidden <= 0:
	case u.cached > prompt && hidden == u.cached:
		prompt += u.cached // the prompt was counted without what the cache knew
	case out == 0:
		out = hidden
	default: // what was thought, and not shown, stands in the total alone
		out, reasoning = out+hidden, max(reasoning, hidden)
	}
	w := Usage{Prompt: prompt, Cached: min(u.cached, prompt), Output: out, Reasoning: min(reasoning, out), From: FromUsage}
	switch {
	case out > 0 || prompt > 0 && !answered:
	case events > 0:
		w.Output, w.From = events, FromEvents
	default:
		w.From = FromNone
	}
	return w
}
