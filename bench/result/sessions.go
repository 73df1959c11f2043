package result

// Sessions are what became of the conversations of a run, those of the warm-up apart.
type Sessions struct {
	Started  int64 `json:"started"`
	Finished int64 `json:"finished"` // every turn was answered
	Broken   int64 `json:"broken"`   // a turn failed or was dropped, and nothing was asked any more
	Cut      int64 `json:"cut"`      // neither, when the load ended
	// GrowthTokens is by how many tokens the prompt of a turn is longer than that of the
	// turn before, on average; null: no usage told.
	GrowthTokens *float64 `json:"growth_tokens"`
}

// TurnNames are the groups of turns that figures are given of.
var TurnNames = [...]string{"1", "2", "3-5", "6+"}

// TurnGroup is the group of a turn, which counts from 0.
func TurnGroup(turn uint32) int {
	switch {
	case turn < 2:
		return int(turn)
	case turn < 5:
		return 2
	}
	return 3
}
