package verdict

import (
	"testing"
	"time"

	"flashwave/bench/class"
	"flashwave/bench/result"
	"flashwave/bench/slo"
)

// SLOs on tasks are held against what became of those of the class, or of all. Tasks that were
// never taken waited for ever.
func TestSLOsOnTasks(t *testing.T) {
	wait := result.NewHist()
	for i := range 100 {
		wait.Record(time.Duration(i+1) * 10 * time.Millisecond)
	}
	urgent := result.TierClass{Name: "urgent", Tasks: result.TierTasks{Enqueued: 100, Done: 98, Lost: 1, Dead: 1}, StarvedMSMax: new(700.0)}
	urgent.Latency.Wait = wait.Latency(true)
	bulk := result.TierClass{Name: "bulk", Tasks: result.TierTasks{Enqueued: 100, Waiting: 100, Inversions: 3}, StarvedMSMax: new(90_000.0)}
	all := result.TierClass{Name: "total"}
	all.Add(urgent)
	all.Add(bulk)
	all.Latency.Wait = urgent.Latency.Wait
	part := result.NewPart()
	part.Requests.Scheduled, part.Requests.Sent = 100, 100
	j := judgement{Case: Case{
		Run: &result.Run{Queue: &result.Tier{Total: all, Classes: []result.TierClass{urgent, bulk}}},
		Figures: Figures{
			Subjects: Subjects{Classes: []class.Class{{Kind: class.Workload, Name: "urgent"}, {Kind: class.Workload, Name: "bulk"}}},
			Of:       func(int) (*result.Part, time.Duration) { return part, time.Minute },
			OfClass:  func(int) (*result.Part, time.Duration) { return part, time.Minute },
		},
	}}
	for text, want := range map[string]string{
		"wait.p95 < 2s in urgent":    "held",
		"wait.p95 < 900ms in urgent": "missed",
		"wait.p95 < 2s in bulk":      "missed",
		"wait.p95 < 2s":              "missed",
		"wait.p50 <= 1.1s":           "held",
		"starved < 60s in bulk":      "missed",
		"starved < 60s in urgent":    "held",
		"starved < 60s":              "missed",
		"dead <= 0":                  "missed",
		"dead <= 1%":                 "held",
		"dead <= 0 in bulk":          "held",
		"lost <= 0 in urgent":        "missed",
		"lost <= 0 in bulk":          "held",
		"inversions <= 0 in urgent":  "held",
		"inversions <= 0":            "missed",
		"duplicates <= 0":            "held",
	} {
		e := slo.MustParse(text)
		got := "no data"
		if r := slo.Evaluate(e, j.lookup(e, j.Figures.Stretch(e))); r.OK != nil {
			got = map[bool]string{true: "held", false: "missed"}[*r.OK]
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	j.Run = &result.Run{} // made of its logs, which say nothing of tasks
	if e := slo.MustParse("dead <= 0"); slo.Evaluate(e, j.lookup(e, j.Figures.Stretch(e))).OK != nil {
		t.Error("something is known of tasks that nobody counted")
	}
}
