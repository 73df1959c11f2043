package price

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

const inputKey = "input_cost_per_token"

// liteLLMHosts maps LiteLLM's providers that have one public endpoint to its
// host. Others (clouds with a host per region or customer, gateways, local
// servers) are not in it: their prices are for any host.
var liteLLMHosts = map[string]string{
	"anthropic":              "api.anthropic.com",
	"cerebras":               "api.cerebras.ai",
	"codestral":              "codestral.mistral.ai",
	"cohere":                 "api.cohere.com",
	"cohere_chat":            "api.cohere.com",
	"deepinfra":              "api.deepinfra.com",
	"deepseek":               "api.deepseek.com",
	"fireworks_ai":           "api.fireworks.ai",
	"gemini":                 "generativelanguage.googleapis.com",
	"groq":                   "api.groq.com",
	"hyperbolic":             "api.hyperbolic.xyz",
	"mistral":                "api.mistral.ai",
	"moonshot":               "api.moonshot.ai",
	"openai":                 "api.openai.com",
	"openrouter":             "openrouter.ai",
	"perplexity":             "api.perplexity.ai",
	"sambanova":              "api.sambanova.ai",
	"text-completion-openai": "api.openai.com",
	"together_ai":            "api.together.xyz",
	"xai":                    "api.x.ai",
}

// liteLLMEntry is what flashwave reads of a model in LiteLLM's file; costs are
// USD per token.
type liteLLMEntry struct {
	Provider string   `json:"litellm_provider"`
	Mode     string   `json:"mode"`
	Input    *float64 `json:"input_cost_per_token"`
	Cached   *float64 `json:"cache_read_input_token_cost"`
	Written  *float64 `json:"cache_creation_input_token_cost"`
	Output   *float64 `json:"output_cost_per_token"`
	Source   string   `json:"source"`
}

// parseLiteLLM reads LiteLLM's model_prices_and_context_window.json. Of its
// entries the text models with a price count; a price of 0 in both directions is
// how that file says that it knows none.
func parseLiteLLM(file string, top map[string]json.RawMessage) (*Book, error) {
	b := &Book{}
	for _, id := range slices.Sorted(maps.Keys(top)) {
		if id == "sample_spec" || !strings.HasPrefix(string(top[id]), "{") {
			continue // a description of the format, dates and the like
		}
		var e liteLLMEntry
		if err := json.Unmarshal(top[id], &e); err != nil {
			return nil, &Error{File: file, Message: fmt.Sprintf("%s: %s", id, wrongType(err))}
		}
		p, ok, problem := e.price(id)
		if problem != "" {
			return nil, &Error{File: file, Message: fmt.Sprintf("%s: %s", id, problem)}
		}
		if ok {
			b.add(p)
		}
	}
	if len(b.prices) == 0 {
		return nil, &Error{File: file, Message: "no prices in it", Hint: hint}
	}
	return b, nil
}

func (e liteLLMEntry) price(id string) (p Price, ok bool, problem string) {
	if e.Input == nil || e.Output == nil || *e.Input == 0 && *e.Output == 0 {
		return p, false, ""
	}
	if !slices.Contains([]string{"", "chat", "completion", "responses"}, e.Mode) {
		return p, false, ""
	}
	p = Price{Host: liteLLMHosts[e.Provider], Model: id, Source: e.Source}
	if p.Source == "" {
		p.Source = "LiteLLM model_prices_and_context_window.json"
	}
	if p.Host != "" {
		p.Model = strings.TrimPrefix(id, e.Provider+"/")
	} else if e.Provider != "" {
		p.Note = "as sold by " + e.Provider
	}
	p.Input, p.Output = scale(*e.Input), scale(*e.Output)
	if e.Cached != nil {
		p.Cached = scale(*e.Cached)
	}
	if e.Written != nil {
		p.CacheWritten = scale(*e.Written)
	}
	for _, v := range []float64{p.Input, p.Cached, p.CacheWritten, p.Output} {
		if v < 0 || math.IsInf(v, 0) {
			return p, false, "a cost must be 0 or more USD per token"
		}
		if v > MaxPrice {
			return p, false, fmt.Sprintf("a cost must be at most %v USD per token", MaxPrice/perMillion)
		}
	}
	return p, strings.TrimSpace(p.Model) != "", ""
}

// scale turns USD per token into USD per million, without the binary noise of
// the multiplication: 3e-07 is 0.3.
func scale(perToken float64) float64 {
	const steps = 1e9 // a billionth of a dollar is less than any price list shows
	v := perToken * perMillion
	if rounded := math.Round(v*steps) / steps; !math.IsInf(rounded, 0) {
		return rounded
	}
	return v
}

func wrongType(err error) string {
	var typed *json.UnmarshalTypeError
	if errors.As(err, &typed) {
		return fmt.Sprintf("%s is a %s", typed.Field, typed.Value)
	}
	return err.Error()
}
