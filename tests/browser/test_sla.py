"""Calendars, policies and due times in a browser: built by keyboard, tried, seen on tickets, read why."""
import os

import pytest
from selenium.webdriver.common.keys import Keys

import servers

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "audit.js"), encoding="utf-8") as file:
    AUDIT = file.read()

SIZES = [(390, False, True), (820, True, True), (1440, False, False), (1440, True, False)]


def focus(desk, name):
    desk.js("document.getElementById (arguments[0]).focus ()", name)


def enter(desk, *keys):
    """Types, presses Enter, and waits for the page that follows."""
    page = desk.one("html")
    desk.press(*keys, Keys.ENTER)
    desk.wait_left(page)


def write(desk, name, text):
    """Goes to a field with Tab, as a person does who knows where it is, and fills it anew."""
    for _ in range(80):
        if desk.driver.switch_to.active_element.get_attribute("id") == name:
            break
        desk.press(Keys.TAB)
    assert desk.driver.switch_to.active_element.get_attribute("id") == name
    desk.press(Keys.CONTROL + "a")
    desk.press(text)


def audit(desk, address):
    problems, last = [], None
    for width, dark, touch in SIZES:
        desk.look(width, 900, dark, touch)
        if width != last:
            desk.open(address)
            if os.environ.get("SHOTS"):
                name = address.strip("/").replace("/", "-").replace("?", "-")
                desk.shoot(os.path.join(os.environ["SHOTS"], f"{name}-{width}.png"), full=True)
                desk.look(width, 900, dark, touch)
        last = width
        problems += [f"{address} {width} {'dark' if dark else 'light'}: {problem}" for problem in desk.js(AUDIT, touch)]
    desk.look()
    return problems


@pytest.fixture(scope="module")
def office(world):
    """The address of a calendar that the tests share."""
    made = world.api("POST", "/calendars", {
        "name": "office", "title": "Office in Berlin", "zone": "Europe/Berlin",
        "week": {day: [["09:00", "12:00"], ["13:00", "17:30"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": [{"date": "12-25", "name": "Christmas"}, {"date": "2026-11-24", "name": "Carnival"}]})
    return f"/desk/manage/calendars/{made['calendar']['id']}"


def test_a_calendar_by_keyboard(desk, world):
    desk.open("/desk/manage")
    desk.click("a[href='/desk/manage/calendars']")
    focus(desk, "new-title")
    desk.press("Mill in Lima")
    write(desk, "new-name", "lima")
    enter(desk)
    desk.wait_text("h1", "Mill in Lima")
    focus(desk, "title")
    write(desk, "zone", "America/Lima")
    write(desk, "day-mon", "08:00-12:00, 14:00-18:00")
    write(desk, "day-tue", "08:00-12:00")
    write(desk, "holidays", "2026-11-24 Day of the mill")
    desk.press(Keys.TAB)
    enter(desk)
    assert desk.one("#day-mon").get_attribute("value") == "08:00-12:00, 14:00-18:00"

    desk.js("document.getElementById ('start').value = '2026-11-23T17:00'")
    focus(desk, "start")
    write(desk, "duration", "2 h")
    enter(desk)
    desk.wait_text("#answer", "2026-11-30 09:00")
    assert "Day of the mill" in desk.one("#answer").text
    assert world.api("GET", "/calendars")["calendars"][-1]["zone"] is not None


def test_a_policy_by_keyboard(desk, world, office):
    desk.open("/desk/manage/sla")
    focus(desk, "new-title")
    desk.press("All customers")
    write(desk, "new-name", "common")
    enter(desk)
    desk.wait_text("h1", "All customers")
    focus(desk, "title")
    write(desk, "targets.first_response.urgent", "1 h")
    write(desk, "targets.first_response.normal", "8 h")
    write(desk, "targets.resolution.urgent", "4 h")
    write(desk, "targets.resolution.normal", "3 d")
    write(desk, "conditions.queues", "support, billing")
    enter(desk)
    assert desk.one("[id='targets.resolution.normal']").get_attribute("value") == "72 h"

    # Tried with a change that is typed and not saved; the page follows the work by itself.
    write(desk, "targets.resolution.urgent", "2 h")
    desk.js("document.querySelector (\"[formaction$='/replay']\").focus ()")
    enter(desk)
    desk.wait_path("/desk/manage/replays/")
    desk.wait_text("#replay-progress", "would have changed")
    assert "Nothing was changed." in desk.text and "no promise" in desk.one("#replay-hits").text
    assert desk.all("#replay-metrics tbody tr") and desk.all("#replay-hits a[href^='/desk/tickets/']")
    assert desk.one("#replay-cancel").text == ""
    desk.click(".head a")
    assert desk.one("[id='targets.resolution.urgent']").get_attribute("value") == "4 h"
    assert desk.all("#try a[href^='/desk/manage/replays/']")

    focus(desk, "calendar")
    desk.press(Keys.TAB)
    desk.press(Keys.SPACE)
    enter(desk)
    assert desk.one("[name=is_enabled]").is_selected()
    ada = world.tickets["ada"]
    servers.wait_for(lambda: world.api("GET", f"/tickets/{ada}")["ticket"]["due"], "a due time for Ada")


def test_the_order_by_keyboard(desk, world):
    world.api("POST", "/sla", {"name": "gold", "title": "Gold customers", "targets": {"resolution": {"urgent": 60}},
                               "conditions": {"levels": ["gold"]}})
    desk.open("/desk/manage/sla")
    titles = [element.text for element in desk.all(".policies b")]
    assert titles == ["All customers", "Gold customers"]
    desk.js("document.querySelector ('.policies > li:last-child button').focus ()")
    enter(desk)
    titles = [element.text for element in desk.all(".policies b")]
    assert titles == ["Gold customers", "All customers"]


def test_why_it_is_due(desk, world):
    ada = world.tickets["ada"]
    servers.wait_for(lambda: len(world.api("GET", f"/tickets/{ada}")["sla"]["tries"]) == 2, "both policies to be tried")
    desk.open(f"/desk/tickets/{ada}")
    desk.wait_text("#facts", "why?")
    section = desk.one("#due-times")
    assert "Solution" in section.text
    for summary in desk.all("#due-times summary"):
        desk.js("arguments[0].focus ()", summary)
        desk.press(Keys.ENTER)
    desk.wait_text("#due-times", "counted")
    assert "it is for another service level" in desk.one("#due-times").text
    assert "it fits" in desk.one("#due-times").text
    desk.open("/desk?view=due")
    desk.wait_text(".ticket-row", "The engine stops")
    assert desk.all(".ticket-row .due")


def test_the_pages_can_be_seen_touched_and_heard(desk, world, office):
    problems = []
    policy = next(row["id"] for row in world.api("GET", "/sla")["policies"] if row["name"] == "common")
    for address in ("/desk/manage/calendars", f"{office}?start=2026-11-23T17:00&duration=9+h", "/desk/manage/sla",
                    f"/desk/manage/sla/{policy}", "/desk/manage/replays/1", "/desk?view=due",
                    f"/desk/tickets/{world.tickets['ada']}"):
        problems += audit(desk, address)
    assert not problems, "\n".join(problems)
