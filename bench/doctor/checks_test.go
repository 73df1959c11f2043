package doctor

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func ptr[T any](v T) *T { return &v }

// sound is a machine that nothing is wrong with.
func sound() Facts {
	return Facts{
		OpenFilesLimit: ptr(int64(65536)), Ports: &Ports{32768, 60999}, TimeWaitReuse: ptr(int64(2)),
		CPUs: 8, MaxProcs: 8, LoadPerMin: ptr(0.5), MemoryAvailable: ptr(int64(16 << 30)),
		Clock: Clock{Source: "tsc", ResolutionNS: 30, LateMSP50: 0.06, LateMSP99: 0.2, LateMSMax: 0.4},
	}
}

// sale is a need that a sound machine meets.
func sale() Need {
	return Need{
		PeakRPS: 200, Slots: 10_000, MostStreams: 10_000, UsualStreams: 1000, Connections: 10_000,
		OpenFiles: 10_032, MemoryBytes: baseBytes + 10_000*streamBytes, MaxLagMS: 20,
	}
}

func TestMachineChecks(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Need, *Facts)
		check  string
		want   Status
		text   string // what its line holds
	}{
		{"all is well", func(*Need, *Facts) {}, "", OK, ""},
		{"too few files", func(_ *Need, f *Facts) { f.OpenFilesLimit = ptr(int64(1024)) }, "open files", Fail, "ulimit -n 13312"},
		{"exactly enough files", func(_ *Need, f *Facts) { f.OpenFilesLimit = ptr(int64(10_032)) }, "open files", OK, "10,032 allowed"},
		{"one file too few", func(_ *Need, f *Facts) { f.OpenFilesLimit = ptr(int64(10_031)) }, "open files", Fail, "--max-in-flight"},
		{"files without end", func(_ *Need, f *Facts) { f.OpenFilesLimit = ptr(int64(1) << 62) }, "open files", OK, "no limit"},
		{"the limit has cut the slots", func(n *Need, f *Facts) {
			n.Slots, n.MostStreams, n.OpenFiles = 819, 819, 851
			f.OpenFilesLimit = ptr(int64(1024))
		}, "open files", Warn, "4.09 s"},
		{"few slots by choice", func(n *Need, _ *Facts) { n.Slots, n.MostStreams, n.OpenFiles = 500, 500, 532 }, "open files", OK, ""},
		{"both ends in this process", func(n *Need, f *Facts) {
			n.Slots, n.MostStreams, n.UsualStreams, n.OpenFiles, n.builtin = 1600, 1600, 1000, 1632, true
			f.OpenFilesLimit = ptr(int64(2000))
		}, "open files", Warn, "2,032, as both ends"},
		{"no limit known", func(_ *Need, f *Facts) { f.OpenFilesLimit = nil }, "open files", Unknown, "does not say"},

		{"too few ports", func(_ *Need, f *Facts) { f.Ports = &Ports{50_000, 50_999} }, "ports", Fail, "ip_local_port_range"},
		{"more than one address has", func(n *Need, _ *Facts) { n.Connections = 70_000 }, "ports", Fail, "several machines"},
		{"ports may wear out", func(n *Need, _ *Facts) { n.PeakRPS = 500 }, "ports", Warn, "30,000 more in TIME_WAIT"},
		{"worn ports are used again", func(n *Need, f *Facts) { n.PeakRPS, f.TimeWaitReuse = 500, ptr(int64(1)) }, "ports", OK, ""},
		{"on loopback by default", func(n *Need, _ *Facts) { n.PeakRPS, n.loopback = 500, true }, "ports", OK, ""},
		{"reuse unknown", func(n *Need, f *Facts) { n.PeakRPS, f.TimeWaitReuse = 500, nil }, "ports", Warn, "tcp_tw_reuse"},
		{"no range known", func(_ *Need, f *Facts) { f.Ports = nil }, "ports", Unknown, ""},

		{"one core", func(_ *Need, f *Facts) { f.CPUs = 1 }, "cores", Warn, "another core"},
		{"GOMAXPROCS below the cores", func(_ *Need, f *Facts) { f.MaxProcs = 1 }, "cores", Warn, "1 of 8"},
		{"a quota of parts", func(_ *Need, f *Facts) { f.Quota = ptr(2.5) }, "cores", Warn, "give the container 3 cores"},
		{"a quota of whole cores", func(_ *Need, f *Facts) { f.Quota = ptr(4.0) }, "cores", OK, "4 of 8 by"},
		{"a quota beyond the cores", func(_ *Need, f *Facts) { f.Quota = ptr(9.5) }, "cores", OK, "8 of 8"},
		{"a busy machine", func(_ *Need, f *Facts) { f.LoadPerMin = ptr(20.0) }, "cores", Warn, "load 20"},
		{"load unknown", func(_ *Need, f *Facts) { f.LoadPerMin = nil }, "cores", OK, "8 of 8"},

		{"now and then late", func(_ *Need, f *Facts) { f.Clock.LateMSP99 = 7 }, "clock", Warn, "7.00 ms late"},
		{"always late", func(_ *Need, f *Facts) { f.Clock.LateMSP50, f.Clock.LateMSP99 = 21, 40 }, "clock", Fail, "at most 20 ms"},
		{"always late, but that is allowed", func(n *Need, f *Facts) {
			n.MaxLagMS = 100
			f.Clock.LateMSP50, f.Clock.LateMSP99 = 21, 40
		}, "clock", Warn, ""},
		{"coarse", func(_ *Need, f *Facts) { f.Clock.ResolutionNS = 15_600_000 }, "clock", Warn, "no finer than a step"},
		{"slow to read", func(_ *Need, f *Facts) { f.Clock.Source = "hpet" }, "clock", Warn, "clocksource=tsc"},

		{"too little memory", func(_ *Need, f *Facts) { f.MemoryAvailable = ptr(int64(256 << 20)) }, "memory", Fail, "256 MiB available"},
		{"little memory", func(_ *Need, f *Facts) { f.MemoryAvailable = ptr(int64(800 << 20)) }, "memory", Warn, "more than half"},
		{"memory unknown", func(_ *Need, f *Facts) { f.MemoryAvailable = nil }, "memory", Unknown, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			need, facts := sale(), sound()
			tt.change(&need, &facts)
			for _, c := range machineChecks(need, facts) {
				want := OK
				if c.Name == tt.check {
					want = tt.want
					if !strings.Contains(c.line(), tt.text) {
						t.Errorf("%q is not in %q", tt.text, c.line())
					}
				}
				if c.Status != want {
					t.Errorf("%s: %s, want %s: %s", c.Name, c.Status, want, c.line())
				}
				if (c.Status == Warn || c.Status == Fail) && (c.Advice == "" || c.Need == "") {
					t.Errorf("%s says no way out: %s", c.Name, c.line())
				}
			}
		})
	}
}

// What more of everything can drive, less of nothing is needed for: a better
// machine never fails where a worse one passed.
func TestMoreIsNeverWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		need := sale()
		need.PeakRPS = rapid.Float64Range(0, 10_000).Draw(t, "rate")
		need.Connections = rapid.IntRange(1, 60_000).Draw(t, "connections")
		need.OpenFiles = int64(need.Connections + fileReserve)
		facts := sound()
		facts.OpenFilesLimit = ptr(rapid.Int64Range(64, 1<<20).Draw(t, "files"))
		facts.Ports = &Ports{1024, rapid.Int64Range(1024, 65535).Draw(t, "last port")}
		facts.MemoryAvailable = ptr(rapid.Int64Range(0, 1<<34).Draw(t, "memory"))
		better := facts
		better.OpenFilesLimit = ptr(*facts.OpenFilesLimit + rapid.Int64Range(0, 1<<20).Draw(t, "more files"))
		better.Ports = &Ports{1024, 65535}
		better.MemoryAvailable = ptr(*facts.MemoryAvailable + rapid.Int64Range(0, 1<<34).Draw(t, "more memory"))
		before, after := machineChecks(need, facts), machineChecks(need, better)
		for i := range before {
			if after[i].Status == Fail && before[i].Status != Fail {
				t.Fatalf("%s fails only with more: %s", after[i].Name, after[i].line())
			}
		}
	})
}

func TestLateness(t *testing.T) {
	late := make([]time.Duration, 100)
	for i := range late {
		late[i] = time.Duration(100-i) * time.Millisecond
	}
	if p50, p99, most := lateness(late); p50 != 51 || p99 != 99 || most != 100 {
		t.Errorf("p50 %v, p99 %v, max %v", p50, p99, most)
	}
	if p50, p99, most := lateness(nil); p50+p99+most != 0 {
		t.Error("no sleep was late, and yet some were")
	}
}
