package outcome

// A Shortage is what the generator's own machine ran out of when a connection
// was to be opened. Such a request ends as [Connect], but it says nothing of the
// endpoint. Its text is its word in JSON.
type Shortage string

// The shortages.
const (
	NoShortage Shortage = ""
	Files      Shortage = "files"  // open files, of the process or of the system
	Ports      Shortage = "ports"  // local ports towards one address
	Memory     Shortage = "memory" // of the kernel, for sockets
)

// Shortages lists every shortage, in the order in which reports show them.
func Shortages() []Shortage { return []Shortage{Files, Ports, Memory} }
