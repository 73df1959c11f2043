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
	open map[Workload]shared
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

// fileState tells a file from what it becomes; nothing of what is no file.
func fileState(spec string) (size int64, at time.Time) {
	info, err := os.Stat(spec)
	if err != nil || !info.Mode().IsRegular() {
		return 0, time.Time{}
	}
	return info.Size(), info.ModTime()
}
