package doctor

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// groups are the directories of the control groups that bound this process in one
// respect ("cpu", "memory"), its own first, then those above it: each may have a
// limit of its own. Both layouts are followed, cgroups(7): the unified one ("0::/a")
// and a hierarchy for each controller ("4:cpu,cpuacct:/a").
func (s system) groups(controller string) []string {
	var dirs []string
	for _, line := range s.fields("proc/self/cgroup") {
		parts := strings.SplitN(line, ":", 3)
		if len(parts) != 3 {
			continue
		}
		var base string
		switch controllers := strings.Split(parts[1], ","); {
		case parts[0] == "0" && parts[1] == "":
			base = "sys/fs/cgroup"
		case slices.Contains(controllers, controller):
			base = "sys/fs/cgroup/" + controller
		default:
			continue
		}
		dirs = append(dirs, base)
		// The path is cleaned as an absolute one: inside a namespace it may begin
		// with "/..", and what is above its root cannot be seen.
		for dir := path.Clean("/" + parts[2]); dir != "/"; dir = path.Dir(dir) {
			dirs = append(dirs, base+dir)
		}
	}
	return dirs
}

// quota is how many cores' worth of time the control groups allow; nil: no bound.
func (s system) quota() *float64 {
	var least *float64
	take := func(time, period float64) {
		if time <= 0 || period <= 0 {
			return
		}
		if cores := time / period; least == nil || cores < *least {
			least = &cores
		}
	}
	for _, dir := range s.groups("cpu") {
		if f := s.fields(dir + "/cpu.max"); len(f) == 2 { // "max 100000" is no bound
			time, errT := strconv.ParseFloat(f[0], 64)
			period, errP := strconv.ParseFloat(f[1], 64)
			if errT == nil && errP == nil {
				take(time, period)
			}
		}
		time, period := s.number(dir+"/cpu.cfs_quota_us"), s.number(dir+"/cpu.cfs_period_us")
		if time != nil && period != nil { // -1 is no bound
			take(float64(*time), float64(*period))
		}
	}
	return least
}
