"""Rules in a browser: built by keyboard, tried on the past, seen at work on a new mail, and the reason read."""
import os

from selenium.webdriver.common.keys import Keys

import servers

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "audit.js"), encoding="utf-8") as file:
    AUDIT = file.read()


def tab_to(desk, what):
    """Goes on by Tab until the focus is on the control named `what`, or on the button that says so."""
    for _ in range(120):
        if desk.js("const e = document.activeElement; return e.name === arguments[0] || e.value === arguments[0]", what):
            return
        desk.press(Keys.TAB)
    raise AssertionError(f"no Tab leads to {what}")


def look_at(desk, address, problems):
    for width, dark, touch in ((390, False, True), (1440, True, False)):
        desk.look(width, 900, dark, touch)
        desk.open(address)
        problems += [f"{address} {width}: {problem}" for problem in desk.js(AUDIT, touch)]
        shots = os.environ.get("RULE_SHOTS")
        if shots:
            desk.shoot(os.path.join(shots, f"{address.strip('/').replace('/', '-')}-{width}.png"))
    desk.look()


def press_button(desk, value):
    page = desk.one("html")
    tab_to(desk, value)
    desk.press(Keys.ENTER)
    desk.wait_left(page)


def build(desk):
    desk.open("/desk/manage/rules/new")
    tab_to(desk, "name")
    desk.press("Invoices first")
    tab_to(desk, "c.0.field")
    desk.press("subj")
    tab_to(desk, "c.0.value")
    desk.press("invoice, wheel")
    press_button(desk, "group:c")
    assert desk.one("[name='c.0.value']").get_attribute("value") == "invoice, wheel"
    tab_to(desk, "c.1.mode")
    desk.press("none")
    tab_to(desk, "c.1.0.field")
    desk.press("queue")
    assert desk.one("[name='c.1.0.value']").get_attribute("list") == "values-queue"
    tab_to(desk, "c.1.0.value")
    desk.press("nowhere")
    tab_to(desk, "a.0.do")
    desk.press("set the p")
    tab_to(desk, "a.0.value")
    desk.press("high")


def test_a_rule_is_built_tried_and_seen_at_work_by_keyboard(desk, world):
    desk.expected = ["the server responded with a status of 400"]
    build(desk)
    press_button(desk, "save")
    assert "there is no queue \"nowhere\"" in desk.one("[id='c.1.0.problem']").text
    tab_to(desk, "c.1.0.value")
    desk.press(Keys.CONTROL + "a")
    desk.press("quiet")
    page = desk.one("html")
    tab_to(desk, "replay")
    desk.press(Keys.ENTER)
    desk.wait_left(page)
    desk.wait_path("/desk/manage/replays/")
    address = desk.path

    def done():
        desk.open(address)
        return desk.all("#result")
    servers.wait_for(done, "the replay's end")
    assert f"#{world.tickets['invoice']}" in desk.one("tbody").text
    assert world.api("GET", f"/tickets/{world.tickets['invoice']}")["ticket"]["priority"] == "normal"
    problems = []
    look_at(desk, address, problems)

    build(desk)
    tab_to(desk, "c.1.0.value")
    desk.press(Keys.CONTROL + "a")
    desk.press("quiet")
    press_button(desk, "save")
    desk.wait_path("/desk/manage/rules/")
    rule = desk.path
    done = world.open_ticket("rule", "Carl Gauss <gauss@customer.example>", "My invoices are late", "Please look.")
    desk.open(f"/desk/tickets/{done['ticket']}")
    desk.js("document.querySelectorAll('.event details').forEach(e => { e.open = true })")
    desk.wait_text(".event", "Rule “Invoices first”, version 1: subject has the words invoice or wheel")
    assert world.api("GET", f"/tickets/{done['ticket']}")["ticket"]["priority"] == "high"
    desk.open(rule)
    assert f"#{done['ticket']}" in desk.text

    for address in (rule.split("?")[0], "/desk/manage/rules", "/desk/manage/rules/new"):
        look_at(desk, address, problems)
    world.api("PATCH", rule.split("?")[0].replace("/desk/manage", ""), {"enabled": False})
    assert not problems, "\n".join(problems)
