package tap

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Prefix is the path under which a tap answers by itself.
const Prefix = "/_flashwave/tap"

// callsPath is where the records are.
const callsPath = Prefix + "/calls"

// pulse is the time between two states that are told to whoever follows.
const pulse = time.Second

// few is how many records are told at once.
const few = 512

// state is the tap now.
func (t *Tap) state() *State {
	oldest, last := t.ring.bounds()
	return &State{ID: t.id, Now: int64(t.now()), Oldest: oldest, Last: last}
}

// tell answers what is asked of the tap itself.
func (t *Tap) tell(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "the records are read with GET", http.StatusMethodNotAllowed)
	case r.URL.Path == Prefix:
		w.Header().Set("Content-Type", "application/x-ndjson")
		_ = json.NewEncoder(w).Encode(Line{Tap: t.state()})
	case r.URL.Path == callsPath:
		t.tellCalls(w, r)
	default:
		http.Error(w, "a tap has "+Prefix+" and "+callsPath, http.StatusNotFound)
	}
}

// tellCalls tells the records after one, and, to whoever follows, those that come.
func (t *Tap) tellCalls(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	after, err := strconv.ParseUint(q.Get("after"), 10, 64)
	if q.Get("after") != "" && err != nil {
		http.Error(w, "after is the number of a record", http.StatusBadRequest)
		return
	}
	if of := q.Get("tap"); of != "" && of != t.id {
		after = 0
	}
	follows, _ := strconv.ParseBool(q.Get("follow"))
	w.Header().Set("Content-Type", "application/x-ndjson")
	out, control := json.NewEncoder(w), http.NewResponseController(w)
	beat := time.NewTicker(pulse)
	defer beat.Stop()
	if out.Encode(Line{Tap: t.state()}) != nil {
		return
	}
	for {
		list, more := t.ring.since(after, few)
		for i := range list {
			if out.Encode(Line{Call: &list[i]}) != nil {
				return
			}
			after = list[i].N
		}
		switch {
		case len(list) == few:
			continue
		case !follows || control.Flush() != nil:
			return
		}
		select {
		case <-more:
		case <-beat.C:
			if out.Encode(Line{Tap: t.state()}) != nil {
				return
			}
		case <-r.Context().Done():
			return
		case <-t.closing:
			return
		}
	}
}
