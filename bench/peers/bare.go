//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
)

// bare is net/http and nothing else: a goroutine for each request in flight reads the
// answer line by line and counts its token events.
func bare(args []string) error {
	l, err := readClientLoad(args)
	if err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: l.atOnce}}
	var sent, tokens atomic.Int64
	var mu sync.Mutex
	var failed error
	var all sync.WaitGroup
	for range l.atOnce {
		all.Go(func() {
			for sent.Add(1) <= int64(l.requests) {
				n, err := ask(client, l)
				tokens.Add(int64(n))
				if err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
					return
				}
			}
		})
	}
	all.Wait()
	if failed != nil {
		return failed
	}
	fmt.Println(tokens.Load())
	return nil
}

// ask sends one request and counts the token events of its answer.
func ask(client *http.Client, l clientLoad) (tokens int, err error) {
	answer, err := client.Post(fmt.Sprintf("http://%s/v1/chat/completions", l.at), "application/json", bytes.NewReader(l.body))
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	lines := bufio.NewReader(answer.Body)
	for {
		line, err := lines.ReadSlice('\n')
		if bytes.Contains(line, token) {
			tokens++
		}
		if errors.Is(err, io.EOF) {
			return tokens, nil
		}
		if err != nil {
			return tokens, err
		}
	}
}
