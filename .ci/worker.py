#!/usr/bin/env python3
"""A shop's workers that know nothing of flashwave: each takes up to ten tasks of the most urgent
priority, asks a completions endpoint for each, writes the results, and rests. They log what they
took and finished, and when, by Redis' own clock, so that figures can be held against an
independent count, however late a busy machine lets a worker go on.

    worker.py REDIS_PORT ENDPOINT LOG [WORKERS [REST [LAYOUT]]]

WORKERS are processes (1), REST is in seconds, after each batch (0), and LAYOUT says where tasks
are: shop (sorted sets), list or stream.
"""
import concurrent.futures
import http.client
import json
import os
import signal
import socket
import sys
import threading
import time
import urllib.parse


class Redis:
    """The few words of Redis that a worker needs."""

    def __init__(self, port):
        self.file = socket.create_connection(("127.0.0.1", port)).makefile("rwb")

    def __call__(self, *words):
        self.send(*words)
        return self.reply()

    def all(self, commands):
        """Sends several commands at once, and returns the replies."""
        for words in commands:
            self.send(*words, flush=False)
        self.file.flush()
        return [self.reply() for _ in commands]

    def at(self, *commands):
        """Has commands done as one, and returns the instant by Redis' clock before their replies."""
        (seconds, us), *replies = self.all([("MULTI",), ("TIME",), *commands, ("EXEC",)])[-1]
        return int(seconds) + int(us) / 1e6, *replies

    def send(self, *words, flush=True):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.file.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
        if flush:
            self.file.flush()

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


class Endpoint:
    """A completions endpoint, asked on a connection that each thread keeps."""

    def __init__(self, url):
        self.at, self.own = urllib.parse.urlsplit(url), threading.local()

    def ask(self, task):
        body = json.dumps({"model": task["model"] or "deepseek-v3.2", "max_tokens": task["max_tokens"], "messages": [{"role": "user", "content": task["prompt"]}]})
        if not hasattr(self.own, "connection"):
            self.own.connection = http.client.HTTPConnection(self.at.netloc, timeout=60)
        try:
            headers = {"Content-Type": "application/json", "X-Task-ID": task["id"], "Authorization": "Bearer " + os.environ.get("SHOP_KEY", "none")}
            self.own.connection.request("POST", self.at.path + "/chat/completions", body.encode(), headers)
            return json.load(self.own.connection.getresponse())
        except BaseException:
            self.own.connection.close()
            raise


def shop(redis, priority):
    """Takes tasks from a sorted set, and says when. None needs a word once it is done."""
    at, taken = redis.at(("ZPOPMIN", f"copy:queue:{priority}", 10))
    return at, [(json.loads(data), []) for data in redis.all([("GET", b"copy:task:" + id) for id in taken[::2]])]


def of_list(redis, priority):
    at, taken = redis.at(("RPOP", f"copy:list:{priority}", 10))
    return at, [(json.loads(data), []) for data in taken or []]


def of_stream(redis, priority):
    key = f"copy:stream:{priority}"
    at, taken = redis.at(("XREADGROUP", "GROUP", "workers", os.getpid(), "COUNT", 10, "STREAMS", key, ">"))
    entries = taken[0][1] if taken else []
    return at, [(json.loads(fields[fields.index(b"task") + 1]), [("XACK", key, "workers", entry)]) for entry, fields in entries]


LAYOUTS = {"shop": shop, "list": of_list, "stream": of_stream}


def batch(redis, take, pool, endpoint, log):
    """Works on one batch, and says whether there was any."""
    for priority in range(1, 11):
        at, taken = take(redis, priority)
        if taken:
            break
    else:
        return False
    for task, _ in taken:
        log.write(f"taken {task['id']} {priority} {at:.6f}\n")
    asked = {pool.submit(endpoint.ask, task): (task["id"], words) for task, words in taken}
    for answer in concurrent.futures.as_completed(asked):
        (id, words), answer = asked[answer], answer.result()
        result = {"status": "done", "content": answer["choices"][0]["message"]["content"], "usage": answer["usage"]}
        at, *_ = redis.at(("SET", "copy:result:" + id, json.dumps(result), "EX", 3600), ("HINCRBY", "copy:stats", "completed", 1), *words)
        log.write(f"done {id} {priority} {at:.6f}\n")
    return True


def work(port, endpoint, log, rest, take):
    redis, endpoint, log = None, Endpoint(endpoint), open(log, "a", buffering=1)
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        while True:
            try:
                redis = redis or Redis(port)
                time.sleep(rest if batch(redis, take, pool, endpoint, log) else 0.02)
            except (OSError, RuntimeError, http.client.HTTPException):
                redis = None
                time.sleep(0.2)


if __name__ == "__main__":
    port, endpoint, log = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    workers, rest = int(sys.argv[4]) if len(sys.argv) > 4 else 1, float(sys.argv[5]) if len(sys.argv) > 5 else 0
    others = []
    for _ in range(workers - 1):
        others.append(os.fork())
        if others[-1] == 0:
            break
    else:  # the first one takes the others with it
        signal.signal(signal.SIGTERM, lambda *_: [os.kill(pid, signal.SIGKILL) for pid in [*others, os.getpid()]])
    work(port, endpoint, log, rest, LAYOUTS[sys.argv[6] if len(sys.argv) > 6 else "shop"])
