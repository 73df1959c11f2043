//go:build race

package search

// raced says that the race detector is on: everything takes ten times as long, and
// some of the servers are enough to find races.
const raced = true
