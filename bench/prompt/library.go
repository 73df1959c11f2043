package prompt

import (
	"os"
	"sync"
	"time"
)

// A Library opens each workload once, however many lanes ask for it: a source is the
// same for all of them. The zero Library is empty. It is safe for concurrent use.
type Library struct {
	mu   sync.Mutex
	open map[request]shared
}

// A request is what [Open] is asked for.
type request struct {
	spec, text, system string
	seed               uint64
}

// A shared source, and what its file was when it was opened.
type shared struct {
	source Source
	size   int64
	at     time.Time
}

// Open is [Open]. A file that has changed since is opened anew.
func (l *Library) Open(spec, text, system string, seed uint64) (Source, error) {
	if text != "" {
		spec = ""
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	want := request{spec, text, system, seed}
	size, at := fileState(spec)
	if have, ok := l.open[want]; ok && have.size == size && have.at.Equal(at) {
		return have.source, nil
	}
	source, err := Open(spec, text, system, seed)
	if err != nil {
		return nil, err
	}
	if l.open == nil {
		l.open = map[request]shared{}
	}
	l.open[want] = shared{source, size, at}
	return source, nil
}

// fileState tells a file from what it becomes; nothing of what is no file.
func fileState(spec string) (size int64, at time.Time) {
	info, err := os.Stat(spec)
	if err != nil || !info.Mode().IsRegular() {
		return 0, time.Time{}
	}
	return info.Size(), info.ModTime()
}
