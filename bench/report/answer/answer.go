// Package answer says what a search, or a comparison, comes to in one figure and one
// sentence, in the words of who runs a shop: the same at the head of a page and on the
// screen; and in rows where each SLO ends a capacity, and how a rehearsal came out.
package answer

// An Answer is a figure and the sentence that it begins: 1,403 a minute is what it holds.
type Answer struct {
	Figure string
	Unit   string // beside it, smaller; "": none
	Says   string
}

// Sentence is all of it in a line.
func (a Answer) Sentence() string {
	head := a.Figure
	if a.Unit != "" {
		head += " " + a.Unit
	}
	return head + " " + a.Says
}
