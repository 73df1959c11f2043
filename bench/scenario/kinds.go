package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"flashwave/bench/prompt"
)

// promptsField is builtin:NAME, synthetic:N, trace:FILE or a file.
func promptsField(word string, p *string) field {
	f := textField(word, p)
	return field{word, func(v value) error {
		if err := f.read(v); err != nil {
			return err
		}
		if file, ok := strings.CutPrefix(*p, prompt.FromTrace); ok {
			*p = prompt.FromTrace + v.absolute(file)
		} else if !made(*p) {
			*p = v.absolute(*p)
		}
		return nil
	}, f.write}
}

// made reports whether prompts are made by flashwave rather than read from a file.
func made(prompts string) bool {
	return prompts == "" || strings.HasPrefix(prompts, prompt.FromTrace) || strings.HasPrefix(prompts, "builtin:") || strings.HasPrefix(prompts, "synthetic:")
}

func labelsField(word string, p *map[string]string) field {
	return field{word, func(v value) error {
		keys, values, err := v.entries()
		if err != nil {
			return err
		}
		*p = map[string]string{}
		for i, key := range keys {
			if (*p)[key], err = values[i].text(); err != nil {
				return err
			}
		}
		return nil
	}, func() any { return unless(len(*p) == 0, writeLabels(*p)) }}
}

// headersField reads {K: V}. It never writes: values are not stored.
func headersField(word string, p *[]string) field {
	return field{word: word, read: func(v value) error {
		keys, values, err := v.entries()
		if err != nil {
			return err
		}
		*p = nil
		for i, key := range keys {
			v.origin.at[fmt.Sprintf("%s[%d]", v.path, i)] = values[i].position()
			s, err := values[i].text()
			if err != nil {
				return err
			}
			if (secret(key) || secret(strings.TrimPrefix(strings.ToLower(key), "x-"))) && !reference.MatchString(s) {
				return values[i].fail(headerHint, noSecret)
			}
			*p = append(*p, key+": "+s)
		}
		return nil
	}}
}

func seedField(word string, p *uint64) field {
	return scalar(word, func(s string) error {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return &Error{Message: "not a whole number of 0 or more"}
		}
		*p = n
		return nil
	}, func() any { return yamlText(strconv.FormatUint(*p, 10)) })
}

func sizeField(word string, p *Size) field {
	return scalar(word, func(s string) (err error) {
		*p, err = ParseSize(s)
		return err
	}, func() any { return unless(*p == 0, yamlText(p.String())) })
}

func moneyField(word string, p *float64) field {
	return scalar(word, func(s string) (err error) {
		*p, err = ParseMoney(s)
		return err
	}, func() any { return unless(*p == 0, yamlText(money(*p))) })
}

func priceField(word string, p **Price) field {
	fields := func(price *Price) []field {
		return []field{
			numberField("input", &price.Input, math.NaN()),
			numberField("output", &price.Output, math.NaN()),
			numberField("cached", &price.Cached, 0),
			numberField("cache_written", &price.CacheWritten, 0),
		}
	}
	return field{word, func(v value) error {
		*p = &Price{Input: math.NaN(), Output: math.NaN()}
		if err := v.mapping(v, fields(*p)); err != nil {
			return err
		}
		if math.IsNaN((*p).Input) || math.IsNaN((*p).Output) {
			return v.fail("write USD per million tokens: {input: 0.42, output: 0.42}", "a price needs both input and output")
		}
		return nil
	}, func() any {
		if *p == nil {
			return nil
		}
		return written(fields(*p))
	}}
}

// temperatureField is a number, or null for the endpoint's own.
func temperatureField(word string, p **float64) field {
	return field{word, func(v value) error {
		if n, null := v.node.(*ast.NullNode); null && n.GetToken().Type == token.NullType {
			*p = nil
			return nil
		}
		var t float64
		*p = &t
		return numberField(word, &t, 0).read(v)
	}, func() any {
		if *p == nil {
			return nil
		}
		return yamlText(strconv.FormatFloat(**p, 'f', -1, 64))
	}}
}

// rateField is 200/m, 200/m..12000/m or {from, to}.
func rateField(word string, p **Rate) field {
	line := scalar(word, func(s string) error {
		r, err := parseLine(s)
		*p = &r
		return err
	}, nil)
	return field{word, func(v value) error {
		if _, ok := v.node.(*ast.MappingNode); !ok {
			return line.read(v)
		}
		r := Rate{From: PerSecond(math.NaN()), To: PerSecond(math.NaN())}
		if err := v.mapping(v, []field{endField("from", &r.From), endField("to", &r.To)}); err != nil {
			return err
		}
		if math.IsNaN(float64(r.From)) || math.IsNaN(float64(r.To)) {
			return v.fail("write rate: {from: 200/m, to: 12000/m}", "a ramp needs both from and to")
		}
		*p = &r
		return nil
	}, func() any {
		switch {
		case *p == nil:
			return nil
		case (*p).From == (*p).To:
			return yamlText((*p).String())
		}
		from, to, _ := strings.Cut((*p).String(), "..")
		return yamlMap{{"from", yamlText(from)}, {"to", yamlText(to)}}
	}}
}

func endField(word string, p *PerSecond) field {
	return scalar(word, func(s string) (err error) {
		*p, err = ParseRate(s)
		return err
	}, nil)
}

// traceField is FILE[@SPEED[xSCALE]][#FROM..TO] or {file, speed, scale, from, to}.
func traceField(word string, p **Trace) field {
	fields := func(t *Trace) []field {
		return []field{
			fileField("file", &t.File),
			numberField("speed", &t.Speed, 1),
			numberField("scale", &t.Scale, 1),
			durationField("from", &t.From, true),
			durationField("to", &t.To, true),
		}
	}
	short := scalar(word, func(s string) (err error) {
		*p, err = parseTrace(s)
		return err
	}, nil)
	return field{word, func(v value) error {
		if _, ok := v.node.(*ast.MappingNode); ok {
			*p = &Trace{Speed: 1, Scale: 1}
			return v.mapping(v, fields(*p))
		}
		if err := short.read(v); err != nil {
			return err
		}
		(*p).File = v.absolute((*p).File)
		return nil
	}, func() any {
		if *p == nil {
			return nil
		}
		return written(fields(*p))
	}}
}

// bodyField is a JSON object, as YAML or as JSON in one text.
func bodyField(word string, p *json.RawMessage) field {
	return field{word, func(v value) error {
		if text, err := v.text(); err == nil {
			var compact bytes.Buffer
			if err := json.Compact(&compact, []byte(text)); err != nil {
				return v.fail(`for example {"top_p": 0.9}`, "%s is not a JSON object: %v", word, err)
			}
			*p = someBody(compact.Bytes())
			return nil
		}
		data, err := v.json()
		*p = someBody(data)
		return err
	}, func() any { return unless(len(*p) == 0, quote(string(*p))) }}
}

// someBody is nothing for an object without members.
func someBody(data []byte) json.RawMessage {
	if string(data) == "{}" {
		return nil
	}
	return data
}
