package run

import (
	"strings"
	"testing"

	"flashwave/bench/report/reporttest"
	"flashwave/bench/result"
)

// What tells requests apart is shown in a browser, too.
func TestGroupsInHTML(t *testing.T) {
	run := reporttest.Passed()
	run.Workloads, run.Turns = []result.Stats{{Name: "copy"}}, []result.Stats{{Name: "3-5"}}
	run.Sessions = &result.Sessions{Started: 12, Finished: 11, Broken: 1}
	var b strings.Builder
	if err := HTML(&b, run); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{">copy<", ">3-5<", "started 12, finished 11, broken 1"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is not there", want)
		}
	}
}
