package doctor

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"flashwave/bench/verdict"
)

func TestReport(t *testing.T) {
	r := &Report{
		Schema: Schema, Scenario: "midnight-sale", Need: sale(), Facts: sound(),
		Checks: []Check{
			{Name: "open files", Status: Fail, Found: "1,024 allowed", Need: "10,064", Advice: "ulimit -n 13312"},
			{Name: "memory", Status: Unknown, Found: "this system does not say"},
			{Name: "cores", Status: Warn, Found: "1 of 1", Need: "two", Advice: "another"},
			{Name: "clock", Status: OK, Found: "fine"},
		},
	}
	r.conclude()
	var text bytes.Buffer
	if err := r.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	want := `✗ open files  1,024 allowed; needed: 10,064 → ulimit -n 13312
– memory      this system does not say
! cores       1 of 1; needed: two → another
✓ clock       fine

this machine cannot drive the scenario "midnight-sale" as things stand: see open files
`
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Error(diff)
	}
	if r.OK || r.ExitCode != verdict.ExitInconclusive {
		t.Errorf("%v %d", r.OK, r.ExitCode)
	}
	var document bytes.Buffer
	if err := r.WriteJSON(&document); err != nil {
		t.Fatal(err)
	}
	var read Report
	if err := json.Unmarshal(document.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if read.Schema != "flashwave.doctor/v1" || !slices.Equal(read.Checks, r.Checks) || read.Facts.Quota != nil || *read.Facts.OpenFilesLimit != 65536 {
		t.Errorf("%s", document.String())
	}
}

func TestConclusion(t *testing.T) {
	warned := []Check{{Name: "cores", Status: Warn}}
	rate := 400.0
	drove := &SelfTest{Rate: []Step{{RateRPS: &rate, OK: true, description: "400/s"}}}
	for _, tt := range []struct {
		r    Report
		want string
	}{
		{Report{Scenario: "s"}, `nothing found here keeps the scenario "s" from being driven; without the self-test that is not proven`},
		{Report{Scenario: "s", SelfTest: drove, Checks: warned}, `this machine can drive the scenario "s": on loopback it drove at least 400/s, with a reservation about cores`},
	} {
		tt.r.conclude()
		if tt.r.Conclusion != tt.want || !tt.r.OK || tt.r.ExitCode != 0 {
			t.Errorf("%s\nwant %s", tt.r.Conclusion, tt.want)
		}
	}
}
