package search

import (
	"flag"

	_ "flashwave/bench/gctest"
)

// full asks for what the package docs of search and forecast tell, whole. Without it a
// server of most kinds is searched or rehearsed as well, and held to the same bounds.
var full = flag.Bool("full", false, "all servers, seeds and nights of the tables in the package docs")

// fewer are one of so many nights; with -full, all of them.
func fewer(nights int) int {
	if *full {
		return nights
	}
	return 1
}
