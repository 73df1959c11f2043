package files

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// WriteJSON writes a document of our own, for its owner's eyes alone, so that the file is
// there as a whole or not at all, whatever happens meanwhile.
func WriteJSON(path string, document any) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(Encode(f, document), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// Encode writes a document as JSON for people.
func Encode(w io.Writer, document any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(document)
}
