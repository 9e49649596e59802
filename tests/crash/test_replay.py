"""A policy tried on past tickets: whatever the clerk dies of, each ticket is looked at and counted once."""
import json
import os
import time

import pytest

import database
import servers

TICKETS = 170  # four portions


@pytest.mark.parametrize("point", ["replay-claimed", "replay-kept"])
def test_a_replay_goes_on_after_a_death(house, point):
    gateway = house.gateway
    gateway.run("init")
    once = os.path.join(gateway.data, f"once-{point}")
    gateway.environment.update({"POSTERN_CRASH": point, "POSTERN_CRASH_ONCE": once})
    gateway.start(wait=False)
    gateway.wait_for_role("database", lambda row: row["state"] == "running", "the database")
    path = os.path.join(gateway.data, "policy.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"title": "Gold", "is_enabled": False, "targets": {"resolution": {"normal": 60}}}, file)
    gateway.run("sla", "import", "gold", path)
    now = int(time.time() * 1e6)
    database.run(gateway, "INSERT INTO ticket (queue_id, status, priority, person_id, subject, preview, message_count, created_at,"
                          f" updated_at) SELECT 1, 0, 1, 1, 'Old', '', 1, {now} - ({TICKETS + 9} - seq) * 3600000000, {now}"
                          f" FROM seq_1_to_{TICKETS}")
    number = gateway.run("sla", "replay", "gold", "--weeks", "4", "--background").stdout.strip()

    def done():
        house.pass_time(5)
        try:
            return gateway.json("sla", "replays", number)["replay"]["state"] == "done"
        except AssertionError:
            return False  # the database is away
    servers.wait_for(done, "the replay's end", deadline=120, pause=0.3)
    assert os.path.exists(once), f"nothing died at {point}\n{gateway.log()[-3000:]}"
    document = gateway.json("sla", "replays", number)
    assert (document["replay"]["tickets"], document["replay"]["changed"]) == (TICKETS, TICKETS)
    metric = [row for row in document["metrics"] if row["metric"] == "resolution"][0]
    assert (metric["with"]["running"], metric["changed"], len(document["hits"])) == (TICKETS, TICKETS, TICKETS)
    assert database.rows(gateway, "COUNT(*)", "FROM replay_portion") == [[0]]
    assert gateway.stop() == 0
