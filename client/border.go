package client

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The border is where text from outside enters: whatever an endpoint, a proxy or
// a resolver can fill. Behind it no text holds a secret, an escape sequence, a
// character that cannot be seen or turns the direction of writing, or a command
// to a build server; so that whatever shows or stores it need not ask.

const (
	textLimit  = 300      // bytes of Result.Err, and of a model's id
	wordLimit  = 128      // bytes of an id of a request and of a finish reason
	proseLimit = 64 << 10 // bytes of an answer that is kept
	rawLimit   = 8 << 10  // bytes of an error text that are looked at
)

// clean makes an error text fit to be shown and stored: one line of printable
// characters, without secrets and without what the request asked, not long.
func (c *Client) clean(text string, req *Request) string {
	if len(text) > rawLimit {
		text = text[:rawLimit]
	}
	text = c.secrets.redact(text)
	if req != nil {
		for _, m := range req.Messages {
			text = withoutEcho(text, m.Content)
		}
		for _, field := range req.Fields {
			text = withoutField(text, field)
		}
	}
	return c.line(text, textLimit)
}

// line makes a text one line of at most so many bytes. Secrets are looked for
// once more when nothing invisible stands between their letters.
func (c *Client) line(text string, limit int) string {
	text = sanitized(text)
	if strings.Contains(text, " ") {
		text = strings.Join(strings.Fields(text), " ")
	}
	return shortened(defused(c.secrets.redact(text)), limit)
}

// prose cleans an answer that is kept; its lines stay.
func (c *Client) prose(text string) string {
	if len(text) > proseLimit {
		text = text[:proseLimit]
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = defused(c.secrets.redact(sanitized(line)))
	}
	return strings.Join(lines, "\n")
}

// arrived cleans what of the record an endpoint has filled.
func (c *Client) arrived(r *Result) {
	r.Finish = c.line(r.Finish, wordLimit)
	r.RequestID = c.line(r.RequestID, wordLimit)
	if r.Text != "" {
		r.Text = c.prose(r.Text)
	}
	if r.Reasoning != "" {
		r.Reasoning = c.prose(r.Reasoning)
	}
}

// sanitized is a text of printable characters: every white space is a blank, and
// what is not seen is left out.
func sanitized(text string) string {
	if isPlain(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || unicode.In(r, unicode.Variation_Selector) || strings.ContainsRune(unseen, r):
			return -1
		}
		return r
	}, withoutEscapes(strings.ToValidUTF8(text, "\ufffd")))
}

// unseen are characters that count as printable and show nothing: the joiner of
// graphemes, the fillers of Hangul, the empty pattern of Braille.
const unseen = "\u034f\u115f\u1160\u3164\uffa0\u2800"

// isPlain reports whether a text is printable ASCII alone.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// withoutEscapes takes the escape sequences (ECMA-48) out of a text, as a
// terminal would.
func withoutEscapes(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r == esc || 0x80 <= r && r < 0xa0 }) {
		return text
	}
	var b strings.Builder
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		rest := text[size:]
		if 0x80 <= r && r < 0xa0 { // the short form of ESC and a letter
			text = afterEscape(byte(r-0x40), rest)
			continue
		}
		if r == esc {
			text = rest
			if rest != "" && ' ' <= rest[0] && rest[0] <= '~' {
				text = afterEscape(rest[0], rest[1:])
			}
			continue
		}
		b.WriteString(text[:size])
		text = rest
	}
	return b.String()
}

const esc = 0x1b

// afterEscape is what follows an escape sequence whose kind has been read.
func afterEscape(kind byte, text string) string {
	switch kind {
	case '[': // parameters, and a letter
		end := strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '?' })
		if end >= 0 && '@' <= text[end] && text[end] <= '~' {
			return text[end+1:]
		}
	case ']', 'P', 'X', '^', '_': // a string, and its end
		for _, end := range []string{"\a", "\x1b\\", "\u009c"} {
			if _, after, ok := strings.Cut(text, end); ok {
				return after
			}
		}
	case ' ', '!', '"', '#', '$', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/': // a character set, and its letter
		if text != "" {
			return text[1:]
		}
	}
	return text
}

// What build servers take for a command when they find it in a log: GitHub's at
// the beginning of a line (so anywhere, for lines are wrapped), those of Azure and
// TeamCity anywhere.
var (
	githubCommand = regexp.MustCompile(`(?i)::(error|warning|notice|debug|group|endgroup|echo|add-mask|set-output|save-state|` +
		`set-env|add-path|add-matcher|remove-matcher|stop-commands|internal-)`)
	bracketCommand = regexp.MustCompile(`(?i)##([a-z]*)\[`)
)

// defused takes the meaning from such commands.
func defused(text string) string {
	if strings.Contains(text, "::") {
		text = githubCommand.ReplaceAllString(text, ": :$1")
	}
	if strings.Contains(text, "##") {
		text = bracketCommand.ReplaceAllString(text, "# #$1[")
	}
	return text
}

// shortened cuts a text to at most limit bytes, between characters.
func shortened(text string, limit int) string {
	const more = "…"
	if len(text) <= limit {
		return text
	}
	end := limit - len(more)
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + more
}

// withoutField takes the texts of a field of a body template out of a text.
func withoutField(text string, field any) string {
	switch value := field.(type) {
	case string:
		return withoutEcho(text, value)
	case []string:
		for _, v := range value {
			text = withoutEcho(text, v)
		}
	case []any:
		for _, v := range value {
			text = withoutField(text, v)
		}
	case map[string]any:
		for _, v := range value {
			text = withoutField(text, v)
		}
	}
	return text
}

const (
	shortestEcho = 8  // shorter prompts are common words
	echoWindow   = 16 // bytes compared at a time; runs of 1½ windows are always found
)

// withoutEcho takes a prompt out of a text, and long parts of it too: servers
// quote what they did not like.
func withoutEcho(text, prompt string) string {
	if len(prompt) < shortestEcho {
		return text
	}
	return withoutParts(strings.ReplaceAll(text, prompt, "…"), prompt, "…")
}

// withoutParts puts a mark where long parts of a whole stand in a text.
func withoutParts(text, whole, mark string) string {
	for i := 0; i+echoWindow <= len(text); i += echoWindow / 2 {
		at := strings.Index(whole, text[i:i+echoWindow])
		if at < 0 {
			continue
		}
		from, to := i, i+echoWindow
		for before := at - 1; from > 0 && before >= 0 && text[from-1] == whole[before]; before-- {
			from--
		}
		for after := at + echoWindow; to < len(text) && after < len(whole) && text[to] == whole[after]; after++ {
			to++
		}
		text = text[:from] + mark + text[to:]
		i = from
	}
	return text
}
