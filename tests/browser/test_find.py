"""The search of the desk: it completes its last word by keyboard, explains itself, and says what is wrong."""
import os

from selenium.webdriver.common.keys import Keys

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "audit.js"), encoding="utf-8") as file:
    AUDIT = file.read()


def retype(desk, text):
    desk.press(Keys.CONTROL + "a")
    desk.press(text)


def search(desk, text):
    desk.js("document.activeElement.blur ()")
    desk.one("body").send_keys("/")
    retype(desk, text)


def offered(desk):
    return desk.js("return [...document.querySelectorAll ('#query-words option')].map ((each) => each.value)")


def test_the_search_completes_narrows_and_explains(desk, world):
    desk.expected = ["the server responded with a status of 400"]
    desk.open("/desk")
    search(desk, "wheel stat")
    desk.wait(lambda: "wheel status:unsolved" in offered(desk), "words to complete")
    retype(desk, "wheel queue:su")
    assert offered(desk) == ["wheel queue:support"]
    page = desk.one("html")
    retype(desk, "due:none engine" + Keys.ENTER)
    desk.wait_left(page)
    page = desk.one("html")
    search(desk, "due:tomorrow" + Keys.ENTER)
    desk.wait_left(page)
    assert "is none of over, soon, paused, none, any" in desk.one(".notice.warn").text
    desk.click(".notice.warn a")
    problems = []
    for width, dark, touch in ((390, True, True), (1440, False, False)):
        desk.look(width, 900, dark, touch)
        desk.open("/desk/find")
        problems += desk.js(AUDIT, touch)
        if os.environ.get("FIND_SHOTS"):
            desk.shoot(os.path.join(os.environ["FIND_SHOTS"], f"find-{width}.png"))
    desk.look()
    assert "organisation:" in desk.text
    assert not problems, "\n".join(problems)
