// Package screentest is what the tests of the screens share: a sale that was made up
// ([Simulation]), a whole program in virtual time with keys to press and a screen to
// read ([Session]), and what a terminal makes of a frame ([Drawn], [Fits]). Nothing of
// the product imports it.
package screentest
