// Package comparison is the screen of two runs side by side: a table of what changed, and
// charts of both.
//
// What it can do is [Model.Bindings], each with an [Action] that [Model.Do] performs;
// [Model.Left] says that it is to be left.
package comparison
