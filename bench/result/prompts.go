package result

// Prompts are the prompts that a lane was sent: Count of them, one after the other
// from the place First of a sequence, those of the warm-up included. A run repeats
// what another sent where content or sequence are the same; of endless sources,
// where the sequence is.
type Prompts struct {
	Lane     string `json:"lane"`
	Source   string `json:"source"`   // as the workload names it; text for a single prompt
	Content  string `json:"content"`  // a fingerprint: the same prompts have the same, in whatever order
	Sequence string `json:"sequence"` // a fingerprint: the same where each place has the same prompt
	Distinct int64  `json:"distinct"` // how many different ones there are; 0: no two are alike
	First    uint64 `json:"first"`
	Count    int64  `json:"count"`
}

// NextPrompts are the places, by lane, from which on a run sends what this one did
// not, if its source has more.
func (r *Run) NextPrompts() []uint64 {
	next := make([]uint64, len(r.Prompts))
	for i, p := range r.Prompts {
		next[i] = p.First + uint64(p.Count)
	}
	return next
}

// Repeated is about which share of the prompts of this run earlier had sent before;
// 0 where either does not say what it sent. Of a source that both went through in
// different orders it is what is to be expected.
func (r *Run) Repeated(earlier *Run) float64 {
	var repeated, all float64
	for _, p := range r.Prompts {
		most := 0.0
		for _, q := range earlier.Prompts {
			most = max(most, p.repeated(q))
		}
		repeated += most * float64(p.Count)
		all += float64(p.Count)
	}
	return repeated / max(all, 1)
}

// repeated is which share of p is in q.
func (p Prompts) repeated(q Prompts) float64 {
	endless, same := p.Distinct == 0, p.Sequence == q.Sequence
	switch {
	case p.Count <= 0 || q.Count <= 0 || p.Content != q.Content || endless && !same:
		return 0
	case same && (endless || p.pass() >= 0 && p.pass() == q.pass()):
		from, to := max(p.First, q.First), min(p.end(), q.end())
		if to <= from {
			return 0
		}
		return float64(to-from) / float64(p.Count)
	}
	return min(float64(q.Count)/float64(p.Distinct), 1)
}

func (p Prompts) end() uint64 { return p.First + uint64(p.Count) }

// pass is which pass through the distinct prompts p lies in; -1: in several.
func (p Prompts) pass() int64 {
	first, last := p.First/uint64(p.Distinct), (p.end()-1)/uint64(p.Distinct)
	if first != last {
		return -1
	}
	return int64(first)
}
