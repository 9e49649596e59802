"""Figures, figures by mail, surveys, the floor and the wall in a browser: what was chosen stays, letters come, keys do it."""
import base64
import email
import email.policy
import os
import re

import pytest
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

import servers

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "audit.js"), encoding="utf-8") as file:
    AUDIT = file.read()

SIZES = [(390, False, True), (820, True, True), (1440, False, False), (1440, True, False)]
PAGES = ["/desk/reports", "/desk/reports/volume?by=day", "/desk/reports/sla?by=day", "/desk/reports/sla?by=priority&queue=support",
         "/desk/reports/backlog?by=priority", "/desk/floor", "/desk/wall", "/desk/manage/reports"]


def chosen(desk, name):
    return Select(desk.one(f"select[name='{name}']")).first_selected_option.get_attribute("value")


def focus(desk, css):
    """Goes to an element with Tab, as a person does who has no mouse."""
    wanted = desk.one(css)
    for _ in range(200):
        if desk.driver.switch_to.active_element == wanted:
            return wanted
        desk.press(Keys.TAB)
    raise AssertionError(f"{css} can't be reached with Tab")


def enter(desk):
    page = desk.one("html")
    desk.press(Keys.ENTER)
    desk.wait_left(page)


@pytest.fixture(scope="module")
def counted(world):
    """The facts of the whole working day are made."""
    servers.wait_for(lambda: world.api("GET", "/reports/volume")["total"]["cells"][0]["value"] >= 55, "facts of all tickets")


@pytest.mark.parametrize("address", PAGES)
def test_pages_are_well_made(desk, counted, address):
    problems, last = [], None
    for width, dark, touch in SIZES:
        desk.look(width, 900, dark, touch)
        if width != last:
            desk.open(address)
            if os.environ.get("SHOTS"):
                name = re.sub(r"[/?&=]", "-", address.strip("/"))
                desk.shoot(os.path.join(os.environ["SHOTS"], f"{name}-{width}.png"), full=True)
                desk.look(width, 900, dark, touch)
        last = width
        problems += [f"{address} {width} {'dark' if dark else 'light'}: {problem}" for problem in desk.js(AUDIT, touch)]
    assert problems == []


def test_filters_stay_when_show_is_pressed(mary, counted):
    mary.open("/desk/reports/volume")
    Select(mary.one("select[name='by']")).select_by_value("priority")
    mary.one(".narrow summary").click()
    Select(mary.one("select[name='queue']")).select_by_value("support")
    Select(mary.one("select[name='channel']")).select_by_value("pipe")
    mary.one("input[name='tag']").send_keys("mill")
    mary.click(".narrow button")
    numbers = mary.one("tfoot").text
    for _ in range(2):
        assert (chosen(mary, "by"), chosen(mary, "queue"), chosen(mary, "channel")) == ("priority", "support", "pipe")
        assert mary.one("input[name='tag']").get_attribute("value") == "mill"
        assert mary.one("tfoot").text == numbers
        mary.click(".narrow button")
    mary.click("tfoot td a")
    assert "queue=support" in mary.path and "tag=mill" in mary.path
    assert len(mary.all(".tickets > li")) == 1


def test_figures_by_mail(mary, world, counted):
    mary.open("/desk/reports/volume?by=queue&queue=support")
    mary.one("#by-mail summary").click()
    mary.one("#title").send_keys("Work of the week")
    mary.click("#by-mail button")
    mary.wait_text("h1", "Work of the week")
    assert chosen(mary, "queue") == "support"
    Select(mary.one("#every")).select_by_value("day")
    mary.click("form.card button.primary")
    mary.click("form[action$='/send'] button")
    world.wait_for_letter("mary@demo.example", r"These are the figures of \d{4}-\d\d-\d\d\.")
    letter = email.message_from_bytes(world.letters("mary@demo.example")[-1], policy=email.policy.default)
    files = list(letter.iter_attachments())
    assert [part.get_content_type() for part in files] == ["text/csv"]
    assert base64.b64decode(files[0].get_payload()).startswith(b'"queue","created","solved","answers"\r\n')
    assert "<table" in letter.get_body(("html",)).get_content()
    mary.one("input[name='is_enabled']").click()
    mary.click("form.card button.primary")
    assert "paused" in mary.one(".content").text
    mary.click("form[action$='/remove'] button")
    assert "No report is sent by mail yet." in mary.text


def test_a_survey_is_answered(public, second, world, counted):
    asked = "Rosa <rosa@customer.example>"
    proof = {"Authentication_Results": "mx.demo.example; dmarc=pass header.from=customer.example"}
    world.gateway.run("queue", "set", "support", "--survey", "yes", "--survey-delay", "0", "--survey-pause", "30")
    for name in ("rosa", "rosa-again"):
        world.open_ticket(name, asked, f"Please help {name}", "The wheel squeaks.", **proof)
        world.api("POST", f"/tickets/{world.tickets[name]}/replies", {"text": "Oil it."})
        world.api("PATCH", f"/tickets/{world.tickets[name]}", {"status": "solved"})
    link = world.wait_for_letter("rosa@customer.example", r"Bad:\s+\S+(/rate/\S+)")[1]
    public.open(link)
    assert public.one("input[value='bad']").is_selected()
    public.one("#word").send_keys("It still squeaks.")
    public.click("form.card button")
    assert "Thank you" in public.text
    ticket = world.tickets["rosa"]
    second.log_in_again("mary", "correct horse battery staple")
    second.open(f"/desk/tickets/{ticket}")
    assert "It still squeaks." in second.text
    person = world.api("GET", f"/tickets/{ticket}")["person"]["id"]
    second.open(f"/desk/people/{person}")
    assert "It still squeaks." in second.text

    def scored():
        cells = {cell["column"]: cell["value"] for cell in world.api("GET", "/reports/satisfaction")["total"]["cells"]}
        return (cells["asked"], cells["scored"], cells["bad"]) == (1, 1, 1)
    servers.wait_for(scored, "the answer among the figures")
    servers.wait_for(lambda: world.api("GET", f"/tickets/{world.tickets['rosa-again']}")["survey"]["state"] == "not_asked",
                     "the second question to be left out")
    assert len([raw for raw in world.letters("rosa@customer.example") if b"/rate/" in raw.replace(b"=\r\n", b"")]) == 1


def test_the_floor_by_keyboard(mary, world):
    world.open_ticket("floor", "Fritz <fritz@customer.example>", "Who takes this?", "Nobody so far.")
    number = world.tickets["floor"]
    world.api("PATCH", f"/tickets/{number}", {"priority": "urgent"})
    box = f"input[name='tickets.{number}']"

    def on_the_floor():
        mary.open("/desk/floor")
        return mary.all(box)
    if not mary.wait(lambda: on_the_floor() or len(mary.all(".floor-tickets > li")) >= 25, "the ticket, or a full list"):
        raise AssertionError
    if not mary.all(box):  # those that waited longer come first
        box = ".floor-tickets input[type='checkbox']"
        number = int(re.search(r"\d+", mary.one(box).get_attribute("name"))[0])
    focus(mary, "select[name='assignee']")
    mary.press("me")
    focus(mary, "select[name='queue']")
    mary.press("Bill")
    focus(mary, box)
    mary.press(Keys.SPACE)
    enter(mary)
    assert "one ticket was moved" in mary.text
    ticket = world.api("GET", f"/tickets/{number}")["ticket"]
    assert (ticket["assignee"]["login"], ticket["queue"]) == ("mary", "billing")
    row = next(row for row in mary.all("#floor-agents tr") if "Mary" in row.text)
    assert int(row.find_elements("css selector", "td.number")[0].text) > 0


def test_presence_is_seen_on_the_floor(mary, world):
    world.api("POST", "/presence", {"state": "away", "minutes": 30})
    try:
        mary.open("/desk/floor")
        assert "away" in next(row.text for row in mary.all("#floor-agents tr") if "Charles" in row.text)
    finally:
        world.api("POST", "/presence", {"state": "available"})
    mary.open("/desk/floor")
    assert "here" in next(row.text for row in mary.all("#floor-agents tr") if "Charles" in row.text)


def test_the_wall(mary, plain, world):
    """Large numbers and nothing else; a browser without script asks again by itself."""
    mary.open("/desk/wall")
    assert mary.all("nav, header, input, button") == []
    assert float(mary.js("return getComputedStyle (document.querySelector ('.wall-numbers b')).fontSize").rstrip("px")) >= 48
    plain.log_in_again("mary", "correct horse battery staple")
    plain.open("/desk/wall")
    assert plain.one("meta[http-equiv='refresh']").get_attribute("content") == "30"
