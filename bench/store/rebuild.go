package store

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"sort"
	"time"

	"flashwave/bench/archive"
	"flashwave/bench/files"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/slo"
	"flashwave/bench/verdict"
)

// rebuild makes the document of a run that was cut off from its logs. What is
// missing or torn of them is missing in the document; the beginning must be there.
func rebuild(dir string) (*result.Run, error) {
	begun, err := ReadFile(filepath.Join(dir, beginFile))
	if err != nil {
		return nil, err
	}
	var (
		tags       = tagsOf(begun)
		seconds    []result.Logged
		events     []result.Event
		kept, tail []stretch
	)
	err = errors.Join(
		readLog(dir, eventsFile, func(r io.Reader) { seconds, events = readEvents(r) }),
		readLog(dir, intervalsFile, func(r io.Reader) { kept = tags.readHists(r) }),
		readLog(dir, tailFile, func(r io.Reader) { tail = tags.readHists(r) }),
	)
	if err != nil {
		return nil, err
	}
	seconds = attach(seconds, append(kept, uncovered(tail, kept)...))
	step := time.Second
	if n := len(seconds); n > 0 && seconds[n-1].Start >= secondsOnly {
		step = time.Minute // most of it has no finer histograms
	}
	return judged(begun, seconds, events, step), nil
}

// judged rebuilds the document, and holds the SLOs against what there is. One that
// cannot be read (a later version wrote it) is left out.
func judged(begun *result.Run, seconds []result.Logged, events []result.Event, step time.Duration) *result.Run {
	var slos []string
	if begun.Scenario != nil {
		slos = slices.DeleteFunc(slices.Clone(begun.Scenario.SLO), func(text string) bool {
			_, err := slo.Parse(text)
			return err != nil
		})
	}
	subjects := subjectsOf(begun)
	assertions, _ := verdict.Parse(slos, nil, subjects) // those that are left can be read
	good := result.Good{Asserted: assertions.Judged()}
	good.Share, good.Text = assertions.Recovered()
	rebuilt := result.Rebuild(begun, seconds, events, step, good, subjects.Classes)
	run := rebuilt.Run
	found := result.Findings{{Kind: result.FoundCutOff, Text: "the run was cut off before its generator could be judged", Voids: result.VoidsAll}}
	for i, w := range subjects.Waves {
		part, _ := rebuilt.Logged(i)
		found = append(found, verdict.Generator(w.String(), part, maxLag(begun.Scenario))...)
	}
	run.Generator.Settle(found)
	run.Verdict = verdict.Judge(verdict.Case{
		Assertions: assertions,
		Figures:    verdict.Figures{Subjects: subjects, Of: rebuilt.Logged, OfClass: rebuilt.LoggedClass, Tasks: rebuilt.Tasks(), Priced: run.Total.Cost != nil, Judged: assertions.Judged()},
		Ending:     verdict.CutOff,
		Run:        run,
		Lanes:      rebuilt.Lanes(),
	})
	return run
}

// subjectsOf are what the SLOs of a run may speak of. Of an older log, or another's, whose
// scenario does not have the waves of its document, only these are known.
func subjectsOf(begun *result.Run) verdict.Subjects {
	var waves []verdict.WaveName
	for _, w := range begun.Waves {
		waves = append(waves, verdict.WaveName{Lane: w.Lane, Wave: w.Name})
	}
	if begun.Scenario != nil {
		if of := verdict.SubjectsOf(begun.Scenario); slices.Equal(of.Waves, waves) {
			return of
		}
	}
	return verdict.Subjects{Waves: waves}
}

// maxLag is the lateness that a scenario allows; an older log may have none.
func maxLag(sc *scenario.Scenario) time.Duration {
	if sc == nil || sc.MaxLag <= 0 {
		return scenario.Default().MaxLag.D()
	}
	return sc.MaxLag.D()
}

// The bounds of what is read of a log: what lies beyond is as if it were torn off. A
// month of seconds has 2.6 million.
const (
	maxLog    = 1 << 30 // bytes
	maxLogged = 3_000_000
	maxHists  = 1_000_000
)

// readLog opens one of a run's logs, if it is there.
func readLog(dir, name string, read func(io.Reader)) error {
	path := filepath.Join(dir, name)
	f, err := files.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return &archive.Error{Message: path, Cause: err}
	}
	defer func() { _ = f.Close() }() // it was only read
	read(io.LimitReader(f, maxLog))
	return nil
}

// readEvents reads events and rows of counters up to the end of the log, or to
// the first line that is torn or broken.
func readEvents(r io.Reader) (seconds []result.Logged, events []result.Event) {
	for line := range files.Lines(r) {
		if len(seconds)+len(events) == maxLogged {
			break
		}
		var s second
		if err := json.Unmarshal(line, &s); err != nil {
			break
		}
		if s.Kind == secondKind {
			l, ok := s.logged()
			if n := len(seconds); !ok || n > 0 && l.Start < seconds[n-1].End {
				break
			}
			seconds = append(seconds, l)
			continue
		}
		var e result.Event
		if err := json.Unmarshal(line, &e); err != nil {
			break
		}
		events = append(events, e)
	}
	return seconds, events
}

// uncovered is what of the tail is not in the log of intervals yet: a process may
// have been killed after a minute was added there and before it left the tail.
func uncovered(tail, kept []stretch) []stretch {
	until := map[series]int64{}
	for _, s := range kept {
		until[s.series] = max(until[s.series], s.end)
	}
	return slices.DeleteFunc(tail, func(s stretch) bool { return s.start < until[s.series] })
}

// attach puts each histogram into the second in which its stretch began. Those of
// a second whose counters were lost get a second of their own.
func attach(seconds []result.Logged, hists []stretch) []result.Logged {
	slices.SortStableFunc(hists, func(a, b stretch) int { return cmp.Compare(a.start, b.start) })
	for _, s := range hists {
		if !reaches(seconds, s.start) {
			seconds = append(seconds, result.Logged{Interval: result.Interval{
				Start: time.Duration(s.start) * time.Millisecond,
				End:   time.Duration(s.end) * time.Millisecond,
				Parts: map[int]*result.Part{}, Classes: map[int]*result.Part{},
			}})
		}
		after := sort.Search(len(seconds), func(i int) bool { return seconds[i].Start.Milliseconds() > s.start })
		h := s.place(&seconds[max(after-1, 0)].Interval, true)
		if *h == nil {
			*h = s.hist
		} else {
			(*h).Merge(s.hist)
		}
	}
	return seconds
}

// reaches reports whether some second holds what began at so many milliseconds.
func reaches(seconds []result.Logged, start int64) bool {
	if len(seconds) == 0 {
		return false
	}
	last := seconds[len(seconds)-1]
	return start < last.End.Milliseconds() || start <= last.Start.Milliseconds()
}
