package health

import (
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/units"
)

// resources are what a load generator runs out of: files, ports and its share of
// the CPU. What the system does not tell stays unknown, which is -1.
type resources struct {
	files int64 // most open files seen
	ports int64 // most TCP sockets seen, those in TIME_WAIT included
}

// sample is called once a second.
func (u *resources) sample() {
	u.files = max(u.files, openFiles())
	u.ports = max(u.ports, tcpSockets())
}

// report adds what was seen.
func (u *resources) report(g *result.Generator) {
	g.OpenFilesLimit = OpenFilesLimit()
	known := func(n int64) *int64 {
		if n <= 0 {
			return nil
		}
		return &n
	}
	g.OpenFilesMaxSeen, g.PortsMaxSeen, g.PortsLimit = known(u.files), known(u.ports), known(ephemeralPorts())
}

// openFiles is how many files this process has open.
func openFiles() int64 {
	const dir = "/proc/self/fd"
	if info, err := os.Stat(dir); err == nil && info.Size() > 0 { // their number, since Linux 6.2
		return info.Size()
	}
	f, err := os.Open(dir)
	if err != nil {
		return -1
	}
	defer func() { _ = f.Close() }() // it was only read
	names, err := f.Readdirnames(-1)
	if err != nil {
		return -1
	}
	return int64(len(names)) - 1 // less the one that reads
}

// tcpSockets is how many TCP sockets this machine holds that keep a port: more
// than those to the target, but cheap to know however many there are.
func tcpSockets() int64 {
	b, err := os.ReadFile("/proc/net/sockstat")
	if err != nil {
		return -1
	}
	return parseSockstat(string(b))
}

func parseSockstat(text string) int64 {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] != "TCP:" {
			continue
		}
		var n int64
		for i := 1; i+1 < len(fields); i += 2 {
			if fields[i] == "inuse" || fields[i] == "tw" {
				v, _ := strconv.ParseInt(fields[i+1], 10, 64)
				n += v
			}
		}
		return n
	}
	return -1
}

// ephemeralPorts is how many connections to one address and port can be open.
func ephemeralPorts() int64 {
	b, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		return -1
	}
	var low, high int64
	if n, _ := fmt.Sscan(string(b), &low, &high); n != 2 || high < low {
		return -1
	}
	return high - low + 1
}

// throttled is how often, and for how long, the control group of this process was
// kept from the CPU because its quota was used up.
type throttled struct {
	times int64
	wait  time.Duration
}

// cpuThrottled reads the control group's record (cgroup v2); ok is false where
// there is none.
func cpuThrottled() (throttled, bool) {
	const root = "/sys/fs/cgroup"
	group := "/"
	if b, err := os.ReadFile("/proc/self/cgroup"); err == nil {
		if _, after, ok := strings.Cut(string(b), "0::"); ok {
			group, _, _ = strings.Cut(after, "\n")
		}
	}
	for _, dir := range []string{group, "/"} { // a container sees its own group at the root
		if b, err := os.ReadFile(path.Join(root, path.Clean("/"+dir), "cpu.stat")); err == nil {
			return parseCPUStat(string(b))
		}
	}
	return throttled{}, false
}

func parseCPUStat(text string) (t throttled, ok bool) {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			continue
		}
		switch name {
		case "nr_throttled":
			t.times, ok = n, true
		case "throttled_usec":
			t.wait = time.Duration(n) * time.Microsecond
		}
	}
	return t, ok
}

// since is what was added after the earlier record.
func (t throttled) since(before throttled) throttled {
	return throttled{t.times - before.times, t.wait - before.wait}
}

// cause says that throttling made the generator late, "" if it was at most 1 % of
// the time.
func (t throttled) cause(wall time.Duration) string {
	if wall <= 0 || t.wait*100 < wall {
		return ""
	}
	return fmt.Sprintf("its control group was throttled %d times, for %s: raise its CPU quota, or ask less of it", t.times, units.Duration(t.wait))
}
