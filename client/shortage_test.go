package client

import (
	"context"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"

	"flashwave/client/outcome"
)

// What this machine ran out of is told by the error's number, wherever in the
// chain it stands; a refusal is the endpoint's own.
func TestShortages(t *testing.T) {
	t.Parallel()
	dialled := func(call string, errno error) error {
		return &net.OpError{
			Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8000},
			Err: os.NewSyscallError(call, errno),
		}
	}
	for _, test := range []struct {
		name string
		err  error
		want outcome.Shortage
		text string
	}{
		{"files of the process", dialled("socket", syscall.EMFILE), outcome.Files, "too many open files"},
		{"files of the system", dialled("socket", syscall.ENFILE), outcome.Files, "too many open files in system"},
		{"files, through a proxy", &net.OpError{Op: "proxyconnect", Net: "tcp", Err: dialled("socket", syscall.EMFILE)}, outcome.Files, "proxyconnect"},
		{"files, wrapped", fmt.Errorf("dialling: %w", dialled("socket", syscall.EMFILE)), outcome.Files, "dialling"},
		{"files, while a name was looked up", &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{
			Name: "endpoint.test", Server: "127.0.0.53:53", Err: "dial udp 127.0.0.53:53: socket: too many open files",
		}}, outcome.Files, "lookup"},
		{"ports", dialled("connect", syscall.EADDRNOTAVAIL), outcome.Ports, "cannot assign"},
		{"ports, asked of the listener in a test's words", os.NewSyscallError("connect", syscall.EADDRNOTAVAIL), outcome.Ports, "cannot assign"},
		{"memory for buffers", dialled("connect", syscall.ENOBUFS), outcome.Memory, "no buffer space"},
		{"memory for sockets", dialled("socket", syscall.ENOMEM), outcome.Memory, "cannot allocate"},
		{"a refusal", dialled("connect", syscall.ECONNREFUSED), outcome.NoShortage, "refused"},
		{"no way there", dialled("connect", syscall.EHOSTUNREACH), outcome.NoShortage, "no route"},
		{"words alone", fmt.Errorf("server says: too many open files"), outcome.NoShortage, "too many open files"},
		{"a host of that name", &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{
			Name: "too many open files", Err: "no such host", IsNotFound: true,
		}}, outcome.NoShortage, "no such host"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			overEach(t, func(t *testing.T, transport Transport) {
				c, err := New(Config{URL: "http://endpoint.test/v1", Transport: transport, DialContext: func(context.Context, string, string) (net.Conn, error) {
					return nil, test.err
				}})
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				got := c.Do(t.Context(), question(), nil)
				wantOutcome(t, got, Connect)
				wantText(t, got, test.text)
				if got.Shortage != test.want {
					t.Errorf("a shortage of %q, want %q (%s)", got.Shortage, test.want, got.Err)
				}
			})
		})
	}
}

// Without IPv6 the system says of ::1 what it says of an address whose ports are
// all taken: that one is no shortage.
func TestNoAddressIsNoShortage(t *testing.T) {
	t.Parallel()
	to := &net.TCPAddr{IP: net.IPv6loopback, Port: 1}
	err := &net.OpError{Op: "dial", Net: "tcp", Addr: to, Err: os.NewSyscallError("connect", syscall.EADDRNOTAVAIL)}
	want := outcome.Ports
	if probe, err := net.Dial("udp6", "[::1]:1"); err != nil {
		want = outcome.NoShortage
	} else {
		_ = probe.Close()
	}
	if got := shortageOf(err); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
