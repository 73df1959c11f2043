package items

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// MaxItem is how long an item may be, in bytes.
const MaxItem = 16 << 20

// ErrLong is the trouble of an item that is longer than [MaxItem].
var ErrLong = fmt.Errorf("the line is longer than %d MiB", MaxItem>>20)

// An Item is a value of a file.
type Item struct {
	Bytes []byte // one value, not yet checked; they are written over when the next is read
	At    int64  // where they begin in the file
	Line  int    // in which line of it, from 1
	Err   error  // why there are none, or not all: [ErrLong]; nil: there are
}

// Read shows every item of a file: each line that is not blank or, if the first byte
// that is no white space is a bracket, each element of that one array. The first error
// of see ends it.
//
// An array that breaks off or is no array, or a file that is compressed, is an error of type [Broken]; other errors are
// those of the reader.
func Read(r io.Reader, see func(Item) error) error {
	f := &file{from: r, buf: make([]byte, 256<<10), line: 1}
	if err := f.begin(); err != nil {
		return err
	}
	if f.start < f.end && f.buf[f.start] == '[' {
		return f.elements(see)
	}
	return f.lines(see)
}

// Broken says in which line an array is none.
type Broken struct {
	Line int
	Err  error
}

func (b *Broken) Error() string { return fmt.Sprintf("line %d: %v", b.Line, b.Err) }

// Unwrap gives the reason alone.
func (b *Broken) Unwrap() error { return b.Err }

// A file is read through a window.
type file struct {
	from       io.Reader
	buf        []byte
	start, end int   // what was read and is not done with
	base       int64 // where buf[0] stands in the file
	line       int   // of buf[start]
	over       bool  // the window reaches the file's end
}

// begin steps over the byte order mark and white space.
func (f *file) begin() error {
	if err := f.more(); err != nil {
		return err
	}
	for _, magic := range [][]byte{{0x1f, 0x8b}, {0x28, 0xb5, 0x2f, 0xfd}} { // gzip's, zstd's
		if bytes.HasPrefix(f.buf[f.start:f.end], magic) {
			return &Broken{Line: 1, Err: errors.New("the file is compressed: unpack it first")}
		}
	}
	if bytes.HasPrefix(f.buf[f.start:f.end], []byte("\ufeff")) {
		f.start += len("\ufeff")
	}
	return f.blank()
}

// blank steps over white space.
func (f *file) blank() error {
	for {
		f.step(space(f.buf[:f.end], f.start) - f.start)
		if f.start < f.end || f.over {
			return nil
		}
		if err := f.more(); err != nil {
			return err
		}
	}
}

// step goes n bytes on.
func (f *file) step(n int) {
	f.line += bytes.Count(f.buf[f.start:f.start+n], []byte{'\n'})
	f.start += n
}

// more reads more into the window, which grows if it is full.
func (f *file) more() error {
	switch {
	case f.over:
		return nil
	case f.start > 0:
		copy(f.buf, f.buf[f.start:f.end])
		f.base += int64(f.start)
		f.start, f.end = 0, f.end-f.start
	case f.end == len(f.buf):
		f.buf = append(f.buf, make([]byte, len(f.buf))...)
	}
	for range 100 {
		n, err := f.from.Read(f.buf[f.end:])
		f.end += n
		switch {
		case errors.Is(err, io.EOF):
			f.over = true
			return nil
		case err != nil || n > 0:
			return err
		}
	}
	return io.ErrNoProgress
}

// lines shows every line.
func (f *file) lines(see func(Item) error) error {
	for looked := 0; ; {
		at := bytes.IndexByte(f.buf[f.start+looked:f.end], '\n')
		switch {
		case at >= 0:
			at += looked
		case f.over:
			at = f.end - f.start
		case f.end-f.start > MaxItem:
			if err := f.long(see); err != nil {
				return err
			}
			looked = 0
			continue
		default:
			looked = f.end - f.start
			if err := f.more(); err != nil {
				return err
			}
			continue
		}
		looked = 0
		if err := f.show(bytes.TrimRight(f.buf[f.start:f.start+at], "\r"), see); err != nil {
			return err
		}
		if f.start+at == f.end && f.over {
			return nil
		}
		f.start += at + 1
		f.line++
	}
}

// show shows a value that begins where the window does, unless it is blank.
func (f *file) show(value []byte, see func(Item) error) error {
	if space(value, 0) == len(value) {
		return nil
	}
	item := Item{Bytes: value, At: f.base + int64(f.start), Line: f.line}
	if len(value) > MaxItem {
		item.Bytes, item.Err = nil, ErrLong
	}
	return see(item)
}

// long shows that a line is too long, and goes on to the next.
func (f *file) long(see func(Item) error) error {
	if err := see(Item{At: f.base + int64(f.start), Line: f.line, Err: ErrLong}); err != nil {
		return err
	}
	for {
		if at := bytes.IndexByte(f.buf[f.start:f.end], '\n'); at >= 0 {
			f.step(at) // its end is a blank line yet, which nobody is shown
			return nil
		}
		f.start = f.end
		if f.over {
			return nil
		}
		if err := f.more(); err != nil {
			return err
		}
	}
}

// elements shows every element of the array that begins where the window does.
func (f *file) elements(see func(Item) error) error {
	f.start++
	for first := true; ; first = false {
		c, err := f.peek()
		switch {
		case err != nil:
			return err
		case c == ']':
			return f.nothingFollows()
		case !first && c != ',':
			return f.broken(errBroken)
		case !first:
			f.start++
			if _, err := f.peek(); err != nil {
				return err
			}
		}
		n, err := f.value()
		if err != nil {
			return err
		}
		if err := f.show(f.buf[f.start:f.start+n], see); err != nil {
			return err
		}
		f.step(n)
	}
}

// peek is the next byte that is no white space.
func (f *file) peek() (byte, error) {
	if err := f.blank(); err != nil {
		return 0, err
	}
	if f.start == f.end {
		return 0, f.broken(errors.New("the list has no end"))
	}
	return f.buf[f.start], nil
}

// value is the length of the value that begins where the window does.
func (f *file) value() (n int, err error) {
	for {
		end, err := skip(f.buf[:f.end], f.start, 0)
		switch {
		case err == nil && (end < f.end || f.over):
			return end - f.start, nil
		case err != nil && (!errors.Is(err, errShort) || f.over):
			return 0, f.broken(Check(f.buf[f.start:f.end]))
		case f.end-f.start > MaxItem:
			return 0, f.broken(ErrLong)
		}
		if err := f.more(); err != nil {
			return 0, err
		}
	}
}

func (f *file) nothingFollows() error {
	f.start++
	if err := f.blank(); err != nil {
		return err
	}
	if f.start < f.end {
		return f.broken(errors.New("something follows the list"))
	}
	return nil
}

func (f *file) broken(err error) error { return &Broken{f.line, err} }

// ReadAt reads the item that begins at a place of a file, as [Read] said where.
func ReadAt(r io.ReaderAt, at int64) ([]byte, error) {
	for size := 4 << 10; ; size *= 4 {
		b := make([]byte, min(size, MaxItem+1))
		n, err := r.ReadAt(b, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		switch end, wrong := skip(b[:n], 0, 0); {
		case wrong == nil && (end < n || err != nil):
			return b[:end], nil
		case !errors.Is(wrong, errShort) && wrong != nil, err != nil:
			return nil, Check(b[:n])
		case len(b) > MaxItem:
			return nil, ErrLong
		}
	}
}
