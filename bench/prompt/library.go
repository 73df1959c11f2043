package prompt

import (
	"fmt"
	"os"
	"sync"
	"time"

	"flashwave/bench/trace"
)

// A Library opens each workload once, however many lanes ask for it: a source is the
// same for all of them. The zero Library is empty. It is safe for concurrent use.
type Library struct {
	mu     sync.Mutex
	open   map[Workload]shared
	traces map[reading]recorded
}

// A shared source, and what its file was when it was opened.
type shared struct {
	source Source
	size   int64
	at     time.Time
}

// Open is [Workload.Open]. A file that has changed since is opened anew.
func (l *Library) Open(w Workload) (Source, error) {
	if w.Prompt != "" {
		w.Prompts = ""
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	size, at := fileState(w.Prompts)
	if have, ok := l.open[w]; ok && have.size == size && have.at.Equal(at) {
		return have.source, nil
	}
	source, err := w.Open()
	if err != nil {
		return nil, err
	}
	if l.open == nil {
		l.open = map[Workload]shared{}
	}
	l.open[w] = shared{source, size, at}
	return source, nil
}

// A reading is how the file of a trace is read.
type reading struct {
	file              string
	skipBad, sessions bool
}

// A recorded trace, and what its file was when it was read.
type recorded struct {
	*trace.Trace
	size int64
	at   time.Time
}

// Trace opens a trace of requests as it was recorded.
func (l *Library) Trace(file string, skipBad, sessions bool) (*trace.Trace, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	as := reading{file, skipBad, sessions}
	size, at := fileState(file)
	if have, ok := l.traces[as]; ok && have.size == size && have.at.Equal(at) {
		return have.Trace, nil
	}
	t, err := trace.Open(file, trace.Options{Speed: 1, Scale: 1, SkipBad: skipBad, Sessions: sessions})
	if err != nil {
		return nil, err
	}
	switch {
	case t.Len() == 0:
		return nil, fmt.Errorf("%s is a curve, which knows nothing of single requests", file)
	case t.MeanInput() == 0:
		return nil, fmt.Errorf("%s records no length of a prompt: its instants alone can be replayed, with prompts of another kind", file)
	}
	if l.traces == nil {
		l.traces = map[reading]recorded{}
	}
	l.traces[as] = recorded{t, size, at}
	return t, nil
}

// fileState tells a file from what it becomes; nothing of what is no file.
func fileState(spec string) (size int64, at time.Time) {
	info, err := os.Stat(spec)
	if err != nil || !info.Mode().IsRegular() {
		return 0, time.Time{}
	}
	return info.Size(), info.ModTime()
}
