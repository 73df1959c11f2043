package doctor

import "syscall"

// bereaved has the kernel end a process whose parent has died.
func bereaved() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
