package doctor

import (
	"context"
	"io/fs"
	"runtime"
	"strconv"
	"strings"

	"flashwave/bench/health"
)

// Facts are what is found out about a machine; null where the system does not say.
type Facts struct {
	OpenFilesLimit *int64 `json:"open_files_limit"`
	Ports          *Ports `json:"ephemeral_ports"`
	// TimeWaitReuse is net.ipv4.tcp_tw_reuse: 0 never, 1 after a second, 2 on
	// loopback only.
	TimeWaitReuse *int64 `json:"time_wait_reuse"`

	CPUs       int      `json:"cpus"`          // that the process may run on
	MaxProcs   int      `json:"go_max_procs"`  // that the runtime makes use of
	Quota      *float64 `json:"cgroup_cores"`  // cores' worth of time that the control group allows; null: no quota
	LoadPerMin *float64 `json:"load_1min_avg"` // threads that ran or waited for a core, mean of the last minute

	MemoryAvailable *int64 `json:"memory_available_bytes"` // without swapping, and within the control group
	Clock           Clock  `json:"clock"`
}

// Ports is the range that local ports of connections are taken from.
type Ports struct {
	First int64 `json:"first"`
	Last  int64 `json:"last"`
}

// count is how many ports the range has.
func (p Ports) count() int64 { return max(0, p.Last-p.First+1) }

// gather reads what the system says under root and watches the clock for a moment.
func gather(ctx context.Context, root fs.FS) Facts {
	s := system{root}
	return Facts{
		OpenFilesLimit: health.OpenFilesLimit(),
		Ports:          s.ports(), TimeWaitReuse: s.number("proc/sys/net/ipv4/tcp_tw_reuse"),
		CPUs: runtime.NumCPU(), MaxProcs: runtime.GOMAXPROCS(0),
		Quota: s.quota(), LoadPerMin: s.load(),
		MemoryAvailable: s.memory(), Clock: watchClock(ctx, s),
	}
}

// A system is a file system that holds Linux's /proc and /sys. What it lacks is
// unknown.
type system struct{ root fs.FS }

// fields are the words of a file; nil if it cannot be read.
func (s system) fields(path string) []string {
	b, err := fs.ReadFile(s.root, path)
	if err != nil {
		return nil
	}
	return strings.Fields(string(b))
}

// number is the only whole number in a file.
func (s system) number(path string) *int64 {
	if f := s.fields(path); len(f) == 1 {
		return whole(f[0])
	}
	return nil
}

func whole(text string) *int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil
	}
	return &n
}

func (s system) ports() *Ports {
	f := s.fields("proc/sys/net/ipv4/ip_local_port_range")
	if len(f) != 2 {
		return nil
	}
	first, last := whole(f[0]), whole(f[1])
	if first == nil || last == nil {
		return nil
	}
	return &Ports{*first, *last}
}

func (s system) load() *float64 {
	f := s.fields("proc/loadavg")
	if len(f) == 0 {
		return nil
	}
	v, err := strconv.ParseFloat(f[0], 64)
	if err != nil || !(v >= 0) { // NaN is no load
		return nil
	}
	return &v
}

// memory is what may still be used: by the whole system, and by every control
// group above this process.
func (s system) memory() *int64 {
	least := s.available()
	take := func(limit, used *int64) {
		if limit == nil || used == nil {
			return
		}
		if left := max(0, *limit-*used); least == nil || left < *least {
			least = &left
		}
	}
	for _, dir := range s.groups("memory") {
		take(s.number(dir+"/memory.max"), s.number(dir+"/memory.current"))
		take(s.number(dir+"/memory.limit_in_bytes"), s.number(dir+"/memory.usage_in_bytes"))
	}
	return least
}

// available is MemAvailable of /proc/meminfo, in bytes.
func (s system) available() *int64 {
	f := s.fields("proc/meminfo")
	for i := 0; i+1 < len(f); i++ {
		if f[i] != "MemAvailable:" {
			continue
		}
		n := whole(f[i+1])
		if n != nil {
			*n *= 1 << 10
		}
		return n
	}
	return nil
}
