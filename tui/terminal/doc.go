// Package terminal keeps the terminal in order whatever becomes of the program: a
// watcher that puts it right after a crash ([Guard], [Watch]), and a process that stops
// and goes on with it ([Suspension]).
package terminal
