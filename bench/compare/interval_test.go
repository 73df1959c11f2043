package compare

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// The word is that of the interval of the worsening, and of nothing else.
func TestWordsOfIntervals(t *testing.T) {
	const margin = 0.10
	for _, tt := range []struct {
		what string
		interval
		want Verdict
	}{
		{"beyond the margin", interval{0.11, 0.30}, Worse},
		{"from the margin on", interval{0.10, 0.30}, TooNoisy},
		{"over the margin", interval{0.09, 0.30}, TooNoisy},
		{"hardly over the margin", interval{-0.02, 0.1001}, TooNoisy},
		{"within", interval{-0.09, 0.09}, NoDifference},
		{"to both margins", interval{-0.10, 0.10}, NoDifference},
		{"surely more, but by too little to matter", interval{0.02, 0.08}, NoDifference},
		{"nought", interval{0, 0}, NoDifference},
		{"over the margin of what is better", interval{-0.11, 0.02}, TooNoisy},
		{"over both", interval{-0.2, 0.2}, TooNoisy},
		{"up to the margin of what is better", interval{-0.5, -0.10}, TooNoisy},
		{"beyond the margin of what is better", interval{-0.5, -0.11}, Better},
		{"a point beyond", interval{0.92, 0.92}, Worse},
		{"no interval", unbounded, Unknown},
		{"half an interval", interval{0.5, math.NaN()}, Unknown},
		{"no end", interval{0.2, math.Inf(1)}, Worse},
	} {
		if got := tt.verdict(margin); got != tt.want {
			t.Errorf("%s: %v … %v is %s, want %s", tt.what, tt.low, tt.high, got, tt.want)
		}
	}
}

// What the interval leaves open is neither so nor not so; a bound may count itself.
func TestAnswersOfIntervals(t *testing.T) {
	for _, tt := range []struct {
		interval
		bound       float64
		above, from answer // more than the bound; or as much
	}{
		{interval{0.2, 0.4}, 0.1, yes, yes},
		{interval{0.1, 0.4}, 0.1, open, yes},
		{interval{0.0, 0.4}, 0.1, open, open},
		{interval{0.0, 0.1}, 0.1, no, open},
		{interval{0.1, 0.1}, 0.1, no, yes},
		{interval{-1, 0.0}, 0.1, no, no},
		{unbounded, 0.1, open, open},
	} {
		if above, from := tt.exceeds(tt.bound, false), tt.exceeds(tt.bound, true); above != tt.above || from != tt.from {
			t.Errorf("%v … %v and %v: %v, %v", tt.low, tt.high, tt.bound, above, from)
		}
	}
}

func TestThreeValuedAnd(t *testing.T) {
	for _, tt := range []struct{ a, b, want answer }{
		{yes, yes, yes},
		{yes, open, open},
		{yes, no, no},
		{open, open, open},
		{open, no, no},
		{no, no, no},
	} {
		if tt.a.and(tt.b) != tt.want || tt.b.and(tt.a) != tt.want {
			t.Errorf("%v and %v is %v, want %v", tt.a, tt.b, tt.a.and(tt.b), tt.want)
		}
	}
	if yes.truth() == nil || !*yes.truth() || no.truth() == nil || *no.truth() || open.truth() != nil {
		t.Error("documents have other answers")
	}
}

// Of whichever interval, exactly one word holds, the other way round too; and a
// narrower interval never takes a word back.
func TestWordsHoldTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		end := rapid.Float64Range(-2, 2)
		a, b := end.Draw(t, "a"), end.Draw(t, "b")
		i := interval{min(a, b), max(a, b)}
		margin := rapid.Float64Range(0, 1).Draw(t, "margin")
		word := i.verdict(margin)
		turned := map[Verdict]Verdict{Worse: Better, Better: Worse, NoDifference: NoDifference, TooNoisy: TooNoisy}
		if got := i.mirrored().verdict(margin); got != turned[word] {
			t.Fatalf("%s is %s the other way round", word, got)
		}
		share := rapid.Float64Range(0, 1)
		x, y := share.Draw(t, "x"), share.Draw(t, "y")
		inner := interval{i.low + min(x, y)*(i.high-i.low), i.low + max(x, y)*(i.high-i.low)}.within(i)
		if got := inner.verdict(margin); word != TooNoisy && got != word {
			t.Fatalf("%v … %v is %s, within it %v … %v is %s", i.low, i.high, word, inner.low, inner.high, got)
		}
	})
}

// An end that a document does not have is beyond every value, on the side that the verdict
// says; without a level there is no interval.
func TestEndsThatADocumentLacks(t *testing.T) {
	level, inf := 0.9, math.Inf(1)
	for _, tt := range []struct {
		low, high *float64
		margin    float64
		verdict   Verdict
		want      interval // of the worsening
	}{
		{new(2.0), nil, 1, Worse, interval{2, inf}},
		{new(0.5), nil, 1, TooNoisy, interval{0.5, inf}},
		{nil, nil, 1, Worse, interval{inf, inf}},
		{nil, nil, 1, TooNoisy, endless},
		{nil, nil, 1, Better, interval{-inf, -inf}},
		{nil, new(-2.0), 1, Better, interval{-inf, -2}},
		{new(2.0), nil, -1, Better, interval{-inf, -2}},
		{new(-2.0), nil, -1, TooNoisy, interval{-inf, 2}},
	} {
		r := Row{Low: tt.low, High: tt.high, Margin: &tt.margin, Verdict: tt.verdict, Confidence: &level}
		if got := r.worsening(); got != tt.want || got.verdict(r.margin()) != tt.verdict {
			t.Errorf("%v … %v, %s: %v", tt.low, tt.high, tt.verdict, got)
		}
		if r.Confidence = nil; r.worsening().bounded() {
			t.Errorf("an interval without a level: %v", r.worsening())
		}
	}
}
