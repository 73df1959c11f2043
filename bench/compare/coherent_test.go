package compare

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"flashwave/bench/units"
	"flashwave/bench/verdict"
)

// A complainer is a test, or one case of a property.
type complainer interface {
	Helper()
	Errorf(format string, args ...any)
}

// coherent holds a document to what its words mean, by what it shows alone.
func coherent(t complainer, d *Document) {
	t.Helper()
	for _, r := range d.Rows {
		coherentRow(t, d, r)
	}
	g := d.Gate
	if len(g.Rules) == 0 {
		if want := exitCode(d); g.ExitCode != want {
			t.Errorf("exit code %d, the rows say %d: %+v", g.ExitCode, want, g)
		}
	}
	codes := map[Status]int{
		GateBetter: verdict.ExitPass, GateNoDifference: verdict.ExitPass, GateNotWorse: verdict.ExitPass, GateWithin: verdict.ExitPass,
		GateWorse: verdict.ExitFailed, GateTooNoisy: verdict.ExitInconclusive, Inconclusive: verdict.ExitInconclusive,
	}
	if code, known := codes[g.Status]; !known || code != g.ExitCode {
		t.Errorf("%s exits %d", g.Status, g.ExitCode)
	}
	for i, r := range g.Reasons {
		if slices.Contains(g.Reasons[:i], r) {
			t.Errorf("%q stands twice", r)
		}
	}
	for _, w := range d.Untold() {
		if strings.Contains(g.Headline, w.Text) || slices.Contains(g.Reasons, w.Text) {
			t.Errorf("%q is told twice", w.Text)
		}
	}
}

// ends are those of a row's interval as the document says them: one that is missing is
// beyond every value, above or below.
func ends(r Row) (low, high float64) {
	low, high = math.Inf(-1), math.Inf(1)
	switch {
	case r.Low != nil:
		low = *r.Low
	case r.Beyond == BeyondNew: // for sure, else the low end is known
		low = math.Inf(1)
	}
	switch {
	case r.High != nil:
		high = *r.High
	case r.Beyond == BeyondBase && r.Verdict == Better:
		high = math.Inf(-1)
	}
	return low, high
}

// coherentRow recomputes the verdict of a row.
func coherentRow(t complainer, d *Document, r Row) {
	t.Helper()
	known := r.Base != nil && r.New != nil
	margin := r.Margin == nil && (r.Base != nil || r.Confidence != nil && r.High != nil)
	if r.lacking() == "" && margin || r.lacking() != "" && r.Margin != nil || !known && r.Change != nil ||
		r.Confidence == nil && (r.Low != nil || r.High != nil) || r.Beyond == "" && r.Confidence != nil && r.Low == nil {
		t.Errorf("half a row: %s of %q", r.Name(), r.Wave)
		return
	}
	if r.Confidence == nil {
		want := Unknown
		if r.lacking() != "" {
			want = NoData
		}
		if r.Verdict != want {
			t.Errorf("%s without an interval is %s", r.Name(), r.Verdict)
		}
		return
	}
	if *r.Confidence != d.Method.Confidence {
		t.Errorf("%s has a level of its own", r.Name())
	}
	low, high := ends(r)
	if r.Change != nil && (low > *r.Change || high < *r.Change) {
		t.Errorf("%s: %v is not in %v … %v", r.Name(), *r.Change, low, high)
	}
	least := r.margin()
	if r.Margin != nil && *r.Margin < 0 {
		low, high = -high, -low
	}
	want := TooNoisy
	switch {
	case low > least:
		want = Worse
	case high < -least:
		want = Better
	case low >= -least && high <= least:
		want = NoDifference
	}
	if r.Verdict != want {
		t.Errorf("%s: worse by %v … %v, margin %v, is %s, not %s", r.Name(), low, high, least, r.Verdict, want)
	}
	if r.Points() && (low < -1 || high > 1) || !r.Points() && r.LowRatio != nil && *r.LowRatio < -1 {
		t.Errorf("%s: %v … %v cannot be", r.Name(), low, high)
	}
	legible(t, r)
}

// legible holds the interval as it is written to the verdict.
func legible(t complainer, r Row) {
	t.Helper()
	text := r.FormatInterval()
	if text == anyChange {
		if r.Verdict != TooNoisy || r.High != nil || r.Low != nil && *r.LowRatio > -1 {
			t.Errorf("%s is %s, and any change as it is written", r.Name(), r.Verdict)
		}
		return
	}
	if r.Low == nil || r.High == nil {
		end, more := strings.CutSuffix(text, " or more")
		end, less := strings.CutSuffix(end, " or less")
		if more != (r.Low != nil) || less != (r.High != nil) || (text == units.NoData) == (more || less) {
			t.Errorf("%s: %v … %v is written as %q", r.Name(), r.Low, r.High, text)
		}
		text = map[bool]string{true: end + " … +Inf", false: "-Inf … " + end}[more]
	}
	parts := strings.Split(strings.NewReplacer("−", "-", " %", "", " pp", "").Replace(text), " … ")
	if len(parts) != 2 {
		t.Errorf("%s has an interval, and is written as %q", r.Name(), r.FormatInterval())
		return
	}
	low, err := strconv.ParseFloat(parts[0], 64)
	high, wrong := strconv.ParseFloat(parts[1], 64)
	if err != nil || wrong != nil || r.Base == nil {
		return // factors, changes from 0, and those from what is beyond every value
	}
	margin := 100 * *r.Margin
	if !r.Points() {
		margin /= *r.Base
	}
	if margin < 0 {
		low, high, margin = -high, -low, -margin
	}
	const rounding = 1e-6
	margin += rounding
	said := TooNoisy
	switch {
	case low > margin:
		said = Worse
	case high < -margin:
		said = Better
	case low >= -margin && high <= margin:
		said = NoDifference
	}
	if said != r.Verdict {
		t.Errorf("%s is %s, and %s as it is written", r.Name(), r.Verdict, r.FormatInterval())
	}
}

// exitCode is that of the default gate, by the rows that gate.
func exitCode(d *Document) int {
	short := len(d.warned(withheld...)) > 0
	if !d.Base.Valid || !d.New.Valid {
		return verdict.ExitInconclusive
	}
	code := verdict.ExitPass
	if short {
		code = verdict.ExitInconclusive
	}
	for _, r := range d.gated() {
		low, high := ends(*r)
		if r.Margin != nil && *r.Margin < 0 {
			low, high = -high, -low
		}
		switch {
		case r.Confidence != nil && low > r.margin():
			return verdict.ExitFailed
		case r.Confidence == nil || high > r.margin():
			code = verdict.ExitInconclusive
		}
	}
	return code
}

// In whichever comparison the words follow from the intervals, the intervals hold
// nothing impossible, and the gate follows from the rows.
func TestComparisonsAreCoherent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		draw := func(name string) *side {
			w := world{
				seconds:  rapid.IntRange(0, 40).Draw(t, name+" seconds"),
				rps:      float64(rapid.IntRange(0, 6).Draw(t, name+" rps")),
				within:   rapid.SampledFrom([]float64{0, 0.05, 1}).Draw(t, name+" within"),
				failing:  rapid.SampledFrom([]float64{0, 0.02, 0.5, 1}).Draw(t, name+" failing"),
				hanging:  rapid.SampledFrom([]float64{0, 0, 0.5, 1}).Draw(t, name+" hanging"),
				unary:    rapid.IntRange(0, 4).Draw(t, name+" unary") == 0,
				unjudged: rapid.IntRange(0, 4).Draw(t, name+" unjudged") == 0,
			}
			return w.aside(rng, rapid.SampledFrom([]int{1, 1, 2, 4}).Draw(t, name+" runs"), rapid.SampledFrom([]float64{1, 1.1, 3}).Draw(t, name+" slower"))
		}
		coherent(t, compareSides(draw("base"), draw("new"), Options{}))
	})
}
