"""Rules fire once, whatever the clerk dies of: on a new mail, on a change that a rule made, and by schedule."""
import json
import os

import pytest

import database
import servers

RULES = [
    {"name": "Arrived", "on": ["arrival"], "then": [{"do": "tag", "value": "fresh"}, {"do": "note", "text": "arrived"}]},
    {"name": "Tagged", "on": ["tag"], "if": {"field": "after", "op": "is", "value": "fresh"},
     "then": [{"do": "note", "text": "tagged"}, {"do": "raise"}]},
    {"name": "Swept", "on": ["schedule"], "schedule": {"every": "1 min"},
     "if": {"field": "tag", "op": "is", "value": "fresh"}, "then": [{"do": "note", "text": "swept"}]},
]
POINTS = ["rule-effects-done", "rule-event-taken"]
if os.environ.get("DEEP") == "1":
    POINTS += ["rule-schedule-marked", "rule-portion-done"]


def notes(gateway):
    return sorted(tuple(row) for row in database.rows(gateway, "text, COUNT(*), COUNT(DISTINCT ticket_id)",
                                "FROM message WHERE direction = 2 GROUP BY text"))


@pytest.mark.parametrize("point", POINTS)
def test_a_rule_fires_once(house, point):
    gateway = house.gateway
    gateway.run("init")
    once = os.path.join(gateway.data, f"once-{point}")
    gateway.environment.update({"POSTERN_CRASH": point, "POSTERN_CRASH_ONCE": once})
    gateway.start(wait=False)
    gateway.wait_for_role("database", lambda row: row["state"] == "running", "the database")
    house.set_up()
    gateway.run("rule", "import", "-", text=json.dumps(RULES))
    assert [rule["rule"]["name"] for rule in gateway.json_lines("rule", "list")] == ["Arrived", "Tagged", "Swept"]
    for _ in range(3):
        house.write()
    house.run_dry()
    wanted = [("arrived", 3, 3), ("swept", 3, 3), ("tagged", 3, 3)]

    def done():
        house.pass_time(20)
        return notes(gateway) == wanted
    try:
        servers.wait_for(done, "each rule to fire once a ticket", deadline=120, pause=0.5)
    except AssertionError as problem:
        raise AssertionError(f"{problem}: {notes(gateway)}\n{gateway.log()[-3000:]}") from None
    assert os.path.exists(once), f"nothing died at {point}"
    house.pass_time(300)
    assert database.rows(gateway, "COUNT(*)", "FROM rule_event") == [[0]]
    assert database.rows(gateway, "COUNT(*), MAX(generation)", "FROM rule_firing") == [[9, 1]]
    assert database.rows(gateway, "MIN(priority), MAX(priority)", "FROM ticket") == [[2, 2]]
    said = gateway.run("rule", "replay", "--weeks", "1")
    assert "3 of 3 tickets would have changed" in str(said.stdout)
    assert notes(gateway) == wanted
    assert gateway.stop() == 0
