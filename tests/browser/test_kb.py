"""The knowledge base in a browser: articles are written by keyboard and without script, found by visitors, voted on."""
import base64
import datetime
import html.parser
import urllib.parse
import urllib.request

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import servers
from test_desk import AUDIT, SIZES
from test_public import BREAKOUTS, OWN_VECTORS, vectors
from world import PASSWORD

DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")


def write(world, title, body, **more):
    """A published article; its document."""
    return world.api("POST", "/kb/articles", {"title": title, "body": body, "language": "en", "state": "published",
                                              **more})["article"]


@pytest.fixture(scope="module")
def wheel(world):
    """An article that has been changed, with a translation that is behind and a link that leads nowhere."""
    article = write(world, "How do I oil the wheel?", "Lift it.\n\n## Oil\n\nA drop.\n\n## Turn\n\nTwice.\n\n## Rest\n\nOnce.",
                    category="Mill", questions="squeaking\nnoise")
    write(world, "Wie öle ich das Rad?", "Anheben. [mehr](article:none)", language="de", category="Mill",
          translation_of=article["external_id"], original_seen="2001-01-01T00:00:00Z")
    world.api("PATCH", f"/kb/articles/{article['id']}", {"body": article["body"] + " Or twice.", "note": "rest longer"})
    return article


@pytest.mark.parametrize("page", ["/desk/kb", "", "/versions", "/desk/kb/new", "/desk/kb/categories"])
def test_pages_of_the_desk_can_be_seen_touched_and_heard(desk, wheel, page):
    problems = []
    for width, dark, touch in SIZES:
        desk.look(width, 900, dark, touch)
        desk.open(page if page.startswith("/desk") else f"/desk/kb/{wheel['id']}{page}")
        problems += [f"{width} {'dark' if dark else 'light'}: {problem}" for problem in desk.js(AUDIT, touch)]
    assert not problems, "\n".join(problems)


def test_pages_of_the_help_centre_can_be_seen_touched_and_heard(public, wheel):
    problems = []
    for page in (f"/kb/{wheel['id']}", f"/kb/{wheel['id']}?voted=no", "/kb/category/1"):
        for width, dark, touch in SIZES[:3]:
            public.look(width, 900, dark, touch)
            public.open(page)
            problems += [f"{page} {width}: {problem}" for problem in public.js(AUDIT, touch)]
    assert not problems, "\n".join(problems)


class Microdata(html.parser.HTMLParser):
    """Reads items as search engines do (HTML, 5.2): {"type", property: value}, several values as a list."""
    EMPTY = ("meta", "link", "img", "br", "hr", "input")
    ADDRESSES = {"a": "href", "link": "href", "img": "src"}

    def __init__(self, base, page):
        super().__init__()
        self.base, self.items, self.open = base, [], []
        self.feed(page)

    def item(self):
        return next(item for _, item, _, _ in reversed(self.open) if item is not None)

    def add(self, names, value, item):
        for name in names:
            assert name not in item or name == "itemListElement", f"{name} twice"
            item[name] = [*item[name], value] if name in item else [value] if name == "itemListElement" else value

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        names = attributes.get("itemprop", "").split()
        item, text = None, None
        if "itemscope" in attributes:
            item = {"type": attributes["itemtype"]}
            self.add(names, item, self.item()) if names else self.items.append(item)
        elif names and tag == "meta":
            self.add(names, attributes["content"], self.item())
        elif names and tag in self.ADDRESSES:
            self.add(names, urllib.parse.urljoin(self.base, attributes[self.ADDRESSES[tag]]), self.item())
        elif names:
            text = []
        if tag not in self.EMPTY:
            self.open.append((tag, item, names, text))

    def handle_endtag(self, tag):
        while self.open:
            name, _, names, text = self.open.pop()
            if text is not None:
                self.add(names, "".join(text).strip(), self.item())
            if name == tag:
                return

    def handle_data(self, data):
        for _, _, _, text in self.open:
            if text is not None:
                text.append(data)


@pytest.mark.parametrize("category", ["Mill", ""])
def test_structured_data_is_complete(world, category):
    article = write(world, "What turns the wheel & the mill?", "Water does, *mostly*.\n\n## Wind\n\nRarely.", category=category)
    path = article["public_url"]
    with urllib.request.urlopen(world.url + path, timeout=servers.DEADLINE) as answer:
        items = Microdata(world.url + path, answer.read().decode()).items
    by_type = {item["type"].rsplit("/", 1)[1]: item for item in items}
    assert sorted(by_type) == ["Article", "BreadcrumbList"] and len(items) == 2
    found, trail = by_type["Article"], by_type["BreadcrumbList"]["itemListElement"]
    assert found["headline"] == "What turns the wheel & the mill?" and found["inLanguage"] == "en"
    assert found["datePublished"] == article["published_at"] and found["dateModified"] >= found["datePublished"]
    assert datetime.datetime.fromisoformat(found["dateModified"].replace("Z", "+00:00")).tzinfo
    assert found["publisher"] == found["author"] and found["publisher"]["type"] == "https://schema.org/Organization"
    assert found["publisher"]["name"] and found["publisher"]["url"] == world.url + "/"
    assert found["url"] == found["mainEntityOfPage"] == world.url + path
    assert found["articleBody"].startswith("Water does, mostly.") and found["description"].startswith("Water does")
    assert [place["name"] for place in trail] == ["Help centre", *([category] if category else []), found["headline"]]
    assert [place["position"] for place in trail] == [str(i + 1) for i in range(len(trail))]
    assert trail[0]["item"] == world.url + "/" and trail[-1]["item"] == found["url"]
    assert all(place["type"] == "https://schema.org/ListItem" for place in trail)


def test_an_article_is_written_by_keyboard_and_found(mary, public, world):
    """A lead writes with a preview that follows; a visitor is offered the article while typing, reads it and says no."""
    mary.open("/desk/kb/new")
    mary.one("#title").send_keys("Why does the spindle wobble?", Keys.TAB)
    mary.press("Tighten the **nut** below.")
    mary.wait_text("#preview .article", "Tighten the nut below.")
    page = mary.one("html")
    mary.press(Keys.CONTROL, Keys.ENTER)
    mary.wait_left(page)
    mary.wait_text(".toast", "Published.")

    public.open("/")
    public.one("#q").send_keys("spindle wob")
    public.wait_text("[role=option]", "Why does the spindle wobble?")
    assert public.one("#q").get_attribute("aria-expanded") == "true"
    public.press(Keys.ARROW_DOWN)
    assert public.js("return document.getElementById (document.activeElement.getAttribute ('aria-activedescendant')).textContent"
                     ) == "Why does the spindle wobble?"
    page = public.one("html")
    public.press(Keys.ENTER)
    public.wait_left(page)
    assert public.path.endswith("-why-does-the-spindle-wobble")
    assert public.one(".article strong").text == "nut"
    public.click("#vote button[value=no]")
    public.one("#word").send_keys("Which nut?")
    public.click("#vote button.primary")
    public.wait_text("#vote", "We will make it better.")
    mary.open(mary.path)
    mary.wait_text("aside", "Which nut?")
    # single keys, on the list as on that of tickets; on a phone the search lies in the menu
    mary.look(390, 844)
    mary.open("/desk/kb")
    mary.press("j")
    first = mary.one(".kb-rows a").get_attribute("href")
    assert mary.driver.switch_to.active_element.get_attribute("href") == first
    mary.press("/")
    assert mary.driver.switch_to.active_element.get_attribute("id") == "query"
    mary.look()


def test_writing_without_script(plain, world, tmp_path):
    """An agent without script: a picture, a preview, a request for review; nothing typed is lost on the way."""
    picture = tmp_path / "wheel [x].png"
    picture.write_bytes(DOT)
    plain.log_in("john", PASSWORD)
    plain.open("/desk/kb/new")
    plain.one("#title").send_keys("Where is the third wheel?")
    plain.one("#body").send_keys("Here:")
    plain.one("#files").send_keys(str(picture))
    plain.click("button[value=upload]")
    assert plain.one("#title").get_attribute("value") == "Where is the third wheel?"
    assert "](image:" in plain.one("#body").get_attribute("value")
    assert plain.one("#preview img").get_attribute("src").startswith(f"{world.url}/desk/kb/images/")
    assert plain.all("button[value=publish]") == []
    plain.click("button[value=review]")
    plain.wait_text(".toast", "it waits for a review")
    plain.open("/search?q=third+wheel")
    assert "third wheel?" not in plain.one("main").text


def test_two_writers(desk, mary, world):
    """Who comes second is shown what changed, and keeps what they typed."""
    article = write(world, "How heavy is the mill?", "Very heavy.")
    for browser, text in ((desk, "Two tons."), (mary, "Three tons.")):
        browser.open(f"/desk/kb/{article['id']}")
        browser.one("#body").clear()
        browser.one("#body").send_keys(text)
    mary.expected = ["the server responded with a status of 409"]
    desk.click("button[value=publish]")
    mary.click("button[value=publish]")
    mary.wait_text("#conflict", "Somebody else was faster.")
    mary.wait_text("#conflict .added", "Two tons.")
    assert mary.one("#body").get_attribute("value") == "Three tons."
    mary.click("button[value=publish]")
    mary.wait_text(".toast", "Published.")
    mary.open(f"/desk/kb/{article['id']}/versions?version=1")
    mary.submit("form[action$='/restore']")
    assert mary.one("#body").get_attribute("value") == "Very heavy."


def test_hostile_markdown(public, desk, world):
    """No vector runs, in an article, in its preview or in its title; nothing is asked for elsewhere."""
    body = "\n\n".join(OWN_VECTORS + BREAKOUTS + [
        "[a](javascript:window.pwned=1)", "[b](JaVaScRiPt&colon;window.pwned=1)", "<javascript:window.pwned=1>",
        "![c](https://tracker.example/p.png)", "![d](javascript:window.pwned=1)", "[e]: data:text/html,x\n[e]",
        "[f](article:\"><img/onerror=window.pwned=1>)", "![g](image:\"><img/onerror=window.pwned=1>)", "`<script>`",
        "```\n</code><script>window.pwned = 1</script>\n```"] + vectors())[:200_000]
    article = write(world, OWN_VECTORS[1] + BREAKOUTS[3], body, category="<svg onload=window.pwned=1>")
    path = f"/kb/{article['id']}"
    for browser, address, place in ((public, path, ".article"), (desk, f"/desk{path}", "#preview"),
                                    (desk, f"/desk{path}/versions", "main"), (desk, "/desk/kb", "main")):
        browser.open(address)
        browser.wait_text(place, "window.pwned")
        assert browser.js("return window.pwned") is None
        assert browser.js("return [...document.querySelectorAll ('*')].flatMap ((e) => [...e.attributes])"
                          ".filter ((a) => a.name.startsWith ('on') || /^\\s*javascript:/i.test (a.value)).length") == 0
        assert browser.driver.find_elements(By.CSS_SELECTOR, f"{place} :is(script, iframe, svg[onload], form[action='x'])") == []
    public.open("/search?q=" + urllib.parse.quote("window pwned onerror"))
    assert public.js("return window.pwned") is None
