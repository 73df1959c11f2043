package client

import (
	"errors"
	"net"
	"strings"
	"syscall"

	"flashwave/client/outcome"
)

// shortageOf says what this machine ran out of when a connection failed with
// err; [outcome.NoShortage] if it was not for that.
func shortageOf(err error) outcome.Shortage {
	switch {
	case meant(err, syscall.EMFILE, syscall.ENFILE):
		return outcome.Files
	case meant(err, syscall.ENOBUFS, syscall.ENOMEM):
		return outcome.Memory
	case meant(err, syscall.EADDRNOTAVAIL) && assignable(err):
		return outcome.Ports
	}
	return outcome.NoShortage
}

// meant reports whether an error is one of some system errors. Package net
// keeps only the text of what failed while a name was looked up.
func meant(err error, errnos ...syscall.Errno) bool {
	var dns *net.DNSError
	lookup := errors.As(err, &dns)
	for _, errno := range errnos {
		if errors.Is(err, errno) || lookup && strings.HasSuffix(dns.Err, errno.Error()) {
			return true
		}
	}
	return false
}

// assignable reports whether this machine has an address from which it could
// reach the one that err speaks of. Where it has none (::1 without IPv6), the
// system says the same as where all ports are taken. Connecting a UDP socket
// asks for an address alone: its ports are counted apart, and nothing is sent.
func assignable(err error) bool {
	var op *net.OpError
	if !errors.As(err, &op) {
		return true
	}
	to, ok := op.Addr.(*net.TCPAddr)
	if !ok {
		return true
	}
	probe, err := net.DialUDP("udp", nil, &net.UDPAddr{IP: to.IP, Port: to.Port, Zone: to.Zone})
	if err != nil {
		return !errors.Is(err, syscall.EADDRNOTAVAIL)
	}
	_ = probe.Close() // nothing was sent on it
	return true
}
