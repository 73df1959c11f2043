package capacity

import (
	"flag"
	"os"
	"runtime/debug"
	"testing"
)

// Thousands of short requests make garbage of which little is ever kept: a sixth of the
// time would go into looking for it.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// full asks for what the package docs of capacity and forecast tell, whole. Without it
// each kind of server but a noisy one is searched or rehearsed as well, and held to the
// same bounds.
var full = flag.Bool("full", false, "all servers, seeds and nights of the tables in the package docs")

// fewer are one of so many nights; with -full, all of them.
func fewer(nights int) int {
	if *full {
		return nights
	}
	return 1
}
