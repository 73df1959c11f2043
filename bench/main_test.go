package bench

import (
	"flag"
	"os"
	"testing"

	_ "flashwave/bench/gctest"
)

// What is measured on the clock waits: more of it at a time than there are CPUs.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
