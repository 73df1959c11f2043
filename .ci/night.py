#!/usr/bin/env python3
"""Counts a shop's night without flashwave, and holds the figures of a run against it.

    night.py watch REDIS_PORT DEPTHS             logs the depth of each class until it is ended
    night.py count REDIS_PORT DEPTHS RUN.json [WORKER_LOG]

The count is that of Redis (tasks, results and counters, so the run has to keep its tasks), and its
clock says when, in the worker's log; without one a result says when it was taken, and its time to
live when it was done. Each figure may deviate by one per cent, and instants, which flashwave sees
by looking, by half of the time between two looks as well, and in the tail by the longest one.
"""
import bisect
import datetime
import json
import math
import statistics
import sys
import time

from worker import Redis

CLASSES = {"urgent": range(1, 4), "normal": range(4, 7), "bulk": range(7, 11)}


def watch(port, path):
    redis = Redis(port)
    with open(path, "w", buffering=1) as log:
        while True:
            at, *lengths = redis.at(*(("ZCARD", f"copy:queue:{p}") for p in range(1, 11)))
            log.write(f"{at:.6f} {' '.join(str(sum(lengths[p - 1] for p in of)) for of in CLASSES.values())}\n")
            time.sleep(0.01)


def when(text):
    """An instant of RFC 3339, whose nanoseconds Python does not read, in seconds."""
    whole, _, part = text.rstrip("Z").partition(".")
    return datetime.datetime.fromisoformat(whole + "+00:00").timestamp() + float("0." + (part or "0"))


def load(redis, kind):
    """All values under copy:KIND:*, by id."""
    keys, cursor = [], b"0"
    while True:
        cursor, some = redis("SCAN", cursor, "MATCH", f"copy:{kind}:*", "COUNT", 1000)
        keys += some
        if cursor == b"0":
            break
    keys = sorted(set(keys))
    values = []
    for i in range(0, len(keys), 500):
        values += redis("MGET", *keys[i : i + 500])
    return {key.decode().split(":", 2)[2]: json.loads(value) for key, value in zip(keys, values)}


KEPT = 3600  # for how long results are, in seconds


def stamps(redis, results, log):
    """When each task was taken and done."""
    taken, done = {}, {}
    if log:
        for line in open(log):
            word, id, _, at = line.split()
            (taken if word == "taken" else done).setdefault(id, float(at))
        return taken, done
    for id, of in results.items():
        taken[id] = when(of["taken_at"])
        (seconds, us), left = redis.all([("TIME",), ("PTTL", "copy:result:" + id)])
        done[id] = int(seconds) + int(us) / 1e6 + left / 1000 - KEPT
    return taken, done


def depths_of(path, at):
    """The mean depth of each class, over the instants of a timeline."""
    rows = [list(map(float, line.split())) for line in open(path)]
    times = [row[0] for row in rows]
    return [statistics.fmean(rows[min(bisect.bisect(times, t), len(rows) - 1)][1 + i] for t in at) for i in range(len(CLASSES))]


class Held:
    """Figures that are held against each other."""

    def __init__(self):
        self.wrong = 0

    def __call__(self, name, theirs, ours, slack=0.0):
        off = abs(theirs - ours)
        share = 100 * off / theirs if theirs else 0.0
        wrong = off > 0.01 * theirs + slack
        self.wrong += wrong
        print(f"  {name:<22} {theirs:12.2f} {ours:12.2f} {ours - theirs:+10.2f} {share:7.2f} %{'   WRONG' if wrong else ''}")


def count(port, depths, document, log=None):
    redis, run = Redis(port), json.load(open(document))
    queue, held = run["queue"], Held()
    tasks, results = load(redis, "task"), load(redis, "result")
    taken, done = stamps(redis, results, log)
    look = queue["resolution_ms"]
    print(f"  {'':<22} {'counted':>12} {'flashwave':>12} {'off by':>10}")
    for i, name in enumerate(CLASSES):
        ours = next(c for c in queue["classes"] if c["name"] == name)
        of = [id for id, task in tasks.items() if task["class"] == name]
        assert all(tasks[id]["priority"] in CLASSES[name] for id in of), "a class is not where it belongs"
        held(name + " enqueued", len(of), ours["tasks"]["enqueued"])
        held(name + " done", sum(id in results for id in of), ours["tasks"]["done"])
        wait = [1000 * (taken[id] - when(tasks[id]["created_at"])) for id in of if id in taken]
        service = [1000 * (done[id] - taken[id]) for id in of if id in done]
        for kind, list in ("wait", wait), ("service", service):
            said, ordered = ours["latency_ms"][kind], sorted(list)
            held(f"{name} {kind} mean, ms", statistics.fmean(list), said["mean"], look / 2)
            for p in 50, 95:
                # By nearest rank, as a histogram tells it. Who is taken in one batch is in no order,
                # so it may be the rank beside it as well.
                at = math.ceil(p * len(ordered) / 100) - 1
                low, mid, high = (ordered[max(0, min(at + i, len(ordered) - 1))] for i in (-1, 0, 1))
                held(f"{name} {kind} p{p}, ms", mid, said[f"p{p}"], max(mid - low, high - mid) + (look if p == 50 else queue["longest_look_ms"]))
        held(name + " taken", len(wait), sum(row["classes"][i]["taken"] for row in queue["timeline"]), 1)
    # A row tells the depth at its end, which is where the next one begins.
    began, rows = when(run["started_at"]), queue["timeline"]
    theirs = depths_of(depths, [began + row["t_s"] for row in rows[1:]])
    for i, name in enumerate(CLASSES):
        # What is there at an instant may be a batch more or less a moment later.
        held(name + " depth, mean", theirs[i], statistics.fmean(row["classes"][i]["depth"] for row in rows[:-1]), 5)
    counters = redis.all([("HGET", "copy:stats", word) for word in ("enqueued", "completed")])
    held("counter: enqueued", int(counters[0]), queue["total"]["tasks"]["enqueued"])
    held("counter: completed", int(counters[1]), queue["total"]["tasks"]["done"])
    inverted = sum(c["tasks"]["inversions"] for c in queue["classes"])
    print(f"  {inverted} inversions, resolution {look:.1f} ms, longest look {queue['longest_look_ms']:.1f} ms, deepest {queue['total']['depth_max']}")
    sys.exit(f"{held.wrong} figures deviate by more than one per cent" if held.wrong else 0)


if __name__ == "__main__":
    {"watch": watch, "count": count}[sys.argv[1]](int(sys.argv[2]), *sys.argv[3:])
