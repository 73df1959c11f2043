//go:build !linux

package doctor

import "syscall"

// bereaved: this system tells nobody of the death of a parent; the pipe does.
func bereaved() *syscall.SysProcAttr { return nil }
