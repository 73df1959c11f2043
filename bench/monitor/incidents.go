package monitor

import (
	"fmt"
	"slices"
	"time"

	"flashwave/bench/monitor/alert"
	"flashwave/bench/monitor/history"
	"flashwave/bench/monitor/objective"
	"flashwave/bench/result"
	"flashwave/bench/units"
)

// remember takes up the incidents that an earlier process left open, and tells of those
// that it did not come to tell of.
func (m *Monitor) remember() {
	for _, i := range m.Past.Incidents {
		k := slices.IndexFunc(m.list, func(w *watched) bool { return w.Name == i.Target })
		if k < 0 {
			continue // it is not watched any more
		}
		m.incidents = append(m.incidents, incidentOf(i))
		if i.Closed != 0 {
			continue
		}
		w := m.list[k]
		w.open = &i
		w.held = objective.State{Open: true, Pair: objective.Pair{Rate: i.Rate, Long: i.Long, Short: i.Short}, Since: i.Opened.Time()}
		m.outbox.Send(w.breach(i), i.Told...)
	}
}

// look looks whether an incident opens or closes.
func (w *watched) look(at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	over := func(last time.Duration) objective.Tally { return w.series.Over(at, last) }
	held, change := w.held.Look(at, w.Objective, w.series.Known(at), over)
	w.held = held
	switch change {
	case objective.Opened:
		i := history.Incident{
			ID: fmt.Sprintf("%s@%d", w.Name, at.Unix()), Target: w.Name, Opened: history.InMillis(at),
			Rate: held.Pair.Rate, Long: held.Pair.Long, Short: held.Pair.Short, Why: w.lastBad,
		}
		w.open, w.row = &i, nil
		m := w.breach(i)
		w.m.incident(at, i, m)
		w.m.outbox.Send(m)
		if w.state == Up {
			w.answers()
		}
	case objective.Closed:
		i := *w.open
		i.Closed = history.InMillis(at)
		w.open, w.row = nil, nil
		m := w.recovery(at, i)
		w.m.incident(at, i, m)
		w.m.outbox.Send(m)
		if w.last != nil && (w.last.Good || w.last.Unjudged) && w.state == Degraded {
			w.answers()
		}
	}
}

// incident takes in that an incident has opened, or closed.
func (m *Monitor) incident(at time.Time, i history.Incident, msg alert.Message) {
	m.Log.Append(at, history.Record{Incident: &i})
	kind := Opened
	if i.Closed != 0 {
		kind = Closed
	}
	m.tell(Event{Kind: kind, Target: i.Target, Text: msg.Text})
	m.mu.Lock()
	defer m.mu.Unlock()
	k := slices.IndexFunc(m.incidents, func(known Incident) bool { return known.ID == i.ID })
	if k < 0 {
		m.incidents = append(m.incidents, incidentOf(i))
	} else {
		i.Told = m.incidents[k].Told
		m.incidents[k] = incidentOf(i)
	}
	if n := len(m.incidents) - mostIncidents; n > 0 {
		m.incidents = append(m.incidents[:0], m.incidents[n:]...)
	}
}

// mostIncidents is how many incidents a monitor remembers.
const mostIncidents = 500

// told takes in that a message was delivered.
func (m *Monitor) told(channel string, msg alert.Message) {
	i := history.Incident{ID: msg.Incident, Target: msg.Target}
	if msg.Kind == alert.Recovery {
		i.Recovered = []string{channel}
	} else {
		i.Told = []string{channel}
	}
	m.mu.Lock()
	k := slices.IndexFunc(m.incidents, func(known Incident) bool { return known.ID == i.ID })
	if k >= 0 {
		i.Opened = history.InMillis(m.incidents[k].OpenedAt)
		if msg.Kind != alert.Recovery {
			m.incidents[k].Told = append(slices.Clip(m.incidents[k].Told), channel)
		}
	}
	m.mu.Unlock()
	if k >= 0 {
		m.Log.Append(msg.At, history.Record{Incident: &i})
	}
}

// message is what is told of an incident. w.mu is held, or nobody else has w yet.
func (w *watched) message(kind alert.Kind, at time.Time, id, text string) alert.Message {
	hour := w.series.Over(at, time.Hour)
	m := alert.Message{
		Kind: kind, Monitor: w.m.Name, Target: w.Name, Incident: id, At: at.UTC(), Text: text,
		Objective: new(float64(w.Objective)), LastError: w.lastBad,
	}
	if share, ok := hour.Availability(); ok {
		m.Availability = &share
	}
	if burn, ok := w.Objective.Burn(hour); ok {
		m.BurnRate = &burn
	}
	if h := w.series.Latency(history.TTFT, at, recently); h.Count() > 0 {
		m.TTFTP95MS = new(result.Millis(h.Quantile(0.95)))
	}
	return m
}

// breach tells of an incident that has opened.
func (w *watched) breach(i history.Incident) alert.Message {
	at := i.Opened.Time()
	long := w.series.Over(at, i.Long)
	burn, _ := w.Objective.Burn(long)
	text := fmt.Sprintf("%s breaks its objective of %s: %s of %s in %s were bad, %s the budget",
		w.label(), units.Bound(float64(w.Objective), units.Ratio), units.Count(long.Bad()), w.probes(long.All),
		units.Length(min(i.Long, max(w.series.Known(at), time.Minute).Round(time.Minute))), units.Factor(burn))
	if i.Why != "" {
		text += "; last: " + i.Why
	}
	return w.message(alert.Breach, at, i.ID, text)
}

// recovery tells that an incident is over.
func (w *watched) recovery(at time.Time, i history.Incident) alert.Message {
	lasted := at.Sub(i.Opened.Time())
	text := fmt.Sprintf("%s keeps its objective of %s again, after %s",
		w.label(), units.Bound(float64(w.Objective), units.Ratio), units.Duration(lasted))
	m := w.message(alert.Recovery, at, i.ID, text)
	m.DurationS = new(lasted.Seconds())
	return m
}

// expiresSoon is how long before its end a certificate is worth a word.
const expiresSoon = 14 * 24 * time.Hour

// expiry is when the certificate ends; nil: there is none.
func (t *Target) expiry() *time.Time {
	if t.expires == nil {
		return nil
	}
	if at := t.expires.Load(); at != 0 {
		return new(time.Unix(at, 0).UTC())
	}
	return nil
}

// certificate tells, once, of a certificate that expires soon.
func (w *watched) certificate(at time.Time) {
	end := w.expiry()
	if end == nil || end.Sub(at) > expiresSoon {
		return
	}
	id := fmt.Sprintf("%s certificate %d", w.Name, end.Unix())
	w.m.mu.Lock()
	known := slices.ContainsFunc(w.m.incidents, func(i Incident) bool { return i.ID == id })
	w.m.mu.Unlock()
	if known {
		return
	}
	text := fmt.Sprintf("the certificate of %s expires in %s", w.Name, units.Duration(end.Sub(at)))
	i := history.Incident{ID: id, Target: w.Name, Opened: history.InMillis(at), Closed: history.InMillis(at), Why: text}
	w.mu.Lock()
	m := w.message(alert.Certificate, at, id, text)
	w.mu.Unlock()
	m.Expires = new(end.Format(time.RFC3339))
	w.m.incident(at, i, m)
	w.m.outbox.Send(m)
}
