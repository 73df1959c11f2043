// Package search is the screen of a search for capacity: the steps as they are measured,
// by their rates, and what the demand comes to once it is over.
//
// What it can do is [Model.Bindings], each with an [Action] that [Model.Do] performs.
package search
