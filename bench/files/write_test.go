//go:build unix

package files

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// put writes a place at once.
func put(path string, write func(io.Writer) error) error {
	o, err := Create(path)
	if err != nil {
		return err
	}
	defer o.Close()
	return o.Write(write)
}

// holds wants a file to have a content and a mode, and nothing to be left beside it.
func holds(t *testing.T, path, want string, mode fs.FileMode) {
	t.Helper()
	got, err := os.ReadFile(path)
	check(t, err)
	info, err := os.Lstat(path)
	check(t, err)
	if string(got) != want || info.Mode() != mode {
		t.Errorf("%s holds %q with mode %v, want %q with %v", path, got, info.Mode(), want, mode)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".flashwave-*"))
	check(t, err)
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestANewFileHasTheModeOfTheUmask(t *testing.T) {
	for _, mask := range []int{0o022, 0o077, 0} {
		old := syscall.Umask(mask)
		path := filepath.Join(t.TempDir(), "run.json")
		err := put(path, text("new"))
		syscall.Umask(old)
		check(t, err)
		holds(t, path, "new", 0o666&^fs.FileMode(mask))
	}
}

func TestAFileThatIsThereKeepsItsMode(t *testing.T) {
	for _, mode := range []fs.FileMode{0o600, 0o640, 0o666, 0o755} {
		path := filepath.Join(t.TempDir(), "run.json")
		check(t, os.WriteFile(path, []byte("the old one, which is longer"), 0o600))
		check(t, os.Chmod(path, mode))
		before, err := os.Stat(path)
		check(t, err)
		check(t, put(path, text("new")))
		holds(t, path, "new", mode)
		if after, err := os.Stat(path); err != nil || os.SameFile(before, after) {
			t.Errorf("it was overwritten where it was, %v", err)
		}
	}
}

func TestALinkStaysAndItsFileIsReplaced(t *testing.T) {
	dir := t.TempDir()
	check(t, os.MkdirAll(filepath.Join(dir, "a", "b"), 0o700))
	check(t, os.Symlink(filepath.Join(dir, "a", "b"), filepath.Join(dir, "deep")))
	for link, to := range map[string]string{
		"absolute":  filepath.Join(dir, "file"),
		"relative":  "file",
		"dangling":  "not/../notyet",
		"twice":     "relative",
		"deep/away": "../file2", // a/file2, not file2
	} {
		if link == "dangling" {
			to = "notyet"
		}
		check(t, os.Symlink(to, filepath.Join(dir, link)))
	}
	for link, file := range map[string]string{
		"absolute": "file", "relative": "file", "twice": "file", "dangling": "notyet", "deep/away": "a/file2",
	} {
		check(t, put(filepath.Join(dir, link), text(link)))
		holds(t, filepath.Join(dir, file), link, 0o666&^umask())
		if info, err := os.Lstat(filepath.Join(dir, link)); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no link any more", link)
		}
	}
}

func umask() fs.FileMode {
	m := syscall.Umask(0)
	syscall.Umask(m)
	return fs.FileMode(m)
}

// A device, made for the test: the machine's own are not to be tried on.
func TestADeviceStaysOne(t *testing.T) {
	dir := t.TempDir()
	null, full := filepath.Join(dir, "null"), filepath.Join(dir, "full")
	for path, minor := range map[string]int{null: 3, full: 7} {
		if err := syscall.Mknod(path, syscall.S_IFCHR|0o666, 1<<8|minor); err != nil {
			t.Skipf("devices cannot be made here: %v", err)
		}
		if f, err := os.OpenFile(path, os.O_WRONLY, 0); err != nil {
			t.Skipf("devices cannot be opened here: %v", err)
		} else {
			check(t, f.Close())
		}
	}
	link := filepath.Join(dir, "link")
	check(t, os.Symlink(null, link))
	for _, path := range []string{null, link} {
		check(t, put(path, text("gone")))
	}
	var own *Error
	if err := put(full, text("x")); !errors.As(err, &own) || !errors.Is(err, syscall.ENOSPC) || !strings.HasPrefix(err.Error(), full+" cannot be written: ") {
		t.Errorf("a full device gives %v", err)
	}
	o, err := Create(full)
	check(t, err)
	defer o.Close()
	log, err := o.Log()
	check(t, err)
	if _, err := io.WriteString(log, "x"); !errors.As(err, &own) || own.Path != full {
		t.Errorf("a log on a full device gives %v", err)
	}
	for _, path := range []string{null, full} {
		if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeCharDevice == 0 {
			t.Errorf("%s is no device any more: %v, %v", path, info, err)
		}
	}
}

func TestAPipeIsWrittenTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	check(t, syscall.Mkfifo(path, 0o600))
	read := make(chan string)
	go func() {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		read <- string(b)
	}()
	o, err := Create(path)
	check(t, err)
	if o.File() != "" {
		t.Errorf("it is taken for the file %s", o.File())
	}
	check(t, o.Write(text("one ")))
	check(t, o.Write(text("two")))
	o.Close()
	if got := <-read; got != "one two" {
		t.Errorf("%q was read", got)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		t.Errorf("it is no pipe any more: %v", err)
	}
}

func TestAPipeThatNobodyReads(t *testing.T) {
	defer func(usual time.Duration) { readerComes = usual }(readerComes)
	readerComes = 50 * time.Millisecond
	path := filepath.Join(t.TempDir(), "pipe")
	check(t, syscall.Mkfifo(path, 0o600))
	var own *Error
	if _, err := Create(path); !errors.As(err, &own) || !strings.Contains(err.Error(), "nobody reads") || own.Hint == "" {
		t.Errorf("got %v", err)
	}
}

func TestASocketIsWrittenTo(t *testing.T) {
	dir, err := os.MkdirTemp("", "s") // the name of a socket is short
	check(t, err)
	defer func() { check(t, os.RemoveAll(dir)) }()
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	check(t, err)
	read := make(chan string)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		b, err := io.ReadAll(conn)
		if err != nil {
			t.Error(err)
		}
		read <- string(b)
	}()
	check(t, put(filepath.Join(dir, "s"), text("hello")))
	if got := <-read; got != "hello" {
		t.Errorf("%q was read", got)
	}
	check(t, l.Close())
}

// Descriptors go on where they are, as those of >(…) and of a file that standard
// output was redirected to.
func TestADescriptorIsWrittenTo(t *testing.T) {
	r, w, err := os.Pipe()
	check(t, err)
	defer func() { check(t, r.Close()) }()
	check(t, put("/dev/fd/"+itoa(w.Fd()), text("through the pipe")))
	check(t, w.Close())
	if got, err := io.ReadAll(r); err != nil || string(got) != "through the pipe" {
		t.Errorf("%q was read, %v", got, err)
	}

	path := filepath.Join(t.TempDir(), "redirected")
	f, err := os.Create(path)
	check(t, err)
	_, err = io.WriteString(f, "before, ")
	check(t, err)
	check(t, put("/dev/fd/"+itoa(f.Fd()), text("within, ")))
	_, err = io.WriteString(f, "after")
	check(t, errors.Join(err, f.Close()))
	if got, err := os.ReadFile(path); err != nil || string(got) != "before, within, after" {
		t.Errorf("%q, %v", got, err)
	}
}

func itoa(n uintptr) string {
	const digits = "0123456789"
	if n < 10 {
		return digits[n : n+1]
	}
	return itoa(n/10) + digits[n%10:n%10+1]
}

func TestPlacesThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	check(t, os.Symlink("loop", filepath.Join(dir, "loop")))
	check(t, os.Symlink("nosuch/file", filepath.Join(dir, "nowhere")))
	for path, want := range map[string]string{
		dir:                                    "it is a folder",
		dir + "/":                              "it is a folder",
		filepath.Join(dir, "nosuch", "file"):   "no such file or directory",
		filepath.Join(dir, "nowhere"):          "no such file or directory",
		filepath.Join(dir, "file", "run.json"): "not a directory",
		filepath.Join(dir, "loop"):             "too many symbolic links",
		"/dev/fd/987":                          "",
		"":                                     "it is a folder",
	} {
		_, err := Create(path)
		var own *Error
		if !errors.As(err, &own) || !strings.Contains(err.Error(), want) || own.Path != path || own.Hint == "" || strings.Contains(err.Error(), ".flashwave-") {
			t.Errorf("%q gives %v, want an *Error with a hint that says %q", path, err, want)
		}
	}
	if err := put(filepath.Join(dir, "nosuch", "x"), text("")); err == nil || !strings.Contains(err.Error(), "cannot be written: no such file") {
		t.Errorf("%v", err)
	}
}

func TestAReadOnlyFolder(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write anywhere")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "run.json")
	check(t, os.WriteFile(path, []byte("old"), 0o600))
	check(t, os.Chmod(dir, 0o500))
	defer func() { check(t, os.Chmod(dir, 0o700)) }()
	if _, err := Create(filepath.Join(dir, "other")); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("%v", err)
	}
	check(t, put(path, text("new"))) // it is written where it is
	if got, err := os.ReadFile(path); err != nil || string(got) != "new" {
		t.Errorf("%q, %v", got, err)
	}
}

// What fails half-way leaves the old file as it was.
func TestAllOrNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.json")
	check(t, os.WriteFile(path, []byte("old"), 0o600))
	broken := errors.New("the template is broken")
	err := put(path, func(w io.Writer) error {
		_, _ = io.WriteString(w, strings.Repeat("x", 100_000))
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	holds(t, path, "old", 0o600)
}

// A log is there while it grows.
func TestALogGrowsWhereItIs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requests.jsonl")
	check(t, os.WriteFile(path, []byte("of the last run"), 0o640))
	o, err := Create(path)
	check(t, err)
	holds(t, path, "of the last run", 0o640) // until the load begins
	log, err := o.Log()
	check(t, err)
	_, err = io.WriteString(log, "one\n")
	check(t, err)
	holds(t, path, "one\n", 0o640)
	check(t, log.Close())
}
