package queue_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gomodule/redigo/redis"

	"flashwave/client/outcome"
	"flashwave/client/queue"
	"flashwave/client/queue/spec"
	"flashwave/client/queue/worker"
)

// simple workers take one task after the other, each of which takes a second.
var simple = map[string]func(conn redis.Conn) (id string, err error){
	"list": func(conn redis.Conn) (string, error) {
		for p := range 10 {
			b, err := redis.Bytes(conn.Do("RPOP", fmt.Sprintf("copy:list:%d", p+1)))
			if err == nil {
				return idIn(b), nil
			}
		}
		return "", nil
	},
	"bullmq": func(conn redis.Conn) (string, error) {
		of, err := redis.Strings(conn.Do("ZPOPMIN", "bull:copy:prioritized"))
		if err != nil || len(of) == 0 {
			return "", err
		}
		return of[0], nil
	},
	"stream": func(conn redis.Conn) (string, error) {
		for p := range 10 {
			key := fmt.Sprintf("copy:stream:%d", p+1)
			of, err := redis.Values(conn.Do("XREADGROUP", "GROUP", "workers", "one", "COUNT", 1, "STREAMS", key, ">"))
			if err != nil || len(of) == 0 {
				continue
			}
			entries, _ := redis.Values(of[0].([]any)[1], nil)
			entry := entries[0].([]any)
			fields, _ := redis.StringMap(entry[1], nil)
			_, err = conn.Do("XACK", key, "workers", entry[0])
			return fields["id"], err
		}
		return "", nil
	},
}

// finish writes what a worker writes of a task that is done.
func finish(conn redis.Conn, layout, id string) error {
	if layout == "bullmq" {
		_, err := conn.Do("HSET", "bull:copy:"+id, "finishedOn", 1, "returnvalue", `{"status":"done"}`, "atm", 1)
		return err
	}
	_, err := conn.Do("SET", "copy:result:"+id, `{"status":"done"}`)
	return err
}

func idIn(b []byte) string {
	var said struct{ ID string }
	_ = json.Unmarshal(b, &said)
	return said.ID
}

// A list, a stream and BullMQ's jobs are queues as well: the waits and the service times of tasks that are
// taken one by one are what they must be.
func TestOtherLayouts(t *testing.T) {
	t.Parallel()
	for name, take := range simple {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := miniredis.RunT(t)
			synctest.Test(t, func(t *testing.T) {
				layout, err := spec.ParseLayout(name)
				if err != nil {
					t.Fatal(err)
				}
				s := open(t, m, func(c *queue.Config, w *worker.Config) { c.Layout, w.Workers = layout, 0 })
				s.ask(0, 5)
				synctest.Wait()
				time.Sleep(50 * time.Millisecond)
				conn, err := queue.Dial(s.ctx, s.config.Address, "", nil)
				if err != nil {
					t.Fatal(err)
				}
				for range 4 {
					id, err := take(conn)
					if err != nil || id == "" {
						t.Fatalf("%q, %v", id, err)
					}
					time.Sleep(time.Second)
					if err := finish(conn, name, id); err != nil {
						t.Fatal(err)
					}
				}
				if id, err := take(conn); err != nil || id == "" { // it is never done
					t.Fatalf("%q, %v", id, err)
				}
				time.Sleep(12 * time.Second)
				s.asked.Wait()
				if err := want(s.done[0], 4, s.lost[0], 1, s.outcomes()[outcome.Timeout], 1); err != nil {
					t.Error(err)
				}
				for i, w := range s.waits {
					if due := time.Duration(i)*time.Second + 50*time.Millisecond; w < due-10*time.Millisecond || w > due+30*time.Millisecond {
						t.Errorf("task %d waited %v, want %v", i, w, due)
					}
				}
				s.conserved(t)
				_ = conn.Close()
				s.close(t)
			})
		})
	}
}
