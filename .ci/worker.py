#!/usr/bin/env python3
"""A shop's worker that knows nothing of flashwave: it takes up to ten tasks of the most urgent
priority, asks a completions endpoint for each, and writes the results. It logs what it took and
finished, so that figures can be held against an independent count.

    worker.py REDIS_PORT ENDPOINT LOG
"""
import concurrent.futures
import json
import socket
import sys
import time
import urllib.request

port, endpoint, log = int(sys.argv[1]), sys.argv[2], open(sys.argv[3], "a", buffering=1)


class Redis:
    """The few words of Redis that a worker needs."""

    def __init__(self):
        self.file = socket.create_connection(("127.0.0.1", port)).makefile("rwb")

    def __call__(self, *words):
        self.file.write(b"*%d\r\n" % len(words))
        for word in words:
            word = word if isinstance(word, bytes) else str(word).encode()
            self.file.write(b"$%d\r\n%s\r\n" % (len(word), word))
        self.file.flush()
        return self.reply()

    def reply(self):
        line = self.file.readline()
        if not line:
            raise ConnectionError("Redis is gone")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b"+":
            return rest
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        return [self.reply() for _ in range(int(rest))]


def ask(task):
    body = json.dumps({"model": task["model"] or "deepseek-v3.2", "max_tokens": task["max_tokens"], "messages": [{"role": "user", "content": task["prompt"]}]})
    request = urllib.request.Request(endpoint + "/chat/completions", body.encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def batch(redis, pool):
    """Works on one batch, and says whether there was any."""
    for priority in range(1, 11):
        taken = redis("ZPOPMIN", f"copy:queue:{priority}", 10)[::2]
        if taken:
            break
    else:
        return False
    for id in taken:
        log.write(f"taken {id.decode()} {priority} {time.time():.6f}\n")
    tasks = [json.loads(redis("GET", b"copy:task:" + id)) for id in taken]
    for id, answer in zip(taken, pool.map(ask, tasks)):
        result = {"status": "done", "content": answer["choices"][0]["message"]["content"], "usage": answer["usage"]}
        redis("SET", b"copy:result:" + id, json.dumps(result), "EX", 3600)
        redis("HINCRBY", "copy:stats", "completed", 1)
        log.write(f"done {id.decode()} {priority} {time.time():.6f}\n")
    return True


with concurrent.futures.ThreadPoolExecutor(10) as pool:
    redis = None
    while True:
        try:
            redis = redis or Redis()
            if not batch(redis, pool):
                time.sleep(0.02)
        except (OSError, RuntimeError):
            redis = None
            time.sleep(0.2)
