package endpoint

import (
	"net"
	"net/url"

	"flashwave/bench/scenario"
	"flashwave/client/mock"
)

// Assume names the model where a target does not and none has to be asked for it.
func Assume(t *scenario.Target) {
	if t.URL == scenario.MockURL && t.Model == "" {
		t.Model = mock.Default().Models[0]
	}
}

// Host is the host of a target without its port, as the price book knows it.
func Host(t scenario.Target) string {
	if t.URL == scenario.MockURL {
		return "mock"
	}
	u, err := url.Parse(t.URL)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// OnLoopback reports whether a host is on this machine.
func OnLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || host == "mock" || ip != nil && ip.IsLoopback()
}
