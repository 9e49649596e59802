"""What the benchmark measures with: CPU and memory out of /proc, and a small HTTP client."""
import itertools
import os
import re
import socket
import sys
import threading
import time

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """CPU time of a process and of those children that it has waited for."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / TICK


def times_run(pid):
    """How often a process went to sleep so far; never too few for one that has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", file.read(), re.M).group(1))
    except OSError:
        return sys.maxsize


def pss_mib(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as file:
        return int(re.search(r"^Pss:\s+(\d+) kB", file.read(), re.M).group(1)) / 1024


addresses = itertools.count()


class Client:
    """One connection that is kept, and that reads what is sent to it: fast enough to measure a server with."""

    def __init__(self, port, path, headers=()):
        self.port = port
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers]
        self.request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self.socket = None
        self.status = 0
        self.size = 0  # of the last body

    def connect(self):
        # Each client is somebody else, or the limit of requests an address would be what is measured.
        number = next(addresses)
        source = f"127.1.{number // 250 % 250}.{number % 250 + 1}"
        self.socket = socket.create_connection(("127.0.0.1", self.port), 60, (source, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def get(self):
        """The answer's status."""
        if self.socket is None:
            self.connect()
        self.socket.sendall(self.request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.receive()
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        if length is not None:
            size = len(body)
            while size < int(length.group(1)):
                size += len(self.receive())
        else:
            while not body.endswith(b"0\r\n\r\n"):
                body += self.receive()
            size = len(body)
        if re.search(rb"(?i)\r\nconnection: *close", head):
            self.socket.close()
            self.socket = None
        self.size = size
        self.status = int(head[9:12])
        return self.status

    def receive(self):
        data = self.socket.recv(1 << 18)
        if not data:
            raise ConnectionError("the server closed the connection")
        return data


def closed_loop(make_client, clients, seconds):
    """How many requests are answered when each of some clients asks again as soon as it has its answer."""
    counts = [0] * clients
    until = time.monotonic() + seconds

    def work(number):
        client = make_client()
        while time.monotonic() < until:
            status = client.get()
            assert status == 200, f"status {status}"
            counts[number] += 1
    in_parallel(work, clients)
    return sum(counts)


def open_loop(make_client, clients, rate, seconds):
    """Times in ms when requests come at a fixed rate, whether or not earlier ones were answered: counted from when a
    request was due, so that a server that stops for a moment does not hide it."""
    times = []
    start = time.monotonic() + 0.1
    total = int(rate * seconds)

    def work(number):
        client = make_client()
        for i in range(number, total, clients):
            due = start + i / rate
            pause = due - time.monotonic()
            if pause > 0:
                time.sleep(pause)
            client.get()
            times.append((time.monotonic() - due) * 1000)
    in_parallel(work, clients)
    return sorted(times)


def in_parallel(work, n):
    problems = []

    def guarded(number):
        try:
            work(number)
        except Exception as problem:  # pylint: disable=broad-except
            problems.append(problem)
    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(n)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


def quantile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))] if sorted_values else 0.0
