package capacity

// A StepTasks is what became of the tasks of one class that were due in a step, up to when
// it was judged last. How long the class starved is of the whole load, its settling too.
type StepTasks struct {
	Class      string   `json:"class"`
	Enqueued   int64    `json:"enqueued"`
	Done       int64    `json:"done"`
	Dead       int64    `json:"dead"`
	Lost       int64    `json:"lost"`
	Waiting    int64    `json:"waiting"`        // still, when it was judged
	WaitP50MS  *float64 `json:"wait_p50_ms"`    // of those that were taken
	WaitP95MS  *float64 `json:"wait_p95_ms"`    // likewise
	WaitMaxMS  *float64 `json:"wait_max_ms"`    // likewise
	StarvedMS  *float64 `json:"starved_ms_max"` // the longest that tasks waited and none of them was taken
	Inversions int64    `json:"inversions"`
	PiledUp    bool     `json:"piled_up"` // more came than workers took, with significance
}
