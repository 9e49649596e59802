"""`postern deliver` with a gateway running: a mail becomes a ticket, a reply joins it, the same mail twice is one."""
import pytest

import database

MAIL = b"""From: Ada <ada@customer.example>
To: support@demo.example
Message-ID: <one@customer.example>
Subject: The wheel is stuck

It does not turn.
"""


@pytest.fixture
def support(running):
    running.run("queue", "add", "support", "--title", "Support")
    running.run("mailbox", "add", "support", "--queue", "support", "--address", "support@demo.example")
    return running


def test_a_mail_becomes_a_ticket_and_says_why(support):
    filed = support.deliver(MAIL)
    assert filed["disposition"] == "created" and filed["ticket"] > 0 and filed["message"] > 0
    assert filed["reasons"] and all(isinstance(reason, str) for reason in filed["reasons"])


def test_the_same_mail_is_filed_once(support):
    first = support.deliver(MAIL)
    again = support.deliver(MAIL)
    assert (again["spool"], again["ticket"]) == (first["spool"], first["ticket"])
    other_way = support.deliver(b"Received: from elsewhere\n" + MAIL)
    assert other_way["disposition"] == "duplicate" and other_way["ticket"] == first["ticket"]


def test_a_reply_of_the_same_person_joins_the_ticket(support):
    first = support.deliver(MAIL)
    reply = support.deliver(MAIL.replace(b"<one@", b"<two@").replace(b"Subject:", b"In-Reply-To: <one@customer.example>\nSubject: Re:")
                            .replace(b"not turn", b"turn now"))
    assert reply["disposition"] == "appended" and reply["ticket"] == first["ticket"]


def test_what_is_no_mail_at_all_is_a_ticket_too(support):
    filed = support.deliver(b"\x00\xff\x00 this is no mail\n")
    assert filed["disposition"] in ("created", "held") and filed["spool"] > 0


def test_mail_that_was_taken_while_nothing_ran_is_filed_at_the_next_start(support):
    support.stop()
    spooled = support.deliver(MAIL, wait=False)
    support.start()
    assert support.deliver(MAIL)["spool"] == spooled["spool"]


def test_an_answer_that_overtakes_is_linked_with_what_it_answers(support):
    answer = (MAIL.replace(b"Ada <ada@", b"Bob <bob@").replace(b"<one@", b"<two@")
              .replace(b"Subject:", b"In-Reply-To: <one@customer.example>\nSubject: Re:"))
    early = support.deliver(answer)
    late = support.deliver(MAIL)
    assert (early["disposition"], late["disposition"]) == ("created", "created")
    assert database.rows(support, "ticket_id, other_id", "FROM ticket_link") == [[late["ticket"], early["ticket"]]]
    # Who answers the same unknown mail twice goes on with one ticket.
    again = support.deliver(answer.replace(b"<two@", b"<three@"))
    assert (again["disposition"], again["ticket"]) == ("appended", early["ticket"])
