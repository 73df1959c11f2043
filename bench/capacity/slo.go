package capacity

// An SLO is an assertion that each rate was held against.
type SLO struct {
	Expr    string `json:"expr"`
	Assumed bool   `json:"assumed"` // flashwave's own, because none of its kind was given
}

// An SLOCapacity is where one SLO ends the capacity, as if it were alone: what all steps
// together say of it. A step that ended early for another SLO says of this one only what
// its interval decides.
type SLOCapacity struct {
	Expr    string   `json:"expr"`
	Assumed bool     `json:"assumed"`  // flashwave's own
	RPS     *float64 `json:"rps"`      // requests per second, the highest rate at which it held; null: at none, as far as is known. Of a search by concurrency, what was served there
	LowRPS  *float64 `json:"low_rps"`  // likewise
	HighRPS *float64 `json:"high_rps"` // the lowest rate at which it did not; null: none was seen
	Binds   *int     `json:"binds"`    // 1: it is the first to break while the rate rises, 2: the second …; null: it did not break
	Decided bool     `json:"decided"`  // the two are within twice the precision

	Confirmed *bool `json:"confirmed"` // at RPS, by a step as long as the soak; null: there is no RPS, or an earlier version made the document

	LowConcurrency  *int `json:"low_concurrency"`  // requests in flight, the most at which it held; null: it is a search by rate
	HighConcurrency *int `json:"high_concurrency"` // the fewest at which it did not
}
