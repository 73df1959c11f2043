//go:build !unix

package cmd

func ignoreBrokenPipes() {}
