package scenario

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"flashwave/bench/arrival"
	"flashwave/bench/items"
	"flashwave/bench/prompt"
	"flashwave/bench/trace"
)

// A loaded trace is what its file was, read as it was to be.
type loaded struct {
	*trace.Trace
	as state
}

// state tells a file, and how it is read, from what either becomes.
type state struct {
	path    string
	options trace.Options
	size    int64
	at      time.Time
}

// String is the trace as a wave's text has it: its file, its speed and scale unless they
// are 1, and its window unless it is all of it. A file whose name ends as these do is
// followed by them nevertheless, so that [ParseWave] reads the same trace.
func (t Trace) String() string {
	short := t.text(t.Speed != 1 || t.Scale != 1, t.From > 0 || t.To > 0)
	if read, _ := parseTrace(short); read.File != t.File {
		return t.text(true, true)
	}
	return short
}

func (t Trace) text(sped, windowed bool) string {
	text := t.File
	if sped {
		text += "@" + strconv.FormatFloat(t.Speed, 'f', -1, 64)
	}
	if t.Scale != 1 {
		text += "x" + strconv.FormatFloat(t.Scale, 'f', -1, 64)
	}
	if windowed {
		text += "#" + t.From.String() + ".."
	}
	if t.To > 0 {
		text += t.To.String()
	}
	return text
}

// parseTrace reads FILE[@SPEED[xSCALE]][#FROM..TO]. What follows the last @ and is no
// number, or the last # and is no window, belongs to the file's name.
func parseTrace(s string) (*Trace, error) {
	t := Trace{Speed: 1, Scale: 1}
	if at := strings.LastIndexByte(s, '#'); at >= 0 && t.parseWindow(s[at+1:]) {
		s = s[:at]
	}
	t.File = s
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		speed, scale, scaled := strings.Cut(s[at+1:], "x")
		v, ok := decimal(speed)
		k, okScale := 1.0, true
		if scaled {
			k, okScale = decimal(scale)
		}
		if ok && okScale {
			t.File, t.Speed, t.Scale = s[:at], v, k
		}
	}
	return &t, t.check("")
}

// parseWindow reads FROM..TO, of which either may be left out.
func (t *Trace) parseWindow(s string) bool {
	from, to, ok := strings.Cut(s, "..")
	if !ok || from == "" && to == "" {
		return false
	}
	var low, high Duration
	var err error
	if from != "" {
		if low, err = ParseDuration(from); err != nil {
			return false
		}
	}
	if to != "" {
		if high, err = ParseDuration(to); err != nil {
			return false
		}
	}
	t.From, t.To = low, high
	return true
}

func (t Trace) check(path string) error {
	switch {
	case t.File == "":
		return wrong(join(path, "file"), "give a CSV of minute,requests or of at_s, or a trace of requests", "a trace needs its file")
	case !(t.Speed > 0) || math.IsInf(t.Speed, 0):
		return wrong(join(path, "speed"), "10 plays the trace ten times as fast", "speed %v is not more than 0", t.Speed)
	case !(t.Scale > 0) || math.IsInf(t.Scale, 0):
		return wrong(join(path, "scale"), "0.1 plays a tenth of the requests", "scale %v is not more than 0", t.Scale)
	case t.From < 0 || t.To < 0 || t.To > 0 && t.To <= t.From:
		return wrong(join(path, "to"), "from: 10m, to: 15m plays five minutes of the trace", "the window ends at %v, before it begins at %v", t.To, t.From)
	}
	return nil
}

// read reads the file, which counts from dir unless it is absolute, unless that was done
// and nothing has changed since.
func (t *Trace) read(dir string, skipBad, sessions bool) error {
	name := t.File
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	as := state{path: name, options: trace.Options{
		Speed: t.Speed, Scale: t.Scale, From: t.From.D(), To: t.To.D(), SkipBad: skipBad, Sessions: sessions,
	}}
	if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() {
		as.size, as.at = info.Size(), info.ModTime()
		if t.load != nil && t.load.as == as {
			return nil
		}
	}
	from, err := trace.Open(name, as.options)
	if err != nil {
		return cause(err)
	}
	t.load = &loaded{from, as}
	return nil
}

// recorded are the requests of the trace that the wave follows; nil: it follows none, or
// one that knows nothing of single requests.
func (w Wave) recorded() (*trace.Trace, error) {
	if w.Trace == nil {
		return nil, nil
	}
	t := *w.Trace
	if t.load == nil {
		if err := t.read("", false, false); err != nil {
			return nil, err
		}
	}
	if t.load.Len() == 0 {
		return nil, nil
	}
	return t.load.Trace, nil
}

// segments are the curve of the trace, of a wave of that index.
func (t Trace) segments(dir string, index int) ([]arrival.Segment, error) {
	if t.load == nil {
		if err := t.read(dir, false, false); err != nil {
			return nil, err
		}
	}
	curve := slices.Clone(t.load.Curve)
	for i := range curve {
		curve[i].Wave = index
	}
	return curve, nil
}

// Skipped are the rows of the trace that could not be used; nil: none, of no trace either.
func (t *Trace) Skipped() *items.BadLines {
	if t == nil || t.load == nil {
		return nil
	}
	return t.load.Skipped()
}

// recordedIn is the file of a trace, if the workload asks what it recorded.
func recordedIn(w Workload) (file string, ok bool) {
	file, ok = strings.CutPrefix(w.Prompts, prompt.FromTrace)
	return file, ok && w.Prompt == ""
}

// replayed are the prompts of a lane that asks what a file recorded: where its waves
// follow traces of requests, those of each are its own.
func (s *Scenario) replayed(lane int, file string, w Workload) (prompt.Source, error) {
	waves, of := 0, map[int]*trace.Trace{}
	for _, before := range s.Lanes[:lane] {
		waves += len(before.Waves)
	}
	var recorded *trace.Trace
	for i, wave := range s.Lanes[lane].Waves {
		t, err := wave.recorded()
		if err != nil {
			return nil, err
		}
		if t == nil {
			continue
		}
		if of[waves+i] = t; recorded == nil && wave.Trace.File == file {
			recorded = t
		}
	}
	if recorded == nil {
		var err error
		s.shelf()
		if recorded, err = s.opened.Trace(file, w.SkipBadLines, w.thinksAsRecorded()); err != nil {
			return nil, err
		}
	}
	return w.replaying(prompt.NewReplay(file, recorded, of, w.System, s.Seed)), nil
}

// aboutTrace is an error about the trace of a wave.
func aboutTrace(path string, t *Trace, err error) error {
	subject := "trace"
	if !strings.HasPrefix(err.Error(), t.File+":") { // which names it
		subject += " " + t.File
	}
	return about(path+".trace.file", subject, fmt.Errorf("%w", err))
}
