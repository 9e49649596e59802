"""Figures by mail in a whole gateway whose time leaps: once a period, late but once after days, whatever the clerk dies of."""
import os

import pytest

import database
import gateway as gateways
import servers
from test_clerk import mail
from test_escalation import Floor

DAY = 24 * 3600
POINTS = ["report-ordering", "report-ordered"]


@pytest.fixture
def office(gateway):
    if not gateways.has_test_hooks():
        pytest.skip("built without --enable-test-hooks")
    made = Floor(gateway)
    yield made
    made.stop()


def plan(office):
    return office.gateway.json_lines("report", "plan", "list")[0]


def sent(office, times):
    """Waits until the plan is sent after `times` again; how many letters were ordered for whom."""
    servers.wait_for(lambda: plan(office)["next_at"] > times, f"a time after {times}\n{office.gateway.log()}")
    return database.rows(office.gateway, "recipient, COUNT(*)", "FROM outbox WHERE letter = 'report' GROUP BY recipient")


def test_each_period_once(office):
    office.gateway.environment["POSTERN_CRASH_ONCE"] = os.path.join(office.gateway.data, "never")
    office.start()
    office.gateway.deliver(mail(1, sender="c1@customer.example"))
    run = office.gateway.run
    refused = run("report", "plan", "add", "daily", "--owner", "ada", "--to", "boss@elsewhere.example", check=False)
    assert refused.returncode == 65 and "nobody of the staff" in refused.stderr
    made = office.gateway.json("report", "plan", "add", "daily", "--title", "Every day", "--owner", "ada", "--every", "day",
                               "--at", "06:00", "--zone", "UTC", "--to", "ada,boss@staff.example", "--by", "queue")
    assert made["readers"] == ["ada", "boss"]
    office.pass_time(DAY)
    letter, = office.wait_for_letter("ada@staff.example", "Figures: Every day")
    office.wait_for_letter("boss@staff.example", "Figures: Every day")
    assert "created: " in letter.get_body(("plain",)).get_content()
    table, = letter.iter_attachments()
    assert table.get_content_type() == "text/csv" and table.get_filename().startswith("daily ")
    before = plan(office)["next_at"]
    office.pass_time(5 * DAY)  # five days without a clerk
    assert [int(number) for _, number in sent(office, before)] == [2, 2]
    expected = 2
    for point in POINTS:
        once = os.path.join(office.gateway.data, f"once-{point}")
        assert office.gateway.stop() == 0
        office.gateway.environment.update({"POSTERN_CRASH": point, "POSTERN_CRASH_ONCE": once})
        office.restart()
        before = plan(office)["next_at"]
        office.pass_time(DAY)
        expected += 1
        assert [int(number) for _, number in sent(office, before)] == [expected] * 2
        servers.wait_for(lambda: os.path.exists(once), f"a death at {point}")
    assert office.gateway.json("report", "plan", "send", "daily") == {"letters": 2}
    run("report", "plan", "pause", "daily")
    assert plan(office)["is_enabled"] is False
    run("report", "plan", "remove", "daily")
    assert office.gateway.json_lines("report", "plan", "list") == []
