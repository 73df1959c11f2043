//go:build !unix

package terminal

import tea "charm.land/bubbletea/v2"

// A Suspension has nothing to do where processes cannot be stopped.
type Suspension struct{}

// NewSuspension is ready to serve.
func NewSuspension() Suspension { return Suspension{} }

// Serve does nothing.
func (Suspension) Serve(*tea.Program) (end func()) { return func() {} }

// Filter lets every message through.
func (Suspension) Filter(_ tea.Model, msg tea.Msg) tea.Msg { return msg }
