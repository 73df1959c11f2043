// Package live is the screen of one run: a dashboard while it goes on, which can be
// steered from it, and its result once it is over. A run that was kept is shown by the
// same screen ([Keep]).
//
// It says first how the run is: the figure that its SLO is on, large, a sentence, and what
// customers felt. Below are panels, of which one has the focus or the whole window; charts
// over time share a cursor and the part of the time in view, as do the lanes of a queue, one for
// each class of its tasks.
//
// A [Model] is a value: New, Init, Update, View. What it can do is [Model.Bindings], each
// with an [Action] that [Model.Do] performs; what it wants of the program around it is
// [Model.Wants], after an Update. It polls its [Source], and a [SnapshotMsg] names the
// screen and the poll that asked for it: anything else is stale. [Model.Targets] are where
// the mouse asks for an action.
package live
