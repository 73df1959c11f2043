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
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "no-cache")
	var patience time.Time                                   // until when a write may last
	defer func() { _ = out.SetWriteDeadline(time.Time{}) }() // where it could be set
	if f.early != "" {
		if _, err := w.Write([]byte(f.early)); err != nil || out.Flush() != nil {
			return
		}
	}
	var buf []byte
	for sent := 0; sent < a.length; {
		if sent == a.stall && !a.server.pause(r.Context()) {
			a.abort(w, r, sent > 0 || f.early != "")
			return
		}
		n, err := a.await(r.Context(), sent)
		if err != nil {
			a.abort(w, r, sent > 0 || f.early != "")
			return
		}
		if sent < a.stall {
			n = min(n, a.stall)
		}
		buf = buf[:0]
		if sent == 0 {
			buf = append(buf, f.opening...)
		}
		for ; sent < n && len(buf) < writeSize; sent++ {
			buf = f.appendToken(buf, sent, a)
		}
		if sent == a.length {
			a.remember(string(a.said))
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
func (a *answer) abort(w http.ResponseWriter, r *http.Request, begun bool) {
	switch {
	case r.Context().Err() != nil: // nobody listens
	case !begun:
		a.refuse(w, overloaded(errClosed))
	default:
		panic(http.ErrAbortHandler)
	}
}

// eventStream is the content type of server-sent events.
const eventStream = "text/event-stream; charset=utf-8"

// A frame is the shape of one stream: what stands before, around and behind its tokens,
// formatted once.
type frame struct {
	kind    string                  // the content type
	early   string                  // what is sent as soon as the request was taken; "": nothing
	opening string                  // what is sent before the first token
	thought piece                   // around a token of reasoning
	turn    string                  // between reasoning and answer
	word    piece                   // around a token of the answer
	mark    func(dst []byte) []byte // what differs from token to token, within the pieces; nil: nothing
	end     func(dst []byte) []byte
	fail    func(dst []byte, p *problem) []byte
}

// A piece is what stands around a token: its mark stands between two parts of it.
type piece struct{ before, behind, after string }

// appendToken appends the event of the n-th token of an answer, the first one 0.
func (f *frame) appendToken(dst []byte, n int, a *answer) []byte {
	around := &f.word
	switch {
	case n < a.thoughts:
		around = &f.thought
	case n == a.thoughts && n > 0:
		dst = append(dst, f.turn...)
	}
	dst = append(dst, around.before...)
	from := len(dst)
	dst = a.text.appendToken(dst)
	if a.server.engine.cache != nil && n >= a.thoughts {
		a.said = append(a.said, dst[from:]...)
	}
	dst = append(dst, around.behind...)
	if f.mark != nil {
		dst = f.mark(dst)
	}
	return append(dst, around.after...)
}

// appendEnd appends what comes behind the last token, or what the answer's fault leaves
// of it.
func (f *frame) appendEnd(dst []byte, a *answer) []byte {
	switch a.ending {
	case endCut:
		return dst
	case endFail:
		return f.fail(dst, serverError())
	}
	return f.end(dst)
}

// appendEvent appends a server-sent event whose document names its type, which is that
// of the event.
func appendEvent(dst []byte, kind string, document any) []byte {
	body, _ := json.Marshal(document) // all of ours do
	return fmt.Appendf(dst, "event: %s\ndata: %s\n\n", kind, body)
}
