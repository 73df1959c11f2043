package doctor

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// machine is a file system of the files given.
func machine(files map[string]string) system {
	root := fstest.MapFS{}
	for path, text := range files {
		root[path] = &fstest.MapFile{Data: []byte(text)}
	}
	return system{root}
}

func TestReadsProc(t *testing.T) {
	s := machine(map[string]string{
		"proc/sys/net/ipv4/ip_local_port_range": "32768\t60999\n",
		"proc/sys/net/ipv4/tcp_tw_reuse":        "2\n",
		"proc/loadavg":                          "1.25 0.80 0.61 2/1234 98765\n",
		"proc/meminfo":                          "MemTotal:       32000000 kB\nMemFree: 1 kB\nMemAvailable:   2048 kB\n",
	})
	if diff := cmp.Diff(&Ports{32768, 60999}, s.ports()); diff != "" {
		t.Error(diff)
	}
	if n := s.number("proc/sys/net/ipv4/tcp_tw_reuse"); n == nil || *n != 2 {
		t.Errorf("tcp_tw_reuse: %v", n)
	}
	if v := s.load(); v == nil || *v != 1.25 {
		t.Errorf("load: %v", v)
	}
	if n := s.memory(); n == nil || *n != 2<<20 {
		t.Errorf("memory: %v", n)
	}
}

func TestUnknownIsNoZero(t *testing.T) {
	for name, s := range map[string]system{
		"nothing there": machine(nil),
		"garbage": machine(map[string]string{
			"proc/sys/net/ipv4/ip_local_port_range": "many ports", "proc/loadavg": "NaN", "proc/meminfo": "MemAvailable: lots",
			"proc/self/cgroup": "0::/a\nnonsense\n3:cpu\n", "sys/fs/cgroup/a/cpu.max": "max 100000", "sys/fs/cgroup/cpu.max": "a b",
			"sys/fs/cgroup/a/memory.max": "max", "sys/fs/cgroup/a/memory.current": "5",
		}),
	} {
		t.Run(name, func(t *testing.T) {
			if s.ports() != nil || s.load() != nil || s.memory() != nil || s.quota() != nil || s.number("proc/none") != nil {
				t.Error("what cannot be read must be unknown")
			}
		})
	}
}

func TestControlGroups(t *testing.T) {
	tests := []struct {
		name   string
		files  map[string]string
		cores  *float64
		memory *int64
	}{
		{"unified, own limits", map[string]string{
			"proc/self/cgroup": "0::/pod/box\n", "sys/fs/cgroup/pod/box/cpu.max": "150000 100000\n",
			"sys/fs/cgroup/pod/box/memory.max": "1000\n", "sys/fs/cgroup/pod/box/memory.current": "400\n",
		}, ptr(1.5), ptr(int64(600))},
		{"unified, the parent is stricter", map[string]string{
			"proc/self/cgroup": "0::/pod/box\n", "sys/fs/cgroup/pod/box/cpu.max": "400000 100000\n", "sys/fs/cgroup/pod/cpu.max": "50000 100000\n",
			"sys/fs/cgroup/pod/memory.max": "300\n", "sys/fs/cgroup/pod/memory.current": "400\n",
		}, ptr(0.5), ptr(int64(0))},
		{"inside a namespace", map[string]string{
			"proc/self/cgroup": "0::/../sibling\n", "sys/fs/cgroup/cpu.max": "200000 100000\n",
		}, ptr(2.0), nil},
		{"a hierarchy for each", map[string]string{
			"proc/self/cgroup":                                  "5:memory:/box\n4:cpu,cpuacct:/box\n1:name=systemd:/\n",
			"sys/fs/cgroup/cpu/box/cpu.cfs_quota_us":            "300000\n",
			"sys/fs/cgroup/cpu/box/cpu.cfs_period_us":           "100000\n",
			"sys/fs/cgroup/memory/box/memory.limit_in_bytes":    "1000\n",
			"sys/fs/cgroup/memory/box/memory.usage_in_bytes":    "1\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes":        "9223372036854771712\n",
			"sys/fs/cgroup/memory/memory.usage_in_bytes":        "1\n",
			"sys/fs/cgroup/cpu/cpu.cfs_quota_us":                "-1\n",
			"sys/fs/cgroup/cpu/cpu.cfs_period_us":               "100000\n",
			"sys/fs/cgroup/cpuacct/box/cpu.cfs_quota_us":        "1\n",
			"sys/fs/cgroup/cpuacct/box/cpu.cfs_period_us.other": "1\n",
		}, ptr(3.0), ptr(int64(999))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := machine(tt.files)
			if diff := cmp.Diff(tt.cores, s.quota()); diff != "" {
				t.Error("cores:", diff)
			}
			if diff := cmp.Diff(tt.memory, s.memory()); diff != "" {
				t.Error("memory:", diff)
			}
		})
	}
}

// FuzzSystem: whatever the files of another kernel hold, reading them ends, and
// what is found makes sense.
func FuzzSystem(f *testing.F) {
	f.Add("0::/a/b\n", "100000 100000", "1024 65535", "MemAvailable: 5 kB")
	f.Add("4:cpu:/../..\n", "max 0", "65535 1", "MemAvailable:")
	f.Add("0::relative/..//\n", "-1 -1", "9 9 9", "")
	f.Fuzz(func(t *testing.T, groups, quota, ports, memory string) {
		s := machine(map[string]string{
			"proc/self/cgroup": groups, "sys/fs/cgroup/cpu.max": quota, "proc/meminfo": memory,
			"proc/sys/net/ipv4/ip_local_port_range": ports, "proc/loadavg": quota,
		})
		if q := s.quota(); q != nil && !(*q > 0) {
			t.Errorf("a quota of %v cores", *q)
		}
		if p := s.ports(); p != nil && p.count() < 0 {
			t.Errorf("%d ports", p.count())
		}
		if v := s.load(); v != nil && !(*v >= 0) {
			t.Errorf("a load of %v", *v)
		}
		s.memory()
	})
}
