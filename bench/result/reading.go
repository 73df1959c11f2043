package result

// A Reading is a run at one instant with all that its histograms hold, for whoever
// passes it on: a plain value that shares no memory with the run.
type Reading struct {
	Snapshot
	Parts     []Portion // by wave; every request is in one of them
	Workloads []Portion // of the shares of a mix, the same requests again; nil: there is none
}

// A Portion is what some of the requests did so far, up to the last full second. Its
// counts and histograms only grow while the run goes on.
type Portion struct {
	Name, Lane string
	Part       *Part
}
