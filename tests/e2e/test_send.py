"""Sending: every letter has a state that is true, and no letter goes out twice where we could have known better.

The letters are put into the outbox as the clerk leaves them there: rendered.
"""
import os
import socket
import time

import pytest

import database
import gateway as gateways
import servers

RAW = b"From: support@demo.example\r\nSubject: hello\r\n\r\n.first\r\nlast\r\n"


class World:
    """A gateway whose mailbox `support` sends by a server that does what the test says."""

    def __init__(self, gateway):
        self.gateway = gateway
        self.server = None
        self.clock = os.path.join(gateway.data, "clock")
        gateway.environment["POSTERN_CLOCK"] = self.clock
        self.count = 0
        self.passed = 0

    def start(self, **options):
        self.server = servers.SmtpServer(**options)
        self.server.start()
        self.gateway.run("init")
        self.gateway.start()
        self.gateway.run("queue", "add", "support", "--title", "Support")
        self.mailbox = self.gateway.json("mailbox", "add", "support", "--queue", "support", "--address",
                                         "support@demo.example", "--smtp-host", "127.0.0.1", "--smtp-port",
                                         str(self.server.port), "--smtp-security", "plain")["id"]

    def put(self, is_reply=False, raw=None):
        self.count += 1
        raw = raw or RAW + b"letter %d\r\n" % self.count
        number = database.put_letter(self.gateway, self.mailbox, f"ann{self.count}@customer.example", raw, is_reply)
        self.wake()
        return number

    def letter(self, number):
        return database.letter(self.gateway, number)

    def wait_for(self, number, *states):
        return servers.wait_for(lambda: (row := self.letter(number))["state"] in states and row,
                                f"letter {number} to be {states}: {self.letter(number)}\n{self.gateway.log()}")

    def pass_time(self, seconds):
        """Time leaps; all roles see it."""
        with open(self.clock + ".new", "w", encoding="ascii") as file:
            file.write(f"{seconds}\n")
        os.chmod(self.clock + ".new", 0o644)
        os.rename(self.clock + ".new", self.clock)
        self.passed = seconds
        self.wake()

    def wake(self):
        """The sender looks now; by itself it does so every 5 s."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            try:
                sock.sendto(b"!", os.path.join(self.gateway.run_path, "wake-send"))
            except OSError:
                pass  # it is not there just now

    def settle(self, number, is_reply):
        """Lets leases, the wait for proof and the pauses between attempts lapse until a letter's state is final."""
        final = ("sent",) if is_reply else ("sent", "uncertain")

        def look():
            state = self.letter(number)["state"]
            if state not in final:
                self.pass_time(self.passed + 60)
            return state in final and state
        return servers.wait_for(look, f"a final state of letter {number}", pause=0.2)

    def stop(self):
        self.gateway.kill()
        if self.server is not None:
            self.server.stop()


@pytest.fixture
def world(gateway):
    if not gateways.has_test_hooks():
        pytest.skip("built without --enable-test-hooks")
    made = World(gateway)
    yield made
    made.stop()


def test_letters_go_out_as_they_were_written(world):
    world.start()
    numbers = [world.put(is_reply=i % 2 == 0) for i in range(20)]
    for number in numbers:
        row = world.wait_for(number, "sent")
        assert row["code"] == 250 and "taken" in row["text"] and row["attempts"] == 1
    taken = sorted(world.server.taken, key=lambda entry: int(entry[1][0].partition("@")[0][3:]))
    assert [(sender, recipients) for sender, recipients, _ in taken] == [
        ("support@demo.example" if i % 2 == 0 else "", [f"ann{i + 1}@customer.example"]) for i in range(20)]
    assert [raw for _, _, raw in taken] == [RAW + b"letter %d\r\n" % (i + 1) for i in range(20)]
    assert world.server.sessions < 20, "a connection carries more than one letter"


def test_a_large_letter(world):
    world.start()
    raw = RAW + b"0123456789" * 7 + b"\r\n" + (b"y" * 76 + b"\r\n") * 20_000
    world.wait_for(world.put(raw=raw), "sent")
    assert world.server.taken[0][2] == raw


def test_a_passing_refusal_is_tried_again_with_the_same_bytes(world):
    world.start()
    world.server.answers["RCPT"] = ["451 4.7.1 greylisted", "451 4.7.1 greylisted"]
    number = world.put()
    row = world.wait_for(number, "deferred")
    assert row["code"] == 451 and "greylisted" in row["text"]
    first = row["next_at"] - time.time() * 1e6
    assert 0 < first <= 61e6, "the first time after a minute"
    world.pass_time(70)
    row = servers.wait_for(lambda: (row := world.letter(number))["attempts"] == 2 and row["state"] == "deferred" and row,
                           "the second attempt")
    assert row["next_at"] - time.time() * 1e6 > 4 * 60e6, "the second time after five"
    world.pass_time(70 + 310)
    assert world.wait_for(number, "sent")["attempts"] == 3
    assert len(world.server.taken) == 1 and world.server.taken[0][2] == RAW + b"letter 1\r\n"


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_final_refusal_is_told_in_the_servers_words(world, step):
    world.start()
    world.server.answers[step] = ["550 5.1.1 nobody of that name"]
    row = world.wait_for(world.put(), "failed")
    assert row["code"] == 550 and "5.1.1" in row["text"] and "nobody of that name" in row["text"]
    world.wait_for(world.put(), "sent")
    assert len(world.server.taken) == 1


def test_an_address_that_cannot_be_fails(world):
    world.start()
    number = database.put_letter(world.gateway, world.mailbox, "ann@x.example> SIZE=1", RAW)
    assert "no address" in world.wait_for(number, "failed")["text"]
    assert world.server.taken == []


def test_without_an_answer_nobody_knows(world):
    """The server took both letters and said nothing: the automatic one is left alone, the reply goes out again."""
    world.start()
    world.server.answers["DATA"] = ["take and drop"]
    automatic = world.put()
    assert "did not say" in world.wait_for(automatic, "uncertain")["text"]
    world.server.answers["DATA"] = ["take and drop"]
    reply = world.put(is_reply=True)
    world.wait_for(reply, "uncertain")
    assert len(world.server.taken) == 2
    world.pass_time(16 * 60)
    world.wait_for(reply, "sent")
    assert world.letter(automatic)["state"] == "uncertain"
    taken = [raw for _, _, raw in world.server.taken]
    assert taken.count(RAW + b"letter 1\r\n") == 1 and taken.count(RAW + b"letter 2\r\n") == 2


def test_a_connection_lost_before_the_dot_is_no_doubt(world):
    world.start()
    world.server.answers["RCPT"] = ["drop"]
    number = world.put()
    world.wait_for(number, "deferred")
    world.pass_time(70)
    world.wait_for(number, "sent")
    assert len(world.server.taken) == 1


def test_a_server_that_is_down_is_told_and_comes_back(world):
    world.start()
    world.server.stop()
    number = world.put()
    row = world.wait_for(number, "deferred")
    assert "cannot be reached" in row["text"]
    mailbox, = world.gateway.json_lines("mailbox", "list")
    assert "support" in mailbox["send_trouble"] and "cannot be reached" in mailbox["send_trouble"]
    world.gateway.wait_for_role("send", lambda row: row["sentence"] == mailbox["send_trouble"], "the same for doctor")
    world.server.start()
    assert world.settle(number, is_reply=True) == "sent"
    assert len(world.server.taken) == 1
    servers.wait_for(lambda: world.gateway.json_lines("mailbox", "list")[0]["send_trouble"] is None,
                     "the trouble to be forgotten")


def test_a_mailbox_that_is_switched_off_sends_nothing(world):
    world.start()
    world.gateway.run("mailbox", "set", "support", "--enabled", "no")
    number = world.put()
    assert "switched off" in world.wait_for(number, "deferred")["text"]
    world.gateway.run("mailbox", "set", "support", "--enabled", "yes")
    assert world.server.taken == [] and world.settle(number, is_reply=True) == "sent"


BOUNCE = """\
Return-Path: <>
From: MAILER-DAEMON@mx.customer.example
To: support@demo.example
Subject: Undelivered Mail
Message-ID: <dsn1@mx.customer.example>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

Nobody of that name lives here.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; ann1@customer.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 nobody of that name

--b
Content-Type: text/rfc822-headers

From: support@demo.example
To: ann1@customer.example
Message-ID: <MID>

--b--
"""


def test_a_bounce_marks_its_letter(world):
    world.start()
    number = world.put(is_reply=True)
    world.wait_for(number, "sent")
    (mid,), = database.rows(world.gateway, "mid", f"FROM outbox WHERE id = {number}")
    filed = world.gateway.deliver(BOUNCE.replace("MID", mid).replace("\n", "\r\n"))
    assert filed["disposition"] == "recorded" and database.rows(world.gateway, "id", "FROM ticket") == [], filed
    (status, text, is_proven), = database.rows(world.gateway, "bounce_status, bounce_text, bounce_is_proven",
                                               f"FROM outbox WHERE id = {number} AND bounced_at IS NOT NULL")
    assert status == "5.1.1" and "nobody of that name" in text
    assert is_proven == 0, "anybody can write such a mail"


POINTS = ["claimed", "connected", "mail", "rcpt", "data", "half-body", "dotted", "dot-sent", "answer-read",
          "before-sent-commit", "after-sent-commit"]
IN_DOUBT = POINTS[POINTS.index("dotted"):POINTS.index("after-sent-commit")]


@pytest.mark.parametrize("is_reply", [False, True], ids=["automatic", "reply"])
def test_dying_at_any_step(world, is_reply):
    """Before the dot nothing is lost or doubled; after it an automatic letter goes out at most once, a reply at least."""
    world.start()
    for point in IN_DOUBT if is_reply else POINTS:
        once = os.path.join(world.gateway.data, f"once-{point}")
        world.gateway.stop()
        world.gateway.environment.update({"POSTERN_CRASH": f"send-{point}", "POSTERN_CRASH_ONCE": once})
        world.gateway.start(wait=False)
        world.gateway.wait_for_role("database", lambda row: row["state"] == "running", "the database")
        number = world.put(is_reply)
        servers.wait_for(lambda: os.path.exists(once), f"death at {point}: {world.gateway.log()}")
        state = world.settle(number, is_reply)
        copies = [raw for _, _, raw in world.server.taken].count(RAW + b"letter %d\r\n" % world.count)
        if point in IN_DOUBT:
            assert state == ("sent" if is_reply else "uncertain"), point
            assert copies >= 1 if is_reply else copies <= 1, point
        else:
            assert state == "sent" and copies == 1, (point, copies)
