package capacity

import "context"

// modest is how many requests are in flight while an endpoint is warmed up.
const modest = 4

// warmUp loads the endpoint a little before anything is measured; false: the search is
// over.
func (s *Search) warmUp(ctx context.Context) bool {
	if s.cfg.Warmup == 0 {
		return true
	}
	n := min(modest, s.base.Slots())
	st, ok := s.closedStep(ctx, Warm, n, s.filled(n, 0, s.cfg.Warmup), s.cfg.Warmup)
	if ok {
		s.tell(st, "next: ramp 1 in flight")
		s.settleDown(ctx, st, move{kind: Ramp})
	}
	return ok
}
