//go:build !unix

package cmd

func ignoreBrokenPipes() {}

func leadsNowhere(any) bool { return false }
