package history

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"flashwave/bench/files"
	"flashwave/bench/searches"
	"flashwave/bench/store"
)

// Find is the whole id of what a reference means: an id or its unique beginning, "latest"
// for the newest run, "latest~1" for the one before it and so on.
func (h *History) Find(ref string) (string, error) {
	if strings.HasPrefix(ref, searches.Prefix) {
		return h.Searches.Find(ref)
	}
	return h.Runs.Find(ref)
}

// Remove removes a run or a search for good, by its whole id, unless it goes on.
func (h *History) Remove(id string) error {
	if isSearch(id) {
		return h.Searches.Remove(id)
	}
	return h.Runs.Remove(id, time.Now())
}

// Rename gives a run or a search another name, by its whole id, unless it goes on. The
// scenario that it holds keeps its own: that is what was run.
func (h *History) Rename(id, name string) error {
	if strings.TrimSpace(name) == "" {
		return errors.New("a name is not empty")
	}
	return h.edit(id, files.Change{"name": func(json.RawMessage) (any, error) { return name, nil }})
}

// Label sets labels of a run or a search, by its whole id, unless it goes on; nil takes
// one away. All others stay.
func (h *History) Label(id string, labels map[string]*string) error {
	return h.edit(id, files.Change{"labels": func(raw json.RawMessage) (any, error) {
		have := map[string]string{}
		if err := json.Unmarshal(raw, &have); err != nil {
			return nil, fmt.Errorf("its labels: %w", err)
		}
		if have == nil { // there were none
			have = map[string]string{}
		}
		for key, value := range labels {
			if value != nil {
				have[key] = *value
			}
		}
		maps.DeleteFunc(have, func(key, _ string) bool {
			value, named := labels[key]
			return named && value == nil
		})
		return have, nil
	}})
}

// Labels reads what [History.Label] takes: k=v sets a label, and k- takes one away.
func Labels(texts []string) (map[string]*string, error) {
	labels := map[string]*string{}
	for _, text := range texts {
		key, value, set := strings.Cut(text, "=")
		if !set {
			var away bool
			if key, away = strings.CutSuffix(text, "-"); !away {
				key = ""
			}
		}
		if key == "" {
			return nil, fmt.Errorf("%s: want k=v, or k- to take k away", text)
		}
		if labels[key] = nil; set {
			labels[key] = &value
		}
	}
	return labels, nil
}

func (h *History) edit(id string, c files.Change) error {
	if isSearch(id) {
		return h.Searches.Edit(id, c)
	}
	return h.Runs.Edit(id, time.Now(), c)
}

// GoesOn reports whether a run or a search has not come to its end.
func (h *History) GoesOn(id string) bool {
	if isSearch(id) {
		return h.Searches.GoesOn(id)
	}
	return h.Runs.GoesOn(id, time.Now())
}

// Size is how many bytes a run or a search takes on disk.
func (h *History) Size(id string) int64 {
	if isSearch(id) {
		return h.Searches.Size(id)
	}
	return h.Runs.Size(id)
}

// Spare is what of those that are asked for is surplus, the newest first. What goes on,
// and what does not say when it began, never is.
func (h *History) Spare(q Query, s Surplus) ([]Kept, error) {
	d, err := h.List(q)
	if err != nil {
		return nil, err
	}
	list := []Kept{}
	for _, k := range d.Kept[min(s.Keep, len(d.Kept)):] {
		began, ok := beganAt(k.ID)
		if ok && (s.Before.IsZero() || began.Before(s.Before)) && (k.Complete || !h.GoesOn(k.ID)) {
			list = append(list, k)
		}
	}
	return list, nil
}

// beganAt is when something began as its id says, which even what is broken has.
func beganAt(id string) (time.Time, bool) {
	if isSearch(id) {
		return searches.Kind.Began(id)
	}
	return store.Kind.Began(id)
}

func isSearch(id string) bool { return strings.HasPrefix(id, searches.Prefix) }
