"""Answers from the knowledge base by mail, as a customer lives through them: the article comes, a link closes the request,
another calls a person, and programs that open links do nothing."""
import json
import os
import re
import urllib.parse

import pytest

import servers
from test_web import PASSWORD, Browser, Program, World

ARTICLES = [
    {"id": "refund", "title": "How do I get a refund?", "language": "en",
     "body": "Send the **loom** back within thirty days, and your money is on your card within a week.\n"},
    {"id": "card", "title": "My punched card is torn", "language": "en", "body": "Glue it, and punch it anew.\n"},
    {"id": "steam", "title": "The steam pressure is too low", "language": "en", "body": "Put coal on the fire.\n"},
]
QUESTION = "How do I get a refund?"


def mail(number, sender, subject=QUESTION, body="How do I get a refund for my loom?"):
    return (f"Authentication-Results: mx.demo.example; dmarc=pass header.from=customer.example\n"
            f"From: {sender.split('@')[0].title()} <{sender}>\nTo: support@demo.example\n"
            f"Message-ID: <q{number}@customer.example>\nDate: Sun, 22 Nov 2026 10:00:00 +0000\n"
            f"Subject: {subject}\n\n{body}\n")


@pytest.fixture
def world(gateway):
    made = World(gateway)
    gateway.run("mailbox", "add", "desk", "--queue", "support", "--address", "desk@demo.example", "--smtp-host", "127.0.0.1",
                "--smtp-port", str(made.server.port), "--smtp-security", "plain", "--authserv-id", "mx.demo.example")
    path = os.path.join(gateway.data, "..", "kb.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(article) + "\n" for article in ARTICLES)
    os.chmod(path, 0o644)
    gateway.run("kb", "import", path)
    gateway.run("staff", "add", "boss", "--name", "Boss", "--address", "boss@staff.example", "--role", "admin",
                "--password-stdin", text=PASSWORD + "\n")
    admin = Program(gateway.port, gateway.json("token", "add", "boss", "--name", "test")["token"])
    status, _ = admin.ask("POST", "/answering", {"queue": "support", "mode": "answer", "threshold": "60"})
    assert status == 200
    yield made
    made.gateway.stop()
    made.server.stop()


def link(letter, kind):
    return urllib.parse.urlparse(re.search(rf"https?://\S+/my/{kind}/\S+", letter).group(0)).path


def ticket_of(world, number):
    status, page = world.program.ask("GET", f"/tickets/{number}")
    assert status == 200
    return page


def answers_of(page):
    return [event["new"] for event in page["events"] if event["kind"] == "answer"]


def test_a_mail_question_is_answered_and_closed_by_its_link(world):
    number = world.gateway.deliver(mail(1, "ada@customer.example"), mailbox="desk")["ticket"]
    letter = world.letter("We believe this answers your question", "ada@customer.example")
    assert "Send the **loom** back" in letter
    assert answers_of(ticket_of(world, number)) == ["answer"]
    reason = [event["reason"] for event in ticket_of(world, number)["events"] if event["kind"] == "answer"][0]
    assert "threshold is 60 %" in reason and "refund" in reason
    # a link scanner opens everything, some twice
    scanner = Browser(world.gateway.port)
    for path in (link(letter, "solved"), link(letter, "person")) * 2:
        assert scanner.get(path).status == 200
        assert scanner.ask("HEAD", path).status in (200, 405)
    assert ticket_of(world, number)["ticket"]["status"] == "new"
    ada = Browser(world.gateway.port)
    assert "Did this solve it?" in ada.get(link(letter, "solved")).text
    done = ada.post(link(letter, "solved"))
    assert done.status == 303
    assert "your request is closed" in ada.get(done.location).text
    page = ticket_of(world, number)
    assert page["ticket"]["status"] == "solved" and answers_of(page) == ["answer", "solved"]
    assert "it solved the question" in world.agent.get(f"/desk/tickets/{number}").text
    # exactly one letter went to the customer
    sent = [recipients for _, recipients, _ in world.server.taken if recipients[0] == "ada@customer.example"]
    assert len(sent) == 1


def test_no_calls_a_person_and_the_same_answer_never_comes_twice(world):
    number = world.gateway.deliver(mail(2, "bob@customer.example"), mailbox="desk")["ticket"]
    letter = world.letter("We believe this answers your question", "bob@customer.example")
    bob = Browser(world.gateway.port)
    assert bob.post(link(letter, "person")).status == 303
    page = ticket_of(world, number)
    assert page["ticket"]["priority"] == "high" and answers_of(page) == ["answer", "refused"]
    servers.wait_for(lambda: [raw for _, recipients, raw in list(world.server.taken)
                              if recipients[0] == "charles@staff.example"], "a notice to staff")
    # the agent sees the article beside the ticket, answers with it, and the base learns the customer's words
    desk = world.agent.get(f"/desk/tickets/{number}?insert=1")
    assert "Send the **loom** back" in desk.text
    assert 'suggested answer <q dir="auto">How do I get a refund?</q>' in desk.text and "it did not help" in desk.text
    answered = world.agent.post(f"/desk/tickets/{number}/replies", csrf=desk.field("csrf"), op=desk.field("op"),
                                text="As it says there.", status="waiting", articles="1")
    assert answered.status == 303, answered.text
    report = world.gateway.json("kb", "learn")
    assert report["questions"] == 2 and report["threshold"] >= .95
