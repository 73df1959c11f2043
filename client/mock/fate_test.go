package mock

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFatesAreTheSeedsAlone(t *testing.T) {
	cfg := Default()
	cfg.ErrorRate, cfg.StallRate, cfg.TruncateRate = 0.2, 0.2, 0.2
	type draws struct {
		length, stall int
		ending        ending
		text          string
	}
	roll := func(seed uint64) (out []draws) {
		cfg.Seed = seed
		d := dice{cfg: cfg}
		for i := range 200 {
			f := d.roll(order{prompt: 1, stream: i%2 == 0})
			out = append(out, draws{f.length, f.stall, f.ending, string(f.text.appendText(nil, 20))})
		}
		return out
	}
	one, again, other := roll(1), roll(1), roll(2)
	differ := 0
	for i := range one {
		if one[i] != again[i] {
			t.Fatalf("request %d: %+v, then %+v with the same seed", i, one[i], again[i])
		}
		if one[i] != other[i] {
			differ++
		}
	}
	if differ < 150 {
		t.Errorf("only %d of 200 fates differ with another seed", differ)
	}
}

func TestFaultsStrikeTheirShares(t *testing.T) {
	const n = 30_000
	cfg := Default()
	cfg.ErrorRate, cfg.StallRate, cfg.TruncateRate = 0.05, 0.1, 0.02
	d := dice{cfg: cfg}
	var refused, failed, stalled, cut, tokens int
	for range n {
		f := d.roll(order{prompt: 1, stream: true})
		switch {
		case f.ending == endRefused:
			refused++
		case f.ending == endFail:
			failed++
		case f.ending == endCut:
			cut++
		case f.stall >= 0:
			stalled++
			fallthrough
		default:
			tokens += f.length
		}
	}
	near := func(what string, got int, p float64) {
		t.Helper()
		if sigma := math.Sqrt(n * p * (1 - p)); math.Abs(float64(got)-n*p) > 4*sigma {
			t.Errorf("%s: %d of %d, want about %.0f", what, got, n, n*p)
		}
	}
	near("errors", refused+failed, cfg.ErrorRate)
	near("stalls", stalled, cfg.StallRate)
	near("truncations", cut, cfg.TruncateRate)
	if failed != (refused+failed)/3 {
		t.Errorf("%d of %d errors came within a stream, want every third", failed, refused+failed)
	}
	mean := float64(tokens) / float64(n-refused-failed-cut)
	if mean < 63 || mean > 65 {
		t.Errorf("answers have %.2f tokens on average, want 64", mean)
	}
}

func TestAFateFitsItsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := Default()
		cfg.Tokens = rapid.IntRange(1, 200).Draw(t, "tokens")
		cfg.ErrorRate, cfg.StallRate, cfg.TruncateRate = 0.3, 0.3, 0.3
		o := order{
			prompt: 1,
			limit:  rapid.IntRange(0, 300).Draw(t, "limit"),
			stream: rapid.Bool().Draw(t, "stream"),
		}
		o.exact = o.limit > 0 && rapid.Bool().Draw(t, "exact")
		d := dice{cfg: cfg}
		for range 30 {
			f := d.roll(o)
			switch {
			case f.length < 1 || o.limit > 0 && f.length > o.limit:
				t.Fatalf("%d tokens with a limit of %d", f.length, o.limit)
			case o.limit == 0 && (f.length > cfg.Tokens+cfg.Tokens/2 || f.ending == endLength):
				t.Fatalf("%d tokens, ending %d, without a limit", f.length, f.ending)
			case o.exact && f.ending == endLength && f.length != o.limit:
				t.Fatalf("%d tokens, want exactly %d", f.length, o.limit)
			case f.stall >= f.length:
				t.Fatalf("stalls after %d of %d tokens", f.stall, f.length)
			case f.ending == endFail && !o.stream:
				t.Fatal("an error within a stream that is none")
			}
		}
	})
}

func TestProseIsVietnameseAndNeedsNoEscapes(t *testing.T) {
	d := dice{cfg: Default()}
	f := d.roll(order{prompt: 1})
	text := string(f.text.appendText(nil, 5000))
	if words := strings.Fields(text); len(words) != 5000 {
		t.Errorf("5000 tokens made %d words", len(words))
	}
	quoted, err := json.Marshal(text)
	if err != nil || string(quoted) != `"`+text+`"` {
		t.Errorf("the text is not JSON as it stands (%v)", err)
	}
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) == len(text) {
		t.Error("the text has no diacritics")
	}
	for sentence := range strings.SplitSeq(strings.TrimRight(text, "."), ". ") {
		first, _ := utf8.DecodeRuneInString(sentence)
		if strings.ToUpper(string(first)) != string(first) {
			t.Fatalf("%q does not begin with a capital", sentence)
		}
	}
}
