package mock

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// product is the body of the shop's own JSON endpoint.
type product struct {
	Name     string   `json:"product_name"`
	Category string   `json:"category"`
	Features []string `json:"features"`
	Tone     string   `json:"tone"`
}

// productCopy is its answer.
type productCopy struct {
	Success   bool    `json:"success"`
	Content   string  `json:"content"`
	Model     string  `json:"model"`
	Usage     usage   `json:"usage"`
	LatencyMS float64 `json:"latency_ms"`
}

// A flaw is one thing that is wrong with the shop's input, as FastAPI puts it.
type flaw struct {
	Type     string   `json:"type"`
	Location []string `json:"loc"`
	Message  string   `json:"msg"`
}

// copy serves the shop's endpoint: product copy from the same engine.
func (s *Server) copy(w http.ResponseWriter, r *http.Request) {
	in, flaws := readProduct(http.MaxBytesReader(w, r.Body, maxBody))
	if len(flaws) > 0 {
		writeJSON(w, http.StatusUnprocessableEntity, map[string][]flaw{"detail": flaws})
		return
	}
	a, p := s.start(w.Header(), order{prompt: min(in.promptTokens(), contextLength)})
	if p != nil {
		p.write(w)
		return
	}
	defer a.leave()
	_, content, err := a.whole(r.Context())
	if err != nil {
		overloaded(err).write(w) // to nobody, unless the server is closing
		return
	}
	out := productCopy{true, content, s.cfg.Models[0], a.usage(), float64(time.Since(a.began)) / float64(time.Millisecond)}
	if a.ending == endCut {
		writeHalf(w, out)
		return
	}
	writeJSON(w, http.StatusOK, out)
}

// readProduct decodes and checks the shop's input.
func readProduct(body io.Reader) (product, []flaw) {
	var in product
	var fields map[string]json.RawMessage
	err := json.NewDecoder(body).Decode(&fields)
	if err == nil {
		_, err = io.Copy(io.Discard, body) // its end lets go of its limit of time
	}
	if err != nil {
		return in, []flaw{{"json_invalid", []string{"body"}, "JSON decode error: " + err.Error()}}
	}
	var flaws []flaw
	field := func(name string, into any, required bool, want string) {
		raw, given := fields[name]
		switch {
		case !given && required:
			flaws = append(flaws, flaw{"missing", []string{"body", name}, "Field required"})
		case given && (string(raw) == "null" && required || json.Unmarshal(raw, into) != nil):
			flaws = append(flaws, flaw{"type_error", []string{"body", name}, "Input should be " + want})
		}
	}
	field("product_name", &in.Name, true, "a valid string")
	field("category", &in.Category, true, "a valid string")
	field("features", &in.Features, true, "a valid list of strings")
	field("tone", &in.Tone, false, "a valid string")
	if len(flaws) == 0 && strings.TrimSpace(in.Name) == "" {
		flaws = append(flaws, flaw{"string_too_short", []string{"body", "product_name"}, "String should have at least 1 character"})
	}
	return in, flaws
}

// promptTokens counts the prompt that a shop would make of its product.
func (p product) promptTokens() int {
	return estimate(len(fmt.Sprintf("Viết mô tả bán hàng bằng tiếng Việt cho sản phẩm %s thuộc ngành hàng %s. Đặc điểm nổi bật: %s. Giọng văn: %s.",
		p.Name, p.Category, strings.Join(p.Features, ", "), p.Tone)))
}

// writeHalf sends only the first half of v: a body that ends too early.
func writeHalf(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body[:len(body)/2])
}
