// Package search is the screen of a search for capacity: the answer first, as far as it is
// known; the steps as they are measured, by their rates; and, once it is over, where each
// SLO ends the capacity, and what the demand comes to. Its panels share one ring of focus
// (see [draw.Panels]): whichever has the focus is in view at any size.
//
// What it can do is [Model.Bindings], each with an [Action] that [Model.Update] takes as a
// message; [Model.Asks] and [Model.Wants] are what it asks of the program around it.
package search
