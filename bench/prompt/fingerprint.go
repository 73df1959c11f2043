package prompt

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
)

// A Fingerprint tells in few bytes which prompts a lane gets, so that of two runs
// one can say whether they sent the same ones. It gives no prompt away that could
// not be guessed.
type Fingerprint struct {
	// Content is the same for sources of the same prompts, in whatever order.
	Content string
	// Sequence is the same where every index gives the same prompt.
	Sequence string
}

// A digest is a number made of texts, which another list of texts does not make.
type digest [sha256.Size]byte

func digestOf(texts ...string) digest {
	h := sha256.New()
	for _, text := range texts { // with their lengths, so that no two lists run together
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(text))))
		h.Write([]byte(text))
	}
	return digest(h.Sum(nil))
}

// String is the digest in sixteen characters.
func (d digest) String() string { return hex.EncodeToString(d[:8]) }

// digest is that of all that the prompt says.
func (p Prompt) digest() digest {
	texts := []string{p.System, p.Text}
	for _, m := range p.Messages {
		texts = append(texts, m.Role, m.Content)
		if !m.Plain() || m.Parts != nil {
			texts = append(texts, string(m.Parts), string(m.ToolCalls), m.ToolCallID, m.Name)
		}
	}
	if own := p.own(); own != "" {
		texts = append(texts, own)
	}
	return digestOf(texts...)
}

// own is what a line says of its request beside what it asks; "": nothing.
func (p Prompt) own() string {
	if p.MaxTokens == 0 && p.OutputTokens == 0 && p.Temperature == nil && p.Tools == nil && p.Extra == nil {
		return ""
	}
	temperature := ""
	if p.Temperature != nil {
		temperature = strconv.FormatUint(math.Float64bits(*p.Temperature), 16)
	}
	return fmt.Sprint(p.MaxTokens, p.OutputTokens, temperature, string(p.Tools), string(p.Extra))
}

// Fingerprint implements [Source].
func (d *deck) Fingerprint(lane uint64) Fingerprint {
	d.once.Do(func() {
		if d.content != "" {
			return // of a file that was read once and for all
		}
		all := newTally()
		for i := range d.cards.len() {
			all.add(d.cards.card(uint64(i)))
		}
		d.content, d.order = all.content(), all.sequence()
	})
	return Fingerprint{Content: d.content, Sequence: sequence(d.order, d.seed, lane)}
}

// Fingerprint implements [Source]. Of another seed all prompts are others.
func (s *synthetic) Fingerprint(lane uint64) Fingerprint {
	texts := []string{"synthetic", strconv.FormatUint(s.shape.in.low, 10), strconv.FormatUint(s.shape.in.high, 10), s.system, strconv.FormatUint(s.seed, 10)}
	if s.measure != nil {
		texts = append(texts, fmt.Sprint(s.shape.out, s.shape.prefix, s.shape.prefixes))
	}
	content := digestOf(texts...).String()
	return Fingerprint{Content: content, Sequence: sequence(content, s.seed, lane)}
}

func sequence(content string, seed, lane uint64) string {
	return digestOf(content, strconv.FormatUint(seed, 10), strconv.FormatUint(lane, 10)).String()
}
