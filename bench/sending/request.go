package sending

import (
	"fmt"
	"slices"

	"flashwave/bench/class"
	"flashwave/bench/dispatch"
	"flashwave/bench/items"
	"flashwave/bench/prompt"
	"flashwave/bench/result"
	"flashwave/bench/scenario"
	"flashwave/bench/units"
	"flashwave/client"
)

// A Workload is the prompts of a run, by lane.
type Workload struct {
	Prompts []prompt.Source
	First   []uint64 // the indexes of those to begin with; nil: 0
}

// FirstOf is the index of the prompt that a lane begins with.
func (w Workload) FirstOf(lane int) uint64 {
	if lane < len(w.First) {
		return w.First[lane]
	}
	return 0
}

// Asked are the prompts of a scenario of which each lane has asked so many.
func (w Workload) Asked(sc *scenario.Scenario, many func(lane int) int64) []result.Prompts {
	list := make([]result.Prompts, len(sc.Lanes))
	for i, l := range sc.Lanes {
		source := w.Prompts[i]
		known := source.Fingerprint(uint64(i))
		list[i] = result.Prompts{
			Lane: l.Name, Source: source.Name(), Distinct: int64(source.Len()),
			Content: known.Content, Sequence: known.Sequence, First: w.FirstOf(i), Count: many(i),
		}
	}
	return list
}

// Skipped says which lines of the files of prompts, and of the traces that the waves of the
// scenario follow, could not be used.
func (w Workload) Skipped(sc *scenario.Scenario) (notes []string) {
	say := func(bad *items.BadLines) {
		if bad == nil {
			return
		}
		note := units.Of(bad.N, "line was left out: ", "lines were left out: ") + bad.Error()
		if !slices.Contains(notes, note) { // of a file that is read more than once
			notes = append(notes, note)
		}
	}
	for _, source := range w.sources() {
		if from, ok := source.(interface{ Skipped() *items.BadLines }); ok {
			say(from.Skipped())
		}
	}
	for _, lane := range sc.Lanes {
		for _, wave := range lane.Waves {
			say(wave.Trace.Skipped())
		}
	}
	return notes
}

// Learned says what became known of the prompts as they were sent: how far off their
// lengths were, and what could not be read any more.
func (w Workload) Learned() (notes []string) {
	for _, source := range w.sources() {
		if read, ok := source.(interface{ Failed() int64 }); ok && read.Failed() > 0 {
			notes = append(notes, fmt.Sprintf("%d prompts of %s could not be read any more: the file was changed meanwhile, and its first prompt was sent", read.Failed(), source.Name()))
		}
		if of, ok := source.(interface{ Measured() string }); ok && of.Measured() != "" {
			notes = append(notes, source.Name()+": "+of.Measured())
		}
	}
	return notes
}

// place is where in the sequence of its lane a request stands, or its session.
func (w Workload) place(t dispatch.Ticket) (lane, index uint64) {
	return uint64(t.Lane), w.FirstOf(t.Lane) + t.Session
}

// Converses reports whether a request is a turn of a conversation.
func (w Workload) Converses(t dispatch.Ticket) bool {
	of, ok := w.Prompts[t.Lane].(prompt.Talking)
	return ok && of.Converses(w.place(t))
}

// share is which share of a mix a request is of, from 0; -1: its lane asks no mix.
func (w Workload) share(t dispatch.Ticket) int {
	if mix, ok := w.Prompts[t.Lane].(*prompt.Mix); ok {
		return mix.Of(w.place(t))
	}
	return -1
}

// ClassesOf are those of a request: shares are the first of them, and then come turns.
func (w Workload) ClassesOf(t dispatch.Ticket) class.Indexes {
	of := class.Indexes{w.share(t), -1}
	if w.Converses(t) {
		of[1] = w.turnsFrom() + class.TurnOf(t.Turn)
	}
	return of
}

// turnsFrom is how many classes come before turns: the shares of the mix.
func (w Workload) turnsFrom() int {
	for _, source := range w.Prompts {
		if mix, ok := source.(*prompt.Mix); ok {
			return len(mix.Shares())
		}
	}
	return 0
}

// sources are all of them, each once, and of a mix each of its own.
func (w Workload) sources() (list []prompt.Source) {
	add := func(s prompt.Source) {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	var each func(prompt.Source)
	each = func(source prompt.Source) {
		switch of := source.(type) {
		case *prompt.Mix:
			for _, share := range of.Shares() {
				each(share.Source)
			}
		case *prompt.Sessions:
			each(of.Source())
		default:
			add(source)
		}
	}
	for _, source := range w.Prompts {
		each(source)
	}
	return list
}

// measured tells a source that wants to know how many tokens a prompt came to.
func (w Workload) measured(lane int, p prompt.Prompt, res *client.Result) {
	source := w.Prompts[lane]
	if of, ok := source.(*prompt.Mix); ok {
		source = of.Shares()[p.Share-1].Source
	}
	if talking, ok := source.(prompt.Talking); ok && talking.Converses(uint64(lane), 0) {
		return // what was said before is in its prompts
	}
	of, ok := source.(interface {
		Counted(p prompt.Prompt, tokens int)
	})
	if ok && res.Usage.From == client.FromUsage {
		of.Counted(p, res.Usage.Prompt)
	}
}

// Request is what a ticket asks of the endpoint, and the prompt that it says it with.
func (w Workload) Request(sc *scenario.Scenario, t dispatch.Ticket) (*client.Request, prompt.Prompt) {
	p := w.prompt(t)
	return asked(sc, t.Lane, &p), p
}

// prompt is the prompt of a ticket: that of the recorded request that it replays, or else
// the one that its place in the lane picks.
func (w Workload) prompt(t dispatch.Ticket) prompt.Prompt {
	source, first := w.Prompts[t.Lane], w.FirstOf(t.Lane)
	if replay, ok := source.(*prompt.Replay); ok && t.Row > 0 {
		return replay.Row(t.Wave, uint64(t.Row-1), first)
	}
	return source.At(w.place(t))
}

// turns are those of the conversation that a ticket begins.
func (w Workload) turns(t dispatch.Ticket) []prompt.Prompt {
	source := w.Prompts[t.Lane]
	if replay, ok := source.(*prompt.Replay); ok && t.Row > 0 {
		return replay.RowTurns(t.Wave, uint64(t.Row-1), w.FirstOf(t.Lane))
	}
	return source.(prompt.Talking).Turns(w.place(t))
}

// asked is a prompt of a workload as a request to a model: what the prompt says of its
// request comes before what the workload says.
func asked(sc *scenario.Scenario, lane int, p *prompt.Prompt) *client.Request {
	w := sc.Asks(lane, p)
	req := &client.Request{
		Model:       sc.Target.Model,
		Messages:    messages(p),
		MaxTokens:   p.Limit(w.MaxTokens),
		Temperature: w.Temperature,
		Stream:      w.Stream,
		Tools:       p.Tools,
		Extra:       p.Body(w.ExtraBody),
		Fields:      p.Fields,
		Class:       max(p.Share-1, 0),
	}
	if p.Temperature != nil {
		req.Temperature = p.Temperature
	}
	return req
}

// messages are what a prompt says.
func messages(p *prompt.Prompt) []client.Message {
	if len(p.Messages) > 0 {
		list := make([]client.Message, len(p.Messages))
		for i, m := range p.Messages {
			list[i] = client.Message{Role: m.Role, Content: m.Content, Wire: m.Wire}
		}
		return list
	}
	user := client.Message{Role: "user", Content: p.Text}
	if p.System != "" {
		return []client.Message{{Role: "system", Content: p.System}, user}
	}
	return []client.Message{user}
}
