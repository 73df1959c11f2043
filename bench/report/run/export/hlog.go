package export

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	hdr "github.com/HdrHistogram/hdrhistogram-go"

	"flashwave/bench/report/words"
	"flashwave/bench/result"
	"flashwave/bench/slo"
)

// HLog writes an HdrHistogram log (format 1.3) of nanoseconds, whose maxima are
// in milliseconds, as the tools of HdrHistogram expect. Its tags:
//
//	ttft, e2e             response times, an interval for each step of the timeline
//	METRIC                any other latency, one interval for the whole run
//	[LANE/]WAVE/METRIC    a latency of one wave, one interval
//
// METRIC is ttft, ttfa and e2e, those with "service." before them, itl, tpot, stall,
// queue and connect. Characters that a tag may not have are underscores.
func HLog(w io.Writer, run *result.Run) error {
	l := &hlog{log: &bytes.Buffer{}}
	l.out = hdr.NewHistogramLogWriter(l.log)
	start := run.StartedAt.UnixMilli()
	for _, write := range []func() error{
		l.out.OutputLogFormatVersion,
		func() error { return l.out.OutputComment("[flashwave run " + words.Plain(run.ID) + ", times in ns]") },
		func() error { return l.out.OutputStartTime(start) },
		func() error { return l.out.OutputBaseTime(start) },
		l.out.OutputLegend,
	} {
		l.keep(write())
	}
	rows := l.timeline(run.Timeline)
	whole := stretch{0, run.DurationS}
	for _, m := range latencyList(run.Total.Latency) {
		if !rows[m.name] {
			l.add(m.name, whole, m.hdr())
		}
	}
	for _, wave := range run.Waves {
		from, to, _ := wave.Wall() // without one it has no histograms either
		at := stretch{from, to}
		for _, m := range latencyList(wave.Latency) {
			l.add(slo.WaveName(wave.Lane, wave.Name)+"/"+m.name, at, m.hdr())
		}
	}
	if l.err != nil {
		return l.err
	}
	_, err := w.Write(l.log.Bytes())
	return err
}

// An hlog is a log in the making; its first error sticks.
type hlog struct {
	log *bytes.Buffer
	out *hdr.HistogramLogWriter
	err error
}

// A stretch is from one instant to another, in seconds from the start of the run.
type stretch struct{ from, to float64 }

func (l *hlog) keep(err error) {
	if l.err == nil {
		l.err = err
	}
}

// timeline writes the rows, and answers which metrics they hold.
func (l *hlog) timeline(rows []result.Row) map[string]bool {
	found := map[string]bool{}
	for _, m := range []struct {
		name string
		of   func(result.RowLatencies) *result.RowPercentile
	}{
		{"ttft", func(l result.RowLatencies) *result.RowPercentile { return l.TTFT.Response }},
		{"e2e", func(l result.RowLatencies) *result.RowPercentile { return l.E2E.Response }},
	} {
		for _, row := range rows {
			if p := m.of(row.Latency); p != nil && p.HDR != "" {
				found[m.name] = true
				l.add(m.name, stretch{row.TS, row.TS + row.StepS}, p.HDR)
			}
		}
	}
	return found
}

// add writes one interval.
func (l *hlog) add(tag string, at stretch, encoded string) {
	if encoded == "" || l.err != nil {
		return
	}
	h, err := result.DecodeHist(encoded)
	if err != nil {
		l.keep(fmt.Errorf("the histogram of %s: %w", tag, err))
		return
	}
	line := h.Packed().Clone()
	line.SetTag(tagged(tag))
	line.SetStartTimeMs(milliseconds(at.from))
	line.SetEndTimeMs(milliseconds(at.to))
	l.keep(l.out.OutputIntervalPackedHistogram(line))
}

func milliseconds(s float64) int64 { return time.Duration(s * float64(time.Second)).Milliseconds() }

// tagged makes a name a tag: a log has a line an interval, and commas between fields.
func tagged(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ',' || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return '_'
		}
		return r
	}, name)
}

// A metricOf is a latency by its name in SLOs.
type metricOf struct {
	name string
	l    *result.Latency
}

func (m metricOf) hdr() string {
	if m.l == nil {
		return ""
	}
	return m.l.HDR
}

// latencyList are all latencies of a stretch.
func latencyList(l result.Latencies) []metricOf {
	return []metricOf{
		{"ttft", l.TTFT.Response},
		{"service.ttft", l.TTFT.Service},
		{"ttfa", l.TTFA.Response},
		{"service.ttfa", l.TTFA.Service},
		{"e2e", l.E2E.Response},
		{"service.e2e", l.E2E.Service},
		{"itl", l.ITL},
		{"tpot", l.TPOT},
		{"stall", l.Stall},
		{"queue", l.Queue},
		{"connect", l.Connect},
	}
}
