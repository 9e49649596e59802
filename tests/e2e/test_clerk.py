"""The clerk: a mail becomes a ticket with one acknowledgement, answers find their ticket, and a clerk that dies at any
step leaves nothing undone and nothing done twice."""
import email
import email.policy
import os

import pytest

import database
import gateway as gateways
import servers

POINTS = ["clerk-leased", "clerk-parsed", "clerk-tx-begin", "clerk-ticket-inserted", "clerk-message-inserted",
          "clerk-outbox-inserted", "clerk-before-commit", "clerk-after-commit", "clerk-rendered"]
LEASE = 61


def mail(number=1, sender="ada@customer.example", to="support@demo.example", headers="", subject="The wheel is stuck"):
    return (f"{headers}From: Ada <{sender}>\nTo: {to}\nMessage-ID: <m{number}@customer.example>\n"
            f"Date: Sun, 22 Nov 2026 10:00:00 +0000\nSubject: {subject}\n\nIt does not turn, says mail {number}.\n")


class World:
    """A gateway whose mailbox `support` sends by a server that keeps what it takes."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.clock = os.path.join(gateway.data, "clock")
        gateway.environment["POSTERN_CLOCK"] = self.clock
        self.server = servers.SmtpServer()
        self.server.start()
        self.passed = 0

    def start(self):
        self.gateway.start()
        self.gateway.run("queue", "add", "support", "--title", "Support")
        self.gateway.run("mailbox", "add", "support", "--queue", "support", "--address", "support@demo.example",
                         "--smtp-host", "127.0.0.1", "--smtp-port", str(self.server.port), "--smtp-security", "plain")

    def letters(self):
        """[(envelope sender, recipient, message)] that went out."""
        with self.server.lock:
            taken = list(self.server.taken)
        return [(sender, recipients[0], email.message_from_bytes(raw, policy=email.policy.default))
                for sender, recipients, raw in taken]

    def wait_for_letters(self, number):
        servers.wait_for(lambda: len(self.server.taken) >= number, f"{number} letters\n{self.gateway.log()}")
        return self.letters()

    def pass_time(self, seconds):
        """Time leaps; all roles see it."""
        self.passed += seconds
        with open(self.clock + ".new", "w", encoding="ascii") as file:
            file.write(f"{self.passed}\n")
        os.chmod(self.clock + ".new", 0o644)
        os.rename(self.clock + ".new", self.clock)

    def count(self, table):
        (number,), = database.rows(self.gateway, "COUNT(*)", f"FROM {table}")
        return number

    def stop(self):
        self.gateway.kill()
        self.server.stop()


@pytest.fixture
def world(gateway):
    if not gateways.has_test_hooks():
        pytest.skip("built without --enable-test-hooks")
    made = World(gateway)
    yield made
    made.stop()


def test_an_acknowledgement_and_the_way_back(world):
    world.start()
    filed = world.gateway.deliver(mail())
    (sender, recipient, letter), = world.wait_for_letters(1)
    assert recipient == "ada@customer.example" and sender.startswith("support+b.")
    assert letter["Auto-Submitted"] == "auto-replied" and letter["In-Reply-To"] == "<m1@customer.example>"
    assert f"[#{filed['ticket']}]" in letter["Subject"] and "wheel" not in letter.as_string()
    back = letter["Reply-To"].addresses[0].addr_spec
    joined = world.gateway.deliver(mail(2, to=back, subject="Something else"))
    assert joined["disposition"] == "appended" and joined["ticket"] == filed["ticket"]
    by_header = world.gateway.deliver(mail(3, headers=f"In-Reply-To: {letter['Message-ID']}\n", subject="Re: x"))
    assert by_header["disposition"] == "appended" and by_header["ticket"] == filed["ticket"]
    by_number = world.gateway.deliver(mail(4, subject=f"Re: [#{filed['ticket']}]"))
    assert by_number["disposition"] == "appended" and by_number["ticket"] == filed["ticket"]
    stranger = world.gateway.deliver(mail(5, sender="eve@evil.example", subject=f"Re: [#{filed['ticket']}]"))
    assert stranger["disposition"] == "created" and stranger["ticket"] != filed["ticket"]
    assert [to for _, to, _ in world.wait_for_letters(2)].count("ada@customer.example") == 1


def test_a_bounce_is_noted_and_answered_by_nobody(world):
    world.start()
    filed = world.gateway.deliver(mail())
    (sender, _, letter), = world.wait_for_letters(1)
    bounce = (f"Return-Path: <>\nFrom: mailer-daemon@customer.example\nTo: {sender}\nSubject: Undelivered\n"
              "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
              "--b\nContent-Type: text/plain\n\nNo.\n--b\nContent-Type: message/delivery-status\n\n"
              "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; ada@customer.example\nAction: failed\n"
              f"Status: 5.1.1\n\n--b\nContent-Type: message/rfc822\n\nMessage-ID: {letter['Message-ID']}\n\nx\n--b--\n")
    noted = world.gateway.deliver(bounce)
    assert noted["disposition"] == "recorded" and noted["ticket"] == filed["ticket"]
    (proven,), = database.rows(world.gateway, "bounce_is_proven", "FROM outbox WHERE bounced_at IS NOT NULL")
    assert proven == 1 and world.count("ticket") == 1 and len(world.letters()) == 1


def test_a_backlog_is_filed_to_the_last_mail(world):
    world.start()
    world.gateway.stop()
    for number in range(6):
        world.gateway.deliver(mail(number, sender=f"c{number}@customer.example"), wait=False)
    world.gateway.start()
    letters = world.wait_for_letters(6)
    assert sorted(to for _, to, _ in letters) == sorted(f"c{number}@customer.example" for number in range(6))
    assert world.count("ticket") == 6 and world.count("message") == 6


@pytest.mark.parametrize("point", POINTS)
def test_a_clerk_that_dies(world, point):
    died = os.path.join(world.gateway.data, "died")
    world.gateway.environment.update({"POSTERN_CRASH": point, "POSTERN_CRASH_ONCE": died})
    world.start()
    for number in range(3):
        world.gateway.deliver(mail(number, sender=f"c{number}@customer.example"), wait=False)
    servers.wait_for(lambda: os.path.exists(died), f"the clerk to die\n{world.gateway.log()}")
    world.pass_time(LEASE)
    letters = world.wait_for_letters(3)
    servers.wait_for(lambda: world.count("spool WHERE state = 0") == 0, "all to be filed")
    assert world.count("ticket") == 3 and world.count("message") == 3 and world.count("outbox") == 3
    assert sorted(to for _, to, _ in letters) == sorted(f"c{number}@customer.example" for number in range(3))
    (tickets,), = database.rows(world.gateway, "SUM(tickets)", "FROM queue_count")
    assert tickets == 3
    assert world.count("message m JOIN ticket t ON t.id = m.ticket_id WHERE t.message_count = 1") == 3
