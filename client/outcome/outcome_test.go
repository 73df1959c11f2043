package outcome

import (
	"encoding/json"
	"slices"
	"testing"
)

// What the rest of the program asks of each outcome, said once more in a table.
func TestPredicates(t *testing.T) {
	for _, c := range []struct {
		of                        Outcome
		failed, answered, refused bool
	}{
		{OK, false, false, false},
		{RateLimited, true, true, true},
		{Overloaded, true, true, true},
		{ServerError, true, true, false}, // it may have worked for minutes
		{Auth, true, true, true},
		{BadRequest, true, true, true},
		{Connect, true, true, true},
		{Timeout, true, false, false}, // who was slow is not known
		{Reset, true, false, false},   // who broke the connection neither
		{Truncated, true, true, false},
		{StreamError, true, true, false},
		{Malformed, true, true, false},
		{Cancelled, false, false, false},
		{"tomorrow", true, false, false},
		{"", true, false, false},
	} {
		if c.of.Failed() != c.failed || c.of.Answered() != c.answered || c.of.Refused() != c.refused {
			t.Errorf("%q: failed %v, answered %v, refused %v", c.of, c.of.Failed(), c.of.Answered(), c.of.Refused())
		}
		if c.of.Refused() && !c.of.Answered() || c.of.Answered() && !c.of.Failed() {
			t.Errorf("%q: a refusal is an answer, an answer of this kind a failure", c.of)
		}
	}
}

// A word of a later version is kept, counted and shown after the known ones.
func TestUnknownWords(t *testing.T) {
	for _, o := range All() {
		if !o.Known() {
			t.Errorf("%q is not known", o)
		}
	}
	var counts map[Outcome]int64
	const stored = `{"cancelled":2,"ok":0,"overcast":3,"rate_limited":4,"adrift":1}`
	if err := json.Unmarshal([]byte(stored), &counts); err != nil {
		t.Fatal(err)
	}
	want := []Outcome{RateLimited, Cancelled, "adrift", "overcast"}
	if got := In(counts); !slices.Equal(got, want) {
		t.Errorf("shown are %v, want %v", got, want)
	}
	if o := Outcome("overcast"); o.Known() || !o.Failed() {
		t.Errorf("%q is known, or no failure", o)
	}
	if b, err := json.Marshal(counts); err != nil || string(b) != `{"adrift":1,"cancelled":2,"ok":0,"overcast":3,"rate_limited":4}` {
		t.Errorf("stored again: %s, %v", b, err)
	}
}
