package forecast

// mostPoints is how many points a backlog's curve has at most, mostBins how many
// bins the simulation keeps.
const (
	mostPoints = 240
	mostBins   = 24_000
)

// sampled is a backlog at even instants from 0 to an end.
func sampled(end float64, level func(t float64) float64) []Waiting {
	points := make([]Waiting, mostPoints)
	for i := range points {
		t := end * float64(i) / (mostPoints - 1)
		points[i] = Waiting{TS: t, Waiting: level(t)}
	}
	return points
}

// thinned keeps of many bins the highest in each of few stretches, so that no peak
// is lost; a last point says that the backlog is gone.
func thinned(bins []float64, width float64) []Waiting {
	each := (len(bins) + mostPoints - 2) / (mostPoints - 1)
	var points []Waiting
	for from := 0; from < len(bins); from += each {
		p := Waiting{TS: float64(from) * width}
		for i, v := range bins[from:min(from+each, len(bins))] {
			if v > p.Waiting {
				p.TS, p.Waiting = float64(from+i)*width, v
			}
		}
		points = append(points, p)
	}
	return append(points, Waiting{TS: float64(len(bins)) * width})
}
