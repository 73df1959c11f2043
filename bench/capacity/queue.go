package capacity

// A Queue is what a search found of the classes of a queue, and of who serves them.
type Queue struct {
	Workers      *int     `json:"workers"`        // that take tasks; null: not known
	ServedRPS    *float64 `json:"served_rps"`     // tasks per second that were done at the highest rate that held; null: none did
	PerWorkerRPS *float64 `json:"per_worker_rps"` // the same of each worker; null: likewise, or it is not known how many there are
	MostRPS      *float64 `json:"most_rps"`       // the most tasks per second that were done in any step, whoever piled up; null: none were

	Classes        []QueueClass `json:"classes"`          // the most urgent first
	StarvesFirst   *string      `json:"starves_first"`    // the class whose tasks piled up, or that starved, at the lowest rate above the answer; null: none did
	StarvesFromRPS *float64     `json:"starves_from_rps"` // that rate
}

// A QueueClass is one class of a queue: how it fares at the answer, and what ends that.
type QueueClass struct {
	Class      string   `json:"class"`
	Priorities string   `json:"priorities"`
	Share      float64  `json:"share"`          // of all tasks
	WaitP50MS  *float64 `json:"wait_p50_ms"`    // at the highest rate that held; null: none did
	WaitP95MS  *float64 `json:"wait_p95_ms"`    // likewise
	WaitMaxMS  *float64 `json:"wait_max_ms"`    // likewise
	StarvedMS  *float64 `json:"starved_ms_max"` // likewise
	FailsFirst *string  `json:"fails_first"`    // what of the class failed at the lowest rate above the answer: one of its SLOs, or "backlog"; null: nothing did
	FailsRPS   *float64 `json:"fails_from_rps"` // that rate
}
