package ledger

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"flashwave/bench/dispatch"
	"flashwave/bench/result"
	"flashwave/bench/units"
	"flashwave/client"
	"flashwave/client/outcome"
)

// A RequestLine is one request in the log of requests. Instants are in
// milliseconds from the first wave; null where nothing happened.
type RequestLine struct {
	Wave    string          `json:"wave"`
	Lane    string          `json:"lane,omitempty"`
	Index   uint64          `json:"index"`             // of its lane
	Session *uint64         `json:"session,omitempty"` // of its lane, if it is a turn of a conversation
	Turn    uint32          `json:"turn,omitempty"`    // of the session, from 1
	Outcome outcome.Outcome `json:"outcome"`           // dropped and unsent besides the outcomes of those that were sent
	Error   string          `json:"error,omitempty"`
	Status  int             `json:"status,omitempty"`

	ScheduledMS   *float64 `json:"scheduled_ms"`
	QueuedMS      float64  `json:"queued_ms"` // how long it waited for a slot
	SentMS        *float64 `json:"sent_ms"`
	FirstByteMS   *float64 `json:"first_byte_ms"`
	FirstTokenMS  *float64 `json:"first_token_ms"`
	FirstAnswerMS *float64 `json:"first_answer_ms"`
	LastTokenMS   *float64 `json:"last_token_ms"`
	DoneMS        *float64 `json:"done_ms"`
	StallMS       float64  `json:"stall_ms"`

	Events          int    `json:"events"`
	Bundled         bool   `json:"bundled,omitempty"` // they came in one piece: there is no time between them
	PromptTokens    int    `json:"prompt_tokens"`
	CachedTokens    int    `json:"cached_tokens"`
	OutputTokens    int    `json:"output_tokens"`
	ReasoningTokens int    `json:"reasoning_tokens"`
	TokensFrom      string `json:"tokens_from"`

	CacheWritten int `json:"cache_written_tokens,omitempty"` // of the prompt: written to a cache
	Items        int `json:"items,omitempty"`                // embeddings

	Finish       string `json:"finish,omitempty"`
	RequestID    string `json:"request_id,omitempty"`
	Retries      int    `json:"retries,omitempty"`
	StaleRetries int    `json:"stale_retries,omitempty"`
}

// What became of requests that were never sent. They have no outcome; the log
// says this in its place.
const (
	dropped outcome.Outcome = "dropped"
	unsent  outcome.Outcome = "unsent"
)

// NeverSent is the result of a request that was never sent.
var NeverSent = client.Result{
	Sent: client.Never, FirstByte: client.Never, FirstToken: client.Never, FirstAnswer: client.Never,
	LastToken: client.Never, Done: client.Never,
}

// line describes a request that ended.
func (l *Ledger) line(t dispatch.Ticket, res *client.Result) RequestLine {
	at := func(d time.Duration) *float64 {
		if d == client.Never {
			return nil
		}
		ms := float64(l.since(d)) / float64(time.Millisecond)
		return &ms
	}
	wave := ""
	if t.Wave >= 0 {
		wave = l.waves[t.Wave].Wave
	}
	line := RequestLine{
		Wave: wave, Lane: l.config.Lanes[t.Lane].Name, Index: t.Index,
		Outcome: res.Outcome, Error: res.Err, Status: res.Status,
		ScheduledMS: at(t.Scheduled), QueuedMS: float64(t.Queue) / float64(time.Millisecond),
		SentMS: at(res.Sent), FirstByteMS: at(res.FirstByte), FirstTokenMS: at(res.FirstToken),
		FirstAnswerMS: at(res.FirstAnswer), LastTokenMS: at(res.LastToken), DoneMS: at(res.Done),
		StallMS: float64(res.Stall) / float64(time.Millisecond),
		Events:  res.Events, Bundled: res.Bundled(), PromptTokens: res.Usage.Prompt, CachedTokens: res.Usage.Cached,
		OutputTokens: res.Usage.Output, ReasoningTokens: res.Usage.Reasoning, TokensFrom: string(res.Usage.From),
		CacheWritten: res.Usage.CacheWritten, Items: res.Items,
		Finish: res.Finish, RequestID: res.RequestID, Retries: res.Retries, StaleRetries: res.StaleRetries,
	}
	if l.config.Converses != nil && l.config.Converses(t) {
		line.Session, line.Turn = new(t.Session), t.Turn+1
	}
	return line
}

// logged adds a request that ended to the log of requests.
func (l *Ledger) logged(t dispatch.Ticket, res *client.Result) {
	if l.log != nil && t.Wave != result.Warmup {
		l.log.write(l.line(t, res))
	}
}

// CloseLog waits until the log of requests is written, as long as there is progress. It
// says how many lines it lacks, and what broke it; nil: nothing.
func (l *Ledger) CloseLog() (lost int64, err error) {
	if l.log == nil {
		return 0, nil
	}
	return l.log.close()
}

// A requestLog writes a line per request without ever holding the load up: lines
// wait in a bounded buffer, and when the disk cannot keep up, lines of requests
// that ended ok are left out and counted. Failures have a buffer of their own.
type requestLog struct {
	ok, failed chan RequestLine
	lost       atomic.Int64
	lostFailed atomic.Int64
	taken      atomic.Int64 // lines that left the buffers
	over       chan error   // how the writing ended

	mu   sync.RWMutex // held for reading while a line enters
	shut bool         // none does any more
}

// Lines are about 350 bytes each: at most some 30 MB wait.
const (
	okLines     = 16_384
	failedLines = 65_536
)

func newRequestLog(w io.Writer) *requestLog {
	l := &requestLog{ok: make(chan RequestLine, okLines), failed: make(chan RequestLine, failedLines), over: make(chan error, 1)}
	go func() { l.over <- l.drain(w) }()
	return l
}

// write enters a line. One that comes after the end, of a request that was left behind,
// has its line already.
func (l *requestLog) write(line RequestLine) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.shut {
		return
	}
	if line.Outcome == outcome.OK {
		select {
		case l.ok <- line:
		default:
			l.lost.Add(1)
		}
		return
	}
	select {
	case l.failed <- line:
	default:
		l.lostFailed.Add(1)
	}
}

// lack counts lines that nobody wrote. l may be nil.
func (l *requestLog) lack(n int64) {
	if l != nil {
		l.lostFailed.Add(n)
	}
}

// drain writes until both buffers are closed and empty. After an error it only
// empties them.
func (l *requestLog) drain(w io.Writer) (failure error) {
	out := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(out)
	ok, failed := l.ok, l.failed
	for ok != nil || failed != nil {
		var line RequestLine
		var more bool
		select {
		case line, more = <-ok:
			if !more {
				ok = nil
				continue
			}
		case line, more = <-failed:
			if !more {
				failed = nil
				continue
			}
		}
		l.taken.Add(1)
		if failure == nil {
			failure = enc.Encode(line)
		}
	}
	if failure == nil {
		failure = out.Flush()
	}
	return failure
}

// logPatience is how long the end of a run waits for a log that takes nothing more: a
// pipe whose reader sleeps, a disk that hangs.
const logPatience = 10 * time.Second

var errLogStuck = errors.New("nothing more could be written for " + units.Length(logPatience))

// close waits until everything is written, as long as there is progress.
func (l *requestLog) close() (lost int64, err error) {
	l.mu.Lock()
	l.shut = true
	close(l.ok)
	close(l.failed)
	l.mu.Unlock()
	patience := time.NewTicker(logPatience)
	defer patience.Stop()
	for before := l.taken.Load(); ; before = l.taken.Load() {
		select {
		case err := <-l.over:
			return l.lost.Load() + l.lostFailed.Load(), err
		case <-patience.C:
			if l.taken.Load() == before {
				return l.lost.Load() + l.lostFailed.Load(), errLogStuck
			}
		}
	}
}
