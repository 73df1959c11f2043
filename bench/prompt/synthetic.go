package prompt

import (
	"math/rand/v2"
	"strings"
)

// The tokens a synthetic prompt may have. Fewer than the lowest leave no room for
// the words that tell prompts apart.
const (
	minTokens = 16
	maxTokens = 1_000_000
)

// spareText is how many bytes a synthetic source has beyond its longest prompt:
// they are the places where a prompt may begin.
const spareText = 64 << 10

// A writer writes text without meaning, cut from a text of common words.
type writer struct {
	seed    uint64
	words   string
	measure *measure // of the endpoint's tokens; nil: four bytes are one
}

// newWriter is one whose texts are of so many bytes at most without repeating themselves.
func newWriter(seed uint64, longest int, m *measure) writer {
	return writer{seed, randomText(seed, min(longest, maxText)+spareText), m}
}

// maxText is more than any text needs to be without repeating itself, in bytes.
const maxText = 4 << 20

// randomText is a text of at least so many bytes, and a longest word more.
func randomText(seed uint64, bytes int) string {
	rng := rand.New(rand.NewPCG(seed, 0))
	var b strings.Builder
	b.Grow(bytes + 16)
	for b.Len() < bytes+8 {
		b.WriteString(dictionary[rng.IntN(len(dictionary))])
		b.WriteByte(' ')
	}
	return b.String()
}

// write adds a text of so many tokens that begins with the words of the id, and so like
// no text of another. A shorter text of an id is what a longer one begins with, but for
// its last byte.
func (w writer) write(b *strings.Builder, id, tokens uint64) {
	length := w.measure.bytes(tokens)
	b.Grow(length + 1)
	place := int(hash(id, drawPlace) % spareText)
	place += strings.IndexByte(w.words[place:], ' ') + 1
	head := make([]byte, 0, 64)
	for range 8 { // the 64 bits of the id, a word for each byte
		head = append(append(head, dictionary[id&0xff]...), ' ')
		id >>= 8
	}
	rest := max(length-1, 1)
	head = head[:min(len(head), rest)]
	b.Write(head)
	for rest -= len(head); rest > 0; place = 0 {
		part := w.words[place:min(place+rest, len(w.words))]
		b.WriteString(part)
		rest -= len(part)
	}
	b.WriteByte('.')
}

// Counted tells how many tokens the endpoint took the source's prompt p for. It is safe
// for concurrent use.
func (w writer) Counted(p Prompt, tokens int) {
	if w.measure != nil && p.aim > 0 && tokens > 0 {
		w.measure.see(p.Size(), p.aim, tokens)
	}
}

// Measured says how far off the prompts' lengths are; "": it is not known.
func (w writer) Measured() string { return w.measure.String() }

// A synthetic source gives text without meaning, as many tokens as asked for. Each prompt
// begins with eight words that no other prompt of the run has, so that no cache of the
// endpoint knows it. Where prompts share prefixes, one of those comes before all that,
// and a cache may know it.
type synthetic struct {
	writer
	name     string
	system   string
	shape    shape
	overhead int // tokens of the system prompt
}

func openSynthetic(spec, system string, seed uint64) (Source, error) {
	of, err := parseShape(spec)
	if err != nil {
		return nil, err
	}
	s := &synthetic{name: "synthetic:" + spec, system: system, shape: of, overhead: Prompt{System: system}.Tokens()}
	longest := int(max(of.in.high, of.prefix)) * bytesPerToken
	var m *measure
	if of.measured {
		m, longest = &measure{}, longest/bytesPerToken*maxBytes
	}
	s.writer = newWriter(seed, longest, m)
	return s, nil
}

// The numbers that a prompt draws, beside its id.
const (
	drawTokens = iota + 1
	drawPlace
	drawAnswer
	drawPrefix
)

// Lanes of no run: their texts are those that prompts share.
const (
	prefixes = 1<<63 + iota
	blocks
	sessions
	replays
)

func (s *synthetic) At(lane, index uint64) Prompt {
	id := hash(s.seed, lane, index)
	tokens := s.shape.in.draw(hash(id, drawTokens))
	var b strings.Builder
	if s.shape.prefixes > 0 {
		tokens = max(tokens, s.shape.prefix+minTokens)
		which := s.shape.which(hash(id, drawPrefix))
		s.write(&b, hash(s.seed, prefixes, which), s.shape.prefix)
		b.WriteByte(' ')
	}
	s.write(&b, id, tokens-s.shape.prefix)
	p := Prompt{System: s.system, Text: b.String(), aim: int(tokens) + s.overhead}
	p.Fields = map[string]any{"prompt": p.Text}
	if s.shape.out.high > 0 {
		p.OutputTokens = int(s.shape.out.draw(hash(id, drawAnswer)))
		p.Fields["output_tokens"] = p.OutputTokens
	}
	return p
}

func (s *synthetic) Len() int        { return 0 }
func (s *synthetic) MeanTokens() int { return s.shape.meanTokens() + s.overhead }
func (s *synthetic) MeanAnswer(workload int) int {
	if s.shape.out.high == 0 {
		return workload
	}
	return s.shape.out.mean()
}
func (s *synthetic) Name() string { return s.name }

// dictionary holds 256 words, one for each byte. They are so short and so common
// that most tokenizers take each for one token, and with their space they have
// four bytes on average: the estimate of a synthetic prompt is close to the truth.
var dictionary = strings.Fields(`
act add age ago air all am an and any are arm as ask at bad bag bar bat bay be bed bet big bin bit boat book
box boy bug bus but buy by cab can cap car case cat cod cop cow cry cup cut dad dam day did die dig dip do dog
door dot dry due ear eat egg elm end era eye fan far fat fee few fig fin fish fit fix fly fog for fox fur gap
gas gem get go gold gum gun guy had ham hand has hat hay he hen her hill him hip his hit hob home hop hot how
hug hut ice if in ink is it its jam jar jaw jet job joy jug key kid lab lake lap law leg let lid lie life lip
log lot man map mat may me men milk mix moon mop mud mug my nap net new no not now nut oak odd of off oil old
on one or our out owl own pad pan part pay pea pen per pet pie pig pin pit pop pot put rain ran rat raw red
rib rid road rod row rub rug sad saw say sea see she shy sit six ski sky snow so son star sum sun tap tax tea
ten the tie time tin tip to toe ton too top toy tree try tub two up us use van via war was way we web week wet
who win wind work wow year you zoo
`)
