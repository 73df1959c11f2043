// Package class names the classes of requests: what figures and SLOs tell apart beside the
// waves, over the whole run. A request may be of several, one of each kind: of a share of
// a mix of workloads, and of a turn of its conversation.
package class

import (
	"fmt"
	"strings"
)

// A Kind is by what requests are told apart.
type Kind string

// The kinds of classes.
const (
	Workload Kind = "workload" // the share of a mix that they are of
	Turn     Kind = "turn"     // which question of their conversation they are
)

// A Class is requests of one kind. Its name is that of the share, or of the turns.
type Class struct {
	Kind Kind
	Name string
}

// String is how an assertion speaks of the class: by the name of a share, and of turns as
// turn 2.
func (c Class) String() string {
	if c.Kind == Turn {
		return "turn " + c.Name
	}
	return c.Name
}

// Indexes are the classes of one request in the list of its run; negative: of none.
type Indexes [2]int

// None are those of a request that is of no class.
var None = Indexes{-1, -1}

// turnNames are the turns that are told apart: an answer to a longer conversation differs
// less and less from one to a shorter.
var turnNames = [...]string{"1", "2", "3-5", "6+"}

// Turns are the classes of conversations of at most so many turns.
func Turns(most int) (list []Class) {
	if most < 1 {
		return nil
	}
	for _, name := range turnNames[:TurnOf(uint32(most-1))+1] {
		list = append(list, Class{Turn, name})
	}
	return list
}

// TurnOf is which of the turns told apart one is, both from 0.
func TurnOf(turn uint32) int {
	switch {
	case turn < 2:
		return int(turn)
	case turn < 5:
		return 2
	}
	return 3
}

// ParseTurn finds turns by their name, as reports show it. Its hint says what there is.
func ParseTurn(name string) (c Class, hint string, ok bool) {
	for _, known := range turnNames {
		if known == name {
			return Class{Turn, name}, "", true
		}
	}
	var turn uint32
	if n, err := fmt.Sscanf(name, "%d", &turn); n == 1 && err == nil && turn > 0 {
		return c, "write turn " + turnNames[TurnOf(turn-1)], false
	}
	return c, "the turns told apart are " + strings.Join(turnNames[:], ", "), false
}
