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
	urgent := &result.TaskPart{Tasks: result.TierTasks{Enqueued: 100, Done: 98, Lost: 1, Dead: 1}, Taken: 100, Wait: wait, Starved: new(700 * time.Millisecond), Deepest: new(int64(12)), Oldest: new(800 * time.Millisecond), At: 2 * time.Minute}
	bulk := &result.TaskPart{Tasks: result.TierTasks{Enqueued: 100, Inversions: 3}, Starved: new(90 * time.Second), Deepest: new(int64(90)), At: 2 * time.Minute}
	for range 100 {
		bulk.Await(30*time.Second, 1) // and so for 90 s
	}
	part := result.NewPart()
	part.Requests.Scheduled, part.Requests.Sent = 100, 100
	figures := Figures{
		Subjects: Subjects{Classes: []class.Class{{Kind: class.Workload, Name: "urgent"}, {Kind: class.Workload, Name: "bulk"}}},
		Of:       func(int) (*result.Part, time.Duration) { return part, time.Minute },
		OfClass:  func(int) (*result.Part, time.Duration) { return part, time.Minute },
		Tasks: func() *result.Tasks {
			return &result.Tasks{Names: []string{"urgent", "bulk"}, Classes: []*result.TaskPart{urgent, bulk}}
		},
	}
	for text, want := range map[string]string{
		"wait.p95 < 2s in urgent":    "held",
		"wait.p95 < 900ms in urgent": "missed",
		"wait.p95 < 2s in bulk":      "missed",
		"wait.p95 < 2m in bulk":      "no data", // they may yet be taken in time
		"wait.p95 < 2s":              "missed",
		"wait.p50 <= 1.1s":           "held",
		"starved < 60s in bulk":      "missed",
		"starved < 60s in urgent":    "held",
		"starved < 60s":              "missed",
		"depth < 20 in urgent":       "held",
		"depth < 20":                 "missed",
		"depth <= 10% in bulk":       "missed",
		"oldest < 1s in urgent":      "held",
		"oldest < 500ms in urgent":   "missed",
		"oldest < 1s in bulk":        "no data",
		"dead <= 0":                  "missed",
		"dead <= 1%":                 "held",
		"dead <= 0 in bulk":          "no data", // all wait
		"dead <= 1% in bulk":         "no data",
		"duplicates <= 0 in bulk":    "no data",
		"lost <= 0 in urgent":        "missed",
		"lost <= 0 in bulk":          "held",
		"inversions <= 0 in urgent":  "held",
		"inversions <= 0":            "missed",
		"duplicates <= 0":            "held",
	} {
		e := slo.MustParse(text)
		got := "no data"
		if r := slo.Evaluate(e, figures.Stretch(e)); r.OK != nil {
			got = map[bool]string{true: "held", false: "missed"}[*r.OK]
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	figures.Tasks = nil // no queue, or made of older logs, which say nothing of tasks
	if e := slo.MustParse("dead <= 0"); slo.Evaluate(e, figures.Stretch(e)).OK != nil {
		t.Error("something is known of tasks that nobody counted")
	}
}

// Of a class that got no tasks, or none of whose tasks was taken yet, nothing holds.
func TestNothingHoldsOfTasksThatAllWait(t *testing.T) {
	idle := &result.TaskPart{Deepest: new(int64(0))}
	wait := &result.TaskPart{Tasks: result.TierTasks{Enqueued: 50, Waiting: 50}, Deepest: new(int64(50))}
	run := &result.TaskPart{Tasks: result.TierTasks{Enqueued: 50, Running: 50}, Taken: 50, Deepest: new(int64(50))}
	for text, want := range map[string]struct{ idle, wait, run bool }{
		"depth < 100":      {false, true, true},
		"depth <= 100%":    {false, true, true},
		"dead <= 0":        {},
		"dead <= 1%":       {},
		"duplicates <= 0":  {},
		"duplicates <= 1%": {},
		"inversions <= 0":  {false, false, true},
		"inversions <= 1%": {false, false, true},
	} {
		e := slo.MustParse(text)
		for _, c := range []struct {
			why   string
			tasks *result.TaskPart
			known bool
		}{{"none came", idle, want.idle}, {"all wait", wait, want.wait}, {"all run", run, want.run}} {
			if _, known := (Stretch{Part: result.NewPart(), Tasks: c.tasks}).Scalar(e); known != c.known {
				t.Errorf("%s, %s: known is %t", c.why, text, known)
			}
		}
	}
}

// In a window something may become of tasks that were enqueued before it.
func TestTasksInAWindow(t *testing.T) {
	window := Stretch{Part: result.NewPart(), Tasks: &result.TaskPart{Tasks: result.TierTasks{Dead: 2, Lost: 1}}}
	quiet := Stretch{Part: result.NewPart(), Tasks: &result.TaskPart{}}
	for text, want := range map[string]struct{ window, quiet string }{
		"dead <= 0":        {"missed", "no data"},
		"dead <= 1%":       {"no data", "no data"},
		"lost <= 0":        {"missed", "no data"},
		"duplicates <= 0":  {"no data", "no data"},
		"starved < 60s":    {"no data", "no data"},
		"wait.p95 < 2s":    {"no data", "no data"},
		"error_rate <= 1%": {"no data", "no data"},
	} {
		for s, want := range map[*Stretch]string{&window: want.window, &quiet: want.quiet} {
			got := "no data"
			if r := slo.Evaluate(slo.MustParse(text), *s); r.OK != nil {
				got = map[bool]string{true: "held", false: "missed"}[*r.OK]
			}
			if got != want {
				t.Errorf("%s: %s, want %s", text, got, want)
			}
		}
	}
}

// Who got nothing up to the end, for longer than ever before, may get nothing for longer yet: no
// upper bound that is not broken by then holds.
func TestStarvingAtTheEnd(t *testing.T) {
	ended := &result.TaskPart{Tasks: result.TierTasks{Enqueued: 9, Done: 9}, Starved: new(20 * time.Second)}
	lasts := &result.TaskPart{Tasks: result.TierTasks{Enqueued: 9, Waiting: 9}, Starved: new(10 * time.Second), Starving: true}
	longer := &result.TaskPart{Tasks: result.TierTasks{Enqueued: 9, Waiting: 9}, Starved: new(30 * time.Second), Starving: true}
	for _, c := range []struct {
		text  string
		parts []*result.TaskPart
		want  string
	}{
		{"starved < 60s", []*result.TaskPart{ended}, "held"},
		{"starved < 60s", []*result.TaskPart{lasts}, "no data"},
		{"starved < 10s", []*result.TaskPart{lasts}, "missed"},
		{"starved > 5s", []*result.TaskPart{lasts}, "held"},
		{"starved > 15s", []*result.TaskPart{lasts}, "no data"},
		{"starved < 60s", []*result.TaskPart{ended, lasts}, "no data"}, // of the class that waits
		{"starved < 60s", []*result.TaskPart{lasts, ended}, "no data"},
		{"starved < 60s", []*result.TaskPart{ended, longer}, "no data"},
		{"starved < 60s", []*result.TaskPart{longer, ended}, "no data"},
		{"starved < 60s", []*result.TaskPart{lasts, longer, ended}, "no data"},
	} {
		all := &result.TaskPart{}
		for _, p := range c.parts {
			all.Merge(p)
		}
		got := "no data"
		r := slo.Evaluate(slo.MustParse(c.text), Stretch{Part: result.NewPart(), Tasks: all})
		if r.OK != nil {
			got = map[bool]string{true: "held", false: "missed"}[*r.OK]
		}
		if got != c.want || r.AtMost != nil || (got == "no data") != (r.AtLeast != nil) {
			t.Errorf("%s of %d: %s, want %s: %+v", c.text, len(c.parts), got, c.want, r)
		}
	}
}

// A class starves by the tightest SLO that speaks of it, or where none does when others are
// served meanwhile.
func TestStarves(t *testing.T) {
	of := Subjects{Classes: []class.Class{{Kind: class.Workload, Name: "urgent"}, {Kind: class.Workload, Name: "bulk"}}}
	for _, c := range []struct {
		slos   []string
		class  string
		hungry time.Duration
		others bool
		want   bool
	}{
		{nil, "bulk", 9 * time.Second, true, false},
		{nil, "bulk", 10 * time.Second, true, true},
		{nil, "bulk", time.Hour, false, false},
		{[]string{"starved < 60s in bulk"}, "bulk", 59 * time.Second, true, false},
		{[]string{"starved < 60s in bulk"}, "bulk", 60 * time.Second, false, true},
		{[]string{"starved < 60s in bulk"}, "urgent", 20 * time.Second, true, true},
		{[]string{"starved < 60s in bulk", "starved < 5s"}, "bulk", 6 * time.Second, false, true},
		{[]string{"starved < 60s in bulk", "starved < 5s"}, "urgent", 6 * time.Second, false, true},
		{[]string{"starved > 1s in bulk"}, "bulk", 6 * time.Second, true, false},
	} {
		a, err := Parse(c.slos, nil, of)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.Starves(c.class, c.hungry, c.others); got != c.want {
			t.Errorf("%q: %s starves after %v, others served %t: %t", c.slos, c.class, c.hungry, c.others, got)
		}
	}
}

// Customers hear of each class what it waited, who got nothing, and what was lost.
func TestServedTasks(t *testing.T) {
	waited := func(waits ...time.Duration) *result.TaskPart {
		p := &result.TaskPart{Starved: new(time.Second), At: time.Hour}
		for _, d := range waits {
			p.Tasks.Enqueued++
			p.Tasks.Done++
			p.RecordWait(d)
		}
		return p
	}
	starving := &result.TaskPart{Tasks: result.TierTasks{Enqueued: 3}, Starved: new(42 * time.Second), At: time.Hour}
	starving.Await(0, 1)
	never := &result.TaskPart{Tasks: result.TierTasks{Enqueued: 3}, Starved: new(2 * time.Second), At: time.Hour}
	behind := waited(2*time.Second, 3*time.Second)
	for range 5 {
		behind.Await(0, 1)
	}
	bad := waited(time.Second)
	bad.Tasks.Lost, bad.Tasks.Dead = 1, 2
	for _, c := range []struct {
		classes []*result.TaskPart
		want    string
	}{
		{[]*result.TaskPart{{}, {}}, ""},
		{[]*result.TaskPart{waited(400*time.Millisecond, 410*time.Millisecond), waited(1200 * time.Millisecond)}, "urgent tasks waited 410 ms at p95, bulk 1.20 s"},
		{[]*result.TaskPart{waited(400 * time.Millisecond), starving}, "urgent tasks waited 400 ms at p95; bulk got nothing for 42.0 s"},
		{[]*result.TaskPart{waited(400 * time.Millisecond), never}, "urgent tasks waited 400 ms at p95; no bulk task was taken"},
		{[]*result.TaskPart{waited(400 * time.Millisecond), behind}, "urgent tasks waited 400 ms at p95, bulk over 3.00 s"},
		{[]*result.TaskPart{bad, {}}, "urgent tasks waited 1.00 s at p95; 1 task was lost; 2 tasks failed for good"},
	} {
		a, _ := Parse(nil, nil, Subjects{})
		if got := a.servedTasks(&result.Tasks{Names: []string{"urgent", "bulk"}, Classes: c.classes}); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
