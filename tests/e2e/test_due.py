"""Due times from outside: calendars and policies by command and API, a ticket that is due, paused, over and answered."""
import json
import os
import urllib.request

import pytest

import gateway as gateways
import servers

NOINPUT, DATAERR, TEMPFAIL = 66, 65, 75
OFFICE = {"title": "Office", "zone": "Europe/Berlin", "week": {"mon": [["09:00", "17:00"]]}, "holidays": ["12-25"]}
POLICY = {"title": "Common", "calendar": "always", "targets": {"resolution": {"normal": 60, "high": 30}},
          "pauses": {"resolution": ["waiting"]}, "conditions": {"queues": ["support"]}}
HOLIDAYS = ("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20200501\r\n"
            "RRULE:FREQ=YEARLY\r\nSUMMARY:Work\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
MAIL = "From: Ada <ada@customer.example>\nTo: support@demo.example\nSubject: The wheel\nMessage-ID: <w@x.example>\n\nStuck.\n"


def test_commands(gateway):
    gateway.run("queue", "add", "support")
    assert gateway.run("calendar", "list").stdout.splitlines()[1].split()[:3] == ["always", "24/7", "UTC"]
    made = json.loads(gateway.run("calendar", "import", "office", "-", "--json", text=json.dumps(OFFICE)).stdout)
    assert made["name"] == "office" and made["version"] == 1 and made["zone"] == "Europe/Berlin"
    assert gateway.run("calendar", "holidays", "office", "-", text=HOLIDAYS).stdout == "1 holidays added\n"
    exported = gateway.run("calendar", "export", "office").stdout
    assert {"date": "05-01", "name": "Work"} in json.loads(exported)["holidays"]
    path = os.path.join(gateway.data, "office.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(exported)
    os.chmod(path, 0o644)
    due = gateway.run("hours", "--calendar", path, "add", "2026-11-23T15:00:00Z", "7200")
    assert due.stdout == "2026-11-30T09:00:00Z\n"
    assert "05-01 Work" in gateway.run("calendar", "show", "office").stdout
    wrong = gateway.run("calendar", "import", "office", "-", text='{"zone": "Nowhere"}', check=False)
    assert wrong.returncode == DATAERR and "Nowhere" in wrong.stderr

    gateway.run("sla", "import", "common", "-", text=json.dumps(POLICY))
    gateway.run("sla", "import", "gold", "-", text=json.dumps({"calendar": "office", "conditions": {"levels": ["gold"]}}))
    gateway.run("sla", "move", "gold", "up")
    assert [p["name"] for p in gateway.json_lines("sla", "list")] == ["gold", "common"]
    kept = gateway.json("sla", "export", "common")
    assert kept["targets"]["resolution"] == {"normal": 60, "high": 30} and kept["conditions"]["queues"] == ["support"]
    assert gateway.run("calendar", "remove", "office", check=False).returncode == TEMPFAIL
    gateway.run("sla", "remove", "gold")
    gateway.run("calendar", "remove", "office")
    assert gateway.run("sla", "export", "gold", check=False).returncode == NOINPUT


class World:
    def __init__(self, gateway):
        self.gateway = gateway
        self.clock = os.path.join(gateway.data, "clock")
        self.passed = 0
        gateway.environment["POSTERN_CLOCK"] = self.clock
        gateway.start()
        gateway.run("queue", "add", "support", "--title", "Support")
        gateway.run("mailbox", "add", "support", "--queue", "support", "--address", "support@demo.example")
        gateway.run("staff", "add", "ann", "--address", "ann@demo.example", "--role", "admin", "--password-stdin",
                    text="correct horse battery\n")
        self.token = gateway.json("token", "add", "ann", "--name", "tests")["token"]

    def pass_time(self, seconds):
        self.passed += seconds
        with open(self.clock + ".new", "w", encoding="ascii") as file:
            file.write(f"{self.passed}\n")
        os.chmod(self.clock + ".new", 0o644)
        os.rename(self.clock + ".new", self.clock)

    def api(self, method, path, document=None):
        request = urllib.request.Request(f"{self.gateway.url}/api/v1{path}", method=method,
                                         data=None if document is None else json.dumps(document).encode())
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=servers.DEADLINE) as answer:
            return json.load(answer)

    def wait_for_due(self, ticket, condition):
        def look():
            due = self.api("GET", f"/tickets/{ticket}")["ticket"]["due"]
            return (due,) if condition(due) else None
        return servers.wait_for(look, f"what is due on ticket {ticket}")[0]


def test_a_ticket_is_due_paused_over_and_solved(gateway):
    if not gateways.has_test_hooks():
        pytest.skip("built without --enable-test-hooks")
    world = World(gateway)
    gateway.run("sla", "import", "common", "-", text=json.dumps(POLICY))
    ticket = gateway.deliver(MAIL)["ticket"]
    assert world.wait_for_due(ticket, lambda due: due)["state"] == "fine"
    world.pass_time(50 * 60)
    assert world.wait_for_due(ticket, lambda due: due and due["state"] == "soon")["metric"] == "resolution"
    assert [each["number"] for each in world.api("GET", "/due")["tickets"]] == [ticket]
    world.api("PATCH", f"/tickets/{ticket}", {"status": "waiting"})
    assert world.wait_for_due(ticket, lambda due: due["state"] == "paused")["due_at"] is None
    world.pass_time(3600)
    world.api("PATCH", f"/tickets/{ticket}", {"status": "open"})
    world.wait_for_due(ticket, lambda due: due["state"] == "soon")
    world.pass_time(11 * 60)
    world.wait_for_due(ticket, lambda due: due["state"] == "over")
    world.api("PATCH", f"/tickets/{ticket}", {"status": "solved"})
    world.wait_for_due(ticket, lambda due: due is None)
    deadline, = world.api("GET", f"/tickets/{ticket}")["deadlines"]
    assert deadline["state"] == "missed" and deadline["target_seconds"] == 3600
    assert [line["kind"] for line in deadline["ledger"]] == ["counted", "paused", "counted"]
    assert 61 * 60 <= deadline["counted_seconds"] < 63 * 60
