"""A whole gateway between a real IMAP server and an SMTP server that keeps what it takes; people who write to it; and
the faults that befall it."""
import hashlib
import http.client
import json
import os
import re
import socket
import urllib.parse

import database
import gateway as gateways
import proof
import servers

ROLES = ("fetch:support", "clerk", "send", "web", "parse", "database")


class House:
    def __init__(self, gateway, dovecot):
        self.gateway = gateway
        self.dovecot = dovecot
        self.smtp = servers.SmtpServer()
        self.smtp.start()
        self.clock = os.path.join(gateway.data, "clock")
        gateway.environment["POSTERN_CLOCK"] = self.clock
        self.passed = 0
        self.mails = []  # (sender, raw bytes) of what customers sent
        self.forms = {}  # form key → subject
        self.replies = {}  # idempotency key → ticket
        self.token = None

    # What a day needs.

    def set_up(self):
        """On a running gateway: a queue, a mailbox, an agent and a token."""
        gateway = self.gateway
        gateway.run("queue", "add", "support", "--title", "Support")
        gateway.run("mailbox", "add", "support", "--queue", "support", "--address", "support@demo.example",
                    "--imap-host", "127.0.0.1", "--imap-port", str(self.dovecot.port), "--imap-security", "plain",
                    "--imap-user", "support", "--smtp-host", "127.0.0.1", "--smtp-port", str(self.smtp.port),
                    "--smtp-security", "plain", "--password-stdin", text="secret\n")
        gateway.run("staff", "add", "ada", "--name", "Ada", "--address", "ada@staff.example", "--role", "admin",
                    "--password-stdin", text="a long wheel turns slowly\n")
        gateway.run("staff", "set", "ada", "--notices", "none")
        self.token = gateway.json("token", "add", "ada", "--name", "crash")["token"]

    def write(self, lines=3):
        """A customer nobody knows yet writes a mail; it lies on the IMAP server."""
        number = len(self.mails) + 1
        sender = f"customer{number}@customer.example"
        raw = (f"From: Customer {number} <{sender}>\r\nTo: support@demo.example\r\nSubject: wheel {number}\r\n"
               f"Message-ID: <w{number}@customer.example>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n\r\n"
               + f"The wheel number {number} does not turn any more, please help.\r\n" * lines).encode()
        self.dovecot.append(raw)
        self.mails.append((sender, raw))

    def request(self, method, path, body=None, headers=None):
        """(status, body) of the web, or None when nothing answered: the request may have happened or not."""
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def insist(self, what, *request, wanted):
        """Repeats the very same request until it was answered as wanted."""
        last = []

        def ask():
            last[:] = [self.request(*request)]
            return last[0] is not None and last[0][0] in wanted and last[0]
        try:
            return servers.wait_for(ask, what, pause=0.2)
        except AssertionError as problem:
            raise AssertionError(f"{problem}: {last}\n{self.gateway.log()[-4000:]}") from None

    def post_form(self):
        """A visitor fills in the form and presses the button until it works."""
        number = len(self.forms) + 1
        _, page = self.insist("the form", "GET", "/contact/support", wanted=(200,))
        key = re.search(r'name="key" value="([^"]+)"', page).group(1)
        subject = f"form {number}"
        body = urllib.parse.urlencode({"key": key, "name": "Visitor", "address": f"visitor{number}@customer.example",
                                       "subject": subject, "text": f"It stands still, says form {number}.",
                                       "website": "", "work": proof.work(key)})
        self.insist("the form to be taken", "POST", "/contact/support", body,
                    {"Content-Type": "application/x-www-form-urlencoded"}, wanted=(303,))
        self.forms[key] = subject

    def reply(self, ticket):
        """An agent's program answers a ticket, and repeats the call with its key until it knows."""
        key = os.urandom(16).hex()
        body = json.dumps({"text": f"We look at it: {key}"})
        self.insist("the reply to be taken", "POST", f"/api/v1/tickets/{ticket}/replies", body,
                    {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}",
                     "Idempotency-Key": key}, wanted=(200, 201))
        self.replies[key] = ticket

    # Faults.

    def process_of(self, role):
        """The process id of a role, or None while it is down."""
        below = gateways.descendants(self.gateway.process.pid)
        if role == "database":
            return next((pid for pid, words in below.items() if "mariadbd" in words.split(" ")[0]), None)
        row = self.gateway.health().get(role)
        return row["pid"] if row is not None and row["pid"] in below else None

    # Time.

    def pass_time(self, seconds):
        self.passed += seconds
        with open(self.clock + ".new", "w", encoding="ascii") as file:
            file.write(f"{self.passed}\n")
        os.chmod(self.clock + ".new", 0o644)
        os.rename(self.clock + ".new", self.clock)
        for name in ("clerk", "send", "fetch:support"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
                try:
                    sock.sendto(b"!", os.path.join(self.gateway.run_path, f"wake-{name}"))
                except OSError:
                    pass  # it is not there just now

    def is_dry(self):
        """Is everything that was handed in filed, and every letter's state final? (None: the database is away)"""
        try:
            (spooled, open_rows), = database.rows(self.gateway, "COUNT(*), SUM(state = 0)", "FROM spool")
            (letters,), = database.rows(self.gateway, "COUNT(*)",
                                        "FROM outbox WHERE state NOT IN (3, 5, 6, 8) OR (state = 6 AND class = 0)")
        except (AssertionError, ValueError):
            return None
        return spooled >= len(self.mails) + len(self.forms) and not open_rows and letters == 0

    def run_dry(self):
        """Lets leases and waiting times lapse until nothing is left to do."""
        def look():
            if self.is_dry():
                return True
            self.pass_time(20)
            return False
        try:
            servers.wait_for(look, "the house to run dry", deadline=180, pause=0.3)
        except AssertionError as problem:
            state = database.rows(self.gateway, "id, state, attempts, mailbox_id, size_bytes", "FROM spool WHERE state = 0")
            letters = database.rows(self.gateway, "id, state, letter, attempts, reply_text",
                                    "FROM outbox WHERE state NOT IN (3, 5, 8)")
            raise AssertionError(f"{problem}\n{state}\n{letters}\n{self.gateway.health()}\n"
                                 f"{self.gateway.log()[-6000:]}") from None

    def stop(self):
        self.gateway.kill()
        self.smtp.stop()

    def hashes(self):
        return [hashlib.sha256(raw).hexdigest().upper() for _, raw in self.mails]
