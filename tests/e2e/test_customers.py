"""Customers' addresses and their data: a mailed link proves an address, and who asks to be forgotten is."""
import json
import os
import re
import urllib.parse

import pytest

import gateway as gateways
import proof
import servers
from test_web import Browser, World

FORM = {"name": "lost", "queue": "support", "is_enabled": True,
        "plan": {"title": "Lost and found", "language": "en", "confirm": "always", "suggests": False,
                 "fields": [{"name": "address", "type": "email", "label": "", "required": True},
                            {"name": "text", "type": "long_text", "label": "", "required": True}]}}


class Clocked(World):
    def __init__(self, gateway):
        self.clock = os.path.join(gateway.data, "clock")
        self.killed = os.path.join(gateway.data, "killed")
        gateway.environment |= {"POSTERN_CLOCK": self.clock, "POSTERN_CRASH": "removal-portion:3",
                                "POSTERN_CRASH_ONCE": self.killed}
        super().__init__(gateway)

    def pass_seconds(self, seconds):
        with open(self.clock + ".new", "w", encoding="ascii") as file:
            file.write(f"{seconds}\n")
        os.chmod(self.clock + ".new", 0o644)
        os.rename(self.clock + ".new", self.clock)


@pytest.fixture
def world(gateway):
    if not gateways.has_test_hooks():
        pytest.skip("built without --enable-test-hooks")
    made = Clocked(gateway)
    yield made
    made.gateway.stop()
    made.server.stop()


def test_a_form_waits_until_its_address_is_confirmed(world):
    path = os.path.join(world.gateway.data, "..", "lost.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(FORM, file)
    os.chmod(path, 0o644)
    world.gateway.run("form", "import", path)
    page = world.visitor.get("/contact/lost")
    key = page.field("key")
    sent = world.visitor.post("/contact/lost", key=key, version=page.field("version"), work=proof.work(key),
                              address="ada@customer.example", text="My umbrella, by the mill. BUY NOW")
    assert sent.status == 303 and "wait=1" in sent.location
    letter = world.letter("open this link")
    assert "umbrella" not in letter and "BUY" not in letter
    link = urllib.parse.urlparse(re.search(r"https?://\S+/contact/confirm/\S+", letter).group(0)).path
    # programs that open links confirm nothing
    scanner = Browser(world.gateway.port)
    for _ in range(2):
        assert scanner.get(link).status == 200
        assert scanner.ask("HEAD", link).status in (200, 405)
    assert world.program.ask("GET", "/tickets")[1]["tickets"] == []
    ada = Browser(world.gateway.port)
    assert ada.post(link).status in (200, 303)
    assert world.tickets(1)[0]["person"]["address"] == "ada@customer.example"
    # once: the same link again makes no second ticket
    ada.post(link)
    world.send_form(subject="A mark behind it")
    assert len(world.tickets(2)) == 2


def mail(number, subject, text):
    return (f"From: Ada <ada@customer.example>\nTo: support@demo.example\nMessage-ID: <m{number}@customer.example>\n"
            f"Date: Sun, 22 Nov 2026 10:0{number}:00 +0000\nSubject: {subject}\n\n{text}\n")


def test_a_person_is_forgotten_and_comes_back_as_another(world):
    """The clerk is killed in the middle of it, once."""
    first = world.gateway.deliver(mail(1, "The secret engine", "It stops, secretly."), mailbox="support")["ticket"]
    before = world.program.ask("GET", f"/tickets/{first}")[1]
    refused = world.gateway.run("person", "erase", "ada@customer.example", check=False)
    assert refused.returncode == 65 and "--sure" in refused.stderr
    ordered = world.gateway.json("person", "erase", "ada@customer.example", "--sure")
    assert ordered["person"] == before["person"]["id"] and not ordered["is_done"]
    # from the order on nobody has the address
    assert world.gateway.run("person", "show", "ada@customer.example", check=False).returncode != 0
    world.pass_seconds(60)

    def look():
        page = world.program.ask("GET", f"/tickets/{first}")[1]
        return page if "secret" not in json.dumps(page).lower() else None
    page = servers.wait_for(look, f"the text is gone\n{world.gateway.log()}")
    servers.wait_for(lambda: os.path.exists(world.killed), "a clerk that was killed")
    assert page["ticket"]["number"] == first and page["ticket"]["status"] == "closed"
    assert len(page["messages"]) == len(before["messages"])
    again = world.gateway.deliver(mail(2, "Hello again", "It is me."), mailbox="support")["ticket"]
    other = world.program.ask("GET", f"/tickets/{again}")[1]
    assert again != first and other["person"]["id"] != before["person"]["id"]
    world.pass_seconds(3 * 3600)
    servers.wait_for(lambda: world.gateway.json("person", "removals")["is_done"], f"all is gone\n{world.gateway.log()}")
