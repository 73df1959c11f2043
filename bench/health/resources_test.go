package health

import (
	"testing"
	"time"

	"flashwave/bench/result"
)

func TestSystemRecords(t *testing.T) {
	const sockstat = "sockets: used 290\nTCP: inuse 12 orphan 3 tw 40 alloc 77 mem 2\nUDP: inuse 1 mem 0\n"
	if n := parseSockstat(sockstat); n != 52 {
		t.Errorf("%d sockets", n)
	}
	if n := parseSockstat("nonsense"); n != -1 {
		t.Errorf("%d sockets in nonsense", n)
	}
	cut, ok := parseCPUStat("usage_usec 99\nnr_periods 10\nnr_throttled 4\nthrottled_usec 2500000\n")
	if !ok || cut != (throttled{4, 2500 * time.Millisecond}) {
		t.Errorf("%+v", cut)
	}
	if _, ok := parseCPUStat("usage_usec 99\n"); ok {
		t.Error("a group without a quota has no record")
	}
	if s := cut.since(throttled{1, 0}).cause(10 * time.Second); s != "its control group was throttled 3 times, for 2.50 s: raise its CPU quota, or ask less of it" {
		t.Errorf("%q", s)
	}
	if s := cut.cause(time.Hour); s != "" {
		t.Errorf("%q over an hour", s)
	}
}

// What is not known is not 0.
func TestResourcesAreReported(t *testing.T) {
	var g result.Generator
	(&resources{files: -1, ports: 17}).report(&g)
	if g.OpenFilesMaxSeen != nil || g.PortsMaxSeen == nil || *g.PortsMaxSeen != 17 {
		t.Errorf("%+v", g)
	}
	u := &resources{}
	u.sample()
	if u.files == 0 || u.ports == 0 {
		t.Errorf("%+v: known as 0", *u)
	}
}
