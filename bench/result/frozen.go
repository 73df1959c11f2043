package result

import (
	"encoding/binary"
	"slices"
	"time"
)

// A frozen histogram is one that is kept for later, in a fraction of its memory: two or
// three bytes for a duration that was recorded, and no more for one like it. Nothing is
// lost.
type frozen struct {
	counts []byte // as they are encoded
	totals Totals
}

// freeze keeps what h holds. Of nil it is nil.
func freeze(h *Hist) *frozen {
	if h == nil {
		return nil
	}
	var room [4 << 10]byte
	counts := appendCounts(room[:0], h.Packed())
	return &frozen{counts: append([]byte(nil), counts...), totals: h.Totals()}
}

// thaw is a histogram of its own with what f holds. Of nil it is nil.
func (f *frozen) thaw() *Hist {
	if f == nil {
		return nil
	}
	h := NewHist()
	for c := f.begin(); c.more; c.step() {
		if h.packed.RecordValues(bucketFrom(c.at), c.count) != nil {
			panic("a histogram does not take what it held") // there is one geometry
		}
	}
	h.count = f.totals.Count
	h.Restore(f.totals)
	return h
}

// join is f and o together. Either may be nil.
func (f *frozen) join(o *frozen) *frozen {
	switch {
	case f == nil:
		return o
	case o == nil:
		return f
	}
	room := make([]byte, 0, len(f.counts)+len(o.counts))
	next := int64(0)
	for a, b := f.begin(), o.begin(); a.more || b.more; {
		at, count := int64(0), int64(0)
		if a.more && (!b.more || a.at <= b.at) {
			at, count = a.at, a.count
		} else {
			at = b.at
		}
		if b.more && b.at == at {
			count += b.count
			b.step()
		}
		if a.more && a.at == at {
			a.step()
		}
		room, next = appendCount(room, at-next, count), at+1
	}
	return &frozen{counts: slices.Clip(room), totals: f.totals.with(o.totals)}
}

// encode is [Hist.Encode] of what f holds.
func (f *frozen) encode() string {
	if f == nil || f.totals.Count == 0 {
		return ""
	}
	return encodeCounts(f.counts)
}

// forEach is [Hist.ForEach] of what f holds.
func (f *frozen) forEach(fn func(value, count int64) bool) {
	for c := f.begin(); c.more && fn(bucketFrom(c.at), c.count); c.step() {
	}
}

// rowPercentile is [Hist.RowPercentile] of what f holds, in one go.
func (f *frozen) rowPercentile() *RowPercentile {
	if f == nil || f.totals.Count == 0 {
		return nil
	}
	var at [len(rowQuantiles)]time.Duration
	found, seen := 0, int64(0)
	for c := f.begin(); c.more && found < len(at); c.step() {
		for seen += c.count; found < len(at) && seen >= rank(rowQuantiles[found], f.totals.Count); found++ {
			at[found] = time.Duration(min(bucketFrom(c.at+1)-1, f.totals.Max))
		}
	}
	return rowPercentile(f.totals, at)
}

// heat is [Hist.Heat] of what f holds.
func (f *frozen) heat() Heat {
	if f == nil || f.totals.Count == 0 {
		return nil
	}
	return heatOf(f.forEach)
}

// A counter goes from one bucket that holds something to the next.
type counter struct {
	rest      []byte
	at, count int64
	more      bool // it stands at one
}

// begin stands at the first bucket that holds something.
func (f *frozen) begin() counter {
	c := counter{rest: f.counts, at: -1}
	c.step()
	return c
}

func (c *counter) step() {
	for len(c.rest) > 0 {
		n, size := binary.Varint(c.rest)
		c.rest = c.rest[size:]
		if n < 0 { // so many are empty
			c.at += -n
			continue
		}
		if c.at++; n > 0 {
			c.count, c.more = n, true
			return
		}
	}
	c.more = false
}

// A rowHist is a histogram of a row: live while the row is in the making, kept when it is
// made. The zero value is none.
type rowHist struct {
	live *Hist
	kept *frozen
}

// add adds to a live one, or begins it. from may be nil and stays as it is.
func (h rowHist) add(from *Hist) rowHist { return rowHist{live: mergeHist(h.live, from)} }

// with is h, which may be changed, and o together.
func (h rowHist) with(o rowHist) rowHist {
	if h.live == nil && o.live == nil {
		return rowHist{kept: h.kept.join(o.kept)}
	}
	if h.live == nil {
		h.live = h.kept.thaw()
	}
	if o.live == nil {
		o.live = o.kept.thaw()
	}
	return h.add(o.live)
}

// made keeps it in less memory: nothing is going to be added to it soon.
func (h rowHist) made() rowHist {
	if h.live == nil {
		return h
	}
	return rowHist{kept: freeze(h.live)}
}

// percentiles is [Hist.RowPercentile].
func (h rowHist) percentiles(withHDR bool) *RowPercentile {
	if h.live != nil {
		return h.live.RowPercentile(withHDR)
	}
	p := h.kept.rowPercentile()
	if p != nil && withHDR {
		p.HDR = h.kept.encode()
	}
	return p
}

// heat is [Hist.Heat].
func (h rowHist) heat() Heat {
	if h.live != nil {
		return h.live.Heat()
	}
	return h.kept.heat()
}
