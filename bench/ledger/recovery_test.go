package ledger

import (
	"testing"
	"time"

	"flashwave/bench/verdict"
)

// An hour is remembered, whatever comes after.
func TestRecoveryIsBounded(t *testing.T) {
	r := &recovery{start: time.Second}
	for at := range 10 * time.Duration(recoveryLimit) {
		good := verdict.Bad
		if at > 4 {
			good = verdict.Good
		}
		r.see(at*time.Second, good)
		r.see(at*time.Second, good)
	}
	if len(r.seconds) != recoveryLimit {
		t.Errorf("%d seconds", len(r.seconds))
	}
	if d := r.document(1, "", 36_000*time.Second); d.WithinS != recoveryLimit || d.RecoveredS == nil || *d.RecoveredS != 4 {
		t.Errorf("%+v", *d)
	}
}
