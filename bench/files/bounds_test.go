package files

import (
	"strings"
	"testing"
)

// Few bytes may ask for very much memory: what asks for too much is refused by its name.
func TestDocumentsAreBounded(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"six million rows": {`{"schema":"x","timeline":[` + strings.Repeat("{},", 6_000_000) + `{}]}`, `there are more than 50000 entries in "timeline"`},
		"many lists":       {`{"waves":[` + strings.Repeat(`{"errors":[`+strings.Repeat("{},", 20)+`{}]},`, 20_000) + `{}]}`, `there are more than 200000 entries, up to "waves"`},
		"labels":           {`{"labels":{` + strings.Repeat(`"a":"",`, 3_000_000) + `"a":""}}`, `there are more than 2000000 values, up to "labels"`},
		"numbers":          {`{"x":[` + strings.Repeat("1,", 3_000_000) + `1]}`, `there are more than 2000000 values, up to "x"`},
		"depth":            {strings.Repeat("[", 100_000), "more than 1000 levels of nesting"},
		"texts":            {`{"name":"` + strings.Repeat(`{},[\"{`, 1_000_000) + `"}`, ""},
		"what a run has":   {`{"timeline":[` + strings.Repeat(`{"waves":["a","b"]},`, 600) + `{}]}`, ""},
		"nothing":          {"", ""},
		"closed too often": {"}}]]", ""},
		"an open text":     {`{"a`, ""},
		"a torn escape":    {`{"a\`, ""},
	} {
		err := CheckJSON([]byte(c.text))
		if got := ""; err != nil {
			got = err.Error()
			if got != c.want {
				t.Errorf("%s: %s, want %q", name, got, c.want)
			}
		} else if c.want != "" {
			t.Errorf("%s is not refused", name)
		}
	}
}
