package queue

import (
	"flag"
	"os"
	"testing"
)

// Most tests wait for a moment that a server takes: more of them at a time than there are CPUs.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
