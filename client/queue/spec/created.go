package spec

import "encoding/json"

// Created is what a payload says of when its task was created, a number or a text, at the
// place at which the template puts that in; "": it says nothing.
func (p Payload) Created(b []byte) any {
	var tree any
	if json.Unmarshal(b, &tree) != nil {
		return ""
	}
	if said := at(p.tree, tree); said != nil {
		return said
	}
	return ""
}

// at is what stands in a tree where a template has the time of creation.
func at(template, tree any) any {
	switch of := template.(type) {
	case map[string]any:
		m, _ := tree.(map[string]any)
		for word, v := range of {
			if said := at(v, m[word]); said != nil {
				return said
			}
		}
	case []any:
		list, _ := tree.([]any)
		for i := range min(len(of), len(list)) {
			if said := at(of[i], list[i]); said != nil {
				return said
			}
		}
	case string:
		if of != "{created}" && of != "{created_ms}" {
			return nil
		}
		switch tree.(type) {
		case string, float64:
			return tree
		}
	}
	return nil
}
