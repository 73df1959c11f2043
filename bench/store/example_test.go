package store_test

import (
	"fmt"
	"os"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/store"
)

func Example() {
	dir, err := os.MkdirTemp("", "runs")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	runs, err := store.Open(dir)
	if err != nil {
		panic(err)
	}

	journal, err := runs.Create(time.Date(2026, 11, 23, 22, 26, 1, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	run := &result.Run{Schema: result.Schema, ID: journal.ID(), Name: "midnight-sale"}
	if err := journal.Begin(run); err != nil {
		panic(err)
	}
	// … an interval a second, and events …
	run.Verdict.Status = result.Pass
	if err := journal.End(run); err != nil {
		panic(err)
	}

	latest, err := runs.Load("latest")
	if err != nil {
		panic(err)
	}
	fmt.Println(latest.ID, latest.Name, latest.Verdict.Status)
	// Output: 20261123-222601 midnight-sale pass
}
