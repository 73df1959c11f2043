//go:build !unix

package cmd

import "syscall"

func apart() *syscall.SysProcAttr { return nil }

func detach() {}
