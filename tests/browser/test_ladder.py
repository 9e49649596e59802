"""Ladders at the desk: built by keyboard without script, seen at work on a ticket, acknowledged, and asked why."""
import os

from selenium.webdriver.common.keys import Keys

import database
import servers
from world import PASSWORD

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "audit.js"), encoding="utf-8") as file:
    AUDIT = file.read()
SIZES = [(390, False, True), (1440, True, False), (1440, False, False)]


def audit(browser):
    problems = []
    for width, dark, touch in SIZES:
        browser.look(width, 900, dark, touch)
        problems += [f"{browser.path} {width}: {problem}" for problem in browser.js(AUDIT, touch)]
    browser.look()
    shots = os.environ.get("LADDER_SHOTS")
    for width, dark in ((1440, False), (390, True)) if shots else ():
        browser.look(width, 900, dark, False)
        browser.shoot(os.path.join(shots, f"{browser.path.strip('/').replace('/', '-')}-{width}.png"), full=True)
    browser.look()
    return problems


def send(browser, **fields):
    """Types into fields by their ids and sends with Enter in the last one."""
    page = browser.one("html")
    for name, text in fields.items():
        field = browser.one(f"#{name.replace('_', '-')}")
        field.clear()
        field.send_keys(text)
    field.send_keys(Keys.ENTER)
    browser.wait_left(page)


def test_pages_for_those_who_answer_for_the_work(desk, world):
    world.api("POST", "/teams", {"name": "mill", "title": "Mill team", "queues": ["support"], "leads": ["mary"],
                                 "on_call": ["john", "mary"]})
    made = world.api("POST", "/organisations", {"name": "Analytical Engines", "domains": ["engines.example"],
                                                "service_level": "gold"})
    assert made["organisation"]["domains"] == ["engines.example"]
    world.api("POST", "/webhooks", {"name": "pager", "target": "https://hooks.example/x"})
    world.api("POST", "/digests", {"name": "morning", "title": "Every morning", "addresses": ["boss@demo.example"]})
    problems = []
    for name in ("teams", "organisations", "webhooks", "digests"):
        desk.open(f"/desk/manage/{name}")
        problems += audit(desk)
        desk.click(".sections a")
        problems += audit(desk)
    assert not problems, "\n".join(problems)
    desk.open("/desk")
    desk.click(".presence button")
    assert "I am away" in desk.text
    desk.click(".presence button")
    assert "I am here" in desk.text


def test_a_ladder_is_built_and_climbed(plain, desk, world):
    minutes = dict.fromkeys(("low", "normal", "high", "urgent"), 60)
    policy = world.api("POST", "/sla", {"name": "ladder", "title": "Ladder", "targets": {"first_response": minutes},
                                        "conditions": {"queues": ["billing"]}})["policy"]
    for _ in world.api("GET", "/sla")["policies"][1:]:  # others may promise something for the same queue
        world.api("POST", f"/sla/{policy['id']}/move", {"by": "up"})
    plain.expected = ["the server responded with a status of 400"]
    plain.log_in("charles", PASSWORD)
    plain.open("/desk/manage/ladders")
    send(plain, new_title="Standard", new_name="standard")
    plain.wait_path("/desk/manage/ladders/")
    plain.one("#unit-0").send_keys("minutes before")
    send(plain, at_0="59", agents_0="charles")
    assert "59 min before" in plain.one(".ladder").text
    send(plain, at_0="100", agents_0="nobody-at-all")
    assert "there is no agent" in plain.one(".notice.bad").text
    send(plain, at_0="100", agents_0="", addresses_0="boss@demo.example")
    assert [row.text.splitlines()[0] for row in plain.all(".ladder summary b")] == ["59 min before", "100 %"]
    send(plain, policies="ladder")
    desk.open(plain.path)
    assert not (problems := audit(desk)), "\n".join(problems)
    desk.open("/desk/manage/ladders")
    assert not (problems := audit(desk)), "\n".join(problems)
    ticket = world.open_ticket("rung", "Rung <rung@customer.example>", "Nobody answers", "Hello?", mailbox="billing")["ticket"]
    servers.wait_for(lambda: world.api("GET", f"/tickets/{ticket}")["escalation"]["next"], "a plan")
    desk.open(f"/desk/tickets/{ticket}")
    assert not (problems := audit(desk)), "\n".join(problems)
    desk.one("#hold-reason").send_keys("I call them.")
    desk.click("#escalation form button")
    desk.wait_text("#escalation", "Charles Babbage")
    desk.wait_text("#timeline", "acknowledged: steps wait until")
    world.api("POST", f"/tickets/{ticket}/acknowledge", {"minutes": 0})
    ladder, = [row for row in world.api("GET", "/ladders")["ladders"] if row["name"] == "standard"]
    world.api("PATCH", f"/ladders/{ladder['id']}", {"steps": [{"key": 1, "minutes": -60, "agents": ["charles"]}]})
    servers.wait_for(lambda: world.api("GET", f"/tickets/{ticket}")["escalation"]["fired"], "the first step")
    desk.open(f"/desk/tickets/{ticket}")
    desk.wait_text("#timeline", "escalation · First answer: 1 h before")
    why = next(row for row in desk.all("#timeline .event") if "1 h before" in row.text)
    why.find_element("css selector", "summary").click()
    assert "by policy Ladder" in why.text and "told Charles Babbage" in why.text
    world.wait_for_letter("charles@demo.example", "Nobody answers")
    assert "The last step has fired." in desk.one("#escalation").text
    desk.one("#hold-reason").send_keys("Seen, and on my way.")
    desk.click("#escalation form button")
    desk.wait_text("#escalation", "Seen, and on my way.")
    assert not (problems := audit(desk)), "\n".join(problems)
    desk.open("/desk/floor")
    row = desk.one(f'#floor-tickets [data-ticket="{ticket}"]')
    assert "seen" in row.text
    assert not (problems := audit(desk)), "\n".join(problems)
    world.api("PATCH", f"/tickets/{ticket}", {"status": "solved"})
    desk.open(f"/desk/tickets/{ticket}")
    assert not desk.all("#escalation")
    world.api("POST", f"/ladders/{ladder['id']}/remove", {})
    world.api("POST", f"/sla/{policy['id']}/remove", {})


def test_what_waits_for_somebody_to_look(plain, desk, world):
    """Hours of those on call, a call that failed, versions of a ladder, a clock that leapt."""
    plain.expected = ["the server responded with a status of 400"]
    plain.log_in("charles", PASSWORD)
    team = world.api("POST", "/teams", {"name": "called", "title": "Called", "on_call": ["john", "mary"]})["team"]
    plain.open(team["url"])
    send(plain, hours="john=moon")
    assert 'there is no calendar "moon"' in plain.one(".notice.bad").text
    send(plain, hours="john=always")
    assert "in the hours of always" in plain.text
    assert "Calendars: " in plain.one("main details").get_attribute("textContent")
    desk.open(team["url"])
    problems = audit(desk)
    hook = world.api("POST", "/webhooks", {"name": "failing", "target": "https://hooks.example/y"})["webhook"]
    world.api("POST", f"/webhooks/{hook['id']}/test", {})
    database.run(world.gateway, "UPDATE webhook_call SET state = 2, gen = gen + 1, answer = 'nobody there' WHERE webhook_id ="
                                f" {hook['id']}")
    desk.open(hook["url"])
    problems += audit(desk)
    desk.click('form[action$="/retry"] button')
    desk.wait_text(".content", "waiting")
    assert not desk.all('form[action$="/retry"]')
    ladder = world.api("POST", "/ladders", {"name": "kept", "title": "Kept", "steps": [{"percent": 50, "agents": ["mary"]}]})
    number = ladder["ladder"]["id"]
    world.api("PATCH", f"/ladders/{number}", {"steps": [{"key": 1, "percent": 75, "agents": ["mary"]}]})
    desk.open(f"/desk/manage/ladders/{number}")
    newest = desk.one(".rule-version")
    newest.find_element("css selector", "summary").click()
    assert "Version 2" in newest.text and '"percent": 75' in newest.find_element("css selector", "ins").text
    problems += audit(desk)
    desk.all(".rule-version summary")[1].click()
    desk.click('form[action$="/restore"] button')
    kept = world.api("GET", f"/ladders/{number}")["ladder"]
    assert (kept["version"], kept["steps"][0]["percent"]) == (3, 50)
    database.run(world.gateway, "INSERT INTO clock_leap (node, noticed_at, by_us) VALUES ('far-away', 1, 7200000000)")
    desk.open("/desk/health")
    assert "leapt by 120 minutes" in desk.one(".notice.bad").text
    problems += audit(desk)
    desk.click('form[action="/desk/health/clock"] button')
    desk.wait(lambda: not desk.all('form[action="/desk/health/clock"]'), "the notice to go")
    assert not problems, "\n".join(problems)
    for path in (f"teams/{team['id']}", f"webhooks/{hook['id']}", f"ladders/{number}"):
        world.api("POST", f"/{path}/remove", {})
