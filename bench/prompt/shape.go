package prompt

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Synthetic is an example of synthetic prompts by their lengths:
//
//   - in: tokens of a prompt
//   - out: tokens of its answer, the limit that its request sets; left out, the workload's
//   - prefix=LxN: the first L tokens of each prompt are one of N texts, of which the k-th
//     most common is asked for 1/k as often as the first (Zipf's law); in counts them, and
//     at least 16 tokens follow that are the prompt's own
//
// A length is 2000, or 1500..2500 and the same written 2000±500 or 2000+-500: each number
// between the two as often. Lengths are the endpoint's own tokens: they begin at four
// bytes each, and the first answers that say how many tokens their prompts had set the
// measure for the rest. synthetic:N knows no such measure, so that its prompts are the
// same wherever they are sent.
const Synthetic = "synthetic:in=2000±500,out=300±100,prefix=1500x20"

// maxPrefixes is more texts than any cache holds.
const maxPrefixes = 100_000

// A shape is how long synthetic prompts and their answers are, and what they share.
type shape struct {
	in, out  lengths // of out 0: not said
	prefix   uint64  // tokens
	prefixes uint64  // how many there are; 0: none
	common   []float64
	measured bool // in the endpoint's own tokens
}

// lengths are those between two, these included, each as likely.
type lengths struct{ low, high uint64 }

func (l lengths) draw(random uint64) uint64 { return l.low + random%(l.high-l.low+1) }

func (l lengths) mean() int { return int(l.low+l.high) / 2 }

// meanTokens is the average of in, where no prompt is shorter than its prefix allows.
func (s shape) meanTokens() int {
	least := s.prefix + minTokens
	if s.prefixes == 0 || s.in.low >= least {
		return s.in.mean()
	}
	short, all := float64(least-s.in.low), float64(s.in.high-s.in.low+1)
	longer := float64(least+s.in.high) / 2
	return int(math.Round((short*float64(least) + (all-short)*longer) / all))
}

// which is the prefix that a random number chooses.
func (s shape) which(random uint64) uint64 {
	at := float64(random>>11) / (1 << 53) * s.common[len(s.common)-1]
	return uint64(sort.SearchFloat64s(s.common, math.Nextafter(at, math.Inf(1))))
}

// zipf are the running sums of 1/k.
func zipf(n uint64) []float64 {
	sums := make([]float64, n)
	sum := 0.0
	for i := range sums {
		sum += 1 / float64(i+1)
		sums[i] = sum
	}
	return sums
}

const shapeHint = "write synthetic:512, synthetic:100..2000 or " + Synthetic

// parseShape reads what follows synthetic:.
func parseShape(spec string) (s shape, err error) {
	if !strings.Contains(spec, "=") {
		s.in, err = parseRange(spec, minTokens, maxTokens)
		return s, err
	}
	s.measured = true
	var given []string
	for word := range strings.SplitSeq(spec, ",") {
		key, value, _ := strings.Cut(word, "=")
		key = strings.TrimSpace(key)
		if slices.Contains(given, key) {
			return s, fmt.Errorf("%s stands twice: keep one of them", key)
		}
		given = append(given, key)
		switch key {
		case "in":
			s.in, err = parseRange(value, 1, maxTokens)
		case "out":
			s.out, err = parseRange(value, 1, maxAnswer)
		case "prefix":
			err = s.parsePrefix(value)
		default:
			err = fmt.Errorf("%q is none of in, out and prefix: %s", key, shapeHint)
		}
		if err != nil {
			return s, err
		}
	}
	switch {
	case s.in.high == 0:
		return s, fmt.Errorf("the prompts have no length: %s", shapeHint)
	case s.prefixes == 0 && s.in.low < minTokens:
		return s, fmt.Errorf("%d tokens are not possible: give %d to %d", s.in.low, minTokens, maxTokens)
	case s.prefixes > 0 && s.in.high < s.prefix+minTokens:
		return s, fmt.Errorf("in=%d leaves less than %d tokens beside a prefix of %d: in counts the prefix, too", s.in.high, minTokens, s.prefix)
	}
	return s, nil
}

func (s *shape) parsePrefix(value string) error {
	length, number, ok := strings.Cut(strings.TrimSpace(value), "x")
	n, err := strconv.ParseUint(number, 10, 64)
	if !ok || err != nil || n < 1 || n > maxPrefixes {
		return fmt.Errorf("prefix %q is not LENGTHxNUMBER: write prefix=1500x20 for 20 prefixes of 1500 tokens, of %d at most", value, maxPrefixes)
	}
	if s.prefix, err = parseTokens(length, minTokens, maxTokens); err != nil {
		return err
	}
	s.prefixes, s.common = n, zipf(n)
	return nil
}

// parseRange reads N, N..M or N±M.
func parseRange(text string, least, most uint64) (l lengths, err error) {
	text = strings.TrimSpace(text)
	for _, sign := range []string{"±", "+-", "+/-"} {
		middle, by, ok := strings.Cut(text, sign)
		if !ok {
			continue
		}
		m, err := parseTokens(middle, least, most)
		if err != nil {
			return l, err
		}
		d, err := parseTokens(by, 0, most)
		if err != nil {
			return l, err
		}
		if d > m || m-d < least || m+d > most {
			return l, fmt.Errorf("%s goes from %d to %d, beyond the %d to %d that are possible", text, int(m)-int(d), m+d, least, most)
		}
		return lengths{m - d, m + d}, nil
	}
	low, high, isRange := strings.Cut(text, "..")
	if !isRange {
		high = low
	}
	if l.low, err = parseTokens(low, least, most); err != nil {
		return l, err
	}
	if l.high, err = parseTokens(high, least, most); err != nil {
		return l, err
	}
	if l.low > l.high {
		return l, fmt.Errorf("%s goes from much to little: write %d..%d", text, l.high, l.low)
	}
	return l, nil
}

func parseTokens(s string, least, most uint64) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number of tokens: %s", s, shapeHint)
	}
	if n < least || n > most {
		return 0, fmt.Errorf("%d tokens are not possible: give %d to %d", n, least, most)
	}
	return n, nil
}
