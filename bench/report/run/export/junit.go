package export

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"flashwave/bench/report/sheet"
	"flashwave/bench/report/words"
	"flashwave/bench/result"
)

// The JUnit XML that CI systems read: a suite for the run, a case for each SLO, one
// for the generator and one for the run as a whole. A broken SLO is a failure; what
// could not be judged is an error. Some case is one or the other just if the exit
// code is not 0.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Name    string       `xml:"name,attr"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"` // seconds
		Timestamp  string          `xml:"timestamp,attr,omitempty"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitProblem `xml:"failure"`
		Error   *junitProblem `xml:"error"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes a run as a suite of tests.
func JUnit(w io.Writer, run *result.Run) error {
	name := words.Name(run.Name)
	s := junitSuite{Name: name, Time: sheet.Number(run.DurationS), Properties: junitProperties(run)}
	if !run.StartedAt.IsZero() {
		s.Timestamp = run.StartedAt.UTC().Format("2006-01-02T15:04:05")
	}
	for _, slo := range run.Verdict.SLOs {
		s.Cases = append(s.Cases, junitSLO(name, run, slo))
	}
	s.Cases = append(s.Cases, junitGenerator(name, run.Generator))
	s.Cases = append(s.Cases, junitVerdict(name, run.Verdict, s.Cases))
	for _, c := range s.Cases {
		s.Tests++
		if c.Failure != nil {
			s.Failures++
		}
		if c.Error != nil {
			s.Errors++
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(junitSuites{Name: "flashwave", Suites: []junitSuite{s}}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func junitProperties(run *result.Run) []junitProperty {
	list := []junitProperty{{"id", words.Plain(run.ID)}, {"flashwave", words.Plain(run.Tool.Version)}}
	if sc := run.Scenario; sc != nil {
		list = append(list, junitProperty{"target", words.Plain(sc.Target.URL)}, junitProperty{"model", words.Plain(sc.Target.Model)}, junitProperty{"seed", fmt.Sprint(sc.Seed)})
	}
	labels := []junitProperty{}
	for k, v := range run.Labels {
		labels = append(labels, junitProperty{"label." + words.Plain(k), words.Plain(v)})
	}
	slices.SortFunc(labels, func(a, b junitProperty) int { return strings.Compare(a.Name, b.Name) })
	return append(list, labels...)
}

func junitSLO(suite string, run *result.Run, s result.SLO) junitCase {
	c := junitCase{Class: "flashwave." + suite, Name: words.Plain(s.Expr), Time: sheet.Number(run.DurationS)}
	message := fmt.Sprintf("%s: it was %s", words.Plain(s.Expr), words.Observed(s))
	switch {
	case s.OK == nil:
		c.Error = &junitProblem{"no data for " + words.Plain(s.Expr), "no_data", ""}
	case !*s.OK:
		c.Failure = &junitProblem{message, "slo", words.Plain(run.Verdict.Headline)}
	}
	return c
}

func junitGenerator(suite string, g result.Generator) junitCase {
	c := junitCase{Class: "flashwave." + suite, Name: "the load generator kept up", Time: "0"}
	if !g.Valid {
		c.Error = &junitProblem{"the load generator was the bottleneck", "generator", words.Plain(strings.Join(g.Warnings, "; "))}
	}
	return c
}

// junitVerdict stands for whatever else decides the exit code.
func junitVerdict(suite string, v result.Verdict, cases []junitCase) junitCase {
	c := junitCase{Class: "flashwave." + suite, Name: "the run came to a verdict", Time: "0"}
	told := slices.ContainsFunc(cases, func(c junitCase) bool { return c.Failure != nil || c.Error != nil })
	if v.ExitCode != 0 && (!told || v.Status == result.Aborted) {
		c.Error = &junitProblem{fmt.Sprintf("exit code %d: %s", v.ExitCode, words.Plain(v.Headline)), cmp.Or(words.Plain(string(v.Status)), "none"), words.Plain(strings.Join(v.Reasons, "; "))}
	}
	return c
}
