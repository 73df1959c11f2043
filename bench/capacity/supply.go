package capacity

// A Supply is what a limit of the rate gave that says nothing of itself, as it was
// counted.
type Supply struct {
	Requests int64   `json:"requests"` // that passed
	OverS    float64 `json:"over_s"`   // in so many seconds: those of a whole window, or from one refusal to the next
	Window   bool    `json:"window"`   // all of it is given at once, each minute; else it flows
}

// Rate is what it gives, in requests per second.
func (s Supply) Rate() float64 { return float64(s.Requests) / s.OverS }
