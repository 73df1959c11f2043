package client

import "strconv"

// usage is what usage objects said, in the words of any dialect; 0 is what they
// did not say. Objects add up: one may count the prompt and a later one the
// output, and where two speak of the same count the later one is right, unless it
// says 0. So zeros erase nothing, and what is said twice counts once.
type usage struct {
	found                                    bool // some count was there, be it 0
	prompt, output, total, cached, reasoning int
	pieces                                   int  // all outputs that were said, added up
	fromCache, toCache                       int  // read, in Anthropic's words; written
	apart                                    bool // these stand beside the prompt, not in it
}

// tokenLimit is the most tokens that one request can count: above every context
// there is. A figure beyond it is a mistake.
const tokenLimit = 1 << 24

// read reads a usage object and adds it; null is none.
func (u *usage) read(s *scanner) bool {
	var got usage
	ok := s.object(func(key []byte) bool { return got.field(s, key) })
	if ok && got.found {
		u.add(got)
	}
	return ok
}

// add takes in what was said later.
func (u *usage) add(later usage) {
	if later.output > 0 && later.total == 0 {
		u.total = 0 // it was that of an earlier output
	}
	for _, count := range [...]struct {
		of    *int
		later int
	}{
		{&u.prompt, later.prompt},
		{&u.output, later.output},
		{&u.total, later.total},
		{&u.cached, later.cached},
		{&u.reasoning, later.reasoning},
		{&u.fromCache, later.fromCache},
		{&u.toCache, later.toCache},
	} {
		if count.later > 0 {
			*count.of = count.later
		}
	}
	u.found, u.apart = u.found || later.found, u.apart || later.apart
	u.pieces += max(later.pieces, later.output)
}

func (u *usage) field(s *scanner, key []byte) bool {
	switch string(key) {
	case "prompt_tokens", "input_tokens", "promptTokens", "inputTokens",
		"prompt_token_count", "promptTokenCount", "inputTokenCount", "prompt_eval_count":
		return u.count(s, &u.prompt)
	case "completion_tokens", "output_tokens", "completionTokens", "outputTokens",
		"candidates_token_count", "candidatesTokenCount", "outputTokenCount", "eval_count":
		return u.count(s, &u.output)
	case "total_tokens", "totalTokens", "total_token_count", "totalTokenCount":
		return u.count(s, &u.total)
	case "prompt_cache_hit_tokens", "cached_tokens": // DeepSeek, Moonshot
		return tokenCount(s, &u.cached)
	case "cache_read_input_tokens":
		return tokenCount(s, &u.fromCache)
	case "cache_creation_input_tokens":
		return tokenCount(s, &u.toCache)
	case "prompt_tokens_details", "input_tokens_details":
		return s.object(func(key []byte) bool {
			switch string(key) {
			case "cached_tokens":
				return tokenCount(s, &u.cached)
			case "cache_write_tokens", "cache_creation_tokens": // OpenAI and OpenRouter, LiteLLM
				return tokenCount(s, &u.toCache)
			}
			return s.skip()
		})
	case "completion_tokens_details", "output_tokens_details":
		return s.object(func(key []byte) bool {
			switch string(key) {
			case "reasoning_tokens", "thinking_tokens":
				return tokenCount(s, &u.reasoning)
			}
			return s.skip()
		})
	case "reasoning_tokens", "thoughts_token_count", "thoughtsTokenCount":
		return tokenCount(s, &u.reasoning)
	}
	return s.skip()
}

func (u *usage) count(s *scanner, n *int) bool {
	u.found = u.found || isDigit(s.peek())
	return tokenCount(s, n)
}

// tokenCount reads a number into n. What cannot be a count of tokens leaves n as
// it was, and so does 0: another value, a negative number, a fraction, more than
// any request has.
func tokenCount(s *scanner, n *int) bool {
	if !isDigit(s.peek()) {
		return s.skip()
	}
	text, ok := s.raw()
	if !ok {
		return false
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err == nil && 0 < f && f <= tokenLimit && f == float64(int(f)) {
		*n = int(f)
	}
	return true
}

// tellsOutput reports whether the output is among what was said.
func (u usage) tellsOutput() bool { return u.output > 0 || u.prompt > 0 && u.total > u.prompt }

// normalised is the usage in our words: Output includes reasoning and Prompt
// includes cached, whatever the dialect. What the total holds beside prompt and
// output was billed, too: reasoning that stands nowhere else (xAI, and gateways
// before thinking models), or the cached part of a prompt that was counted
// without it.
func (u usage) normalised() Usage {
	n := Usage{Prompt: u.prompt, Output: u.output, Reasoning: u.reasoning}
	switch rest := u.total - u.prompt - u.output; {
	case rest <= 0:
	case u.prompt == 0 && u.output == 0: // of the total alone nobody knows the parts
	case u.prompt == 0:
		n.Prompt = rest
	case u.output == 0:
		n.Output = rest
	case rest == u.cached && rest != u.reasoning:
		n.Prompt += rest
	default:
		n.Output += rest
		n.Reasoning = max(n.Reasoning, rest)
	}
	n.Cached, n.CacheWritten = u.cached, u.toCache
	if u.apart {
		n.Prompt += u.fromCache + u.toCache
		n.Cached = max(u.cached, u.fromCache)
	}
	n.Cached = min(n.Cached, n.Prompt)
	n.CacheWritten = min(n.CacheWritten, n.Prompt-n.Cached)
	n.Reasoning = min(n.Reasoning, n.Output)
	if n.Prompt > 0 || n.Output > 0 {
		n.From = FromUsage
	}
	return n
}
