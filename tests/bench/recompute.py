"""What becomes of all tickets at once: a changed policy, and rules and a policy tried on the past.

While the due times of all tickets are computed anew, a reader and a writer are at the same tickets and measure how long
they wait, beside what they wait when nobody computes. The walk over the past is measured in time, rows and memory.
"""
import http.client
import itertools
import json
import os
import random
import threading
import time

import database
import measure
import servers

WEEKS = 4
PAUSE = 0.02  # between two requests of a neighbour
RULE = {"name": "Fires first", "on": ["arrival"], "if": {"field": "subject", "op": "has", "value": "number"},
        "then": [{"do": "priority", "value": "urgent"}]}
addresses = itertools.count(1)


class Neighbour(threading.Thread):
    """One who asks for tickets or changes them, one after the other."""

    def __init__(self, port, token, last, is_writer):
        super().__init__()
        self.port, self.last, self.is_writer = port, last, is_writer
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.times = []
        self.over = threading.Event()

    def run(self):
        chance = random.Random(1)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60,
                                                source_address=(f"127.2.0.{next(addresses) % 250 + 1}", 0))
        while not self.over.is_set():
            begun = time.monotonic()
            body = json.dumps({"priority": chance.choice(("low", "normal", "high", "urgent"))}) if self.is_writer else None
            connection.request("PATCH" if self.is_writer else "GET", f"/api/v1/tickets/{chance.randint(1, self.last)}", body,
                               self.headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status in (200, 404, 409), f"a neighbour was told {answer.status}"
            self.times.append((time.monotonic() - begun) * 1000)
            time.sleep(PAUSE)
        connection.close()


class Recompute:
    def __init__(self, bench):
        self.bench = bench
        self.gateway = bench.main
        self.table = bench.table
        self.gateway.run("staff", "add", "walker", "--role", "admin", "--address", "walker@firm.example", "--password-stdin",
                         text="a password of the walk\n")
        self.token = self.gateway.json("token", "add", "walker", "--name", "walk")["token"]

    def call(self, method, path, document=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=60)
        connection.request(method, "/api/v1" + path, json.dumps(document) if document is not None else None,
                           {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status < 300, text
        return json.loads(text)

    def fill(self, n):
        """Tickets of the last weeks in order; some answered, some solved."""
        self.bench.fill(n)
        now = int(time.time() * 1e6)
        (last,), = database.rows(self.gateway, "MAX(id)", "FROM ticket")
        step = WEEKS * 7 * 86400 * 1000000 // (last + 1)
        at = f"{now} - ({last} + 1 - %s) * {step}"
        database.run(
            self.gateway,
            f"UPDATE ticket SET created_at = {at % 'id'}, updated_at = {at % 'id'} + 3600000000",
            f"UPDATE message SET created_at = {at % 'ticket_id'} WHERE direction = 0",
            "INSERT INTO message (ticket_id, direction, kind, channel, agent_id, from_name, from_address, subject, text, created_at)"
            f" SELECT id, 1, 0, 4, 1, 'Agent', 'a@firm.example', 'Case', 'We look at it.', created_at + (id MOD 90) * 60000000"
            " FROM ticket WHERE id MOD 3 > 0 AND NOT EXISTS (SELECT 1 FROM message WHERE ticket_id = ticket.id AND direction = 1)",
            "INSERT INTO event (ticket_id, at, kind, actor_kind, old_value, new_value)"
            " SELECT id, created_at + 7200000000, 1, 0, 'open', IF(status = 4, 'solved', 'closed') FROM ticket"
            " WHERE status > 3 AND NOT EXISTS (SELECT 1 FROM event WHERE ticket_id = ticket.id)")
        return last

    def rows_read(self):
        return sum(int(value) for _, value in database.rows(
            self.gateway, "VARIABLE_NAME, VARIABLE_VALUE", "FROM information_schema.global_status"
            " WHERE VARIABLE_NAME IN ('HANDLER_READ_KEY', 'HANDLER_READ_NEXT', 'HANDLER_READ_PREV', 'HANDLER_READ_FIRST',"
            " 'HANDLER_READ_LAST', 'HANDLER_READ_RND', 'HANDLER_READ_RND_NEXT')"))

    def longest_wait(self):
        """Milliseconds that anybody has waited for a row's lock since the server started, as it says itself."""
        (longest,), = database.rows(self.gateway, "VARIABLE_VALUE", "FROM information_schema.global_status"
                                    " WHERE VARIABLE_NAME = 'INNODB_ROW_LOCK_TIME_MAX'")
        return int(longest)

    def change_policy(self, minutes):
        path = os.path.join(self.bench.folder, "policy.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"title": "All", "is_enabled": True,
                       "targets": {metric: {name: minutes for name in ("low", "normal", "high", "urgent")}
                                   for metric in ("first_response", "resolution")}}, file)
        os.chmod(path, 0o644)
        self.gateway.run("sla", "import", "all", path)

    def job(self):
        return self.call("GET", "/sla")["job"]

    def wait_for_job(self):
        servers.wait_for(lambda: not self.job()["is_running"], "all due times", deadline=3600, pause=0.2)
        return self.job()

    def beside(self, last, work):
        """The times of a reader and of a writer while something is done."""
        pair = [Neighbour(self.gateway.port, self.token, last, is_writer) for is_writer in (False, True)]
        for neighbour in pair:
            neighbour.start()
        try:
            work()
        finally:
            for neighbour in pair:
                neighbour.over.set()
                neighbour.join()
        return [sorted(neighbour.times) for neighbour in pair]

    def run(self, n):
        last = self.fill(n)
        self.change_policy(60)
        self.wait_for_job()
        alone = self.beside(last, lambda: time.sleep(max(self.bench.size["seconds"], 1)))
        self.change_policy(90)
        begun = time.monotonic()
        crowd = self.beside(last, self.wait_for_job)
        took = time.monotonic() - begun
        job = self.job()
        self.table.add(f"recompute, {n} tickets: unsolved ones a second", job["tickets"] / took)
        self.table.add(f"recompute, {n} tickets: longest lock", job["longest_lock_ms"], None, "ms")
        self.table.add(f"recompute, {n} tickets: longest wait of anybody for a row (the server's)", self.longest_wait(), None, "ms")
        for name, ours, limit in (("reader", crowd[0], alone[0]), ("writer", crowd[1], alone[1])):
            for share in (0.5, 0.99, 1):
                word = "worst" if share == 1 else f"p{int(share * 100)}"
                self.table.add(f"recompute, {n} tickets: {name} beside it, {word} (limit: alone)",
                               measure.quantile(ours, share), measure.quantile(limit, share), "ms")
        self.replay(n, "policy", f"/sla/{self.call('GET', '/sla')['policies'][0]['id']}/replay", {"weeks": WEEKS})
        self.replay(n, "rule", "/rules/replay", {"weeks": WEEKS, "rule": RULE})

    def replay(self, n, what, path, order):
        pid = self.bench_pid("clerk")
        rows, cpu, begun = self.rows_read(), measure.cpu_seconds(pid), time.monotonic()
        most = measure.pss_mib(pid)
        number = self.call("POST", path, order)["replay"]
        while True:
            replay = self.call("GET", f"/replays/{number}")["replay"]
            most = max(most, measure.pss_mib(pid))
            if not replay["is_running"]:
                break
            time.sleep(0.3)
        took = time.monotonic() - begun
        assert replay["state"] == "done", replay["trouble"]
        rows = self.rows_read() - rows
        tickets = max(replay["tickets"], 1)
        self.table.add(f"replay of a {what}, {n} tickets: tickets a second", tickets / took)
        self.table.add(f"replay of a {what}, {n} tickets: seconds", took)
        self.table.add(f"replay of a {what}, {n} tickets: rows read, a ticket", rows / tickets)
        self.table.add(f"replay of a {what}, {n} tickets: the clerk's CPU a ticket", (measure.cpu_seconds(pid) - cpu) * 1000 / tickets, None, "ms")
        self.table.add(f"replay of a {what}, {n} tickets: the clerk's PSS at the most", most, None, "MiB")

    def bench_pid(self, role):
        return self.gateway.health()[role]["pid"]
