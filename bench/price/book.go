package price

import (
	"cmp"
	_ "embed"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// The built-in endpoint costs nothing; it is shown at what its model would cost
// at the host that it stands in for.
const (
	mockHost   = "mock"
	mockedHost = "api.holysheep.ai"
)

// A Book holds prices by host and model. It may be read by many goroutines, but
// not while Overlay changes it. The zero Book is empty.
type Book struct {
	prices map[key]Price
}

// A key is a host and a model in lower case.
type key struct{ host, model string }

func keyOf(host, model string) key {
	return key{strings.ToLower(strings.TrimSpace(host)), strings.ToLower(strings.TrimSpace(model))}
}

//go:embed prices.yaml
var builtinYAML []byte

var builtin = sync.OnceValue(func() *Book {
	b, err := parse("prices.yaml", builtinYAML)
	if err != nil {
		panic(err) // the file is part of the program, and tested
	}
	return b
})

// Builtin is the price book that comes with flashwave. It is the caller's own.
func Builtin() *Book { return &Book{prices: maps.Clone(builtin().prices)} }

// Lookup finds what a model costs at a host. The host may have a port. In this
// order: the host's own price of the model, the host's price of the same model
// without a release date in its id (gpt-4.1-2025-04-14 is a gpt-4.1), then both
// among the prices for any host. The built-in endpoint, host "mock", has the
// prices of api.holysheep.ai unless it has its own. ok is false where the price
// is unknown.
func (b *Book) Lookup(host, model string) (p Price, ok bool) {
	hosts := []string{host}
	if name, _, err := net.SplitHostPort(host); err == nil {
		hosts = append(hosts, name)
	}
	if keyOf(host, "").host == mockHost {
		hosts = append(hosts, mockedHost)
	}
	for _, h := range append(hosts, "") {
		for _, m := range []string{model, undated(model)} {
			if p, ok := b.prices[keyOf(h, m)]; ok {
				return p, true
			}
		}
	}
	return Price{}, false
}

// undated is a model id without the release date at its end, if it has one.
func undated(model string) string {
	for _, layout := range []string{"-2006-01-02", "-20060102", "@20060102"} {
		at := len(model) - len(layout)
		if at <= 0 {
			continue
		}
		if _, err := time.Parse(layout, model[at:]); err == nil {
			return model[:at]
		}
	}
	return model
}

// Entries lists the prices by host, then model; those for any host come first.
func (b *Book) Entries() []Price {
	return slices.SortedFunc(maps.Values(b.prices), func(x, y Price) int {
		return cmp.Or(cmp.Compare(x.Host, y.Host), cmp.Compare(x.Model, y.Model))
	})
}

// Overlay adds the other book's prices, which replace those of the same host
// and model. A price for any host does not replace what a host asks itself.
func (b *Book) Overlay(other *Book) {
	if other == nil {
		return
	}
	for _, p := range other.prices {
		b.add(p)
	}
}

func (b *Book) add(p Price) {
	if b.prices == nil {
		b.prices = make(map[key]Price)
	}
	b.prices[keyOf(p.Host, p.Model)] = p
}

func (b *Book) has(p Price) bool {
	_, ok := b.prices[keyOf(p.Host, p.Model)]
	return ok
}
