// Command flashwave load-tests and monitors LLM completions endpoints from the
// terminal. See README.md.
package main

import (
	"os"

	"flashwave/cmd"
)

func main() {
	os.Exit(cmd.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
