"""Every named step, killed once, in a whole house: mail comes in and is acknowledged, a form is posted, an agent answers."""
import os

import pytest

import database
import invariants
import servers

POINTS = {
    "fetch": ["fetch-connected", "fetch-selected", "fetch-fetched-half", "fetch-blob-written", "fetch-before-commit",
              "fetch-after-commit", "fetch-before-move", "fetch-after-move", "fetch-cursor-saved"],
    "clerk": ["clerk-leased", "clerk-parsed", "clerk-tx-begin", "clerk-ticket-inserted", "clerk-message-inserted",
              "clerk-outbox-inserted", "clerk-before-commit", "clerk-after-commit", "clerk-rendered"],
    "send": ["send-claimed", "send-connected", "send-mail", "send-rcpt", "send-data", "send-half-body", "send-dotted",
             "send-dot-sent", "send-answer-read", "send-before-sent-commit", "send-after-sent-commit"],
    "web": ["web-before-spool", "web-after-spool", "web-before-commit", "web-after-commit"],
}


@pytest.mark.parametrize("role", sorted(POINTS))
def test_dying_at_every_step(house, role):
    gateway = house.gateway
    gateway.run("init")
    for number, point in enumerate(POINTS[role]):
        once = os.path.join(gateway.data, f"once-{point}")
        gateway.environment.update({"POSTERN_CRASH": point, "POSTERN_CRASH_ONCE": once})
        gateway.start(wait=False)
        gateway.wait_for_role("database", lambda row: row["state"] == "running", "the database")
        if number == 0:
            house.set_up()
        house.write()
        house.write(lines=3000)
        if role in ("web", "send"):
            house.post_form()
            ticket = servers.wait_for(lambda: database.rows(gateway, "MAX(id)", "FROM ticket")[0][0], "a ticket")
            house.reply(ticket)
        house.run_dry()
        assert os.path.exists(once), f"nothing died at {point}\n{gateway.log()[-3000:]}"
        invariants.check(house)
        assert gateway.stop() == 0
