// Command screens turns a terminal's screen into a picture: it reads the screen's
// lines with their escape sequences, as `tmux capture-pane -ep` prints them, and writes
// an SVG.
//
//	go run ./.github/screens -size 120x36 -title 'flashwave' < screen > screen.svg
//
// Every character has its cell: text is stretched to its cells whatever font there is,
// and lines, blocks and shades are drawn, so that frames close.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/x/vt"
)

func main() {
	size := flag.String("size", "120x36", "columns and rows of the screen")
	title := flag.String("title", "", "what stands above the screen")
	flag.Parse()
	if err := run(os.Stdin, os.Stdout, *size, *title); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer, size, title string) error {
	var columns, rows int
	if _, err := fmt.Sscanf(size, "%dx%d", &columns, &rows); err != nil || columns < 1 || rows < 1 {
		return fmt.Errorf("a size is COLUMNSxROWS, not %q", size)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	screen := vt.NewEmulator(columns, rows)
	defer screen.Close() //nolint:errcheck // a terminal in memory
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if _, err := screen.WriteString(strings.Join(lines[:min(len(lines), rows)], "\r\n")); err != nil {
		return err
	}
	_, err = io.WriteString(out, newPicture(columns, rows, title).draw(screen))
	return err
}
