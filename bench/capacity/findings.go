package capacity

// A Finding is something that the search found out beside the capacity.
type Finding struct {
	Kind    FindingKind `json:"kind"`
	Text    string      `json:"text"`     // one sentence for people
	RateRPS *float64    `json:"rate_rps"` // the rate at which it shows; null: none
	AtS     float64     `json:"at_s"`     // when it was seen, from the start of the search
}

// FindingKind says what was found.
type FindingKind string

// The kinds of findings.
const (
	Drifts    FindingKind = "drift"     // the endpoint gets slower: the answer is of its time
	ScalesOut FindingKind = "scale_out" // it got faster: it warmed up, or has more replicas
	Quotas    FindingKind = "quota"     // it limits the rate itself
	IsHollow  FindingKind = "hollow"    // a load held of which some got nothing
	Starves   FindingKind = "starve"    // a class of a queue is the first that gets too little
)
