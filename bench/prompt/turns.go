package prompt

// turnsOf are the questions of a conversation, the system prompt with the first of them.
// What was answered when it was recorded is left out, and a tool's results with it:
// whoever holds the conversation gets answers of its own.
//
// Of a ShareGPT conversation each says how long its recorded answer was.
func turnsOf(p Prompt) []Prompt {
	if len(p.Messages) == 0 {
		return []Prompt{p}
	}
	var turns []Prompt
	var since []Message
	for _, m := range p.Messages {
		if m.Role == "assistant" {
			if n := len(turns); n > 0 && p.recorded && turns[n-1].OutputTokens == 0 {
				turns[n-1].OutputTokens = max(1, (m.bytes()+bytesPerToken-1)/bytesPerToken)
			}
		}
		if m.Role == "assistant" || m.Role == "tool" {
			continue
		}
		since = append(since, m)
		if m.Role != "user" {
			continue
		}
		turn := p
		turn.Messages, turn.OutputTokens = since, 0
		if !p.recorded {
			turn.OutputTokens = p.OutputTokens
		}
		turns, since = append(turns, turn), nil
	}
	return turns
}
