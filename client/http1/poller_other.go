//go:build !linux

package http1

import (
	"errors"
	"net"
)

// A Poller reads many plain connections on one goroutine. This system has none: each
// is read by the goroutine that waits for it.
type Poller struct{}

// NewPollers makes none on this system.
func NewPollers() []*Poller { return nil }

// Watch cannot be called on this system.
func (p *Poller) Watch(int, func()) (stop func(), err error) { return nil, errors.ErrUnsupported }

// Close does nothing on this system.
func (p *Poller) Close() {}

func (t *Transport) polledLink(net.Conn) (link, error) { return nil, nil }
