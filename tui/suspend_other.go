//go:build !unix

package tui

import tea "charm.land/bubbletea/v2"

// A suspension has nothing to do where processes cannot be stopped.
type suspension struct{}

func newSuspension() suspension { return suspension{} }

func (suspension) serve(*tea.Program) (end func()) { return func() {} }

func (suspension) filter(_ tea.Model, msg tea.Msg) tea.Msg { return msg }
