//go:build unix

package files

import (
	"errors"
	"os"
	"syscall"
)

// syncDir makes the names in a directory last. Some file systems cannot, and need
// not be asked twice.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, d.Close())
}
