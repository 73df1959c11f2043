//go:build !unix

package health

import "time"

// CPUTime is not to be had on this system.
func CPUTime() time.Duration { return 0 }

// OpenFilesLimit is how many files this process may have open; nil: unknown.
func OpenFilesLimit() *int64 { return nil }

func runQueueWait() time.Duration { return -1 }
