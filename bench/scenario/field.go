package scenario

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A field is one word of the file: how its value is read, and written again. One
// table serves both, so that what is written is what can be read.
type field struct {
	word  string
	read  func(value) error
	write func() any // yamlText, yamlMap or yamlList; nil leaves the word out
}

// scalar is a field whose value is one text.
func scalar(word string, read func(string) error, write func() any) field {
	return field{word, func(v value) error {
		s, err := v.text()
		if err != nil {
			return err
		}
		if err := read(s); err != nil {
			return v.wrap(s, err)
		}
		return nil
	}, write}
}

// textField is any text.
func textField(word string, p *string) field {
	return scalar(word, func(s string) error {
		*p = s
		return nil
	}, func() any { return unless(*p == "", quote(*p)) })
}

// neededField is a text that has a default and is never empty.
func neededField(word string, p *string) field {
	f := textField(word, p)
	return field{word, func(v value) error {
		if err := f.read(v); err != nil {
			return err
		}
		if *p == "" {
			return v.fail("leave the word out for its default", "%s is empty", word)
		}
		return nil
	}, f.write}
}

// fileField is a path, which counts from the scenario's folder.
func fileField(word string, p *string) field {
	f := textField(word, p)
	return field{word, func(v value) error {
		if err := f.read(v); err != nil {
			return err
		}
		*p = v.absolute(*p)
		return nil
	}, f.write}
}

func (r *reader) absolute(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(r.dir, name)
}

// flagField is true or false; standard is left out when it is written.
func flagField(word string, p *bool, standard bool) field {
	return scalar(word, func(s string) error {
		switch s {
		case "true":
			*p = true
		case "false":
			*p = false
		default:
			return &Error{Message: "neither true nor false"}
		}
		return nil
	}, func() any { return unless(*p == standard, yamlText(strconv.FormatBool(*p))) })
}

// countField is a whole number from least to most; 0 is left out unless it can be
// read and so means something.
func countField(word string, p *int, least, most int) field {
	return scalar(word, func(s string) (err error) {
		*p, err = wholeNumber(s, least, most)
		return err
	}, func() any { return unless(*p == 0 && least > 0, yamlText(strconv.Itoa(*p))) })
}

// durationField is a duration; where 0s means "not given", above is true and it
// cannot be read.
func durationField(word string, p *Duration, above bool) field {
	return scalar(word, func(s string) (err error) {
		*p, err = ParseDuration(s)
		if err == nil && above && *p == 0 {
			return &Error{Message: "not more than 0s"}
		}
		return err
	}, func() any { return unless(*p == 0 && above, yamlText(p.String())) })
}

// numberField is any finite number; standard is left out when it is written.
func numberField(word string, p *float64, standard float64) field {
	return scalar(word, func(s string) error {
		v, ok := decimal(s)
		if !ok {
			return &Error{Message: "not a number"}
		}
		*p = v
		return nil
	}, func() any { return unless(*p == standard, yamlText(strconv.FormatFloat(*p, 'f', -1, 64))) })
}

// textsField is a list of texts; one text alone will do.
func textsField(word string, p *[]string) field {
	return field{word, func(v value) error {
		if s, err := v.text(); err == nil {
			*p = []string{s}
			return nil
		}
		items, err := v.items()
		if err != nil {
			return err
		}
		*p = nil
		for _, item := range items {
			s, err := item.text()
			if err != nil {
				return err
			}
			*p = append(*p, s)
		}
		return nil
	}, func() any {
		list := yamlList{}
		for _, s := range *p {
			list = append(list, quote(s))
		}
		return unless(len(list) == 0, list)
	}}
}

// section is a mapping with fields of its own.
func section(word string, fields []field) field {
	return field{word, func(v value) error {
		return v.mapping(v, fields)
	}, func() any {
		m := written(fields)
		return unless(len(m) == 0, m)
	}}
}

// written is what the fields write.
func written(fields []field) yamlMap {
	var m yamlMap
	for _, f := range fields {
		if f.write == nil {
			continue
		}
		if v := f.write(); v != nil {
			m = append(m, yamlPair{f.word, v})
		}
	}
	return m
}

// unless is v, or nothing.
func unless(left bool, v any) any {
	if left {
		return nil
	}
	return v
}

// secrets are words under which other tools want a key's value.
var secrets = []string{
	"key", "api_key", "apikey", "token", "api_token", "access_token", "auth_token", "bearer", "bearer_token",
	"secret", "secret_key", "api_secret", "password", "passwd", "authorization", "auth", "credentials",
}

func secret(word string) bool {
	return slices.Contains(secrets, strings.ToLower(strings.ReplaceAll(word, "-", "_")))
}

const (
	noSecret     = "a key is never written in a scenario"
	noSecretHint = "use key_env: NAME of the environment variable that holds it, or key_file: PATH"
)

// unknownKey explains a word that is none of the fields.
func unknownKey(key string, fields []field) (message, hint string) {
	if secret(key) {
		return noSecret, noSecretHint
	}
	message = fmt.Sprintf("unknown key %q", brief(key))
	words := make([]string, len(fields))
	for i, f := range fields {
		words[i] = f.word
	}
	hint = didYouMean(key, words)
	if strings.HasPrefix(hint, "did") {
		return message, hint
	}
	if room := roomOf(key); room != "" {
		return message, fmt.Sprintf("%s stands %s", key, room)
	}
	return message, hint
}

// roomOf tells where a word of the file belongs; "" if it is no word at all.
func roomOf(key string) string {
	s := Default()
	rooms := []struct {
		where  string
		fields []field
	}{
		{"under target:", s.Target.fields()},
		{"under workload:, a lane's own under lanes:", s.Workload.fields()},
		{"at a wave, in the list waves:", new(Wave).fields()},
		{"at the top, beside target: and waves:", s.fields()},
	}
	for _, room := range rooms {
		if slices.ContainsFunc(room.fields, func(f field) bool { return f.word == key }) {
			return room.where
		}
	}
	return ""
}
