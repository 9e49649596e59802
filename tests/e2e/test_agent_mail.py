"""Agents answer by mail what they were told by mail: it goes to the customer as any answer; what only looks so does not."""
import email
import email.policy

import pytest

import database
import servers

VOUCHED = "Authentication-Results: mx.demo.example; dmarc=pass header.from=staff.example\n"
CUSTOMER = ("Authentication-Results: mx.demo.example; dmarc=pass header.from=customer.example\nFrom: Ada <ada@customer.example>\n"
            "To: support@demo.example\nMessage-ID: <1@customer.example>\nSubject: The wheel is stuck\n\nIt does not turn.\n")


class Office:
    def __init__(self, gateway):
        self.gateway = gateway
        self.smtp = servers.SmtpServer()
        self.smtp.start()
        gateway.start()
        gateway.run("queue", "add", "support", "--title", "Support")
        gateway.run("mailbox", "add", "support", "--queue", "support", "--address", "support@demo.example", "--smtp-host",
                    "127.0.0.1", "--smtp-port", str(self.smtp.port), "--smtp-security", "plain", "--authserv-id",
                    "mx.demo.example")
        gateway.run("staff", "add", "ann", "--name", "Ann", "--address", "ann@staff.example", "--role", "agent", "--queue",
                    "support", "--generate")

    def letters(self, recipient):
        with self.smtp.lock:
            taken = list(self.smtp.taken)
        return [email.message_from_bytes(raw, policy=email.policy.default) for _, to, raw in taken if to == [recipient]]

    def wait_for_letter(self, recipient, number):
        """The number-th letter to somebody."""
        servers.wait_for(lambda: len(self.letters(recipient)) >= number,
                         f"letter {number} to {recipient}\n{self.gateway.log()[-3000:]}")
        return self.letters(recipient)[number - 1]

    def answer(self, notice, text, vouched, number):
        to = notice["Reply-To"].addresses[0].addr_spec
        return self.gateway.deliver(f"{vouched}From: Ann <ann@staff.example>\nTo: {to}\nMessage-ID: <a{number}@staff.example>\n"
                                    f"Subject: Re: {notice['Subject']}\nIn-Reply-To: {notice['Message-ID']}\n\n{text}\n\n"
                                    "On Sunday, Support wrote:\n> It does not turn.\n")


@pytest.fixture
def office(gateway):
    made = Office(gateway)
    yield made
    gateway.stop()
    made.smtp.stop()


def test_an_agent_answers_a_notice(office):
    ticket = office.gateway.deliver(CUSTOMER)["ticket"]
    notice = office.wait_for_letter("ann@staff.example", 1)
    office.wait_for_letter("ada@customer.example", 1)
    done = office.answer(notice, "Oil it, and it will turn.", VOUCHED, 1)
    assert (done["disposition"], done["ticket"]) == ("appended", ticket)
    answer = office.wait_for_letter("ada@customer.example", 2)
    text = answer.get_body(("plain",)).get_content()
    assert "Oil it, and it will turn." in text and answer["In-Reply-To"] == "<1@customer.example>"
    assert answer["From"].addresses[0].addr_spec == "support@demo.example" and "ann@" not in answer.as_string()
    assert answer["Auto-Submitted"] is None

    # Anybody can write in her name, and a notice may be forwarded: it is kept, she is told, the customer hears nothing.
    before = len(office.letters("ann@staff.example"))
    office.answer(notice, "Pay here: http://evil.example", "", 2)
    told = office.wait_for_letter("ann@staff.example", before + 1)
    assert told["Auto-Submitted"] == "auto-generated"
    assert len(database.rows(office.gateway, "id", "FROM outbox WHERE recipient = 'ada@customer.example'")) == 2
    assert not [letter for letter in office.letters("ada@customer.example") if "evil" in letter.as_string()]
