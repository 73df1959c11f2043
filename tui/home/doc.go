// Package home is the screen on which runs are set up and earlier ones found: a form with
// an estimate of what it will ask for, a check that sends one request, and the list of
// the runs that were kept.
//
// What it can do is [Model.Bindings], each with an [Action] that [Model.Do] performs; what
// it wants of the program around it is [Model.Wants], after an Update.
package home
