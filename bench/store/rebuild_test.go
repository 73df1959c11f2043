package store

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"flashwave/bench/files"
	_ "flashwave/bench/gctest"
	"flashwave/bench/result"
	"flashwave/client/outcome"
)

// plain is a document as its JSON says it.
func plain(t testing.TB, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	check(t, err)
	var p any
	check(t, json.Unmarshal(b, &p))
	return p
}

// differ compares two documents, or parts of them. Sums of money may have been
// added in another order.
func differ(t testing.TB, want, got any) string {
	t.Helper()
	return cmp.Diff(plain(t, want), plain(t, got), cmpopts.EquateApprox(1e-12, 0))
}

func TestKilledRunIsRebuilt(t *testing.T) {
	s := openTemp(t)
	run := newSynthetic(5, 4, 5)
	j, doc := record(t, s, run, 9)
	abandon(j)
	got, err := s.Load("latest")
	check(t, err)

	want := run.end(doc)
	if diff := differ(t, want.Total, got.Total); diff != "" {
		t.Errorf("total: %s", diff)
	}
	if diff := differ(t, want.Timeline, got.Timeline); diff != "" {
		t.Errorf("timeline: %s", diff)
	}
	if got.DurationS != run.at.Seconds() || !got.EndedAt.Equal(began.Add(run.at)) || got.TimelineStepS != 1 {
		t.Errorf("it lasted %v s until %v, in steps of %v s", got.DurationS, got.EndedAt, got.TimelineStepS)
	}
	if got.ID != j.ID() || got.Name != doc.Name || len(got.Events) != 3 {
		t.Errorf("id %s, name %s, %d events", got.ID, got.Name, len(got.Events))
	}
	v := got.Verdict
	if v.Status != result.Inconclusive || v.ExitCode != 120 || !strings.Contains(v.Reasons[0], "cut off after 9.00 s") {
		t.Errorf("verdict %+v", v)
	}
	if len(v.SLOs) != 5 || v.SLOs[0].OK == nil || v.SLOs[1].OK == nil || !*v.SLOs[1].OK {
		t.Errorf("SLOs %+v", v.SLOs)
	}
	for i, length := range []float64{run.at.Seconds(), 4, run.at.Seconds() - 4} {
		w := got.Waves[i]
		if w.DurationS < length-1e-6 || w.DurationS > length+1e-6 {
			t.Errorf("wave %s lasted %v s, want %v", w.Name, w.DurationS, length)
		}
		if diff := cmp.Diff(run.totals[i].Requests, w.Requests); diff != "" {
			t.Errorf("wave %s: %s", w.Name, diff)
		}
	}
}

// What was open at the cut is counted, so that a rebuilt document adds up.
func TestRebuiltRunAddsUp(t *testing.T) {
	s := openTemp(t)
	j, err := s.Create(began)
	check(t, err)
	doc := begun(j.ID())
	doc.Scenario.SLO = append(doc.Scenario.SLO, "lost <= 1")
	check(t, j.Begin(doc))
	p := result.NewPart()
	p.Requests = result.Requests{Scheduled: 20, Sent: 12, Succeeded: 3, Failed: 2, Dropped: 1}
	p.Outcomes[outcome.OK], p.Outcomes[outcome.Connect], p.Outcomes["unheard-of"] = 3, 1, 1
	p.Shortages[outcome.Ports] = 1
	p.RecordOpen(result.TTFTResponse, 3*time.Second)
	warm := result.NewPart()
	warm.Cost.Input = 1
	in := result.Interval{End: time.Second, Parts: map[int]*result.Part{1: p, result.Warmup: warm}}
	check(t, j.Interval(in, result.Row{Waves: []string{"sale/rush"}}))
	waitForDisk(t, j)
	abandon(j)
	run, err := s.Load(j.ID())
	check(t, err)
	want := result.Requests{Scheduled: 20, Sent: 12, Succeeded: 3, Failed: 2, Dropped: 1, Unsent: 7, Unfinished: 7}
	if run.Total.Requests != want || run.Waves[1].Requests != want {
		t.Errorf("requests %+v, want %+v", run.Total.Requests, want)
	}
	if run.Total.Shortages[outcome.Ports] != 1 || run.Waves[1].Shortages[outcome.Ports] != 1 {
		t.Errorf("shortages %v", run.Total.Shortages)
	}
	if run.Total.Outcomes["unheard-of"] != 1 {
		t.Errorf("an outcome of a later version is lost: %v", run.Total.Outcomes)
	}
	if n := run.Total.Outcomes[outcome.Cancelled]; n != want.Unfinished {
		t.Errorf("%d cancelled, want %d", n, want.Unfinished)
	}
	if run.Total.Cost.Total != 1 {
		t.Errorf("cost %v, want the warm-up's", run.Total.Cost)
	}
	if slo := run.Verdict.SLOs[0]; slo.AtLeast == nil || *slo.AtLeast < 800 {
		t.Errorf("the age of an open request is lost: %+v", slo)
	} else if slo.OK != nil {
		t.Errorf("a latency is judged although the generator had no port left: %+v", slo)
	}
	if slo := run.Verdict.SLOs[2]; slo.OK == nil || !*slo.OK || *slo.Observed != 1 {
		t.Errorf("what was open at the cut counts as lost: %+v", slo)
	}
}

// How late the generator was is in the logs: a run that was killed keeps it, of the
// very wave.
func TestRebuiltRunKnowsItsLateness(t *testing.T) {
	s := openTemp(t)
	j, err := s.Create(began)
	check(t, err)
	check(t, j.Begin(begun(j.ID())))
	for second := range 3 {
		parts := map[int]*result.Part{0: result.NewPart(), 1: result.NewPart()}
		for range 200 {
			parts[0].Record(result.ReadLag, 50*time.Microsecond)
			parts[1].Record(result.ReadLag, 50*time.Microsecond)
		}
		for tick := range 80 { // it was stopped for 400 ms
			parts[1].Record(result.ReadLag, time.Duration(tick+1)*5*time.Millisecond)
		}
		start := time.Duration(second) * time.Second
		check(t, j.Interval(result.Interval{Start: start, End: start + time.Second, Parts: parts}, result.Row{Waves: []string{"chat/steady", "sale/rush"}}))
	}
	waitForDisk(t, j)
	abandon(j)
	run, err := s.Load(j.ID())
	check(t, err)
	g := run.Generator
	if g.Valid || g.ReadLagMS == nil || g.ReadLagMS.Max != 400 {
		t.Errorf("valid %t, read lag %+v", g.Valid, g.ReadLagMS)
	}
	want := []string{
		"the run was cut off before its generator could be judged",
		"wave sale/rush: the generator read the answers up to 390 ms late (p99; 20.0 ms is allowed)",
	}
	if diff := cmp.Diff(want, g.Warnings); diff != "" {
		t.Error(diff)
	}
	if len(g.Findings) != 2 || g.Findings[0].Kind != result.FoundCutOff || g.Findings[1].Kind != result.FoundReadLag || g.Findings[1].Wave != "sale/rush" {
		t.Errorf("%+v", g.Findings)
	}
}

func TestEightHoursAreSmall(t *testing.T) {
	w := &writer{sampled: map[sampled]bool{}, header: histHeader(began), tags: tagsOf(begun("")), intervals: &meter{}, tail: &meter{}, events: &meter{}}
	run := newSynthetic(8, 10, 50)
	run.alone = true
	record := func(from, to time.Duration) (intervals, events int64) {
		before, eventsBefore := w.intervals.(*meter).size, w.events.(*meter).size
		for run.at = from; run.at < to; {
			in, row := run.second()
			check(t, w.second(in, row))
		}
		return w.intervals.(*meter).size - before, w.events.(*meter).size - eventsBefore
	}
	early, earlyEvents := record(0, 5*time.Second)
	late, lateEvents := record(20*time.Minute, 21*time.Minute)
	if w.tail.(*meter).size > int64(len(w.header)) {
		t.Errorf("the tail has %d bytes after a full minute", w.tail.(*meter).size)
	}
	total := 120*(early+earlyEvents) + (8*60-10)*(late+lateEvents)
	t.Logf("8 h of 10 requests/s: %.1f MB (intervals %.1f MB)", float64(total)/1e6,
		float64(120*early+470*late)/1e6)
	if total > 40e6 {
		t.Errorf("8 h take %d MB", total/1e6)
	}
}

// A meter is a file of which only the size is kept.
type meter struct{ size int64 }

func (m *meter) Write(b []byte) (int, error)    { m.size += int64(len(b)); return len(b), nil }
func (m *meter) Sync() error                    { return nil }
func (m *meter) Truncate(n int64) error         { m.size = n; return nil }
func (m *meter) Seek(int64, int) (int64, error) { return 0, nil }

func (m *meter) Close() error { return nil }

func FuzzLogs(f *testing.F) {
	f.Add("Tag=sale/rush/ttft,1.0,1.0,2.0,HISTFAAAABl4nJNpmSzMwMDAxAABzFCaEUoz2X+AsABDnAKM\n", `{"kind":"second","t_s":0,"end_s":1,"parts":{"1":{"requests":{"sent":1}}}}`+"\n")
	f.Add("#[Totals: 1,2,3,4,5]\nTag=,,,,\n", `{"kind":"wave","t_s":-1}`+"\n"+`{"kind":"second","t_s":1e300}`+"\n")
	f.Add("\n\n#\n", "null\n[]\n")
	f.Add("Tag=/queue/urgent/wait,1.0,1.0,2.0,HISTFAAAABl4nJNpmSzMwMDAxAABzFCaEUoz2X+AsABDnAKM\n", `{"kind":"second","t_s":0,"end_s":1,"queue":{"classes":[{"n":[3,1,1],"since":{"7":2},"starved_ns":5,"at_ns":9},null,{}],"rows":[{"t_s":0,"classes":[{"depth":2},{}]},{"t_s":-1}]}}`+"\n")
	doc := begun("fuzz")
	doc.Queue = &result.Tier{Classes: []result.TierClass{{Name: "urgent"}, {Name: "bulk, late"}}}
	known := tagsOf(doc)
	f.Fuzz(func(t *testing.T, hists, events string) {
		seconds, list := readEvents(strings.NewReader(events))
		kept := known.readHists(strings.NewReader(hists))
		run := judged(doc, attach(seconds, kept), list, time.Second)
		check(t, files.Encode(io.Discard, run))
	})
}
