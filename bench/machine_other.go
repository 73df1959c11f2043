//go:build !unix

package bench

import "time"

func cpuTime() time.Duration { return 0 }

// OpenFilesLimit is how many files this process may have open; nil: unknown.
func OpenFilesLimit() *int64 { return nil }

func runQueueWait() time.Duration { return -1 }
