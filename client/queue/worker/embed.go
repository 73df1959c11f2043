package worker

import (
	"fmt"

	"github.com/alicebob/miniredis/v2"
)

// Embed serves a Redis of our own on a free loopback port, in memory, until it is closed.
func Embed() (address string, end func(), err error) {
	m, err := miniredis.Run()
	if err != nil {
		return "", nil, fmt.Errorf("the built-in queue found no port: %w", err)
	}
	return m.Addr(), m.Close, nil
}
