package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"time"

	"flashwave/bench/files"
)

// An age is what of a line says how old it is.
type age struct {
	Probe *struct {
		Target string
		At     Millis
	} `json:"p"`
	Minute   *struct{ Minute int64 } `json:"m"`
	Incident *struct {
		ID             string
		Opened, Closed Millis
	} `json:"i"`
}

// sift copies what is not too old at an instant, and says how many bytes that is.
func sift(from io.ReadSeeker, to io.Writer, now time.Time) (size int64, err error) {
	probes, closed := map[string]int{}, map[string]bool{}
	month := InMillis(now.Add(-KeepMinutes))
	err = eachLine(from, func(_ []byte, a age) error {
		switch {
		case a.Probe != nil:
			probes[a.Probe.Target]++
		case a.Incident != nil && a.Incident.Closed != 0 && a.Incident.Closed < month:
			closed[a.Incident.ID] = true
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriter(to)
	n, err := w.Write(firstLine())
	size = int64(n)
	if err != nil {
		return size, err
	}
	day := InMillis(now.Add(-KeepProbes))
	err = eachLine(from, func(text []byte, a age) error {
		switch {
		case a.Probe != nil:
			more := probes[a.Probe.Target] // that follow, and this one
			probes[a.Probe.Target]--
			if a.Probe.At < day || more > MostProbes {
				return nil
			}
		case a.Minute != nil:
			if a.Minute.Minute < month.Minute() {
				return nil
			}
		case a.Incident == nil, closed[a.Incident.ID]:
			return nil
		}
		n, err := w.Write(append(text, '\n'))
		size += int64(n)
		return err
	})
	if err != nil {
		return size, err
	}
	return size, w.Flush()
}

// eachLine visits the lines after the header that can be read. text is not to be kept.
func eachLine(from io.ReadSeeker, visit func(text []byte, a age) error) error {
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReader(from)
	if err := begins(in); err != nil {
		return err
	}
	for text := range files.Lines(in) {
		var a age
		if json.Unmarshal(text, &a) != nil {
			continue
		}
		if err := visit(bytes.Clone(text), a); err != nil {
			return err
		}
	}
	return nil
}
