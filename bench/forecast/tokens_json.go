package forecast

import "encoding/json"

// moments is what Tokens know, as they are kept on disk.
type moments struct {
	N     int64                 `json:"n"`
	Sum   [kinds]float64        `json:"sum"`
	Cross [kinds][kinds]float64 `json:"cross"`
}

// MarshalJSON writes the moments.
func (t Tokens) MarshalJSON() ([]byte, error) { return json.Marshal(moments{t.N, t.sum, t.cross}) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (t *Tokens) UnmarshalJSON(data []byte) error {
	var m moments
	err := json.Unmarshal(data, &m)
	*t = Tokens{m.N, m.Sum, m.Cross}
	return err
}
