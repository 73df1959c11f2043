package result

import "testing"

// What a tap heard is kept by nobody but the run that listens: a run that is made whole from
// its seconds does not tell what had been heard when it began.
func TestWithoutTap(t *testing.T) {
	class := TierClass{Name: "urgent", Calls: &TierCalls{}, Latency: TierLatency{TTFT: &Latency{}}}
	q := Tier{Classes: []TierClass{class}, Total: class, Tap: &TierTap{}}.With([]*TaskPart{{}}, &TierTimeline{}, TierLooks{}, true)
	for _, c := range append(q.Classes, q.Total) {
		if c.Calls != nil || c.Latency.TTFT != nil || q.Tap != nil {
			t.Errorf("%+v", q)
		}
	}
}
