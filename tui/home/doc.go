// Package home is the screen on which runs are set up and earlier ones found. The answer
// comes first: what the last run of the form's target came to or, where there is none, what
// Enter will do. Below it are a form with an estimate of what it will ask for, in whose
// place a sale is asked for in plain questions, a check that sends one request, and the
// list of the runs and searches that were kept.
//
// What needs the draft (a run, a check, a search, a file) waits until it has been looked
// at, and then goes.
//
// What it can do is [Model.Bindings], each with an [Action] that [Model.Do] performs; what
// it wants of the program around it is [Model.Wants], after an Update.
package home
