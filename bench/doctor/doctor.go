// Package doctor answers a question before a sale: can this machine drive that
// load? A load tester that is short of files, ports, memory or time measures
// itself and not the endpoint.
//
// [Examine] takes four steps. It works out what a scenario [Need]s; it gathers
// [Facts] about the machine; it holds one against the other, a [Check] each; and
// it drives the scenario's peak against the built-in endpoint on loopback (see
// [SelfTest]), because no figure of a machine replaces having seen it work. The
// target gets a connection, and never a request.
package doctor

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/verdict"
)

// Schema names the format of the document. Within v1 keys are only ever added.
const Schema = "flashwave.doctor/v1"

// Status is what a check comes to.
type Status string

// The states of a check, the best first.
const (
	OK      Status = "ok"
	Unknown Status = "unknown" // this system does not say
	Warn    Status = "warn"    // the load can be driven, with a reservation
	Fail    Status = "fail"    // the load cannot be driven like that
)

// A Check is one thing that a load needs of a machine. Its texts are for people.
type Check struct {
	Name   string `json:"name"`
	Status Status `json:"status"`
	Found  string `json:"found"`
	Need   string `json:"need,omitempty"`
	Advice string `json:"advice,omitempty"` // what to do about it
}

// A Report is the document of an examination. Units are in the keys; null is "no
// data", never 0.
type Report struct {
	Schema     string      `json:"schema"`
	Tool       result.Tool `json:"tool"`
	At         time.Time   `json:"at"`
	Scenario   string      `json:"scenario"` // its name
	OK         bool        `json:"ok"`
	ExitCode   int         `json:"exit_code"`
	Conclusion string      `json:"conclusion"` // one sentence for people
	Need       Need        `json:"need"`
	Facts      Facts       `json:"facts"`
	Target     *Path       `json:"target"` // null: the built-in endpoint
	SelfTest   *SelfTest   `json:"self_test"`
	Checks     []Check     `json:"checks"`
}

// Options say how to examine.
type Options struct {
	Tool result.Tool
	// For is the most that one step of the self-test lasts; 0: there is none. A
	// scenario that is shorter than that has shorter steps, but of a second at least.
	For time.Duration
	// Tokens is the mean length of an answer of the self-test; 0: as the built-in
	// endpoint's, or the scenario's max_tokens if that is less.
	Tokens int
	// Executable is the flashwave to start as the self-test's endpoint. If it is
	// empty or cannot be started, the endpoint runs in this process, which costs the
	// generator some of its cores, and the report says so.
	Executable string
	// Progress gets a line for what is about to take a while; nil: none.
	Progress func(line string)

	root fs.FS // the file system's root; nil: this machine's
}

// Examine holds this machine against a resolved scenario. An error is one of the
// examination itself, or of ctx; what is wrong with the machine is in the report.
func Examine(ctx context.Context, sc *scenario.Scenario, o Options) (*Report, error) {
	if o.root == nil {
		o.root = os.DirFS("/")
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	r := &Report{Schema: Schema, Tool: o.Tool, At: time.Now().UTC(), Scenario: sc.Name, Need: NeedOf(sc)}
	r.Facts = gather(ctx, o.root)
	if !sc.Target.BuiltIn() {
		o.Progress("connecting to the target; no request is sent")
		r.Target = reach(ctx, sc.Target)
	}
	r.Checks = append(machineChecks(r.Need, r.Facts), checkTarget(r.Target))
	if o.For > 0 && ctx.Err() == nil {
		test, err := selfTest(ctx, sc, r.Need, o)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("self-test: %w", err)
		}
		r.SelfTest = test
		r.Checks = append(r.Checks, test.checks(r.Need)...)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.conclude()
	return r, nil
}

// conclude sums the checks up.
func (r *Report) conclude() {
	var failed, doubtful []string
	for _, c := range r.Checks {
		switch c.Status {
		case Fail:
			failed = append(failed, c.Name)
		case Warn:
			doubtful = append(doubtful, c.Name)
		}
	}
	r.OK, r.ExitCode = len(failed) == 0, verdict.ExitPass
	reservation := ""
	if len(doubtful) > 0 {
		reservation = fmt.Sprintf(", with a reservation about %s", strings.Join(doubtful, ", "))
	}
	switch {
	case !r.OK:
		r.ExitCode = verdict.ExitInconclusive
		r.Conclusion = fmt.Sprintf("this machine cannot drive the scenario %q as things stand: see %s", r.Scenario, strings.Join(failed, ", "))
	case r.SelfTest == nil:
		r.Conclusion = fmt.Sprintf("nothing found here keeps the scenario %q from being driven%s; without the self-test that is not proven", r.Scenario, reservation)
	default:
		r.Conclusion = fmt.Sprintf("this machine can drive the scenario %q: on loopback it drove %s%s", r.Scenario, r.SelfTest.reached(), reservation)
	}
}
