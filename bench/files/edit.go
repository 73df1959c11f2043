package files

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
)

// A Change is what some members of a JSON object become, by their keys: each is made of
// what is there, null if nothing is.
type Change map[string]func(json.RawMessage) (any, error)

// EditJSON changes members of a document of our own of at most so many bytes, or, if a
// key is named, of the object that it holds there. All else stays as it is written, keys
// of later versions too, and in its order. The file is changed as a whole or not at all;
// who else changes it meanwhile must be kept away by the caller.
func EditJSON(path string, most int64, within string, c Change) error {
	data, err := Read(path, most)
	if err == nil {
		err = CheckJSON(data)
	}
	if err != nil {
		return err
	}
	changed, err := c.apply(data, within)
	if err != nil {
		return err
	}
	return WriteJSON(path, json.RawMessage(changed))
}

// A member is one of an object, as it is written.
type member struct {
	key   string
	value json.RawMessage
}

// apply changes an object, or the one that it holds.
func (c Change) apply(object []byte, within string) ([]byte, error) {
	list, err := members(object)
	if err != nil {
		return nil, err
	}
	if within != "" {
		at := slices.IndexFunc(list, func(m member) bool { return m.key == within })
		if at < 0 {
			return nil, errors.New("it holds no " + within)
		}
		if list[at].value, err = c.apply(list[at].value, ""); err != nil {
			return nil, err
		}
		return written(list)
	}
	for key, change := range c {
		at := slices.IndexFunc(list, func(m member) bool { return m.key == key })
		if at < 0 { // behind the schema, where whoever reads the head alone finds it
			at = min(1, len(list))
			list = slices.Insert(list, at, member{key: key, value: json.RawMessage("null")})
		}
		value, err := change(list[at].value)
		if err != nil {
			return nil, err
		}
		if list[at].value, err = json.Marshal(value); err != nil {
			return nil, err
		}
	}
	return written(list)
}

// members are those of an object, in their order.
func members(object []byte) (list []member, err error) {
	d := json.NewDecoder(bytes.NewReader(object))
	if token, err := d.Token(); err != nil || token != json.Delim('{') || !json.Valid(object) {
		return nil, errors.Join(errors.New("it is no JSON object"), err)
	}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		m := member{key: token.(string)} // in an object nothing else stands there
		if err := d.Decode(&m.value); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// written is an object of these members.
func written(list []member) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range list {
		key, err := json.Marshal(m.key)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(m.value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
