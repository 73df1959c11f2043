//go:build unix

package cmd

import (
	"os/signal"
	"syscall"
)

// apart puts the watcher into a session of its own: what stops or ends the screen's
// processes does not reach it.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// detach makes sure of it.
func detach() { signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGTTOU) }
