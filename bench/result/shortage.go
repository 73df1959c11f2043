package result

import (
	"fmt"

	"flashwave/client/outcome"
)

// shortages are what a shortage of this machine is called, and what to do about it.
var shortages = map[outcome.Shortage]struct {
	kind FindingKind
	text string
}{
	outcome.Files:  {FoundFiles, "%d connections failed for want of open files: raise the limit (ulimit -n), or lower --max-in-flight"},
	outcome.Ports:  {FoundPorts, "%d connections failed for want of ports: let connections be reused (keep-alive, --connections, --http2), or widen net.ipv4.ip_local_port_range"},
	outcome.Memory: {FoundMemory, "%d connections failed for want of memory for sockets: free some, or lower --max-in-flight"},
}

// RanOut is what the generator itself ran out of while connecting. That is no failure
// of the endpoint, and the wave says nothing of it.
func RanOut(wave string, p *Part) (found Findings) {
	for _, s := range outcome.Shortages() {
		if n := p.Shortages[s]; n > 0 {
			short := shortages[s]
			found = append(found, Finding{Wave: wave, Kind: short.kind, Text: fmt.Sprintf(short.text, n), Voids: VoidsAll})
		}
	}
	return found
}
