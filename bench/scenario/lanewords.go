package scenario

import "fmt"

// readWaves reads the list of waves; lane: says which lane each belongs to.
func (s *Scenario) readWaves(v value) error {
	items, err := v.items()
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return v.fail("give at least one, or leave waves out for the benchmark: 1000 requests, 50 in flight", "waves is empty")
	}
	for _, item := range items {
		var lane string
		var w Wave
		if err := v.mapping(item, append([]field{textField("lane", &lane)}, w.fields()...)); err != nil {
			return laneWords(err)
		}
		s.addWave(lane, w)
	}
	return nil
}

// laneWords explains a lane's words at a wave.
func laneWords(err error) error {
	e, ok := err.(*Error)
	if ok && (e.Message == `unknown key "workload"` || e.Message == `unknown key "arrivals"`) {
		e.Hint = "it belongs to a whole lane: lanes: [{name: …, workload: {…}, arrivals: …}]"
	}
	return err
}

// readLanes reads what lanes have of their own. Where the list stands, it holds
// every lane that has a name.
func (s *Scenario) readLanes(v value) error {
	items, err := v.items()
	if err != nil {
		return err
	}
	listed := map[string]bool{}
	for _, item := range items {
		if err := s.readLane(item, listed); err != nil {
			return err
		}
	}
	for i, l := range s.Lanes {
		if l.Name != "" && !listed[l.Name] {
			names := make([]string, 0, len(listed))
			for name := range listed {
				names = append(names, name)
			}
			e := wrong(wavePath(i, 0)+".lane", didYouMean(l.Name, names), "unknown lane %q: it is not in the list lanes", l.Name)
			return s.locate(e, "", 0)
		}
	}
	return nil
}

func (s *Scenario) readLane(v value, listed map[string]bool) error {
	var l Lane
	own := field{word: "workload", read: func(v value) error {
		w := s.Workload // what it does not say, it inherits
		l.Workload = &w
		return workloadField("workload", &w).read(v)
	}}
	fields := []field{textField("name", &l.Name), own, neededField("arrivals", &l.Arrivals)}
	if err := v.mapping(v, fields); err != nil {
		return err
	}
	if listed[l.Name] {
		return v.fail("keep one of them", "lane %q stands twice", l.Name)
	}
	listed[l.Name] = true
	for i := range s.Lanes {
		if s.Lanes[i].Name != l.Name || l.Name == "" {
			continue
		}
		s.Lanes[i].Workload, s.Lanes[i].Arrivals = l.Workload, l.Arrivals
		v.origin.places[fmt.Sprintf("lanes[%d]", i)] = v.path
		return nil
	}
	if l.Name == "" {
		return v.fail("", "a lane's name is missing")
	}
	return v.fail("give a wave lane: "+l.Name+", or leave the lane out", "lane %q has no waves", l.Name)
}

func (s *Scenario) writeWaves() any {
	list := yamlList{}
	for _, l := range s.Lanes {
		for _, w := range l.Waves {
			m := written(w.fields())
			if l.Name != "" {
				m = append(yamlMap{{"lane", quote(l.Name)}}, m...)
			}
			list = append(list, m)
		}
	}
	return unless(len(list) == 0, list)
}

func (s *Scenario) writeLanes() any {
	list, own := yamlList{}, false
	for _, l := range s.Lanes {
		if l.Name == "" {
			continue
		}
		m := yamlMap{{"name", quote(l.Name)}}
		if l.Workload != nil {
			m = append(m, yamlPair{"workload", l.Workload.besides(&s.Workload)})
		}
		if l.Arrivals != "" {
			m = append(m, yamlPair{"arrivals", quote(l.Arrivals)})
		}
		own = own || len(m) > 1
		list = append(list, m)
	}
	return unless(!own, list)
}
