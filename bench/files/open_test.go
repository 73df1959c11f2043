//go:build unix

package files

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What has no end is refused at once, whoever is at the other end of it.
func TestOnlyFilesAreRead(t *testing.T) {
	dir, err := os.MkdirTemp("", "s")
	check(t, err)
	defer func() { check(t, os.RemoveAll(dir)) }()
	pipe, held, socket, link := filepath.Join(dir, "pipe"), filepath.Join(dir, "held"), filepath.Join(dir, "s"), filepath.Join(dir, "link")
	check(t, syscall.Mkfifo(pipe, 0o600))
	check(t, syscall.Mkfifo(held, 0o600))
	holder, err := os.OpenFile(held, os.O_RDWR, 0) // a writer that never writes
	check(t, err)
	defer func() { check(t, holder.Close()) }()
	l, err := net.Listen("unix", socket)
	check(t, err)
	defer func() { check(t, l.Close()) }()
	check(t, os.Symlink(pipe, link))
	for path, want := range map[string]string{
		pipe: "named pipe", held: "named pipe", link: "named pipe", socket: "socket", dir: "folder",
		"/dev/zero": "device", os.DevNull: "device",
	} {
		var of *fs.PathError
		if _, err := Read(path, 1<<20); !errors.As(err, &of) || of.Path != path || !strings.Contains(of.Err.Error(), want) {
			t.Errorf("%s gives %v, want %s", path, err, want)
		}
	}
	if _, err := Read(filepath.Join(dir, "nosuch"), 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// A stream that this process was given is read, even where its writer has gone.
func TestGivenStreamsAreRead(t *testing.T) {
	r, w, err := os.Pipe()
	check(t, err)
	_, err = w.WriteString("words")
	check(t, errors.Join(err, w.Close()))
	got, err := Read("/dev/fd/"+itoa(r.Fd()), 10)
	if err != nil || string(got) != "words" {
		t.Errorf("%q, %v", got, err)
	}
	check(t, r.Close())
}

func TestWhatIsReadIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	check(t, os.WriteFile(path, []byte("12345"), 0o600))
	if got, err := Read(path, 5); err != nil || string(got) != "12345" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := Read(path, 4); !errors.Is(err, ErrTooLarge) || !strings.Contains(err.Error(), "4 bytes are the most") {
		t.Errorf("%v", err)
	}
	r, w, err := os.Pipe()
	check(t, err)
	_, err = w.WriteString("12345")
	check(t, errors.Join(err, w.Close()))
	if _, err := Read("/dev/fd/"+itoa(r.Fd()), 4); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%v", err)
	}
	check(t, r.Close())
}
