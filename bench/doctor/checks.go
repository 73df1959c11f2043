package doctor

import (
	"fmt"
	"math"
	"time"

	"flashwave/bench/units"
)

// machineChecks hold what was found against what is needed.
func machineChecks(n Need, f Facts) []Check {
	return []Check{checkFiles(n, f), checkPorts(n, f), checkCores(f), checkClock(n, f.Clock), checkMemory(n, f)}
}

func checkFiles(n Need, f Facts) Check {
	c := Check{Name: "open files", Need: fmt.Sprintf("%s for up to %s at once", units.Count(n.OpenFiles), streams(n.MostStreams))}
	if f.OpenFilesLimit == nil {
		return c.unknown()
	}
	limit := *f.OpenFilesLimit
	c.Status, c.Found = OK, units.Count(limit)+" allowed"
	if limit > 1<<40 {
		c.Found = "no limit"
	}
	advice := fmt.Sprintf("raise the hard limit: ulimit -n %d, LimitNOFILE= of a service, --ulimit nofile= of a container", roundUp(n.OpenFiles*5/4))
	switch {
	case n.OpenFiles > limit:
		c.Status, c.Advice = Fail, advice+"; or lower --max-in-flight"
	case n.PeakRPS > 0 && float64(n.Slots) < n.PeakRPS*usualAnswer.Seconds() && float64(limit) < 2*float64(n.Slots):
		// The slots were cut to what the limit allows, and a usual answer already
		// fills them all.
		c.Status = Warn
		c.Need = fmt.Sprintf("more than the %s it leaves: at %s they are all taken once an answer lasts %s",
			streams(n.Slots), units.PerSecond(n.PeakRPS), units.Seconds(float64(n.Slots)/n.PeakRPS))
		c.Advice = fmt.Sprintf("raise the hard limit: ulimit -n %d", roundUp(int64(n.PeakRPS*usualAnswer.Seconds()*2)))
	case n.builtin && int64(2*n.UsualStreams+fileReserve) > limit:
		c.Status, c.Need = Warn, fmt.Sprintf("%s, as both ends of %s are in this process", units.Count(2*n.UsualStreams+fileReserve), streams(n.UsualStreams))
		c.Advice = "start flashwave mock in another process and point --url at it"
	}
	return c
}

// timeWait is how long the side that closes a TCP connection keeps its port
// (TCP_TIMEWAIT_LEN of Linux).
const timeWait = 60 * time.Second

func checkPorts(n Need, f Facts) Check {
	c := Check{Name: "ports", Need: units.Count(n.Connections) + " connections to one target"}
	if f.Ports == nil {
		return c.unknown()
	}
	have, need := f.Ports.count(), int64(n.Connections)
	c.Status, c.Found = OK, fmt.Sprintf("%s ephemeral", units.Count(have))
	reuse := f.TimeWaitReuse != nil && (*f.TimeWaitReuse == 1 || *f.TimeWaitReuse == 2 && n.loopback)
	// An endpoint that closes after every answer costs a port for each request,
	// unless those that wait may be used again.
	worn := int64(math.Ceil(n.PeakRPS * timeWait.Seconds()))
	switch {
	case need > have:
		c.Status = Fail
		c.Advice = "sysctl -w net.ipv4.ip_local_port_range='1024 65535', or lower --max-in-flight"
		if need > 64_000 {
			c.Advice = "one address has 64,512 of them to a target: lower --max-in-flight, use --http2 or several machines"
		}
	case need+worn > have && !reuse:
		c.Status = Warn
		c.Need += fmt.Sprintf(", and up to %s more in TIME_WAIT if connections are not kept", units.Count(worn))
		c.Advice = "sysctl -w net.ipv4.tcp_tw_reuse=1"
	}
	return c
}

func checkCores(f Facts) Check {
	cores := float64(min(f.CPUs, f.MaxProcs))
	c := Check{Name: "cores", Status: OK, Found: fmt.Sprintf("%s of %d", units.Number(cores), f.CPUs)}
	if f.Quota != nil && *f.Quota < cores {
		cores = *f.Quota
		c.Found = fmt.Sprintf("%s of %d by the control group's quota", units.Number(cores), f.CPUs)
	}
	if f.LoadPerMin != nil {
		c.Found += fmt.Sprintf(", load %s", units.Number(*f.LoadPerMin))
	}
	switch {
	case cores < float64(min(f.CPUs, f.MaxProcs)) && cores < math.Ceil(cores):
		c.Status, c.Need = Warn, "whole cores: what is left of a quota's period is spent asleep"
		c.Advice = fmt.Sprintf("give the container %s cores", units.Number(math.Ceil(cores)))
	case cores < 2:
		c.Status, c.Need = Warn, "two, so that answers are read while requests are sent"
		c.Advice = "give it another core, unless the self-test is content"
	case f.LoadPerMin != nil && *f.LoadPerMin > 1.5*cores:
		c.Status, c.Need = Warn, "cores that nothing else keeps busy"
		c.Advice = "stop what else runs here, or use a machine of its own"
	}
	return c
}

// warnLate is the lateness from which on a generator is not beyond doubt.
const warnLate = 5.0 // ms

func checkClock(n Need, k Clock) Check {
	c := Check{
		Name: "clock", Status: OK, Need: fmt.Sprintf("less than %s", units.Bound(warnLate, units.Milliseconds)),
		Found: fmt.Sprintf("steps of %s; a sleep of 1 ms is %s late (p99; max %s)",
			units.Length(time.Duration(k.ResolutionNS)), units.Millis(k.LateMSP99), units.Millis(k.LateMSMax)),
	}
	switch {
	case k.LateMSP50 > n.MaxLagMS:
		c.Status = Fail
		c.Found = fmt.Sprintf("a sleep of 1 ms is usually %s late", units.Millis(k.LateMSP50))
		c.Need = fmt.Sprintf("at most %s (--max-lag)", units.Bound(n.MaxLagMS, units.Milliseconds))
		c.Advice = "this machine is starved or its timer is coarse: use another, or one of its own"
	case k.LateMSP99 > warnLate:
		c.Status, c.Advice = Warn, "something else keeps this machine busy: use one of its own"
	case k.ResolutionNS > int64(time.Millisecond):
		c.Status, c.Need = Warn, "steps below 1 ms"
		c.Advice = "latencies here are no finer than a step"
	case k.Source == "hpet" || k.Source == "acpi_pm":
		c.Status, c.Need = Warn, "a clock that is cheap to read, such as tsc"
		c.Found += ", read from " + k.Source
		c.Advice = "reading it takes about a microsecond: boot with clocksource=tsc if the hardware allows it"
	}
	return c
}

func checkMemory(n Need, f Facts) Check {
	c := Check{Name: "memory", Need: fmt.Sprintf("%s for up to %s", units.Bytes(n.MemoryBytes), streams(n.MostStreams))}
	if f.MemoryAvailable == nil {
		return c.unknown()
	}
	have := *f.MemoryAvailable
	c.Status, c.Found = OK, units.Bytes(have)+" available"
	switch {
	case n.MemoryBytes > have:
		c.Status, c.Advice = Fail, "free some, give it more, or lower --max-in-flight"
	case n.MemoryBytes > have/2:
		c.Status, c.Advice = Warn, "that is more than half: long answers may need the rest"
	}
	return c
}

// unknown is a check that this system has no figure for.
func (c Check) unknown() Check {
	c.Status, c.Found = Unknown, "this system does not say"
	return c
}

func streams(n int) string { return units.Of(n, "stream", "streams") }

// roundUp is the next multiple of 1024.
func roundUp(n int64) int64 { return (n + 1023) / 1024 * 1024 }
