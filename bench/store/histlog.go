package store

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	hdr "github.com/HdrHistogram/hdrhistogram-go"

	"flashwave/bench/class"
	"flashwave/bench/files"
	"flashwave/bench/result"
)

// A series is what one tag of a histogram log stands for.
type series struct {
	wave    int  // as in an Interval; of the histograms of tasks a class of the queue
	isClass bool // wave is one
	metric  result.Metric
	kind    histKind
}

// parts are those of an interval among which the series has its part.
func (s series) parts(in *result.Interval) map[int]*result.Part {
	if s.isClass {
		return in.Classes
	}
	return in.Parts
}

// place is where an interval has the series' histogram. Where it has no part of it one is
// made, or else the place is nil.
func (s series) place(in *result.Interval, makes bool) **result.Hist {
	if s.kind == ofWaits || s.kind == ofServices {
		return s.placeOfTasks(in, makes)
	}
	parts := s.parts(in)
	if parts[s.wave] == nil {
		if !makes {
			return nil
		}
		parts[s.wave] = result.NewPart()
	}
	return s.of(parts[s.wave])
}

func (s series) placeOfTasks(in *result.Interval, makes bool) **result.Hist {
	if makes && in.Queue == nil {
		in.Queue = &result.TierSecond{}
	}
	for makes && len(in.Queue.Classes) <= s.wave {
		in.Queue.Classes = append(in.Queue.Classes, &result.TaskPart{})
	}
	switch {
	case in.Queue == nil || len(in.Queue.Classes) <= s.wave:
		return nil
	case s.kind == ofWaits:
		return &in.Queue.Classes[s.wave].Wait
	}
	return &in.Queue.Classes[s.wave].Service
}

// A histKind says which of a part's histograms of one metric is meant.
type histKind int

const (
	observed   histKind = iota
	ofFailed            // of Part.Failed
	stillOpen           // of Part.Open
	ofWaits             // of TaskPart.Wait
	ofServices          // of TaskPart.Service
)

// of is the place of the series' histogram in a part.
func (s series) of(p *result.Part) **result.Hist {
	switch s.kind {
	case ofFailed:
		return &p.Failed[s.metric]
	case stillOpen:
		return &p.Open[s.metric]
	}
	return &p.Hists[s.metric]
}

// tags are the tags of a run's histogram logs, [lane/]wave/metric, and for classes of
// requests /workload/NAME/metric and /turn/NAME/metric, of the tasks of a queue
// /queue/CLASS/wait and /queue/CLASS/service; ages of
// requests that never got an answer have "open." before the metric, and durations
// of requests that failed in the end "failed.".
type tags map[string]series

func tagsOf(run *result.Run) tags {
	// No name holds a slash, so none is that of the parts which are no waves.
	waves := map[int]string{result.Tail: "/tail", result.Warmup: "/warmup", result.Over: "/over"}
	for i, w := range run.Waves {
		waves[i] = escape(w.Name)
		if w.Lane != "" {
			waves[i] = escape(w.Lane) + "/" + escape(w.Name)
		}
	}
	t := tags{}
	for i, name := range waves {
		t.add(name, i, false)
	}
	for i, c := range classesOf(run) {
		t.add("/"+string(c.Kind)+"/"+escape(c.Name), i, true)
	}
	if run.Queue != nil {
		for i, c := range run.Queue.Classes {
			name := "/queue/" + escape(c.Name)
			t[name+"/wait"], t[name+"/service"] = series{wave: i, kind: ofWaits}, series{wave: i, kind: ofServices}
		}
	}
	return t
}

// classesOf are the classes of a run's requests; an older log may not say what it ran.
func classesOf(run *result.Run) []class.Class {
	if run.Scenario == nil {
		return nil
	}
	return run.Scenario.Classes()
}

// add adds the tags of a wave, or of a class.
func (t tags) add(name string, i int, isClass bool) {
	for _, m := range result.Metrics() {
		t[name+"/"+m.String()] = series{i, isClass, m, observed}
		t[name+"/failed."+m.String()] = series{i, isClass, m, ofFailed}
		if int(m) < len(result.Part{}.Open) {
			t[name+"/open."+m.String()] = series{i, isClass, m, stillOpen}
		}
	}
}

// escape writes the characters that a tag may not have as in a URL.
func escape(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r != ',' && r != '%' && !unicode.IsSpace(r) && !unicode.IsControl(r) {
			b.WriteRune(r)
			continue
		}
		for _, c := range []byte(string(r)) {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// hists are the histograms of an interval that hold something, by tag.
func (t tags) hists(in result.Interval) map[string]*result.Hist {
	found := map[string]*result.Hist{}
	for tag, s := range t {
		if h := s.place(&in, false); h != nil && (*h).Count() > 0 {
			found[tag] = *h
		}
	}
	return found
}

// histHeader begins a histogram log whose times count from start.
func histHeader(start time.Time) []byte {
	var b bytes.Buffer
	w := hdr.NewHistogramLogWriter(&b)
	ms := start.UnixMilli()
	for _, write := range []func() error{
		w.OutputLogFormatVersion,
		func() error { return w.OutputStartTime(ms) },
		func() error { return w.OutputBaseTime(ms) },
		w.OutputLegend,
	} {
		_ = write() // a buffer takes everything
	}
	return b.Bytes()
}

// totalsFormat is the comment before the line of a histogram.
const totalsFormat = "#[Totals: %d,%d,%d,%d,%d]"

// writeHists writes a line for each histogram, in the order of the tags. It is what the
// library would write, who makes a compressor of a megabyte and a regular expression
// for each line.
func writeHists(b *bytes.Buffer, start, end time.Duration, hists map[string]*result.Hist) {
	from, length := start.Truncate(time.Millisecond), end.Truncate(time.Millisecond)-start.Truncate(time.Millisecond)
	for _, tag := range slices.Sorted(maps.Keys(hists)) {
		h := hists[tag]
		t := h.Totals()
		fmt.Fprintf(b, totalsFormat+"\n", t.Count, t.Sum, t.Min, t.Max, t.Refused)
		most := time.Duration(h.Packed().Max())
		fmt.Fprintf(b, "Tag=%s,%f,%f,%f,%s\n", tag, from.Seconds(), length.Seconds(), result.Millis(most), h.Encode())
	}
}

// A stretch is one line of a histogram log.
type stretch struct {
	series
	start, end int64 // milliseconds
	hist       *result.Hist
}

// readHists reads a histogram log up to its end, or to the first line that is
// torn or broken. Tags that the run does not know are left out.
func (t tags) readHists(r io.Reader) (found []stretch) {
	var totals result.Totals
	for line := range files.Lines(r) {
		if len(line) == 0 || line[0] == '"' {
			continue
		}
		if line[0] == '#' {
			t := &totals
			if n, _ := fmt.Sscanf(string(line), totalsFormat, &t.Count, &t.Sum, &t.Min, &t.Max, &t.Refused); n != 5 {
				totals = result.Totals{}
			}
			continue
		}
		tag, s, err := parseHist(string(line))
		if err != nil {
			return found
		}
		if known, ok := t[tag]; ok {
			s.series = known
			s.hist.Restore(totals) // or else what the buckets say
			if found = append(found, s); len(found) == maxHists {
				return found
			}
		}
		totals = result.Totals{}
	}
	return found
}

// parseHist reads Tag=TAG,START,LENGTH,MAX,HISTOGRAM.
func parseHist(line string) (tag string, s stretch, err error) {
	fields := strings.Split(line, ",")
	tag, tagged := strings.CutPrefix(fields[0], "Tag=")
	if !tagged || len(fields) != 5 {
		return "", s, fmt.Errorf("not a line of a tagged histogram log")
	}
	start, err := parseMillis(fields[1])
	if err != nil {
		return "", s, err
	}
	length, err := parseMillis(fields[2])
	if err != nil {
		return "", s, err
	}
	s.start, s.end = start, start+length
	s.hist, err = result.DecodeHist(fields[4])
	return tag, s, err
}

// longest bounds the times a log may speak of, in seconds.
const longest = 10 * 366 * 24 * 3600

// parseMillis reads seconds.
func parseMillis(text string) (int64, error) {
	s, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, err
	}
	if !(s >= 0 && s <= longest) {
		return 0, fmt.Errorf("%v s is no time of a run", s)
	}
	return int64(math.Round(1000 * s)), nil
}
