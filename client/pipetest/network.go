// Package pipetest is a network in memory, for tests: inside a synctest bubble it
// takes no time at all but what the two sides of it sleep.
package pipetest

import (
	"context"
	"net"
	"sync"
	"syscall"
)

// A Network is a listener and the dialler that reaches it. It is safe for concurrent
// use.
type Network struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// New is a network on which somebody listens.
func New() *Network {
	return &Network{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept implements [net.Listener].
func (n *Network) Accept() (net.Conn, error) {
	select {
	case c := <-n.conns:
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

// Close ends the listening: who dials now is refused. Connections go on.
func (n *Network) Close() error {
	n.once.Do(func() { close(n.closed) })
	return nil
}

// Addr implements [net.Listener].
func (n *Network) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// DialContext reaches the listener, whatever address is dialled, as soon as it
// accepts.
func (n *Network) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case n.conns <- there:
		return here, nil
	case <-n.closed:
		return nil, &net.OpError{Op: "dial", Net: "pipe", Addr: n.Addr(), Err: syscall.ECONNREFUSED}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
