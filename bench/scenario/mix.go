package scenario

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"flashwave/bench/class"
	"flashwave/bench/prompt"
)

// A Share of the requests has a workload of its own, and results beside the total. Of
// conversations it is the share of those that begin.
type Share struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"` // of all requests, 0 to 1
	Workload

	Priorities string `json:"priorities,omitempty"` // of its tasks in a queue: 1-3

	SLO []string `json:"slo,omitempty"` // of its requests alone; after Resolve they are among those of the scenario
}

// wholeShare is how far from 1 the sum of the shares may be: each is written to a tenth of
// a percent.
const wholeShare = 0.0015

// leastShare is the least: requests are dealt out by the thousand.
const leastShare = 0.001

// shareField is 70% or 0.7.
func shareField(word string, p *float64) field {
	return scalar(word, func(s string) error { return parseShare(s, p) }, func() any { return yamlText(shareText(*p)) })
}

// shareText is a share as people write it, in percent, if that is read as the very same one.
func shareText(share float64) string {
	text, read := fmt.Sprintf("%.6g%%", 100*share), 0.0
	if err := parseShare(text, &read); err == nil && read == share {
		return text
	}
	return strconv.FormatFloat(share, 'f', -1, 64)
}

func parseShare(s string, p *float64) error {
	digits, percent := strings.CutSuffix(s, "%")
	v, ok := decimal(strings.TrimSpace(digits))
	if percent {
		v /= 100
	}
	if !ok || !(v >= leastShare && v <= 1) {
		return &Error{Message: "not a share of the requests, 0.1% at least", Hint: "write 70%"}
	}
	*p = v
	return nil
}

// readMix reads the list of workloads. What each does not say, it inherits.
func (s *Scenario) readMix(v value) error {
	list, err := v.items()
	if err != nil {
		return err
	}
	s.Mix = nil
	for _, item := range list {
		share := Share{Workload: s.Workload}
		before := share.Workload
		share.Prompt, share.Prompts = "", ""
		if err := v.mapping(item, append([]field{textField("name", &share.Name), shareField("share", &share.Share), textField("priorities", &share.Priorities), textsField("slo", &share.SLO)}, share.fields()...)); err != nil {
			return err
		}
		if share.Prompt == "" && share.Prompts == "" {
			share.Prompt, share.Prompts = before.Prompt, before.Prompts
		}
		if share.Turns < 2 && share.Think == before.Think { // what it inherited says nothing of single requests
			share.Think = ""
		}
		s.Mix = append(s.Mix, share)
	}
	return nil
}

func (s *Scenario) writeMix() any {
	list := yamlList{}
	for i := range s.Mix {
		share := &s.Mix[i]
		m := yamlMap{{"name", quote(share.Name)}, {"share", shareField("share", &share.Share).write()}}
		if share.Priorities != "" {
			m = append(m, yamlPair{"priorities", quote(share.Priorities)})
		}
		m = append(m, share.besides(&s.Workload)...)
		if texts := textsField("slo", &share.SLO); len(share.SLO) > 0 {
			m = append(m, yamlPair{texts.word, texts.write()})
		}
		list = append(list, m)
	}
	return unless(len(list) == 0, list)
}

// checkMix checks the shares, whose workloads have been.
func (s *Scenario) checkMix() error {
	if len(s.Mix) == 0 {
		return nil
	}
	if len(s.Mix) > prompt.MaxShares {
		return wrong("workloads", "join some of them", "more than %d workloads", prompt.MaxShares)
	}
	sum, names := 0.0, map[string]bool{}
	for i := range s.Mix {
		share, path := &s.Mix[i], fmt.Sprintf("workloads[%d]", i)
		if share.Name == "" {
			share.Name = fmt.Sprintf("workload%d", i+1)
		}
		if err := checkName(path+".name", "workload", share.Name); err != nil {
			return err
		}
		switch {
		case names[share.Name]:
			return wrong(path+".name", "names tell their results apart", "two workloads are called %q", share.Name)
		case !(share.Share >= leastShare && share.Share <= 1):
			return wrong(path, "write share: 70%", "workload %q has no share", share.Name)
		}
		names[share.Name] = true
		sum += share.Share
	}
	if math.Abs(sum-1) > wholeShare {
		return wrong("workloads", "they are shares of all requests, and make 100 %", "the shares add up to %.4g %%", 100*sum)
	}
	return s.takeSLOs()
}

// takeSLOs makes what the shares assert of their own requests SLOs of the scenario, each
// in its share.
func (s *Scenario) takeSLOs() error {
	for i := range s.Mix {
		share := &s.Mix[i]
		for j, text := range share.SLO {
			path := fmt.Sprintf("workloads[%d].slo[%d]", i, j)
			e, err := s.parseSLO(path, text)
			if err != nil {
				return err
			}
			if e.Wave != "" {
				return s.locate(wrong(path, "leave out in "+e.Where()+", or put it into the slo of the scenario", "%q: an SLO of a workload speaks of that alone", text), text, 0)
			}
			own := e.Of(class.Class{Kind: class.Workload, Name: share.Name}).Text
			if slices.Contains(s.SLO, own) {
				continue
			}
			if s.origin != nil {
				s.origin.places[fmt.Sprintf("slo[%d]", len(s.SLO))] = path
			}
			s.SLO = append(slices.Clip(s.SLO), own)
		}
	}
	for i := range s.Mix {
		s.Mix[i].SLO = nil
	}
	return nil
}

// mixed are the prompts of the mix.
func (s *Scenario) mixed() (prompt.Source, error) {
	shares := make([]prompt.Share, len(s.Mix))
	for i, of := range s.Mix {
		source, err := s.Prompts(of.Workload)
		if err != nil {
			return nil, err
		}
		shares[i] = prompt.Share{Source: source, Share: of.Share, MaxTokens: of.MaxTokens}
	}
	return prompt.NewMix(shares, s.Seed), nil
}

// WorkloadsOf are what the requests of a lane ask for: the lane's own workload, or the
// shares of the mix, or else the scenario's.
func (s *Scenario) WorkloadsOf(l Lane) (list []Workload) {
	if !s.mixes(l) {
		return []Workload{s.WorkloadOf(l)}
	}
	for _, of := range s.Mix {
		list = append(list, of.Workload)
	}
	return list
}

// Asks is what a prompt of a lane is asked with.
func (s *Scenario) Asks(lane int, p *prompt.Prompt) *Workload {
	switch own := s.Lanes[lane].Workload; {
	case p.Share > 0 && p.Share <= len(s.Mix):
		return &s.Mix[p.Share-1].Workload
	case own != nil:
		return own
	}
	return &s.Workload
}
