//go:build !unix

package http1

// canTry says whether reads and writes can be tried on this system.
const canTry = false

func tryRead(uintptr, []byte) (int, error)  { return 0, errAgain{} }
func tryWrite(uintptr, []byte) (int, error) { return 0, nil }
