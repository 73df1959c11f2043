package files

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// mostLinks is how many symbolic links are followed.
const mostLinks = 40

// readerComes is how long a named pipe is waited on for its reader: a shell starts both at
// about the same time. Only a test changes it.
var readerComes = 2 * time.Second

// An Out is a place to write to that a user named, and that can be written to as far as
// this can be known beforehand. It is not safe for concurrent use.
type Out struct {
	path   string // as the user gave it
	file   string // the regular file behind it, absolute, which may not exist yet; "": a stream
	inside bool   // the file's folder takes no other file: it is overwritten where it is
	stream io.WriteCloser
}

// Create finds out what a path is, and whether it can be written to. "-" is standard
// output. What is no file is opened now, and stays open until [Out.Close]; of a file
// nothing changes before [Out.Write] or [Out.Log]. Every error is an *[Error].
func Create(path string) (*Out, error) {
	o := &Out{path: path}
	if err := o.find(); err != nil {
		return nil, unwritable(path, err)
	}
	return o, nil
}

// Path is the place as the user named it.
func (o *Out) Path() string { return o.path }

// File is the file that is written, behind all links; "" for a stream.
func (o *Out) File() string { return o.file }

// find follows links to what is written.
func (o *Out) find() (err error) {
	at := o.path
	for range mostLinks {
		if fd, ok := given(at); ok {
			o.stream, err = duplicate(fd, at)
			return err
		}
		info, err := os.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return o.replaces(at, nil)
		case err != nil:
			return err
		case info.Mode().IsRegular():
			return o.replaces(at, info)
		case info.IsDir():
			return errFolder
		case info.Mode()&fs.ModeSymlink == 0:
			o.stream, err = connect(at, info.Mode())
			return err
		}
		to, err := os.Readlink(at)
		if err != nil {
			return err
		}
		if !filepath.IsAbs(to) { // not joined: the folder may itself be a link, and .. lie elsewhere
			dir, _ := filepath.Split(at)
			to = dir + to
		}
		at = to
	}
	return errors.New("too many symbolic links")
}

// replaces settles on a regular file, after making sure that one can be made beside it.
func (o *Out) replaces(at string, old fs.FileInfo) error {
	dir, name := filepath.Split(at)
	if dir == "" {
		dir = "."
	}
	folder, err := filepath.EvalSymlinks(dir)
	if err == nil {
		folder, err = filepath.Abs(folder)
	}
	if err != nil {
		return err
	}
	if o.file = filepath.Join(folder, name); name == "" {
		return errFolder
	}
	if old != nil { // a file that may not be written must not be replaced either
		f, err := os.OpenFile(o.file, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	probe, err := o.beside()
	switch {
	case err != nil && old == nil:
		return err
	case err != nil:
		o.inside = true
		return nil
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// beside makes a new file beside the one to be replaced, as any program would make it.
func (o *Out) beside() (f *os.File, err error) {
	const tries = 100
	for range tries {
		name := ".flashwave-" + strconv.FormatUint(rand.Uint64(), 36)
		f, err = os.OpenFile(filepath.Join(filepath.Dir(o.file), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, err
}

// connect opens what is no file.
func connect(path string, mode fs.FileMode) (io.WriteCloser, error) {
	if mode&fs.ModeSocket != 0 {
		return net.Dial("unix", path)
	}
	flags := os.O_WRONLY
	if mode&fs.ModeNamedPipe != 0 {
		flags |= atOnce
	}
	for began := time.Now(); ; time.Sleep(readerComes / 100) {
		f, err := os.OpenFile(path, flags, 0)
		switch {
		case err == nil:
			return f, nil
		case mode&fs.ModeNamedPipe == 0 || !noReader(err):
			return nil, err
		case time.Since(began) > readerComes:
			return nil, errNobody
		}
	}
}

// Write writes the place: a file as a whole or, where there is an error, not at all. A
// file that is there keeps its mode, a new one has that of the umask. An error of the
// system is an *[Error], one of write's own is answered as it is.
func (o *Out) Write(write func(io.Writer) error) error {
	switch {
	case o.stream != nil:
		return o.fill(o.stream, write)
	case o.inside:
		return o.overwrite(write)
	}
	f, err := o.beside()
	if err != nil {
		return unwritable(o.path, err)
	}
	err = o.fill(f, write)
	if closing := f.Close(); err == nil && closing != nil {
		err = unwritable(o.path, closing)
	}
	if err == nil {
		err = o.rename(f.Name())
	}
	if err != nil {
		_ = os.Remove(f.Name()) // what there was to say is said
	}
	return err
}

// rename puts a new file in place of the old one.
func (o *Out) rename(fresh string) error {
	if old, err := os.Stat(o.file); err == nil {
		keepOwner(fresh, old)
		if err := os.Chmod(fresh, old.Mode().Perm()); err != nil {
			return unwritable(o.path, err)
		}
	}
	err := os.Rename(fresh, o.file)
	if err == nil {
		return nil
	}
	if !standsFast(err) {
		return unwritable(o.path, err)
	}
	data, err := os.ReadFile(fresh)
	if err == nil {
		err = o.refill(data)
	}
	if err != nil {
		return unwritable(o.path, err)
	}
	_ = os.Remove(fresh) // its content is where it belongs
	return nil
}

// refill puts a new content into the file that is there.
func (o *Out) refill(data []byte) error {
	f, err := o.emptied()
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// emptied opens the file where it is. What exists is not opened as if it did not: in a
// folder that many share the system would refuse that.
func (o *Out) emptied() (*os.File, error) {
	f, err := os.OpenFile(o.file, os.O_WRONLY|os.O_TRUNC, 0)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = os.OpenFile(o.file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	}
	return f, err
}

// overwrite writes into the file that is there.
func (o *Out) overwrite(write func(io.Writer) error) error {
	var whole bytes.Buffer
	if err := write(&whole); err != nil {
		return err
	}
	if err := o.refill(whole.Bytes()); err != nil {
		return unwritable(o.path, err)
	}
	return nil
}

// fill writes into what is open.
func (o *Out) fill(w io.Writer, write func(io.Writer) error) error {
	own := &noting{Writer: w}
	out := bufio.NewWriter(own)
	err := write(out)
	if own.err == nil {
		_ = out.Flush() // own notes what comes of it
	}
	if own.err != nil {
		return unwritable(o.path, own.err)
	}
	return err
}

// noting is a writer that remembers its error.
type noting struct {
	io.Writer
	err error
}

func (n *noting) Write(b []byte) (int, error) {
	wrote, err := n.Writer.Write(b)
	if err != nil {
		n.err = err
	}
	return wrote, err
}

// Log opens the place for what is to be read while it grows: a file is emptied and
// written where it is. Its errors are *[Error].
func (o *Out) Log() (io.WriteCloser, error) {
	if o.stream != nil {
		return &log{out: o, WriteCloser: o.stream}, nil
	}
	f, err := o.emptied()
	if err != nil {
		return nil, unwritable(o.path, err)
	}
	return &log{out: o, WriteCloser: f}, nil
}

// A log is an open place whose errors name it as the user did.
type log struct {
	out *Out
	io.WriteCloser
}

func (l *log) Write(b []byte) (int, error) {
	n, err := l.WriteCloser.Write(b)
	if err != nil {
		err = unwritable(l.out.path, err)
	}
	return n, err
}

// Close leaves a stream open, for others may be written to it.
func (l *log) Close() error {
	if l.out.stream != nil {
		return nil
	}
	if err := l.WriteCloser.Close(); err != nil {
		return unwritable(l.out.path, err)
	}
	return nil
}

// Close lets go of a stream: its reader has all there is. It may be called again.
func (o *Out) Close() {
	if o.stream != nil {
		_ = o.stream.Close() // what was written was written without a buffer
	}
}

// Streams reports whether what a path names is there and no file: it is written to
// rather than replaced.
func Streams(path string) bool {
	if _, ok := given(path); ok {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}
