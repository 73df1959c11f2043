package prompt

import (
	"math"
	"strings"
	"testing"
)

// Lengths are drawn evenly between their bounds, and prefixes by Zipf's law; what follows
// a prefix no other prompt has.
func TestSharedPrefixes(t *testing.T) {
	for _, spec := range []string{Synthetic, "synthetic:prefix=1500x20, in=1500..2500, out=200..400", "synthetic:in=2000+-500,out=300+/-100,prefix=1500x20"} {
		const n, prefixes, prefixBytes = 20_000, 20, 1500 * bytesPerToken
		s := open(t, spec, "", "", 3)
		shared, own := map[string]int{}, map[string]bool{}
		sum, answers := 0, 0
		for i := range uint64(n) {
			p := s.At(i%3, i)
			if p.Tokens() < 1516 || p.Tokens() > 2501 || p.OutputTokens < 200 || p.OutputTokens > 400 {
				t.Fatalf("%d tokens in, %d out", p.Tokens(), p.OutputTokens)
			}
			sum += p.Tokens()
			answers += p.OutputTokens
			shared[p.Text[:prefixBytes]]++
			own[p.Text[prefixBytes:prefixBytes+24]] = true
		}
		if len(shared) != prefixes || len(own) != n {
			t.Fatalf("%s: %d prefixes, %d ways to go on", spec, len(shared), len(own))
		}
		if mean := sum / n; mean < 1990 || mean > 2015 || s.MeanTokens() < mean-5 || s.MeanTokens() > mean+5 {
			t.Errorf("%s: %d tokens on average, want %d", spec, mean, s.MeanTokens())
		}
		if mean := answers / n; mean < 297 || mean > 303 || s.MeanAnswer(9) != 300 {
			t.Errorf("%s: answers of %d on average, want %d", spec, mean, s.MeanAnswer(9))
		}
		total := zipf(prefixes)[prefixes-1]
		most, least := 0, n
		for _, times := range shared {
			most, least = max(most, times), min(least, times)
		}
		for k, times := range map[int]int{1: most, prefixes: least} {
			want := n / total / float64(k)
			if math.Abs(float64(times)-want) > 5*math.Sqrt(want) {
				t.Errorf("%s: prefix %d came %d times, want %.0f", spec, k, times, want)
			}
		}
	}
	s := open(t, "synthetic:in=100", "", "", 1)
	if p := s.At(0, 0); s.MeanAnswer(9) != 9 || p.Limit(9) != 9 {
		t.Error("an answer that nothing was said of has a length")
	}
}

// Every prefix may be chosen by some number, the first by the lowest and the last by the
// highest.
func TestWhichPrefix(t *testing.T) {
	for _, n := range []uint64{1, 2, 20, 1000} {
		s := shape{prefixes: n, common: zipf(n)}
		if first, last := s.which(0), s.which(math.MaxUint64); first != 0 || last != n-1 {
			t.Errorf("of %d: %d to %d", n, first, last)
		}
	}
}

// The first answers set the measure of the endpoint's tokens; from then on prompts are as
// long as they were asked for, and a prefix begins as it did.
func TestMeasure(t *testing.T) {
	const template = 12 // tokens of the endpoint's own
	for _, bytesOfAToken := range []float64{3, 4, 5.5} {
		s := open(t, "synthetic:in=1000..3000,prefix=500x1", "", "", 7).(*synthetic)
		counted := func(p Prompt) int { return template + int(float64(len(p.Text))/bytesOfAToken) }
		before := s.At(0, 0)
		if s.Measured() != "" {
			t.Errorf("known before anything was: %s", s.Measured())
		}
		for i := range uint64(firstAnswers) {
			p := s.At(0, i)
			s.Counted(p, counted(p))
		}
		after := s.At(0, 0)
		short := min(len(before.Text), len(after.Text), 1000)
		if before.Text[:short] != after.Text[:short] {
			t.Error("the prefix is another")
		}
		if before.aim != after.aim {
			t.Errorf("%d tokens are aimed at, and then %d", before.aim, after.aim)
		}
		for i := range uint64(1000) {
			p := s.At(1, i)
			if n := counted(p); math.Abs(float64(n)/float64(p.aim)-1) > 0.02 {
				t.Fatalf("at %v bytes a token: %d tokens, want %d", bytesOfAToken, n, p.aim)
			}
			s.Counted(p, counted(p))
		}
		if want := map[float64]string{3: "33.9 % more", 4: "0.6 % more", 5.5: "26.7 % fewer"}[bytesOfAToken]; !strings.Contains(s.Measured(), "counted "+want) {
			t.Errorf("%v: %s, want %s", bytesOfAToken, s.Measured(), want)
		}
		if s.measure.since.off() > 0.005 || s.measure.since.off() < -0.005 {
			t.Errorf("%v bytes a token: still off by %v", bytesOfAToken, s.measure.since.off())
		}
	}
	plain := open(t, "synthetic:1000", "", "", 7).(*synthetic)
	for i := range uint64(100) {
		plain.Counted(plain.At(0, i), 3000)
	}
	if plain.At(0, 0).Tokens() != 1000 || plain.Measured() != "" {
		t.Error("synthetic:N is measured")
	}
}

func FuzzParseShape(f *testing.F) {
	for _, spec := range []string{"512", "100..2000", "in=2000±500,out=300±100,prefix=1500x20", "in=20+-1,prefix=16x1", "in=,out=±", "prefix=16x16"} {
		f.Add(spec)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		s, err := parseShape(spec)
		if err != nil {
			return
		}
		if s.in.low < 1 || s.in.low > s.in.high || s.in.high > maxTokens || s.out.low > s.out.high || s.prefixes > maxPrefixes || s.prefix > maxTokens {
			t.Fatalf("%q is %+v", spec, s)
		}
		if s.meanTokens() < 1 || s.meanTokens() > maxTokens {
			t.Fatalf("%q: %d on average", spec, s.meanTokens())
		}
	})
}
