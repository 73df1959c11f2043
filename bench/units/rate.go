package units

// Rate writes a number of something per second without its unit, for a column or a
// sentence that names it: 0.052, 3.33, 187.2, 9,412. Between 1 and 1,000 it has at
// least one decimal.
func Rate(v float64) string {
	return whole(v, func(v float64) string {
		switch {
		case v == 0:
			return "0.0"
		case v < 0.0005:
			return "<0.001"
		case v < 0.9995:
			return fixed(v, 3)
		case v < 9.995:
			return fixed(v, 2)
		case v < 999.95:
			return fixed(v, 1)
		case v < 999_999_500:
			return fixed(v, 0)
		}
		return Short(v)
	})
}

// PerSecond is Rate with its unit: 187.2/s.
func PerSecond(v float64) string { return unless(Rate(v), "/s") }

// PerMinute writes a rate that is given per second as one per minute: 200.0/min. Slow
// endpoints and quotas are known by it.
func PerMinute(perSecond float64) string { return unless(Rate(60*perSecond), "/min") }

// TokensPerSecond writes how fast tokens come: 9,412 tokens/s.
func TokensPerSecond(v float64) string { return unless(Rate(v), " tokens/s") }

// unless adds a unit to a figure if it is one.
func unless(figure, unit string) string {
	if figure == NoData {
		return figure
	}
	return figure + unit
}
