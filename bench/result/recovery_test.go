package result

import (
	"testing"

	"pgregory.net/rapid"
)

// What is found holds the definition, and nothing before it does.
func TestRecoveredIsTheFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Tally {
			bad := rapid.SampledFrom([]uint32{0, 0, 0, 0, 0, 0, 1, 9}).Draw(t, "bad")
			unjudged := rapid.SampledFrom([]uint32{0, 0, 0, 0, 0, 0, 0, 0, 1, 9}).Draw(t, "unjudged")
			return Tally{rapid.Uint32Range(0, 9).Draw(t, "good"), bad, unjudged}
		}), 0, 120).Draw(t, "seconds")
		watched, share := rapid.IntRange(0, 130).Draw(t, "watched"), 0.9
		holds := func(from int) bool {
			if from+RecoveryHold > watched || from >= len(seconds) || seconds[from] == (Tally{}) {
				return false
			}
			proven := false
			for w := from; w+RecoveryWindow <= from+RecoveryHold; w++ {
				good, most, n := 0.0, 0.0, 0.0
				for i := w; i < w+RecoveryWindow && i < len(seconds); i++ {
					good += float64(seconds[i].Good)
					most += float64(seconds[i].Good + seconds[i].Unjudged)
					n += float64(seconds[i].Good + seconds[i].Bad + seconds[i].Unjudged)
				}
				if n >= RecoveryLeast && most < share*n-1e-9 {
					return false
				}
				proven = proven || n >= RecoveryLeast && good >= share*n-1e-9
			}
			return proven
		}
		want, found := 0, false
		for ; want <= watched && !found; want++ {
			found = holds(want)
		}
		if got, ok := Recovered(seconds, watched, share); ok != found || ok && got != want-1 {
			t.Fatalf("recovered at %d (%t), want %d (%t)", got, ok, want-1, found)
		}
	})
}
