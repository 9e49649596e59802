"""A promise from its making to its breaking, by keyboard alone: a calendar, a policy, a ladder, a digest and a rule are
built and tried, time passes, a ticket escalates and is acknowledged, management reads of it, and the page says why."""
import os
import shutil
import tempfile

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

import gateway as gateways
import servers
from browser import Browser
from world import PASSWORD, World

NOW = """const e = document.activeElement;
return [e.id, e.name, e.value, e.tagName === 'INPUT' ? '' : e.textContent.trim (), e.getAttribute ('href')];"""


class Hands:
    """What a person without a mouse does: Tab, keys, Enter, Space."""

    def __init__(self, browser):
        self.browser = browser

    def go(self, what):
        """On by Tab to the control with this id, name, value or address, or with a text that begins so."""
        for _ in range(200):
            ident, name, value, text, href = self.browser.js(NOW)
            if what in (ident, name, value, href) or (text and text.startswith(what)):
                return self
            ActionChains(self.browser.driver).send_keys(Keys.TAB).perform()  # also out of a field for files
        raise AssertionError(f"no Tab leads to {what} on {self.browser.path}")

    def write(self, where, text):
        self.go(where).browser.press(Keys.CONTROL + "a")
        self.browser.press(text)
        return self

    def check(self, where):
        self.go(where).browser.press(Keys.SPACE)
        return self

    def choose(self, where, text):
        self.go(where).browser.press(text)
        return self

    def enter(self, where=None):
        """Enter, and the page that follows."""
        if where is not None:
            self.go(where)
        page = self.browser.one("html")
        self.browser.press(Keys.ENTER)
        self.browser.wait_left(page)
        return self

    def manage(self, section):
        return self.enter("/desk/manage").enter(f"/desk/manage/{section}")


class Clock:
    def __init__(self, world):
        self.path = os.path.join(world.gateway.data, "clock")
        self.passed = 0
        world.gateway.environment["POSTERN_CLOCK"] = self.path

    def go_on(self, minutes):
        self.passed += minutes * 60
        with open(self.path + ".new", "w", encoding="ascii") as file:
            file.write(f"{self.passed}\n")
        os.chmod(self.path + ".new", 0o644)
        os.rename(self.path + ".new", self.path)


@pytest.fixture(name="house")
def make_house():
    """A gateway of its own, whose clock is ours, and a browser at its desk."""
    if not gateways.has_test_hooks():
        pytest.skip("built without --enable-test-hooks")
    folder = tempfile.mkdtemp(prefix="postern-pact.", dir=servers.fast_place())
    os.chmod(folder, 0o755)
    world = World(folder)
    world.clock = Clock(world)
    browser = None
    try:
        world.start()
        browser = Browser(world.url)
        browser.look()
        yield world, browser
        assert not browser.console()
    finally:
        if browser is not None:
            browser.quit()
        world.stop()
        shutil.rmtree(folder, ignore_errors=True)


def build_calendar(desk, hands):
    hands.manage("calendars").write("new-title", "Day and night").write("new-name", "always-on").enter()
    hands.write("zone", "Europe/Berlin")
    for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun"):
        hands.write(f"day-{day}", "00:00-24:00")
    hands.enter()
    hands.write("duration", "26 h").enter()
    desk.wait_text("#answer", ":")


def build_policy(desk, hands):
    hands.manage("sla").write("new-title", "Support").write("new-name", "support").enter()
    hands.choose("calendar", "Day and night").check("is_enabled")
    hands.write("targets.first_response.normal", "2 h").write("targets.first_response.high", "1 h")
    hands.write("targets.first_response.urgent", "1 h")
    hands.write("conditions.queues", "support").enter()
    assert desk.one("[id='targets.first_response.high']").get_attribute("value") == "1 h"
    hands.enter("Try it")
    desk.wait_text("body", "Nothing was changed.")


def build_ladder(desk, hands):
    hands.manage("ladders").write("new-title", "Standard").write("new-name", "standard").enter()
    hands.write("at-0", "100").write("agents-0", "charles")
    hands.go("Change the ticket").browser.press(Keys.ENTER)
    hands.choose("priority-0", "urgent").enter("Add this step")
    hands.write("at-0", "150").write("addresses-0", "manager@demo.example").enter("Add this step")
    assert [row.text.splitlines()[0] for row in desk.all(".ladder summary b")] == ["100 %", "150 %"]
    hands.write("policies", "support").enter()


def build_digest(hands):
    hands.manage("digests").write("new-name", "morning").write("new-addresses", "boss@demo.example").enter()
    hands.write("zone", "Europe/Berlin").enter()


def build_rule(desk, hands, old):
    hands.manage("rules").enter("New rule")
    hands.write("name", "Engines first").choose("c.0.field", "subj").write("c.0.value", "engine")
    hands.choose("a.0.do", "set the p").write("a.0.value", "high").enter("save")
    desk.wait_path("/desk/manage/rules/")
    hands.enter("replay")
    desk.wait_path("/desk/manage/replays/")
    address = desk.path

    def done():
        desk.open(address)
        return desk.all("#result")
    servers.wait_for(done, "the replay's end")
    assert f"#{old}" in desk.one("tbody").text


def test_a_promise_is_made_broken_and_explained_by_keyboard(house):
    world, desk = house
    hands = Hands(desk)
    old = world.open_ticket("old", "Grace <grace@customer.example>", "An engine of last week", "It is slow.")["ticket"]
    desk.log_in("charles", PASSWORD)
    build_calendar(desk, hands)
    build_policy(desk, hands)
    build_ladder(desk, hands)
    build_digest(hands)
    build_rule(desk, hands, old)

    ticket = world.open_ticket("new", "Ada <ada@customer.example>", "The engine stops", "At card 7.")["ticket"]
    servers.wait_for(lambda: world.api("GET", f"/tickets/{ticket}")["escalation"]["next"], "a plan")
    assert world.api("GET", f"/tickets/{ticket}")["ticket"]["priority"] == "high"
    world.clock.go_on(61)
    servers.wait_for(lambda: world.api("GET", f"/tickets/{ticket}")["escalation"]["fired"], "the step")
    world.wait_for_letter("charles@demo.example", "The engine stops")

    hands.enter("/desk?view=due")
    ActionChains(desk.driver).send_keys("j").perform()
    hands.enter(f"/desk/tickets/{ticket}")
    desk.wait_text("#timeline", "escalation · First answer: 100 %")
    hands.write("hold-reason", "I call them.").enter()
    desk.wait_text("#timeline", "acknowledged: steps wait until")
    for why in desk.all("#timeline .event summary, #due-times summary"):
        hands.go(desk.js("arguments[0].id = 'why-now'; return 'why-now'", why))
        desk.press(Keys.ENTER)
        desk.js("arguments[0].removeAttribute ('id')", why)
    assert "by policy Support" in desk.text and "told Charles Babbage" in desk.text
    assert "Rule “Engines first”, version 1: subject has the words engine" in desk.text
    desk.wait_text("#due-times", "it fits")
    assert world.api("GET", f"/tickets/{ticket}")["ticket"]["priority"] == "urgent"
    world.clock.go_on(24 * 60)
    world.wait_for_letter("boss@demo.example", "The engine stops")
