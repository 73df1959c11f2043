package doctor

import "context"

// climbs is how often a ladder doubles what is needed, or halves it.
const climbs = 3

// ladder takes steps upwards from the goal while they hold, or downwards until one
// does; on its way down it does not pass over what must hold. A goal that does not
// hold gets a second try: a machine may have had a bad moment.
func (l *lab) ladder(ctx context.Context, goal, must, bound float64, take func(context.Context, float64) (Step, error)) ([]Step, error) {
	var steps []Step
	try := func(load float64) (bool, error) {
		s, err := take(ctx, load)
		if err != nil {
			return false, err
		}
		steps = append(steps, s)
		return s.OK, nil
	}
	ok, err := try(goal)
	if err == nil && !ok {
		ok, err = try(goal)
	}
	load, up := goal, ok
	for range climbs {
		if err != nil || ok != up {
			break
		}
		switch {
		case up && load >= bound:
			return steps, nil
		case up:
			load = min(2*load, bound)
		case load > must && load/2 < must:
			load = must
		default:
			load = max(1, load/2)
		}
		ok, err = try(load)
	}
	return steps, err
}

// best is the highest step that held; nil: none did.
func best(steps []Step) *Step {
	var best *Step
	for i := range steps {
		if s := &steps[i]; s.OK && (best == nil || s.load() > best.load()) {
			best = s
		}
	}
	return best
}

func (s Step) load() float64 {
	if s.RateRPS != nil {
		return *s.RateRPS
	}
	return float64(*s.Streams)
}

// bounded says that a step was the highest that was tried.
func bounded(steps []Step, held *Step) string {
	for _, s := range steps {
		if s.load() > held.load() {
			return ""
		}
	}
	return "at least "
}
