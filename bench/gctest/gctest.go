// Package gctest is imported by tests alone, and has garbage looked for less often. What
// is simulated, drawn and written is garbage a moment later, and a fifth of such tests'
// time would go into looking for it.
package gctest

import "runtime/debug"

func init() { debug.SetGCPercent(400) }
