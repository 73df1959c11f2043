package prompt

import (
	"fmt"
	"testing"
)

// Of every thousand requests each share has its part, and each source gives its prompts
// one after the other without leaving any out.
func TestMix(t *testing.T) {
	m := NewMix([]Share{
		{Source: open(t, "synthetic:20", "", "", 1), Share: 0.7, MaxTokens: 100},
		{Source: open(t, "builtin:product-copy-vi", "", "", 1), Share: 0.25, MaxTokens: 200},
		{Source: open(t, "", "hello", "", 1), Share: 0.05, MaxTokens: 400},
	}, 1)
	seen := map[string]int{}
	for i := range uint64(3000) {
		p := m.At(2, i)
		if p.Share != m.Of(2, i)+1 {
			t.Fatalf("request %d is of share %d and of %d", i, p.Share, m.Of(2, i)+1)
		}
		seen[fmt.Sprint("share ", p.Share)]++
		seen[p.Text]++
		if (i+1)%1000 == 0 {
			thousands := int(i+1) / 1000
			for share, want := range map[string]int{"share 1": 700, "share 2": 250, "share 3": 50, "hello": 50} {
				if seen[share] != want*thousands {
					t.Errorf("after %d requests %s came %d times", i+1, share, seen[share])
				}
			}
		}
	}
	synthetic := open(t, "synthetic:20", "", "", 1)
	for i := range uint64(2100) {
		if text := synthetic.At(2, i).Text; seen[text] != 1 {
			t.Fatalf("prompt %d came %d times", i, seen[text])
		}
	}
	if got := m.MeanAnswer(9); got != 140 {
		t.Errorf("answers of %d", got)
	}
	if m.MeanTokens() < 14 || m.MeanTokens() > 70 || m.Name() != "synthetic:20 + builtin:product-copy-vi + text" {
		t.Errorf("%d tokens of %s", m.MeanTokens(), m.Name())
	}
	other := NewMix(m.shares, 2)
	if a, b := m.Fingerprint(0), m.Fingerprint(1); a.Content != b.Content || a.Sequence == b.Sequence || a.Sequence == other.Fingerprint(0).Sequence {
		t.Errorf("%v, %v, %v", a, b, other.Fingerprint(0))
	}
}

// Shares that do not come to whole requests of a thousand are rounded, and none is lost.
func TestMixOfThirds(t *testing.T) {
	one := Share{Source: open(t, "", "hello", "", 1), Share: 1.0 / 3}
	m := NewMix([]Share{one, one, one}, 1)
	counts := map[int]int{}
	for i := range uint64(1000) {
		counts[m.Of(0, i)]++
	}
	if counts[0] != 333 || counts[1] != 334 || counts[2] != 333 {
		t.Errorf("%v", counts)
	}
}
