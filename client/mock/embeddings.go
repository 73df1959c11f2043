package mock

import (
	"encoding/json"
	"math/rand/v2"
)

// embedding is the body of a request to /v1/embeddings.
type embedding struct {
	Model string          `json:"model"`
	Input json.RawMessage `json:"input"`

	items int
}

// dimensions is the length of a vector.
const dimensions = 64

// order counts the texts: one, or several, or the ids of tokens. They are prefilled, and
// take one step.
func (q *embedding) order(models []string) (order, *problem) {
	if p := known(q.Model, models); p != nil {
		return order{}, p
	}
	var one string
	var many []string
	var ids []int
	prompt := 0
	switch {
	case len(q.Input) == 0 || string(q.Input) == "null":
		return order{}, badRequest("input", "you must provide an input parameter")
	case json.Unmarshal(q.Input, &one) == nil:
		q.items, prompt = 1, estimate(len(one))
	case json.Unmarshal(q.Input, &many) == nil && len(many) > 0:
		q.items = len(many)
		for _, text := range many {
			prompt += estimate(len(text))
		}
	case json.Unmarshal(q.Input, &ids) == nil && len(ids) > 0:
		q.items, prompt = 1, len(ids)
	default:
		return order{}, badRequest("input", "want a string, an array of strings, or an array of token ids")
	}
	return order{prompt: prompt, limit: 1, exact: true}.fits("input")
}

type embeddingBody struct {
	Object string          `json:"object"`
	Data   []vector        `json:"data"`
	Model  string          `json:"model"`
	Usage  *embeddingUsage `json:"usage"`
}

type vector struct {
	Object    string    `json:"object"`
	Index     int       `json:"index"`
	Embedding []float32 `json:"embedding"`
}

type embeddingUsage struct {
	Prompt int `json:"prompt_tokens"`
	Total  int `json:"total_tokens"`
}

func (q *embedding) document(a *answer, _, _ string) any {
	rng := rand.New(rand.NewPCG(a.serial, 0))
	body := embeddingBody{Object: "list", Model: q.Model, Usage: &embeddingUsage{a.prompt, a.prompt}}
	for i := range q.items {
		v := vector{"embedding", i, make([]float32, dimensions)}
		for j := range v.Embedding {
			v.Embedding[j] = rng.Float32()*2 - 1
		}
		body.Data = append(body.Data, v)
	}
	return body
}

// frame: there are no streams of embeddings.
func (q *embedding) frame(*answer) *frame { return nil }
