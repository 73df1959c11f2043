package trace

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"flashwave/bench/arrival"
)

var asItWas = Options{Speed: 1, Scale: 1}

func write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "trace")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, text string, o Options) *Trace {
	t.Helper()
	tr, err := Open(write(t, text), o)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

const (
	mooncakeText = `{"timestamp": 27000, "input_length": 1300, "output_length": 52, "hash_ids": [46, 47, 48]}
{"timestamp": 30052, "input_length": 1400, "output_length": 26, "hash_ids": [46, 47, 49], "more": {"x": []}}
{"timestamp": 30052, "input_length": 20, "output_length": 7, "hash_ids": [50]}
`
	azureText = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:17:03.9799600,1300,52\r\n2023-11-16 18:17:07.0319600,1400,26\r\n2023-11-16 18:17:07.0319600,20,7"
	// Of a day later, with a zone.
	azureZoneText = "\ufeffTIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-10 00:00:00.009930+00:00,1300,52\n2024-05-10 00:00:03.061930+00:00,1400,26\n2024-05-10 00:00:03.061930+00:00,20,7\n"
	burstText     = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n5,ChatGPT,1300,52,1352,Conversation log\n8.052,GPT-4,1400,26,1426,API log\n8.052,GPT-4,20,7,27,API log\n"
	ownText       = `{"wave":"load","index":2,"outcome":"ok","scheduled_ms":3052,"queued_ms":0,"prompt_tokens":20,"output_tokens":7}
{"wave":"load","index":0,"outcome":"ok","scheduled_ms":0,"prompt_tokens":1300,"output_tokens":52}
{"wave":"load","index":1,"outcome":"ok","scheduled_ms":3052,"prompt_tokens":1400,"output_tokens":26}
`
)

// Each maker's file comes to the same load: two rows, and three.
func TestFormats(t *testing.T) {
	for name, text := range map[string]string{"mooncake": mooncakeText, "azure": azureText, "azure with zones": azureZoneText, "burst": burstText, "our own": ownText} {
		tr := open(t, text, asItWas)
		var at []time.Duration
		lengths := map[[2]int]bool{}
		for i := range tr.Len() {
			at = append(at, tr.At(i))
			r := tr.Row(i)
			lengths[[2]int{r.Input, r.Output}] = true
		}
		want := []time.Duration{0, 3052 * time.Millisecond, 3052 * time.Millisecond}
		if !slices.Equal(at, want) || !reflect.DeepEqual(lengths, map[[2]int]bool{{1300, 52}: true, {1400, 26}: true, {20, 7}: true}) {
			t.Errorf("%s: at %v, lengths %v", name, at, lengths)
		}
		if tr.MeanInput() != 907 || tr.MeanOutput() != 28 || tr.Longest() != 1400 || tr.Failed() != 0 {
			t.Errorf("%s: means %d and %d, longest %d", name, tr.MeanInput(), tr.MeanOutput(), tr.Longest())
		}
		p := arrival.Plan{Segments: tr.Curve}
		if err := p.Validate(); err != nil || !p.Exact() || p.Length() != 3052*time.Millisecond+1 {
			t.Errorf("%s: %v, %v long", name, err, p.Length())
		}
	}
	tr := open(t, mooncakeText, asItWas)
	if got := tr.Row(1).Hashes; !slices.Equal(got, []uint64{46, 47, 49}) || tr.Block() != 512 {
		t.Errorf("hashes %v of %d tokens", got, tr.Block())
	}
	if tr := open(t, "minute,requests\n0,60\n1,120\n", asItWas); tr.Len() != 0 || len(tr.Curve) != 2 {
		t.Errorf("a curve: %d requests, %d pieces", tr.Len(), len(tr.Curve))
	}
}

func TestSessions(t *testing.T) {
	tr := open(t, "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n1,0,2.5,ChatGPT,10,5,15,Conversation log\n4,abc,1,ChatGPT,10,5,15,Conversation log\n9,0,1,ChatGPT,30,5,35,Conversation log\n10,,,GPT-4,3,2,5,API log\n", asItWas)
	of := func(i int) uint64 { return tr.Row(i).Session }
	if of(0) == 0 || of(0) != of(2) || of(1) == of(0) || of(1) == 0 || of(3) != 0 {
		t.Errorf("sessions %d, %d, %d, %d", of(0), of(1), of(2), of(3))
	}
}

// Each lane of a run counts its own sessions from 0, so that those of two with one number
// are two; a lane's stays one, whatever its waves.
func TestSessionsOfLanes(t *testing.T) {
	tr := open(t, `{"wave":"w","lane":"a","session":0,"scheduled_ms":0,"prompt_tokens":9}
{"wave":"w","session":0,"scheduled_ms":1,"lane":"b","prompt_tokens":9}
{"wave":"x","session":0,"scheduled_ms":2,"lane":"a","prompt_tokens":9}
{"wave":"x","session":1,"scheduled_ms":3,"lane":"a","prompt_tokens":9}
{"wave":"x","session":0,"scheduled_ms":4,"prompt_tokens":9}
{"wave":"x","scheduled_ms":5,"lane":"a","prompt_tokens":9}
`, asItWas)
	seen := map[uint64][]int{}
	for i := range tr.Len() {
		seen[tr.Row(i).Session] = append(seen[tr.Row(i).Session], i)
	}
	if a := seen[tr.Row(0).Session]; len(seen) != 5 || !slices.Equal(a, []int{0, 2}) || tr.Row(5).Session != 0 {
		t.Errorf("sessions %v", seen)
	}
}

// Requests that failed have no lengths: they are taken for average ones.
func TestUnknownLengths(t *testing.T) {
	tr := open(t, "Timestamp,Request tokens,Response tokens\n1,100,10\n2,0,0\n3,300,30\n", asItWas)
	if r := tr.Row(1); r.Input != 200 || r.Output != 20 {
		t.Errorf("%+v", r)
	}
}

func TestSpeedScaleAndWindow(t *testing.T) {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, `{"timestamp": %d, "input_length": %d, "output_length": 1}`+"\n", 5000+1000*i, 100+i)
	}
	for _, c := range []struct {
		name   string
		o      Options
		n      int
		at     []time.Duration // of the first
		inputs []int
		length time.Duration
	}{
		{"as it was", Options{Speed: 1, Scale: 1}, 100, []time.Duration{0, time.Second}, []int{100, 101}, 99*time.Second + 1},
		{"ten times as fast", Options{Speed: 10, Scale: 1}, 100, []time.Duration{0, time.Second / 10}, []int{100, 101}, 99*time.Second/10 + 1},
		{"each fourth", Options{Speed: 1, Scale: 0.25}, 25, []time.Duration{3 * time.Second, 7 * time.Second}, []int{103, 107}, 99*time.Second + 1},
		{"two of each", Options{Speed: 1, Scale: 2}, 200, []time.Duration{0, time.Second / 2, time.Second}, []int{100, 100, 101}, 99*time.Second + 1},
		{"a window", Options{Speed: 1, Scale: 1, From: 10 * time.Second, To: 20 * time.Second}, 10, []time.Duration{0, time.Second}, []int{110, 111}, 10 * time.Second},
		{"to its end", Options{Speed: 1, Scale: 1, From: 90*time.Second + 1}, 9, []time.Duration{time.Second - 1}, []int{191}, 9*time.Second - 1 + 1},
		{"a window, faster", Options{Speed: 2, Scale: 1, From: 10 * time.Second, To: 20 * time.Second}, 10, []time.Duration{0, time.Second / 2}, []int{110}, 5 * time.Second},
		{"a window of a second", Options{Speed: 1000, Scale: 1, To: 20 * time.Second}, 20, []time.Duration{0, time.Millisecond}, []int{100}, time.Second},
	} {
		tr := open(t, b.String(), c.o)
		if tr.Len() != c.n || (arrival.Plan{Segments: tr.Curve}).Length() != c.length {
			t.Errorf("%s: %d requests in %v", c.name, tr.Len(), (arrival.Plan{Segments: tr.Curve}).Length())
		}
		for i, at := range c.at {
			if tr.At(i) != at {
				t.Errorf("%s: request %d at %v, want %v", c.name, i, tr.At(i), at)
			}
		}
		for i, n := range c.inputs {
			if tr.Row(i).Input != n {
				t.Errorf("%s: request %d has %d tokens, want %d", c.name, i, tr.Row(i).Input, n)
			}
		}
	}
	if twice := open(t, b.String(), Options{Speed: 1, Scale: 2}); twice.Row(0).Copy != 0 || twice.Row(1).Copy != 1 || twice.Row(2).Copy != 0 {
		t.Error("copies cannot be told from the recorded requests")
	}
	curve := open(t, "minute,requests\n0,60\n1,120\n2,180\n", Options{Speed: 2, Scale: 1, From: 90 * time.Second, To: 150 * time.Second})
	if len(curve.Curve) != 2 || curve.Curve[0].For != 15*time.Second || curve.Curve[1].From != 6 {
		t.Errorf("a window of a curve: %+v", curve.Curve)
	}
}

// Tokens of a block that other makers chose.
func TestBlock(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"timestamp": 0, "input_length": 100, "hash_ids": [1, 2, 3, 4, 5, 6, 7]}`, "16"},
		{`{"timestamp": 0, "input_length": 600, "hash_ids": [1, 2]}`, "512"},
		{`{"timestamp": 0, "input_length": 3000, "hash_ids": [1, 2, 3]}`, "1024"},
		{`{"timestamp": 0, "input_length": 30}`, "512"},
	} {
		if got := fmt.Sprint(open(t, c.text, asItWas).Block()); got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name, text string
		o          Options
		err        string
	}{
		{"nothing", "", asItWas, "F holds no request"},
		{"a header alone", "Timestamp,Request tokens,Response tokens\n", asItWas, "F holds no request"},
		{"no trace", "a,b\n1,2\n", asItWas, `F:1: unknown columns "a,b": ` + wanted},
		{"prompts", `{"prompt": "a"}`, asItWas, "F:1: the first object is of no known trace: " + wanted},
		{"a torn line", mooncakeText + `{"timestamp": 3`, asItWas, "F:4: not JSON: the line ends in the middle of it"},
		{"no time", mooncakeText + `{"input_length": 3}`, asItWas, "F:4: timestamp is missing"},
		{"no length", mooncakeText + `{"timestamp": 3}`, asItWas, "F:4: input_length is missing"},
		{"a time that is none", mooncakeText + `{"timestamp": "now", "input_length": 3}`, asItWas, "F:4: timestamp is not a number"},
		{"half a token", mooncakeText + `{"timestamp": 3, "input_length": 3.5}`, asItWas, "F:4: input_length is not a whole number of tokens"},
		{"less than none", mooncakeText + `{"timestamp": 3, "input_length": -3}`, asItWas, "F:4: input_length is not between 0 and 100000000"},
		{"hashes that are none", mooncakeText + `{"timestamp": 3, "input_length": 3, "hash_ids": ["a"]}`, asItWas, "F:4: hash_ids[0] is not a whole number"},
		{"another kind of line", mooncakeText + `7`, asItWas, "F:4: a row is an object, not a number"},
		{"a date that is none", azureText + "\n2023-13-16 18:17:03,1,2\n", asItWas, "F:5: timestamp is neither a number of seconds nor a date with a time"},
		{"too few columns", azureText + "\n2023-11-16 18:17:03,1\n", asItWas, "F:5: 2 columns, and the header has 3"},
		{"tokens that are none", azureText + "\n2023-11-16 18:17:03,1,x\n", asItWas, "F:5: generatedtokens is not a whole number of tokens"},
		{"two faults", "Timestamp,Request tokens,Response tokens\nx,1,1\n1,1,1\n2,x,1\n", asItWas, "F:2: timestamp is neither a number of seconds nor a date with a time; nor can line 4 be used"},
		{"a window behind its end", mooncakeText, Options{Speed: 1, Scale: 1, From: time.Hour}, "the window holds no request: the trace is 3.052 s long"},
		{"a window the wrong way round", mooncakeText, Options{Speed: 1, Scale: 1, From: 2, To: 1}, "the window ends before it begins"},
		{"no speed", mooncakeText, Options{Scale: 1}, "a speed of 0 is not possible: give more than 0"},
		{"no scale", mooncakeText, Options{Speed: 1}, "a scale of 0 is not possible: give more than 0"},
		{"so small a scale", mooncakeText, Options{Speed: 1, Scale: 0.01}, "at a scale of 0.01 nothing is left of 3 requests"},
		{"so large a scale", mooncakeText, Options{Speed: 1, Scale: 1e9}, "3,000,000,000 requests are more than a run replays: lower the scale"},
		{"a curve behind its end", "minute,requests\n0,1\n", Options{Speed: 1, Scale: 1, From: time.Hour}, "the window holds nothing: the trace is 1 min long"},
		{"no sessions", mooncakeText, Options{Speed: 1, Scale: 1, Sessions: true}, "no request names a session, so that there are no conversations to replay"},
		{"so long a trace", mooncakeText, Options{Speed: 1e-9, Scale: 1}, "the trace lasts longer than a year: raise its speed, or give a window"},
	} {
		path := write(t, c.text)
		tr, err := Open(path, c.o)
		if err == nil || strings.ReplaceAll(err.Error(), path, "F") != c.err || tr != nil {
			t.Errorf("%s: %v, want %s", c.name, err, c.err)
		}
	}
	o := asItWas
	o.SkipBad = true
	if tr := open(t, mooncakeText+"rubbish\n", o); tr.Len() != 3 || tr.Skipped().N != 1 {
		t.Errorf("%d left, %v", tr.Len(), tr.Skipped())
	}
}

// large writes a trace of so many rows in the layout of a maker.
func large(t testing.TB, rows int, line func(b []byte, i int) []byte, header string) string {
	path := filepath.Join(t.TempDir(), "large")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	b := []byte(header)
	for i := range rows {
		if b = line(b, i); len(b) > 1<<20 || i == rows-1 {
			if _, err := f.Write(b); err != nil {
				t.Fatal(err)
			}
			b = b[:0]
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// mooncakeLine is a usual line of it: some 7,000 tokens in 14 blocks.
func mooncakeLine(b []byte, i int) []byte {
	b = fmt.Appendf(b, `{"timestamp": %d, "input_length": %d, "output_length": %d, "hash_ids": [0`, i*3, 6700+i%400, 100+i%500)
	for j := range 13 {
		b = fmt.Appendf(b, ", %d", 13*i+j+1)
	}
	return append(b, "]}\n"...)
}

// A row costs 16 bytes, whatever stands in it.
func TestARowTakesLittleMemory(t *testing.T) {
	const rows = 200_000
	path := large(t, rows, mooncakeLine, "")
	before := inUse()
	tr, err := Open(path, asItWas)
	if err != nil {
		t.Fatal(err)
	}
	if grown := inUse() - before; grown > rows*16*13/10+1<<20 { // the slices grew, and have some to spare
		t.Errorf("%d rows take %d bytes", rows, grown)
	}
	if r := tr.Row(rows - 1); r.Input != 6700+(rows-1)%400 || len(r.Hashes) != 14 {
		t.Errorf("the last is %+v", r)
	}
}

func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func BenchmarkOpen(b *testing.B) {
	const rows = 1_000_000
	for _, c := range []struct {
		name, header string
		line         func(b []byte, i int) []byte
	}{
		{"mooncake", "", mooncakeLine},
		{"azure", "TIMESTAMP,ContextTokens,GeneratedTokens\n", func(b []byte, i int) []byte {
			return fmt.Appendf(b, "2024-05-10 %02d:%02d:%02d.%06d+00:00,%d,%d\n", i/60/60/20%24, i/20/60%60, i/20%60, i%20*50000, 100+i%4000, i%700)
		}},
		{"burst", "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n", func(b []byte, i int) []byte {
			return fmt.Appendf(b, "%d,ChatGPT,%d,%d,%d,Conversation log\n", i/3, 100+i%4000, i%700, 100+i%4000+i%700)
		}},
		{"own", "", func(b []byte, i int) []byte {
			at := float64(i) * 1.25
			return fmt.Appendf(b, `{"wave":"load","index":%d,"outcome":"ok","status":200,"scheduled_ms":%v,"queued_ms":0,"sent_ms":%v,"first_byte_ms":%v,"first_token_ms":%v,"first_answer_ms":%v,"last_token_ms":%v,"done_ms":%v,"stall_ms":6.3,"events":98,"prompt_tokens":%d,"cached_tokens":0,"output_tokens":98,"reasoning_tokens":0,"tokens_from":"usage","finish":"stop","request_id":"chatcmpl-%d"}`+"\n", i, at, at+0.1, at+12.5, at+12.5, at+12.5, at+400, at+400, 150+i%30, i)
		}},
	} {
		path := large(b, rows, c.line, c.header)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Open(path, asItWas); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Whatever a file holds, what is read of it can be replayed.
func FuzzOpen(f *testing.F) {
	for _, text := range []string{mooncakeText, azureText, azureZoneText, burstText, ownText, "minute,requests\n0,1\n", "[" + mooncakeText[:87] + "]"} {
		f.Add(text, 1.0, 1.0, uint16(0), uint16(0))
		f.Add(text, 3.0, 1.7, uint16(1), uint16(4000))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string, speed, scale float64, from, to uint16) {
		path := filepath.Join(dir, "f")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		tr, err := Open(path, Options{Speed: speed, Scale: min(scale, 10), From: time.Duration(from) * time.Millisecond, To: time.Duration(to) * time.Millisecond, SkipBad: from%2 == 1})
		if err != nil {
			return
		}
		if err := (arrival.Plan{Segments: tr.Curve}).Validate(); err != nil {
			t.Fatal(err)
		}
		for i := range min(tr.Len(), 100) {
			if r := tr.Row(i); r.Input < 0 || r.Output < 0 || tr.At(i) < 0 || i > 0 && tr.At(i) < tr.At(i-1) {
				t.Fatalf("row %d at %v: %+v", i, tr.At(i), r)
			}
		}
		if tr.Failed() > 0 || tr.Block() < 1 {
			t.Fatalf("%d failed, blocks of %d", tr.Failed(), tr.Block())
		}
	})
}
