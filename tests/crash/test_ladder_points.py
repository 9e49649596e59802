"""Steps fire once, whatever the clerk dies of and however many clerks there are (TRUST.md 4, the points of the SLA; I9:
one row a deadline and level, one effect, one letter)."""
import json
import os

import database
import gateway as gateways
import servers

POLICY = {"title": "Common", "calendar": "always", "is_enabled": True,
          "targets": {"first_response": {p: 60 for p in ("low", "normal", "high", "urgent")}}}
STEPS = [{"percent": 50, "note": "half"}, {"percent": 100, "agents": ["ada"], "priority": "raise"},
         {"minutes": 60, "note": "late", "tag": "late"}]
POINTS = ["sla-computed", "escalation-found", "escalation-inserted", "escalation-committed"]
if os.environ.get("DEEP") == "1":
    POINTS += ["sla-committed", "escalation-begin", "escalation-told", "sla-job-ticket-done"]


def promise(house):
    gateway = house.gateway
    house.set_up()
    with open(os.path.join(gateway.data, "policy.json"), "w", encoding="utf-8") as file:
        json.dump(POLICY, file)
    gateway.run("sla", "import", "common", os.path.join(gateway.data, "policy.json"))
    servers.wait_for(lambda: house.request("GET", "/healthz"), "the web role")
    status, body = house.request("POST", "/api/v1/ladders", json.dumps({"name": "common", "is_default": True, "steps": STEPS}),
                                 {"Content-Type": "application/json", "Authorization": f"Bearer {house.token}"})
    assert status == 201, body


def state(gateway, tickets):
    """Firings; each effect once a ticket; the items of the letters that tell. All as numbers."""
    firings = database.rows(gateway, "COUNT(*), COUNT(DISTINCT ticket_id, metric, round, step), COUNT(DISTINCT ticket_id)",
                            "FROM escalation")
    half = database.rows(gateway, "COUNT(*), COUNT(DISTINCT ticket_id)", "FROM message WHERE text = 'half'")
    late = database.rows(gateway, "COUNT(*), COUNT(DISTINCT ticket_id)", "FROM message WHERE text = 'late'")
    raised = database.rows(gateway, "COUNT(*)", "FROM event WHERE new_value = 'high' AND reason LIKE '%\"escalation_step\"%'")
    told = database.rows(gateway, "COALESCE(SUM(JSON_LENGTH(document, '$.items')), 0)",
                         "FROM outbox WHERE letter = 'escalation'")
    return [[int(value) for row in part for value in row] for part in (firings, half, late, raised, told)], \
        [[3 * tickets, 3 * tickets, tickets], [tickets, tickets], [tickets, tickets], [tickets], [tickets]]


def wait_for_all(house, tickets):
    seen = []

    def done():
        house.pass_time(60)
        try:
            seen[:] = state(house.gateway, tickets)
        except (AssertionError, ValueError):
            return False  # the database is away
        return seen[0] == seen[1]
    try:
        servers.wait_for(done, "each step to fire once", deadline=120, pause=0.3)
    except AssertionError as problem:
        raise AssertionError(f"{problem}: {seen}\n{house.gateway.log()[-3000:]}") from None


def test_dying_at_every_step_of_an_escalation(house):
    gateway = house.gateway
    gateway.run("init")
    for number, point in enumerate(POINTS):
        once = os.path.join(gateway.data, f"once-{point}")
        gateway.environment.update({"POSTERN_CRASH": point, "POSTERN_CRASH_ONCE": once})
        gateway.start(wait=False)
        gateway.wait_for_role("database", lambda row: row["state"] == "running", "the database")
        if number == 0:
            promise(house)
        if point == "sla-job-ticket-done":
            gateway.run("sla", "import", "common", os.path.join(gateway.data, "policy.json"))
        house.write()
        house.run_dry()
        house.pass_time(3 * 3600)  # all that is owed is late
        wait_for_all(house, len(house.mails))
        assert os.path.exists(once), f"nothing died at {point}\n{gateway.log()[-3000:]}"
        assert gateway.stop() == 0


def test_two_clerks(house):
    """Two nodes on one database, whose clocks leap together: each step once."""
    gateway = house.gateway
    gateway.start()
    promise(house)
    other = gateways.Gateway(os.path.join(os.path.dirname(gateway.data), "other"), {
        "database": {"host": os.path.join(gateway.run_path, "db.sock")},
        "paths": {"key": os.path.join(gateway.data, "postern.key")}}, {"POSTERN_CLOCK": house.clock})
    try:
        other.start(wait=False)
        servers.wait_for(lambda: "all-running" in other.log() and "role-ready role=clerk" in other.log(), "the other node")
        for _ in range(8):
            house.write()
        house.run_dry()
        house.pass_time(3 * 3600)
        wait_for_all(house, len(house.mails))
        assert database.rows(gateway, "COUNT(*)", "FROM escalation_due") == [[0]]
    finally:
        other.stop()
    assert gateway.stop() == 0
