package items

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// read is what a file shows: line, place and bytes of each item.
func read(text string) (list []string, err error) {
	err = Read(strings.NewReader(text), func(i Item) error {
		list = append(list, fmt.Sprintf("%d@%d %s%v", i.Line, i.At, i.Bytes, map[bool]any{true: i.Err, false: ""}[i.Err != nil]))
		return nil
	})
	return list, err
}

func TestRead(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
		err        string
	}{
		{"nothing", "", nil, ""},
		{"white space alone", " \n\t\r\n", nil, ""},
		{"lines", "1\n\n 2 \r\n{\"a\": [3]}", []string{"1@0 1", "3@3  2 ", "4@8 {\"a\": [3]}"}, ""},
		{"a byte order mark", "\ufeff1\n2\n", []string{"1@3 1", "2@5 2"}, ""},
		{"blank lines first", "\n \n1\n", []string{"3@3 1"}, ""},
		{"lines that are no JSON", "hello\nworld", []string{"1@0 hello", "2@6 world"}, ""},
		{"an array", "[1,\n {\"a\": \"]\\\"\"},\n\n\"b\" ]\n", []string{"1@1 1", "2@5 {\"a\": \"]\\\"\"}", "4@20 \"b\""}, ""},
		{"an array of one", "\ufeff\n[ 1 ]", []string{"2@6 1"}, ""},
		{"an empty array", " [ ] ", nil, ""},
		{"an array that breaks off", "[1,\n2", []string{"1@1 1", "2@4 2"}, "line 2: the list has no end"},
		{"in the middle of a value", "[1,\n\"a", []string{"1@1 1"}, "line 2: not JSON: the line ends in the middle of it"},
		{"no comma", "[1\n2]", []string{"1@1 1"}, "line 2: not JSON"},
		{"no value", "[1,,2]", []string{"1@1 1"}, "line 1: not JSON: invalid character ',' looking for beginning of value"},
		{"gzip", "\x1f\x8b\x08\x00", nil, "line 1: the file is compressed: unpack it first"},
		{"zstd", "\x28\xb5\x2f\xfd", nil, "line 1: the file is compressed: unpack it first"},
		{"something follows", "[1]\n[2]", []string{"1@1 1"}, "line 2: something follows the list"},
	} {
		got, err := read(c.text)
		if !slices.Equal(got, c.want) || errText(err) != c.err {
			t.Errorf("%s: %q, %q; want %q, %q", c.name, got, errText(err), c.want, c.err)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// However few bytes a reader gives, and however large the items are.
func TestReadInPieces(t *testing.T) {
	var lines, array strings.Builder
	var want []string
	for i := range 300 {
		item := fmt.Sprintf(`{"n": %d, "text": "%s"}`, i, strings.Repeat("x\\n", i*i%5000))
		want = append(want, item)
		lines.WriteString(item + "\n")
		array.WriteString(map[bool]string{true: "[", false: ",\n"}[i == 0] + item)
	}
	array.WriteString("]")
	for _, text := range []string{lines.String(), array.String()} {
		for _, r := range []*strings.Reader{strings.NewReader(text)} {
			i, last := 0, 0
			err := Read(iotest.HalfReader(r), func(it Item) error {
				again, err := ReadAt(strings.NewReader(text), it.At)
				if string(it.Bytes) != want[i] || err != nil || string(again) != want[i] || it.Line <= last {
					t.Fatalf("item %d: %.40s, again %.40s, %v", i, it.Bytes, again, err)
				}
				last = it.Line
				i++
				return nil
			})
			if err != nil || i != len(want) {
				t.Errorf("%d items, %v", i, err)
			}
		}
	}
}

func TestReadALongLine(t *testing.T) {
	got, err := read("1\n\"" + strings.Repeat("a", MaxItem+1<<20) + "\"\n2\n\"" + strings.Repeat("b", MaxItem) + "\"")
	if err != nil || len(got) != 4 || got[0] != "1@0 1" || !strings.HasPrefix(got[1], "2@2 the line is longer") ||
		!strings.HasPrefix(got[2], "3@") || !strings.HasSuffix(got[2], " 2") || !strings.HasPrefix(got[3], "4@") {
		t.Errorf("%q, %v", got, err)
	}
	got, err = read("[\n\"" + strings.Repeat("a", MaxItem+1<<20) + "\",\n3]")
	if err != nil || len(got) != 2 || !strings.HasPrefix(got[0], "2@2 the line is longer") || !strings.HasSuffix(got[1], " 3") {
		t.Errorf("of an array: %.80q, %v", got, err)
	}
	if _, err := read("[\n\"" + strings.Repeat("a", 4*MaxItem) + "\"]"); !errors.Is(err, ErrLong) {
		t.Errorf("far too long: %v", err)
	}
}

func TestReadStops(t *testing.T) {
	stop := errors.New("enough")
	for _, text := range []string{"1\n2\n", "[1,2]"} {
		if err := Read(strings.NewReader(text), func(Item) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if err := Read(iotest.ErrReader(stop), func(Item) error { return nil }); !errors.Is(err, stop) {
		t.Errorf("a broken reader: %v", err)
	}
}

func TestTakingApart(t *testing.T) {
	const object = ` {"a": 1, "b\n\u00e9": [true, null, {"c": "d"}], "": "x\"y"} `
	if err := Check([]byte(object)); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := Object([]byte(object), func(key, value []byte) error {
		got = append(got, string(key)+"="+Kind(value))
		return Array(value, func(i int, v []byte) error {
			got = append(got, fmt.Sprint(i)+" "+Kind(v))
			return nil
		})
	})
	want := []string{"a=a number", "b\né=a list", "0 true or false", "1 null", "2 an object", "=a text"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	for _, text := range []string{`""`, ` "a\tb"`, `"\ud83d\ude00"`, `"\ud800"`} {
		var want string
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatal(err)
		}
		if got, ok := Text([]byte(text)); !ok || got != want {
			t.Errorf("%s is %q, want %q", text, got, want)
		}
	}
	if _, ok := Text([]byte("7")); ok {
		t.Error("a number is a text")
	}
}

// What this package takes for JSON is what encoding/json does.
func FuzzCheck(f *testing.F) {
	for _, text := range []string{`{"a": [1, -2.5e+3, "x\u00ff\n", true, null]}`, `[]`, `{}`, `"`, `01`, `1.`, `-`, `tru`, `[1,]`, `{"a":}`, "\"\x01\"", `{"a":1}x`, "\xff"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		err := Check(b)
		if deep := bytes.Count(b, []byte("[")) + bytes.Count(b, []byte("{")); deep >= maxDepth {
			return
		}
		if want := json.Valid(b) && bytes.Equal(bytes.ToValidUTF8(b, nil), b); (err == nil) != want {
			t.Fatalf("%q: %v", b, err)
		}
		if err != nil {
			return
		}
		var s string
		if isText := json.Unmarshal(b, &s) == nil && Kind(b) != Nothing; isText {
			if got, ok := Text(b); !ok || got != s {
				t.Fatalf("%q is %q, want %q", b, got, s)
			}
		}
		var keys map[string]json.RawMessage
		if json.Unmarshal(b, &keys) == nil {
			last := map[string]string{}
			_ = Object(b, func(key, value []byte) error {
				last[string(key)] = string(value)
				return nil
			})
			for key, value := range last {
				if string(keys[key]) != value {
					t.Fatalf("%q: %q is %s, want %s", b, key, value, keys[key])
				}
			}
		}
	})
}

// Of every file each item can be read again at its place.
func FuzzRead(f *testing.F) {
	f.Add("1\n{\"a\": 2}\n")
	f.Add("\ufeff [1, [2],\n{}]")
	f.Add("[1,\n2")
	f.Fuzz(func(t *testing.T, text string) {
		line := 0
		_ = Read(strings.NewReader(text), func(i Item) error {
			if i.Line < line || i.Line > 1+strings.Count(text, "\n") || i.Err != nil {
				t.Fatalf("%+v", i)
			}
			line = i.Line
			if !strings.HasPrefix(text[i.At:], string(i.Bytes)) {
				t.Fatalf("%q does not stand at %d of %q", i.Bytes, i.At, text)
			}
			again, err := ReadAt(strings.NewReader(text), i.At)
			if Check(i.Bytes) == nil && (err != nil || string(again) != string(bytes.TrimRight(i.Bytes, " \t\r\n"))) {
				t.Fatalf("%q again is %q, %v", i.Bytes, again, err)
			}
			return nil
		})
	})
}
