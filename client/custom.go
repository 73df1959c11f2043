package client

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"text/template"
)

// custom is an endpoint of one's own, which promises JSON or a stream, and nothing of
// what is in them. What looks like a chat is read as one. In a stream each event that
// says anything is a token, but for the one that is said to end it, unless it is said which
// ones are: lifecycles, pings and texts that were streamed before would be tokens, too.
type custom struct {
	chat
	template *template.Template
	tokens   places
	ends     places  // where a stream ends; nil: where its body does
	usage    keyPath // of the usage; nil: where it usually stands
	failures []condition

	answered   atomic.Bool   // a document came
	usageThere atomic.Bool   // and one that holds a usage where it is said to stand
	decided    []atomic.Bool // and one that holds what a condition asks about
}

// places say of which events something is true: those of a name or a type, or whose
// documents hold something at a path.
type places []place

type place struct {
	name string
	path keyPath
}

// parsePlaces reads the words that the user has for them.
func parsePlaces(words []string) (list places, err error) {
	for _, word := range words {
		at, err := parsePath(word)
		if err != nil {
			return nil, err
		}
		list = append(list, place{word, at})
	}
	return list, nil
}

// name reports whether the name of an event is among them.
func (p places) name(name []byte) bool {
	for i := range p {
		if string(name) == p[i].name {
			return len(name) > 0
		}
	}
	return false
}

func newCustom(cfg Config) (*custom, error) {
	d := new(custom)
	var err error
	if d.template, err = bodyTemplate(cfg.Body); err != nil {
		return nil, err
	}
	if d.tokens, err = parsePlaces(cfg.Token); err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	if d.ends, err = parsePlaces(cfg.End); err != nil {
		return nil, fmt.Errorf("end: %w", err)
	}
	if cfg.Usage != "" {
		if d.usage, err = parsePath(cfg.Usage); err != nil {
			return nil, fmt.Errorf("usage: %w", err)
		}
	}
	for _, expr := range cfg.FailIf {
		c, err := parseCondition(expr)
		if err != nil {
			return nil, fmt.Errorf("fail-if %s: %w", expr, err)
		}
		d.failures = append(d.failures, c)
	}
	d.decided = make([]atomic.Bool, len(d.failures))
	return d, nil
}

func (*custom) facts() facts { return facts{auth: Bearer} }

// ask writes nothing: the body is made by the template.
func (*custom) ask(*objectWriter, *Request, manner) {}

func (d *custom) fails(name []byte) bool {
	return saysFailure(name) && !d.tokens.name(name) && !d.ends.name(name)
}

func (d *custom) settle(c *chunk) {
	document := c.scan.b
	note(&d.answered)
	if d.tokens != nil {
		d.findTokens(c, document)
	}
	if d.usage != nil {
		d.readUsage(c, document)
	}
	d.findFailures(c, document)
	ends := d.endsWith(c, document)
	c.over = c.over || ends
	if d.tokens == nil && !ends && !c.shaped && !c.usage.found && !c.isIdle() && !isKeepAlive(c.name) && !c.isError(true) {
		c.tokens = append(c.tokens, Content)
	}
}

// endsWith reports whether the stream ends with the document.
func (d *custom) endsWith(c *chunk, document []byte) bool {
	ends := d.ends.name(c.name) || d.ends.name(c.class)
	for i := range d.ends {
		value := d.ends[i].path.in(document)
		c.looked(value)
		ends = ends || !isEmpty(value)
	}
	return ends
}

// findFailures holds the document against the conditions of failure.
func (d *custom) findFailures(c *chunk, document []byte) {
	for i := range d.failures {
		f := &d.failures[i]
		value := f.path.in(document)
		c.looked(value)
		if f.decides(value) {
			note(&d.decided[i])
		}
		if !f.holds(value) {
			continue
		}
		c.failed = true
		if len(c.failure) == 0 && len(c.message) == 0 {
			c.failure = []byte(f.text)
		}
	}
}

// readUsage reads the usage where it stands: an object, or the output alone.
func (d *custom) readUsage(c *chunk, document []byte) {
	c.usage = usage{}
	value := d.usage.in(document)
	c.looked(value)
	if value != nil {
		note(&d.usageThere)
	}
	s := scanner{b: value}
	if s.peek() == '{' {
		c.usage.read(&s)
		return
	}
	var told usage
	if len(value) > 0 && told.count(&s, &told.output) && told.found {
		c.usage.add(told)
	}
}

// findTokens makes a token of a document that is said to be one.
func (d *custom) findTokens(c *chunk, document []byte) {
	c.tokens, c.texts, c.reasons = c.tokens[:0], c.texts[:0], c.reasons[:0]
	c.seen, c.reasoning, c.heard, c.voices = delta{}, false, nil, 0
	if d.tokens.name(c.name) || d.tokens.name(c.class) {
		c.tokens, c.answers = append(c.tokens, Content), true
		return
	}
	for i := range d.tokens {
		value := d.tokens[i].path.in(document)
		if isEmpty(value) {
			continue
		}
		if text, isText := inner(value); isText {
			c.content(text)
		} else {
			c.seen.content = true
		}
	}
	c.take()
	c.answers = c.answers || len(c.tokens) > 0
}

// looked takes note of a value that says more than a token: where it holds the text that
// made one, what it says is not true of the next.
func (c *chunk) looked(value []byte) {
	from, heard := cap(c.heard)-len(c.heard), cap(value)-len(value) // both count from the end
	if from < cap(value) && heard < cap(c.heard) {
		c.voices++
	}
}

// note remembers that something happened. All calls share what they note: it is written
// once.
func note(happened *atomic.Bool) {
	if !happened.Load() {
		happened.Store(true)
	}
}

// unheard says which of what the user said of answers no answer held: sentences for
// people. A path that must lead to nothing is well where it did.
func (d *custom) unheard() (list []string) {
	if !d.answered.Load() {
		return nil
	}
	for i := range d.failures {
		if f := &d.failures[i]; f.op != "" && !d.decided[i].Load() {
			list = append(list, "no answer held what fail-if asks about, or none of its kind, so that it made none an error: "+f.text)
		}
	}
	if d.usage != nil && !d.usageThere.Load() {
		list = append(list, "no answer held a usage where usage says: tokens are counted events")
	}
	return list
}

// bodyTemplate parses the template of a body.
func bodyTemplate(text string) (*template.Template, error) {
	if strings.TrimSpace(text) == "" {
		return nil, errors.New(`api http needs a body template, such as {"prompt": {{json .prompt}}}`)
	}
	t, err := template.New("body").Option("missingkey=error").Funcs(template.FuncMap{"json": toJSON}).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("bad body template: %w", err)
	}
	return t, nil
}
