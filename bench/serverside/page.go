package serverside

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// What is read of a page, in bytes: of all of it, of one line, and of the lines that are
// of interest.
const (
	maxPage = 8 << 20
	maxLine = 64 << 10
	maxKept = 512 << 10
)

var (
	errTooLarge = fmt.Errorf("the page has more than %d MiB", maxPage>>20)
	errNoPage   = errors.New("that is no page of metrics")
)

// A reader knows which metrics are of interest.
type reader struct {
	names  map[string]bool // of samples
	wanted []string        // those of the user
}

func newReader(wanted []string) *reader {
	r := &reader{names: map[string]bool{}, wanted: wanted}
	for _, s := range known {
		for _, series := range s.series {
			for _, m := range series.metrics {
				r.names[m.name] = true
			}
		}
	}
	for _, name := range wanted {
		r.names[name] = true
	}
	return r
}

// samples are those of the page that are of interest, and which of their names are said
// to be counters. All else is not even parsed: a page of a busy server is large.
func (r *reader) samples(page io.Reader) (all []sample, counters map[string]bool, err error) {
	kept, counters, err := r.sift(page)
	if err != nil {
		return nil, nil, err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(kept))
	if err != nil {
		return nil, nil, errNoPage
	}
	for name, f := range families {
		for _, m := range f.GetMetric() {
			v := m.GetUntyped().GetValue()
			if math.IsNaN(v) || math.IsInf(v, 0) {
				continue
			}
			s := sample{name: name, value: v, labels: map[string]string{}}
			for _, l := range m.GetLabel() {
				s.labels[l.GetName()] = l.GetValue()
			}
			all = append(all, s)
		}
	}
	return all, counters, nil
}

// sift keeps the lines of interest, without the comments: so every sample is one by
// itself, those of a histogram too.
func (r *reader) sift(page io.Reader) (kept []byte, counters map[string]bool, err error) {
	limited := &io.LimitedReader{R: page, N: maxPage + 1}
	lines := bufio.NewScanner(limited)
	lines.Buffer(make([]byte, 0, 4<<10), maxLine)
	counters, found := map[string]bool{}, false
	for lines.Scan() {
		line := lines.Bytes()
		if rest, ok := bytes.CutPrefix(line, []byte("# TYPE ")); ok {
			found = true
			if name, kind, ok := strings.Cut(string(rest), " "); ok && strings.TrimSpace(kind) == "counter" && r.names[name] {
				counters[name] = true
			}
			continue
		}
		end := bytes.IndexAny(line, "{ \t")
		if end <= 0 || line[0] == '#' || !r.names[string(line[:end])] {
			continue
		}
		found = true
		if len(kept)+len(line) > maxKept {
			return nil, nil, errTooLarge
		}
		kept = append(append(kept, line...), '\n')
	}
	switch {
	case limited.N == 0:
		return nil, nil, errTooLarge
	case errors.Is(lines.Err(), bufio.ErrTooLong), lines.Err() == nil && !found:
		return nil, nil, errNoPage
	}
	return kept, counters, lines.Err()
}

// A sample is one line of a page.
type sample struct {
	name   string
	labels map[string]string
	value  float64
}
