"""A question by mail, its answer, and the two links in it, as a customer sees them; programs that follow links do nothing."""
import urllib.request

import pytest

from test_desk import AUDIT
from world import mail

PASS = "mx.demo.example; dmarc=pass header.from=customer.example"
LINK = r"http://127\.0\.0\.1:\d+/my/{}/[a-z2-7]{{20,}}"


@pytest.fixture(scope="module")
def answering(world):
    """The queue billing answers by itself as long as this module runs."""
    world.api("POST", "/answering", {"queue": "billing", "mode": "answer", "threshold": "50"})
    yield world
    world.api("POST", "/answering", {"queue": "billing", "mode": "suggest", "threshold": "0"})


def ask(world, name):
    """Returns the number of the ticket, and the two links of the answer."""
    address = f"{name}@customer.example"
    number = world.gateway.deliver(mail(f"{name.title()} <{address}>", "How do I get a refund?",
                                        "How do I get a refund for my card?", to="billing@demo.example",
                                        Authentication_Results=PASS), mailbox="billing")["ticket"]
    return number, *(world.wait_for_letter(address, LINK.format(kind)).group() for kind in ("solved", "person"))


def ticket(world, number):
    return world.api("GET", f"/tickets/{number}")["ticket"]


def scan(link):
    """What scanners of mail and browsers that guess do: GET twice, HEAD, a prefetch."""
    for method, headers in (("GET", {}), ("GET", {"Sec-Purpose": "prefetch;prerender"}), ("HEAD", {}),
                            ("GET", {"User-Agent": "BarracudaCentral/1.0", "X-Moz": "prefetch"})):
        request = urllib.request.Request(link, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200


def test_an_answer_closes_its_question(public, answering):
    number, solved, person = ask(answering, "flora")
    before = ticket(answering, number)
    scan(solved)
    scan(person)
    public.open(solved)
    assert ticket(answering, number)["version"] == before["version"]
    assert public.js(AUDIT, False) == []
    public.click("main form button")
    assert ticket(answering, number)["status"] == "solved"
    assert "closed" in public.one("main").text


def test_another_is_raised_to_a_person(plain, answering):
    """Without script."""
    number, _, person = ask(answering, "gustav")
    plain.open(person)
    assert ticket(answering, number)["priority"] == "normal"
    plain.click("main form button")
    raised = ticket(answering, number)
    assert (raised["priority"], raised["status"]) == ("high", "new")
    # the answer is never given twice
    again = answering.gateway.deliver(mail("Gustav <gustav@customer.example>", "How do I get a refund?",
                                           "How do I get a refund for my card, please?", to="billing@demo.example",
                                           Authentication_Results=PASS), mailbox="billing")["ticket"]
    events = answering.api("GET", f"/tickets/{again}")["events"]
    assert "answer" not in [event["new"] for event in events if event["kind"] == "answer"]
