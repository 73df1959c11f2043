package mock

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// writeSize bounds what a stream that has fallen behind writes at once, in bytes.
const writeSize = 16 << 10

// readerTime is at most how long a client may read nothing of a stream that fills its
// buffers.
const readerTime = time.Minute

// stream sends the answer as server-sent events: each token as soon as the
// engine has produced it, in a write of its own unless the client is slow.
func (a *answer) stream(w http.ResponseWriter, r *http.Request, f *frame) {
	out := http.NewResponseController(w)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	var patience time.Time                                   // until when a write may last
	defer func() { _ = out.SetWriteDeadline(time.Time{}) }() // where it could be set
	var buf []byte
	for sent := 0; sent < a.length; {
		if sent == a.stall && !a.server.pause(r.Context()) {
			a.abort(w, r, sent)
			return
		}
		n, err := a.await(r.Context(), sent)
		if err != nil {
			a.abort(w, r, sent)
			return
		}
		if sent < a.stall {
			n = min(n, a.stall)
		}
		buf = buf[:0]
		if sent == 0 {
			buf = f.appendOpening(buf)
		}
		for ; sent < n && len(buf) < writeSize; sent++ {
			buf = f.appendToken(buf, &a.text)
		}
		if sent == a.length {
			buf = f.appendEnd(buf, a)
		}
		if now := time.Now(); patience.Sub(now) < readerTime/2 {
			patience = now.Add(readerTime)
			_ = out.SetWriteDeadline(patience) // where it can be
		}
		if _, err := w.Write(buf); err != nil {
			return
		}
		if out.Flush() != nil {
			return
		}
	}
}

// abort ends a stream that the engine no longer feeds. If that is because the
// server is closing, a stream that has begun must not look as if it had ended.
func (a *answer) abort(w http.ResponseWriter, r *http.Request, sent int) {
	switch {
	case r.Context().Err() != nil: // nobody listens
	case sent == 0:
		overloaded(errClosed).write(w)
	default:
		panic(http.ErrAbortHandler)
	}
}

// A frame is the shape of one stream's events: what stands before and behind
// each token, formatted once.
type frame struct {
	head    []byte // up to the choice's delta or text
	role    string // the choice of the event before the first token; "": there is none
	before  string // what opens the choice of a token
	after   string // what closes it, up to its finish reason
	final   string // the choice of the last event, up to its finish reason
	foot    string // behind the choice
	noUsage string // usage of all events but the last, if it was asked for
	usage   bool
}

const logprobs = `,"logprobs":null,"finish_reason":`

func newFrame(d dialect, a *answer, model string, withUsage bool) *frame {
	f := &frame{usage: withUsage}
	id, object := a.id("chatcmpl"), "chat.completion.chunk"
	if d == legacy {
		id, object = a.id("cmpl"), "text_completion"
	}
	// A string always marshals.
	quoted, _ := json.Marshal(model)
	f.head = fmt.Appendf(nil, `data: {"id":%q,"object":%q,"created":%d,"model":%s,"choices":[`, id, object, a.began.Unix(), quoted)
	if d == legacy {
		f.before, f.after, f.final = `{"index":0,"text":"`, `"`+logprobs, `{"index":0,"text":""`+logprobs
	} else {
		f.role = `{"index":0,"delta":{"role":"assistant","content":""}` + logprobs + `null}`
		f.before, f.after, f.final = `{"index":0,"delta":{"content":"`, `"}`+logprobs, `{"index":0,"delta":{}`+logprobs
	}
	if withUsage {
		f.noUsage = `,"usage":null`
	}
	f.foot = `]` + f.noUsage + "}\n\n"
	return f
}

// appendOpening appends the event before the first token, which names the role.
func (f *frame) appendOpening(dst []byte) []byte {
	if f.role == "" {
		return dst
	}
	dst = append(dst, f.head...)
	dst = append(dst, f.role...)
	return append(dst, f.foot...)
}

// appendToken appends the event of the text's next token.
func (f *frame) appendToken(dst []byte, text *prose) []byte {
	dst = append(dst, f.head...)
	dst = append(dst, f.before...)
	dst = text.appendToken(dst)
	dst = append(dst, f.after...)
	dst = append(dst, "null}"...)
	return append(dst, f.foot...)
}

// appendEnd appends what comes behind the last token: the finish reason, the
// usage if it was asked for, and [DONE]; or what the answer's fault leaves of it.
func (f *frame) appendEnd(dst []byte, a *answer) []byte {
	switch a.ending {
	case endCut:
		return dst
	case endFail:
		body, _ := json.Marshal(serverError()) // strings always marshal
		return fmt.Appendf(dst, "data: %s\n\n", body)
	}
	dst = append(dst, f.head...)
	dst = fmt.Appendf(dst, `%s%q}%s`, f.final, a.ending.reason(), f.foot)
	if f.usage {
		body, _ := json.Marshal(a.usage()) // numbers always marshal
		dst = append(dst, f.head...)
		dst = fmt.Appendf(dst, `],"usage":%s}`+"\n\n", body)
	}
	return append(dst, "data: [DONE]\n\n"...)
}
