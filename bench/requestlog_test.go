package bench

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

var errNoSpace = errors.New("no space left")

// A fullDisk takes nothing.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errNoSpace }

// What breaks a log is told, whatever the run came to.
func TestABrokenLogIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sc := build(t, nil, "w:c2:10x")
		f := &fake{epoch: time.Now(), answer: always(reply{wait: time.Millisecond, tokens: 1})}
		o := options(t, sc, f, f.epoch)
		o.Requests = fullDisk{}
		run, err := Start(o)
		if err != nil {
			t.Fatal(err)
		}
		doc := run.Wait()
		conserved(t, doc)
		if _, err := run.RequestLog(); !errors.Is(err, errNoSpace) || doc.Total.Requests.Succeeded != 10 {
			t.Errorf("%v, %+v", err, doc.Total.Requests)
		}
	})
}
