package cmd

import (
	"regexp"
	"strings"
)

// plainWord is an argument that no shell reads as anything else.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:=@%+,-]+$`)

// commandLine is what a POSIX shell is told to run flashwave with the same arguments.
func commandLine(args []string) string {
	words := []string{"flashwave"}
	for _, a := range args {
		if !plainWord.MatchString(a) {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		words = append(words, a)
	}
	return strings.Join(words, " ")
}
