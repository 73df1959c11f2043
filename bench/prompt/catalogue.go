package prompt

import (
	"embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
)

// The workloads built in, a file each: a new catalogue is a new file.
//
//go:embed catalogue/*.json
var catalogues embed.FS

// variants is how often each product is asked about in each tone, every time with
// other features; features is with how many. A category needs variants +
// features − 1 of them.
const (
	variants = 4
	features = 4
)

// A catalogue is a shop that wants its products described.
type catalogue struct {
	System     string   `json:"system"`
	Request    string   `json:"request"` // with {product_name}, {category}, {features}, {tone}
	Tones      []string `json:"tones"`
	Categories []struct {
		Name     string   `json:"name"`
		Products []string `json:"products"`
		Features []string `json:"features"` // true of every product of the category
	} `json:"categories"`
}

// Builtins lists the workloads built in, as [Open] takes them.
func Builtins() []string {
	files, err := catalogues.ReadDir("catalogue")
	if err != nil {
		panic(err) // they are part of the program
	}
	specs := make([]string, len(files))
	for i, f := range files {
		specs[i] = "builtin:" + strings.TrimSuffix(f.Name(), ".json")
	}
	return specs
}

// written keeps the prompts of the catalogues that were opened with their own system
// prompt, by name: a form opens one at every key that is typed into it.
var written sync.Map

func openCatalogue(name, system string, seed uint64) (Source, error) {
	if prompts, ok := written.Load(name); ok && system == "" {
		return newDeck("builtin:"+name, prompts.([]Prompt), seed), nil
	}
	prompts, err := readCatalogue(name, system)
	if err != nil {
		return nil, err
	}
	if system == "" {
		written.Store(name, prompts)
	}
	return newDeck("builtin:"+name, prompts, seed), nil
}

func readCatalogue(name, system string) ([]Prompt, error) {
	data, err := catalogues.ReadFile("catalogue/" + name + ".json")
	if err != nil {
		return nil, fmt.Errorf("there is no workload builtin:%s: take one of %s", name, strings.Join(Builtins(), ", "))
	}
	var c catalogue
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("builtin:%s: %w", name, err)
	}
	if system == "" {
		system = c.System
	}
	return c.prompts(system), nil
}

// prompts writes every product out in every tone. Which features go together is
// drawn from a fixed seed: a catalogue is the same in all runs.
func (c catalogue) prompts(system string) []Prompt {
	var all []Prompt
	rng := rand.New(rand.NewPCG(0, 0))
	for _, category := range c.Categories {
		for _, product := range category.Products {
			for _, tone := range c.Tones {
				order := slices.Clone(category.Features)
				rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
				for v := range variants { // no two begin with the same feature
					all = append(all, c.prompt(system, product, category.Name, tone, order[v:v+features:v+features]))
				}
			}
		}
	}
	return all
}

func (c catalogue) prompt(system, product, category, tone string, chosen []string) Prompt {
	text := strings.NewReplacer(
		"{product_name}", product,
		"{category}", category,
		"{features}", strings.Join(chosen, "; "),
		"{tone}", tone,
	).Replace(c.Request)
	return Prompt{System: system, Text: text, Fields: map[string]any{
		"prompt": text, "product_name": product, "category": category, "features": chosen, "tone": tone,
	}}
}
