package history

import (
	"bytes"
	"testing"
	"time"
)

// Sifting keeps what is young, each target's last probes, and incidents that are open.
func TestSift(t *testing.T) {
	var b bytes.Buffer
	b.Write(firstLine())
	now := start.Add(100 * 24 * time.Hour)
	put := func(r Record) {
		text, err := line(r)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	for i := range MostProbes + 5 {
		put(Record{Probe: &Probe{Target: "fast", At: InMillis(now.Add(time.Duration(i-MostProbes-5) * time.Second))}})
	}
	put(Record{Probe: &Probe{Target: "slow", At: InMillis(now.Add(-25 * time.Hour))}})
	put(Record{Probe: &Probe{Target: "slow", At: InMillis(now.Add(-23 * time.Hour))}})
	put(Record{Minute: &Minute{Target: "slow", Minute: InMillis(now.Add(-32 * 24 * time.Hour)).Minute(), All: 4}})
	put(Record{Minute: &Minute{Target: "slow", Minute: InMillis(now.Add(-30 * 24 * time.Hour)).Minute(), All: 4}})
	put(Record{Incident: &Incident{ID: "old", Target: "slow", Opened: InMillis(start)}})
	put(Record{Incident: &Incident{ID: "old", Target: "slow", Opened: InMillis(start), Closed: InMillis(start.Add(time.Hour))}})
	put(Record{Incident: &Incident{ID: "open", Target: "slow", Opened: InMillis(start)}})
	b.WriteString("this is torn\n")
	var kept bytes.Buffer
	size, err := sift(bytes.NewReader(b.Bytes()), &kept, now)
	if err != nil || size != int64(kept.Len()) {
		t.Fatalf("%d of %d bytes: %v", size, kept.Len(), err)
	}
	past, err := Read(bytes.NewReader(kept.Bytes()), now)
	if err != nil {
		t.Fatal(err)
	}
	fast, slow := bytes.Count(kept.Bytes(), []byte(`"fast"`)), past.Of("slow").Over(now, 40*24*time.Hour)
	if fast != MostProbes || slow.All != 5 || len(past.Incidents) != 1 || past.Incidents[0].ID != "open" || past.Broken != 0 {
		t.Errorf("%d probes of fast, %+v of slow, %+v, %d broken", fast, slow, past.Incidents, past.Broken)
	}
}
