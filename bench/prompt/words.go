package prompt

import (
	"flashwave/client/api"
)

// wired is how many bytes of it stand in the words of the endpoint beside its own.
func (p Prompt) wired() (n int) {
	for _, m := range p.Messages {
		n += len(m.Wire)
	}
	return n
}

// wire puts what is more than text into the words of the endpoint, and refuses what it has
// none for.
func (l *line) wire(to api.API) (err error) {
	if l.Tools, err = to.Tools(l.Tools); err != nil {
		return err
	}
	conversation := make([]api.Message, len(l.Messages))
	for i, m := range l.Messages {
		conversation[i] = m.Message
	}
	wire, err := to.Wire(conversation)
	if err != nil {
		return err
	}
	for i := range wire {
		l.Messages[i].Wire = wire[i]
	}
	return nil
}
