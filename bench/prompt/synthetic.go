package prompt

import (
	"fmt"
	"math/rand/v2"
	"strconv"
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

// A synthetic source gives text without meaning, as many tokens as asked for to
// the byte. Each prompt begins with eight words that no other prompt of the run
// has, so that no cache of the endpoint knows it; the rest is cut from a text of
// random words.
type synthetic struct {
	name     string
	system   string
	seed     uint64
	low      uint64 // tokens
	high     uint64
	words    string // a text of common words
	overhead int    // tokens of the system prompt
}

func openSynthetic(length, system string, seed uint64) (Source, error) {
	low, high, isRange := strings.Cut(length, "..")
	if !isRange {
		high = low
	}
	from, err := parseTokens(low)
	if err != nil {
		return nil, err
	}
	to, err := parseTokens(high)
	if err != nil {
		return nil, err
	}
	if from > to {
		return nil, fmt.Errorf("synthetic:%s goes from much to little: write synthetic:%d..%d", length, to, from)
	}
	return &synthetic{
		name: "synthetic:" + length, system: system, seed: seed,
		low: from, high: to,
		words:    randomText(seed, int(to)*bytesPerToken+spareText),
		overhead: Prompt{System: system}.Tokens(),
	}, nil
}

func parseTokens(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number of tokens: write synthetic:512 or synthetic:100..2000", s)
	}
	if n < minTokens || n > maxTokens {
		return 0, fmt.Errorf("%d tokens are not possible: give %d to %d", n, minTokens, maxTokens)
	}
	return n, nil
}

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

func (s *synthetic) At(lane, index uint64) Prompt {
	id := hash(s.seed, lane, index)
	tokens := s.low + hash(id, 1)%(s.high-s.low+1)
	place := int(hash(id, 2) % spareText)
	place += strings.IndexByte(s.words[place:], ' ') + 1

	var b strings.Builder
	length := int(tokens) * bytesPerToken
	b.Grow(length)
	for range 8 { // the 64 bits of the id, a word for each byte
		b.WriteString(dictionary[id&0xff])
		b.WriteByte(' ')
		id >>= 8
	}
	b.WriteString(s.words[place : place+length-b.Len()-1])
	b.WriteByte('.')
	text := b.String()
	return Prompt{System: s.system, Text: text, Fields: map[string]any{"prompt": text}}
}

func (s *synthetic) Len() int                    { return 0 }
func (s *synthetic) MeanTokens() int             { return int(s.low+s.high)/2 + s.overhead }
func (s *synthetic) MeanAnswer(workload int) int { return workload }
func (s *synthetic) Name() string                { return s.name }

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
