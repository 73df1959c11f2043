package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"flashwave/bench/capacity"
	"flashwave/bench/slo"
)

// mostBeyond is how many steps the search goes on for after its answer to find where the
// next SLO breaks, and mostConfirms how many may confirm where it does not.
const (
	mostBeyond   = 4
	mostConfirms = 2
)

// says is what a step says of one SLO by itself; ok is false where it says nothing. Only
// the looks are fixed beforehand, so that nothing held where a step ended before; and what
// its end cut off was lost to the search, not to customers. One above the answer that had
// its look went to its end, whatever broke there.
func (s *Search) says(i int, st step) (held, ok bool) {
	if i >= len(st.SLOs) || !st.GeneratorValid {
		return false, false
	}
	c, j := s.criteria[i], st.SLOs[i]
	early := st.Verdict == capacity.Broke && (!st.Kind.Above() || st.Looks == 0)
	switch {
	case st.Verdict == capacity.Broke && st.slo == c.Text, c.waits() && piled(st.Step, c):
		return false, true
	case early && c.Metric != slo.ErrorRate && !c.Latency():
		return false, false
	case j.OK != nil && !*j.OK:
		return false, true
	case st.Looks == 0, j.OK == nil && early:
		return false, false
	case j.OK != nil:
		return true, true
	}
	return c.leans(j), true
}

// among is the hunt of some SLOs alone: of the steps of the search, what they say of these.
func (s *Search) among(which []int) *hunt {
	h := &hunt{bound: s.bound(), stride: firstStride}
	h.max = s.hunt.ceiling()
	for _, st := range s.steps {
		t, ok := s.trialOf(which, st)
		if !ok {
			continue
		}
		if h.take(t); !st.Kind.Above() {
			h.stride = firstStride
		}
	}
	return h
}

// trialOf is what a step says of some SLOs together; ok is false where it says nothing.
func (s *Search) trialOf(which []int, st step) (t trial, ok bool) {
	load, ok := st.Tried()
	if !ok || st.Kind == capacity.Sentinel {
		return t, false
	}
	t = trial{kind: map[bool]capacity.Kind{false: capacity.Bisect, true: capacity.Soak}[st.Kind == capacity.Confirm], rate: load, held: true, limit: st.limit, at: st.StartedS}
	all := true
	for _, i := range which {
		held, known := s.says(i, st)
		t.held = t.held && (held || !known)
		all = all && known
	}
	return t, all || !t.held
}

// bySLO is where each SLO ends the capacity.
func (s *Search) bySLO() []capacity.SLOCapacity {
	isFirst := func(c criterion) bool { return c.Text == s.first() }
	list := make([]capacity.SLOCapacity, len(s.criteria))
	order := []int{} // of those that broke
	for i, c := range s.criteria {
		l := capacity.SLOCapacity{Expr: c.Text, Assumed: c.assumed}
		if s.hunt != nil {
			h := s.among([]int{i})
			low, high := h.low(), h.high()
			if isFirst(c) { // what ends the capacity was soaked, too
				low, high = s.answer, s.hunt.beyond()
			}
			if s.cfg.inFlight() {
				l.LowConcurrency, l.HighConcurrency = whole(low), whole(high)
				if at := s.heldAt(i, low); at != nil {
					l.RPS = at.SucceededRPS
				}
			} else {
				l.RPS, l.LowRPS, l.HighRPS = some(low), some(low), some(high)
			}
			if low > 0 {
				l.Confirmed = new(s.lasted(i, low))
			}
			l.Decided = low > 0 && high > 0 && h.close(low*(1+h.precision), high)
			if high > 0 {
				order = append(order, i)
			}
		}
		list[i] = l
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch { // the one that ends the capacity comes first, whatever else broke at its rate
		case isFirst(s.criteria[a]):
			return -1
		case isFirst(s.criteria[b]):
			return 1
		}
		low, high := s.bracket(list[a])
		otherLow, otherHigh := s.bracket(list[b])
		return cmp.Or(cmp.Compare(high, otherHigh), cmp.Compare(low, otherLow))
	})
	for k, i := range order {
		list[i].Binds = new(k + 1)
	}
	return list
}

// heldAt is the last step at a load in which an SLO held; nil: there is none.
func (s *Search) heldAt(which int, load float64) (at *capacity.Step) {
	for i, st := range s.steps {
		tried, ok := st.Tried()
		if held, said := s.says(which, st); ok && said && held && capacity.SameRate(&tried, load) {
			at = &s.steps[i].Step
		}
	}
	return at
}

// lasted reports whether an SLO held at a load for as long as a soak.
func (s *Search) lasted(which int, load float64) bool {
	return slices.ContainsFunc(s.steps, func(st step) bool {
		tried, ok := st.Tried()
		held, said := s.says(which, st)
		return ok && (st.Kind == capacity.Soak || st.Kind == capacity.Confirm) && said && held && capacity.SameRate(&tried, load)
	})
}

// several reports whether more than one SLO was given.
func (s *Search) several() bool {
	given := 0
	for _, c := range s.criteria {
		if !c.assumed {
			given++
		}
	}
	return given > 1
}

// further is for how many steps the search may still go on after its answer, and how many
// may confirm what they find.
func (s *Search) further() (steps, confirms int) {
	if h := s.hunt; !s.several() || h != nil && (h.drifts || h.edgeIs(capacity.ByRateLimit)) {
		return 0, 0
	}
	steps, confirms = mostBeyond, mostConfirms
	if s.cfg.Soak == 0 {
		confirms = 0
	}
	for _, st := range s.steps {
		switch st.Kind {
		case capacity.Beyond:
			steps--
		case capacity.Confirm:
			confirms--
		}
	}
	return steps, confirms
}

// first is the SLO that ends the capacity, or that nobody can say of whether it does; "": it
// is none.
func (s *Search) first() string {
	if s.hunt == nil || len(s.hunt.breaks) == 0 {
		return ""
	}
	if st := s.of(s.hunt.edge()); st != nil && st.limit != capacity.ByRateLimit {
		return st.slo
	}
	return ""
}

// unbound are the SLOs that did not break where the capacity ends; none where nobody asks
// for where the next of them would: fewer than two were given, those that were broke all
// at once, or it is no SLO that ends the capacity.
func (s *Search) unbound() (list []int) {
	first := s.first()
	if s.answer == 0 || first == "" {
		return nil
	}
	given := false
	for i, c := range s.criteria {
		if high := s.among([]int{i}).high(); c.Text != first && (high == 0 || high > s.hunt.high()*(1+slack)) {
			list, given = append(list, i), given || !c.assumed
		}
	}
	if !given {
		return nil
	}
	return list
}

// goOn is what comes next above the answer, and for which SLOs; false: nothing does. It
// follows from the steps alone.
func (s *Search) goOn() (m move, rest []int, ok bool) {
	rest = s.unbound()
	last := s.steps[len(s.steps)-1]
	if _, said := s.trialOf(rest, last); len(rest) == 0 || last.Kind.Above() && !said {
		return m, nil, false // 429s, or this machine: another step would say no more
	}
	h := s.among(rest)
	steps, confirms := s.further()
	if m, ok = h.search(); ok && steps > 0 {
		m.kind = capacity.Beyond
	} else if m, ok = h.confirm(); ok && confirms > 0 {
		m.kind = capacity.Confirm
	} else {
		return m, nil, false
	}
	return m, rest, m.rate > s.answer*(1+slack)
}

// above is a load above the answer, to be held against some SLOs alone: as long as a usual
// step at most, or as the soak.
func (s *Search) above(m move, which []int) point {
	p := s.point(m.kind, m.rate)
	if m.kind == capacity.Confirm {
		p.length = max(s.cfg.Soak, p.length)
	} else {
		p.length *= looks
	}
	p.looks = 1
	for _, i := range which {
		p.criteria = append(p.criteria, s.criteria[i])
	}
	return p
}

// beyond goes on above the answer, to where the next SLO breaks.
func (s *Search) beyond(ctx context.Context) {
	m, rest, ok := s.goOn()
	if s.stop != nil || !ok {
		return
	}
	if last := s.steps[len(s.steps)-1]; last.RecoveryS == nil {
		s.settleDown(ctx, last, m)
	}
	for ok && s.stop == nil {
		st, whole := s.attempt(ctx, s.above(m, rest))
		if !whole {
			return
		}
		m, rest, ok = s.goOn()
		if !ok {
			m = move{}
		}
		s.tell(st, s.words(m))
		if s.stage != nil {
			m.kind = capacity.Beyond // the rehearsal wants an endpoint that is itself, too
		}
		s.settleDown(ctx, st, m)
	}
}

// nextToBreak says where the next of several SLOs would break; "": that is not known, or
// not asked.
func (s *Search) nextToBreak() string {
	if !s.several() {
		return ""
	}
	list, at := s.bySLO(), -1
	for i, l := range list {
		if !l.Assumed && l.Expr != s.first() && (at < 0 || earlier(l, list[at])) {
			at = i
		}
	}
	if at < 0 {
		return ""
	}
	amount, unsure := s.cfg.By.Amount, ""
	low, high := s.bracket(list[at])
	if c := list[at].Confirmed; s.cfg.Soak > 0 && c != nil && !*c {
		unsure = ", not confirmed"
	}
	switch l := list[at]; {
	case low == 0:
		return ""
	case high == 0:
		return fmt.Sprintf(", and %s holds at %s still%s", l.Expr, amount(low), unsure)
	case high <= s.hunt.high()*(1+slack):
		return ", and " + l.Expr + " with it"
	case l.Decided:
		return fmt.Sprintf(", and %s past %s%s", l.Expr, amount(low), unsure)
	default:
		return fmt.Sprintf(", and %s between %s and %s", l.Expr, s.cfg.By.Number(low), amount(high))
	}
}

// bracket is the highest load at which an SLO held and the lowest at which it did not; 0:
// none.
func (s *Search) bracket(l capacity.SLOCapacity) (low, high float64) {
	if !s.cfg.inFlight() {
		return valueOf(l.LowRPS), valueOf(l.HighRPS)
	}
	if l.LowConcurrency != nil {
		low = float64(*l.LowConcurrency)
	}
	if l.HighConcurrency != nil {
		high = float64(*l.HighConcurrency)
	}
	return low, high
}

// earlier reports whether of two SLOs the first breaks before the second, or is the one of
// which it is known that it breaks.
func earlier(a, b capacity.SLOCapacity) bool {
	if a.Binds == nil || b.Binds == nil {
		return a.Binds != nil
	}
	return *a.Binds < *b.Binds
}
