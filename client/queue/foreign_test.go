package queue

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"flashwave/client"
)

// others puts keys of others beside ours, and members of others among ours: some by chance.
func others(m *miniredis.Miniredis, random *rand.Rand, l *Layout) {
	some := func(do func(id string)) {
		for range random.IntN(4) {
			do(fmt.Sprint("other-", random.IntN(1000)))
		}
	}
	queue := l.QueueKey(1)
	some(func(id string) {
		switch l.Kind {
		case "zset", "bullmq":
			_, _ = m.ZAdd(queue, random.Float64()*4e9, id)
		case "list":
			_, _ = m.Lpush(queue, fmt.Sprintf(`{"id": %q}`, id))
		case "stream":
			_, _ = m.XAdd(queue, "*", []string{"id", id})
		}
	})
	if l.Kind == "bullmq" {
		for _, set := range []string{"completed", "failed"} {
			some(func(id string) { _, _ = m.ZAdd("bull:copy:"+set, 1, id) })
		}
		some(func(id string) { m.HSet("bull:copy:"+id, "data", "theirs") })
		some(func(id string) { _, _ = m.Lpush("bull:copy:wait", id) })
		return
	}
	some(func(id string) { _ = m.Set("copy:task:"+id, "theirs") })
	some(func(id string) { _ = m.Set("copy:result:"+id, "theirs") })
	some(func(id string) { m.HSet("copy:dead", id, "theirs") })
	some(func(id string) { m.HSet("copy:stats", id, "7") })
	some(func(id string) { _ = m.Set(id, "theirs") })
}

// belongings are what is in Redis and not of a run, by key and member.
func belongings(m *miniredis.Miniredis) map[string]string {
	all := map[string]string{}
	put := func(key, member, v string) {
		if !strings.Contains(key+member+v, "fw-") {
			all[key+" "+member] = v
		}
	}
	for _, key := range m.Keys() {
		switch m.Type(key) {
		case "string":
			v, _ := m.Get(key)
			put(key, "", v)
		case "hash":
			fields, _ := m.HKeys(key)
			for _, f := range fields {
				put(key, f, m.HGet(key, f))
			}
		case "zset":
			set, _ := m.SortedSet(key)
			for member, score := range set {
				put(key, member, fmt.Sprint(score))
			}
		case "list":
			list, _ := m.List(key)
			for _, v := range list {
				put(key, v, "")
			}
		case "stream":
			entries, _ := m.Stream(key)
			for _, e := range entries {
				put(key, e.ID, fmt.Sprint(e.Values))
			}
		}
	}
	for _, own := range []string{"copy:stats enqueued", "bull:copy:pc ", "bull:copy:marker 0"} {
		delete(all, own)
	}
	return all
}

// Whatever stands beside a run's tasks and among them, whether they are taken or not: what is
// of others is there afterwards as it was, and of ours nothing that nobody took, unless it is
// to be kept.
func TestForeignKeysAreLeftAlone(t *testing.T) {
	t.Parallel()
	for _, name := range layouts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := miniredis.RunT(t)
			for seed := range uint64(8) {
				random := rand.New(rand.NewPCG(seed, 0))
				m.FlushAll()
				q := opened(t, m, name, time.Minute, newLedger())
				q.config.Join, q.config.Keep = true, seed%4 == 3
				others(m, random, &q.config.Layout)
				before := belongings(m)
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
				for range random.IntN(20) {
					go q.Do(ctx, &client.Request{}, nil)
				}
				time.Sleep(15 * time.Millisecond)
				key, taken := q.config.Layout.QueueKey(1), ""
				if all, _ := m.ZMembers(key); len(all) > 0 && q.config.Layout.Kind != "bullmq" && random.IntN(2) == 0 {
					taken = all[len(all)-1]
					_, _ = m.ZRem(key, taken)
					delete(before, key+" "+taken)
				}
				<-ctx.Done()
				cancel()
				if err := q.Close(); err != nil {
					t.Fatal(err)
				}
				if after := belongings(m); !maps.Equal(before, after) {
					t.Errorf("seed %d: there was %v, and there is %v", seed, before, after)
				}
				for _, key := range m.Keys() {
					of := held(m, key)
					if q.config.Keep || !strings.Contains(key+fmt.Sprint(of), "fw-") || taken != "" && strings.Contains(key, taken) {
						continue
					}
					t.Errorf("seed %d: left behind is %s: %v", seed, key, of)
				}
			}
		})
	}
}
