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
