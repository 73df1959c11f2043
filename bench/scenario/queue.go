package scenario

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"flashwave/bench/slo"
	"flashwave/client/queue/spec"
)

// QueueAPI is the way to an endpoint that leads through a Redis queue and workers of one's
// own: the URL is that of Redis, and the shares of the mix are the classes of tasks.
const QueueAPI = "queue"

// usualClasses are those of a queue that is told none: the shop's.
const usualClasses = "urgent=1-3:20%, normal=4-6:50%, bulk=7-10:30%"

// mostTasks is how many tasks may be unfinished: each takes a little memory, and no file.
const mostTasks = 100_000

// fillQueue fills in what a queue needs.
func (s *Scenario) fillQueue() {
	if len(s.Mix) == 0 {
		_ = s.SetClasses(usualClasses) // a constant
	}
	for _, w := range s.Workloads() {
		w.Stream = false
	}
	if s.MaxInFlight == 0 {
		s.MaxInFlight = mostTasks
	}
}

// SetClasses makes the requests tasks of classes, NAME=PRIORITIES:SHARE, one after the other,
// each of which asks what the scenario's workload does. Where none has a share all have the
// same.
func (s *Scenario) SetClasses(text string) error {
	var mix []Share
	alike := !strings.Contains(text, ":")
	for part := range strings.SplitSeq(text, ",") {
		name, rest, ok1 := strings.Cut(strings.TrimSpace(part), "=")
		priorities, share, ok2 := strings.Cut(rest, ":")
		if !ok1 || !ok2 && !alike {
			return &Error{Message: fmt.Sprintf("%q is no class", strings.TrimSpace(part)), Hint: "write NAME=PRIORITIES:SHARE, such as urgent=1-3:20%"}
		}
		of := Share{Name: strings.TrimSpace(name), Priorities: strings.TrimSpace(priorities), Workload: s.Workload}
		if _, _, err := spec.ParsePriorities(of.Priorities); err != nil {
			return err
		}
		if alike {
			of.Share = 1 / float64(strings.Count(text, ",")+1)
		} else if err := parseShare(strings.TrimSpace(share), &of.Share); err != nil {
			return err
		}
		mix = append(mix, of)
	}
	s.Mix = mix
	return nil
}

// TaskClasses are the classes of the tasks of a queue. Their order is that of the mix.
func (s *Scenario) TaskClasses() (list []spec.Class, err error) {
	for i, share := range s.Mix {
		low, high, err := spec.ParsePriorities(share.Priorities)
		if share.Priorities == "" {
			err = fmt.Errorf("workload %q has no priorities: it is a class of tasks, which says which are its", share.Name)
		}
		if err != nil {
			return nil, wrong(fmt.Sprintf("workloads[%d]", i), "for example priorities: 1-3", "%v", err)
		}
		list = append(list, spec.Class{Name: share.Name, Low: low, High: high})
	}
	if err := spec.CheckClasses(list); err != nil {
		return nil, wrong("workloads", "give the more urgent the smaller ones, and list it first", "%v", err)
	}
	return list, nil
}

// checkRedis checks the URL of a queue. It does not show it: it may hold a password.
func (t *Target) checkRedis() error {
	_, err := spec.ParseAddress(t.URL)
	switch {
	case errors.Is(err, spec.ErrUnsupported):
		return wrong("target.url", "give redis://HOST:PORT of one server", "%v", err)
	case errors.Is(err, spec.ErrPassword):
		return wrong("target.url", "put it into FLASHWAVE_REDIS_PASSWORD, or use key_env: NAME or key_file: PATH", "url holds a secret: %s", noSecret)
	case err != nil:
		return wrong("target.url", "for example redis://127.0.0.1:6379", "%v", err)
	}
	return nil
}

// checkQueue checks what is said of a queue, and that nothing is where there is none.
func (s *Scenario) checkQueue() error {
	t := &s.Target
	if t.API != QueueAPI {
		for word, given := range map[string]bool{"queue": t.Queue != "", "join": t.Join, "keep": t.Keep, "tap": t.Tap != ""} {
			if given {
				return wrong("target."+word, "write api: queue (--api queue), or leave it out", "%s is of a queue, and the api is %s", word, t.API)
			}
		}
		for i, share := range s.Mix {
			if share.Priorities != "" {
				return wrong(fmt.Sprintf("workloads[%d].priorities", i), "write api: queue (--api queue), or leave them out", "priorities are of a queue, and the api is %s", t.API)
			}
		}
		return nil
	}
	layout, err := spec.ParseLayout(t.Queue)
	if err != nil {
		return wrong("target.queue", "for example shop,queue=jobs:{priority}", "%v", err)
	}
	if err := t.checkTap(); err != nil {
		return err
	}
	if t.BuiltIn() && layout.Kind != spec.SortedSet {
		return wrong("target.queue", "give the URL of a Redis that workers of yours take tasks from", "the built-in worker takes tasks from sorted sets, and layout %s is none", layout.Name)
	}
	for i, l := range s.Lanes {
		if l.Workload != nil {
			return wrong(fmt.Sprintf("lanes[%d].workload", i), "leave it out: what tasks of a class ask stands in workloads", "a lane of tasks has no workload of its own")
		}
	}
	classes, err := s.TaskClasses()
	if err != nil {
		return err
	}
	for i := 1; i < len(classes); i++ {
		if classes[i].Low < classes[i-1].High {
			return wrong("workloads", "list the more urgent first", "class %s comes after %s, which is less urgent", classes[i].Name, classes[i-1].Name)
		}
	}
	return nil
}

// checkTap checks where a tap is. The built-in queue has one of its own.
func (t *Target) checkTap() error {
	const path, hint = "target.tap", "for example http://127.0.0.1:8090"
	if t.Tap == "" {
		return nil
	}
	u, err := url.Parse(t.Tap)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || !validPort(u.Port()) || u.Fragment != "":
		return wrong(path, hint, "tap is not the URL of one")
	case u.User != nil || slices.ContainsFunc(queryWords(u), secret):
		return wrong(path, hint, "tap holds a secret: %s", noSecret)
	case t.BuiltIn():
		return wrong(path, "leave it out", "the built-in queue has a tap of its own")
	}
	return nil
}

// checkOfQueue refuses assertions on tasks where there are none, of a wave, of which tasks are
// not told, and of each task alone, which nobody holds to them.
func (s *Scenario) checkOfQueue(path, text string, e slo.Expr) error {
	named := slices.ContainsFunc(s.Classes(), e.Names)
	var w *Error
	switch {
	case !e.Metric.OfQueue():
		return nil
	case s.Target.API != QueueAPI:
		w = wrong(path, "write api: queue (--api queue)", "%q: only tasks of a queue have %s", text, e.Metric)
	case e.Wave != "" && !named:
		w = wrong(path, "name a class: in "+s.Mix[0].Name, "%q: %s is told of classes, and not of waves", text, e.Metric)
	case e.PerRequest():
		w = wrong(path, fmt.Sprintf("for example %s.p95", e.Metric), "%q: %s needs a statistic", text, e.Metric)
	default:
		return nil
	}
	return s.locate(w, text, 0)
}
