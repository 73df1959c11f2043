package search

import (
	"context"
	"fmt"
	"time"

	"flashwave/bench/capacity"
	"flashwave/bench/units"
)

// clear takes the tasks of the last run that wait out of the queue, and waits until those
// that workers have in hand are done: what one step left is not the wait of the next.
func (s *Search) clear(ctx context.Context) {
	t := s.cfg.Options.Tier
	waiting, running := t.Unfinished()
	if waiting+running == 0 {
		return
	}
	began := time.Now()
	s.update(func(l *live) { l.Phase, l.Current, l.run = capacity.Recovering, nil, nil })
	taken := 0
	for ctx.Err() == nil && waiting+running > 0 && time.Since(began) < longestRecovery {
		if waiting > 0 { // again, where Redis had a bad moment, or had yet to confirm some
			n, err := t.Withdraw(ctx)
			if taken += n; err != nil {
				pause(ctx, probePause)
			}
			if waiting, running = t.Unfinished(); waiting+running == 0 {
				break
			}
		}
		s.update(func(l *live) {
			l.Next = fmt.Sprintf("draining: %s in workers' hands", units.Of(running, "task", "tasks"))
		})
		pause(ctx, clearPause)
		waiting, running = t.Unfinished()
	}
	switch took := time.Since(began); {
	case ctx.Err() != nil:
	case waiting+running > 0:
		s.warnings = append(s.warnings, fmt.Sprintf("a minute after a step %s of it were not done yet: the next step may have suffered", units.Of(waiting+running, "task", "tasks")))
	case s.cfg.Progress != nil && (taken > 0 || took >= time.Second):
		s.cfg.Progress(fmt.Sprintf("%s  drained  in %s; %s that waited %s taken back", units.Clock(s.elapsed()), units.Duration(took),
			units.Of(taken, "task", "tasks"), map[bool]string{true: "was", false: "were"}[taken == 1]))
	}
}

// clearPause is how often it is looked whether tasks are done.
const clearPause = 100 * time.Millisecond
