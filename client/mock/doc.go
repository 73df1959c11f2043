// Package mock is the built-in completions endpoint: an HTTP server whose answers
// take the time that a small, exactly known model of an inference engine says. It stands in for a real endpoint in the first
// five minutes, in rehearsals and in tests, and because its capacity is a
// formula, what a load tester finds can be held against the truth.
//
// Start from [Default], change what differs, and call [New]; a [Server] is an
// [http.Handler] and also serves a listener by itself.
//
// # Its dialects
//
// Behind the APIs of several vendors is one engine, one limit and one draw of faults:
//
//	POST /v1/chat/completions   OpenAI's chats
//	POST /v1/completions        OpenAI's completions
//	POST /v1/responses          OpenAI's responses
//	POST /v1/messages           Anthropic's messages
//	POST /v1/embeddings         OpenAI's embeddings
//	POST /api/generate          Ollama's completions
//	POST /api/chat              Ollama's chats
//	POST /api/v1/copy/generate  a shop's own endpoint
//
// Where they are documented is said in package client. Each refuses and breaks in its
// own words. Reasoning is a quarter of an answer, before the rest, where a request asks
// for it: by reasoning_effort, reasoning, thinking or think. An embedding takes the
// prefill of its texts and one decode step. A key is taken as a bearer token, as
// x-api-key or api-key, or as user and password of basic authorization.
//
// # The model
//
// One engine does continuous batching, as vLLM and its kin do. A request waits
// in a FIFO queue of at most Queue places (beyond: HTTP 503) until the batch of
// at most Batch sequences has room. The engine then works in iterations. Each
// prefills some prompt tokens, p, and decodes one token for each of the b
// sequences whose prompts are prefilled, those of this very iteration included:
//
//	duration(p, b) = p/PrefillTPS + step(b)
//	step(b)        = Step · (1 + b/64) for b ≥ 1, nothing for b = 0
//
// All b tokens leave at the end of the iteration; a response's headers leave with
// its first token (but those of responses and messages, whose streams begin with
// events that are no tokens, as soon as the request is taken). A request that arrives during an iteration waits for its end;
// one that meets an idle engine starts at once. So a lone request of P prompt
// tokens sees its first token after P/PrefillTPS + step(1), and token n after
// P/PrefillTPS + n·step(1).
//
// Prefill steals time from decoding. So that a burst of prompts does not freeze
// the running streams, it is chunked: an iteration prefills at most what fits
// into the time of its decode step,
//
//	p ≤ max(1, step'(b)·PrefillTPS), step'(b) = Step · (1 + b/64)
//
// where b counts the sequences already decoding. The gap between two tokens of
// one stream is therefore at most about doubled, whatever arrives. Prompts are
// prefilled in the order of their admission.
//
// # Its ceiling
//
// With B = Batch, requests of P prompt and N output tokens finish at no more than
//
//	rps = 1 / (prefill + decode)
//	prefill = P/PrefillTPS
//	decode  = prefill, but at least N·step(B)/B and at most N·step(1)
//
// requests a second; N·rps are output tokens a second. Prompts and answers of
// usual sizes meet the lower bound: the batch is full, and each request costs its
// share of the steps besides its prefill. With long prompts chunking leaves the
// engine half and half; with prompts so long that each answer is over before the
// next prompt is read, one sequence decodes at a time. [Config.Capacity] computes
// it. Prompts aside, the ceiling is B/step(B) tokens a second; at the defaults
// that is 256 / 25 ms = 10,240 tokens/s or 160 requests/s of 64 tokens, and with
// prompts of 150 tokens 129 requests/s. A larger batch buys little: B/step(B)
// tends to 64/Step (12,800 tokens/s), while step(10000) is 0.79 s.
//
// # Its knee
//
// Below the ceiling, at a rate of r requests a second, u = r·P/PrefillTPS of the
// engine goes to prefill and the batch settles at
//
//	b = k / (1 - k/64),  k = r·N·Step / (1 - u)
//
// sequences; a token then takes step(b)/(1 - u), an answer N times that. Latency
// is a hyperbola in r: it has doubled where k = 32, b = 64 (64/(2·Step) tokens/s;
// 100 requests/s of 64 tokens at the defaults, prompts aside), grows ever faster,
// and where b would pass B the queue begins to grow without bound: from there on
// TTFT rises second by second, and once the queue is full requests get 503.
//
// # Its clock
//
// The engine's iterations follow a virtual clock (each begins where the last one
// ended), not sleeps after work, and an arrival is admitted by its own instant.
// A busy host thus does not slow the model: tokens may leave late, but later ones
// make up for it. A host that falls behind by more than a quarter of a second loses
// what is beyond; [Stats].Behind counts it, and a result with much of it says more
// about the host than about the model.
//
// # Tokens and lengths
//
// A prompt of n bytes counts as n/4 tokens, rounded up. An output token is one
// Vietnamese syllable of product copy. Lengths are uniform on Tokens ± half of it,
// so their mean is Tokens; max_tokens cuts them (finish reason "length") and
// ignore_eos, as in vLLM, makes max_tokens the exact length. Tools, their calls and what came
// of these are read as they are written, and no answer calls one.
// Lengths, texts and faults depend on Seed and on the order of arrival alone.
//
// # Its cache of prefixes
//
// PrefixCache is how many tokens the engine keeps of what it read; at 0, the default, it
// keeps none, and all of the above holds of any prompts. It knows the beginnings of prompts
// in blocks of 16 tokens, as vLLM does: of a prompt of P tokens that begins with n blocks
// that are known,
//
//	c = 16 · min(n, ⌊(P-1)/16⌋)
//
// tokens are not prefilled, so that P - c takes the place of P in the model. Blocks are
// known once they were prefilled, and those of an answer once it is over, for the next turn
// of its conversation begins with them (but after reasoning, which nobody sends again). What
// was of no use for longest is forgotten first. The usage says c: as cached_tokens, and in
// messages as cache_read_input_tokens, beside cache_creation_input_tokens for the full blocks
// that were not known; Ollama has no word for it, and embeddings are never cached. Limits
// count the whole prompt.
//
// # Limits and faults
//
// RPM and TPM are limited by the generic cell rate algorithm (ITU-T I.371), or in
// fixed windows where RateWindow is set. Refusals are HTTP 429 with Retry-After,
// and every answer carries x-ratelimit-* headers. A request is charged its prompt
// and its max_tokens (else Tokens) when it arrives, as the real ones do. Faults
// strike a seeded share of the requests; see [Config].
package mock
