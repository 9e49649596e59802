"""The main job, end to end, as a customer and an agent see it: mail by SMTP, the customer's mailbox by IMAP, the desk by
its API. Used against the demo's mail system, on a gateway of the tests or on the whole of contrib/quickstart."""
import email
import email.policy
import email.utils
import imaplib
import json
import os
import smtplib
import time
import urllib.request

import servers

SUPPORT = "support@demo.example"


class Loop:
    """`took` is {step: [seconds]}."""

    def __init__(self, web, token, smtp_port, imap_port, password="demo"):
        self.web = web
        self.token = token
        self.smtp_port = smtp_port
        self.imap_port = imap_port
        self.password = password
        self.took = {}
        self.last_id = None

    def call(self, method, path, document=None):
        request = urllib.request.Request(f"{self.web}/api/v1{path}", method=method,
                                         data=None if document is None else json.dumps(document).encode())
        request.add_header("Authorization", f"Bearer {self.token}")
        if document is not None:
            request.add_header("Content-Type", "application/json")
            request.add_header("Idempotency-Key", os.urandom(16).hex())
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def write(self, sender, subject, text, to=SUPPORT, headers=None):
        """Sends a mail; its Message-ID."""
        message = email.message.EmailMessage(policy=email.policy.SMTP)
        message["From"] = sender
        message["To"] = to
        message["Subject"] = subject
        message["Date"] = email.utils.formatdate()
        message["Message-ID"] = email.utils.make_msgid(domain="customer.example")
        for name, value in (headers or {}).items():
            message[name] = value
        message.set_content(text)
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=60) as smtp:
            smtp.sendmail(email.utils.parseaddr(sender)[1], [to], message.as_bytes())
        return message["Message-ID"]

    def inbox(self, address):
        """The mails in a customer's mailbox, oldest first."""
        with imaplib.IMAP4("127.0.0.1", self.imap_port) as imap:
            imap.login(address, self.password)
            imap.select("INBOX", readonly=True)
            _, (numbers,) = imap.search(None, "ALL")
            raws = [imap.fetch(number, "(BODY.PEEK[])")[1][0][1] for number in numbers.split()]
        return [email.message_from_bytes(raw, policy=email.policy.default) for raw in raws]

    def wait(self, step, since, condition):
        value = servers.wait_for(condition, step, pause=0.01)
        self.took.setdefault(step, []).append(time.monotonic() - since)
        return value

    def on_desk(self, address):
        """The tickets of a person, as the desk lists them."""
        return self.call("GET", f"/tickets?query=from:{address}")["tickets"]

    def a_customer_writes(self, address):
        """A mail is on the desk, and is acknowledged. (ticket, acknowledgement)"""
        at = time.monotonic()
        first = self.write(f"Ada <{address}>", "The wheel is stuck", "It does not turn.\n")
        ticket, = self.wait("a mail is on the desk", at, lambda: self.on_desk(address))
        ack, = self.wait("its acknowledgement is in the inbox", at, lambda: self.inbox(address))
        assert ack["In-Reply-To"] == first and ack["Auto-Submitted"] == "auto-replied"
        assert f"[#{ticket['number']}]" in ack["Subject"]
        return ticket["number"], first, ack

    def the_agent_answers(self, address, ticket, first):
        """The answer is in the customer's thread."""
        before = len(self.inbox(address))
        at = time.monotonic()
        self.call("POST", f"/tickets/{ticket}/replies", {"text": "Oil it, and it will turn."})
        answer = self.wait("the agent's answer is in the inbox", at,
                           lambda: len(self.inbox(address)) > before and self.inbox(address)[-1])
        assert "Oil it" in answer.get_body(("plain",)).get_content()
        assert first in answer["References"].split() and answer["Subject"].startswith("Re: The wheel is stuck")
        assert answer["Auto-Submitted"] is None
        return answer

    def the_customer_answers(self, address, ticket, answer):
        """As a mail program does; it joins the ticket and is not acknowledged again."""
        mails, at = len(self.inbox(address)), time.monotonic()
        self.write(f"Ada <{address}>", f"Re: {answer['Subject']}", "It turns again, thank you.\n",
                   to=email.utils.parseaddr(str(answer["Reply-To"] or answer["From"]))[1],
                   headers={"In-Reply-To": answer["Message-ID"],
                            "References": f"{answer['References']} {answer['Message-ID']}"})

        def texts():
            return [row["text"] for row in self.call("GET", f"/tickets/{ticket}")["messages"] if row["direction"] == "in"]
        self.wait("the customer's answer is on the ticket", at, lambda: len(texts()) == 2)
        assert "It turns again" in texts()[1] and len(self.on_desk(address)) == 1
        return mails

    def a_robot_writes(self, address):
        """It is filed, and nobody answers it."""
        self.write(f"Backup <{address}>", "Backup finished", "0 errors\n", headers={"Auto-Submitted": "auto-generated"})
        ticket, = servers.wait_for(lambda: self.on_desk(address), "the robot's mail to be filed")
        return ticket["number"]

    def run(self, name):
        """The whole of it, by somebody nobody knows yet."""
        person, robot = f"{name}@customer.example", f"robot-{name}@customer.example"
        ticket, first, _ = self.a_customer_writes(person)
        answer = self.the_agent_answers(person, ticket, first)
        mails = self.the_customer_answers(person, ticket, answer)
        filed = self.a_robot_writes(robot)
        # Whoever writes after both is acknowledged: what was due to them would have come before.
        self.a_customer_writes(f"later-{name}@customer.example")
        assert len(self.inbox(person)) == mails and self.inbox(robot) == []
        assert not [row for row in self.call("GET", f"/tickets/{filed}")["messages"] if row["direction"] == "out"]

    def figures(self):
        return [f"{step}: {min(seconds):.2f} to {max(seconds):.2f} s in {len(seconds)} tries"
                for step, seconds in self.took.items()]
