// Package comparison is the screen of two runs side by side: the answer first, what the gate
// says and by how much in what decides; a table of what changed, with the interval of each
// change against what counts; and charts of both.
//
// What it can do is [Model.Bindings], each with an [Action] that [Model.Update] takes as a
// message; [Model.Left] says that it is to be left, [Model.Asks] and [Model.Wants] what it
// asks of the program around it.
package comparison
