"""Forms that staff built, what is offered before they are sent, and the page of a customer, in a real browser."""
import os
import pathlib
import urllib.parse

import pytest

from selenium.webdriver.support.ui import Select

import servers
from test_desk import AUDIT
from world import PASSWORD, mail

RETURN = pathlib.Path(__file__).resolve().parents[2] / "contrib/demo/form-return.json"


@pytest.fixture(scope="module")
def form(world):
    path = os.path.join(os.path.dirname(world.gateway.folder), "form-return.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(RETURN.read_text("utf-8"))
    os.chmod(path, 0o644)
    world.gateway.run("form", "import", path)
    return "/contact/return"


def fill(browser, **fields):
    """Types into fields by their ids, chooses where there is a list, ticks a box for True."""
    for name, value in fields.items():
        element = browser.one("#" + name.replace("_", "-"))
        if value is True:
            element.click()
        elif element.tag_name == "select":
            Select(element).select_by_value(value)
        else:
            element.clear()
            element.send_keys(value)


def tickets_of(world, address):
    return world.api("GET", "/tickets?query=" + urllib.parse.quote(f"from:{address}"))["tickets"]


def wait_for_ticket(world, address):
    return servers.wait_for(lambda: tickets_of(world, address) or None, f"a ticket of {address}")[0]["number"]


def test_a_visitor_finds_the_answer_and_sends_nothing(public, world):
    public.open("/contact/support")
    fill(public, address="found@customer.example", subject="How do I get a refund", text="How do I get a refund for the card?")
    public.wait(lambda: public.js("return !document.getElementById ('suggested').hidden"), "the article")
    assert public.js(AUDIT, False) == []
    public.click("#suggested button")
    assert public.path == "/contact/solved"
    assert tickets_of(world, "found@customer.example") == []


def test_a_form_without_script_keeps_what_was_typed_and_its_files(plain, world, form, tmp_path):
    """The condition is enforced by the server; the file that came with a wrong form comes with the right one."""
    picture = tmp_path / "part.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 100)
    plain.expected = ["the server responded with a status of 400"]
    plain.open(form)
    fill(plain, address="emma@customer.example", f_order_number="A-1842", f_count="two", f_reason="It is broken", f_terms=True)
    plain.one("#files").send_keys(str(picture))
    plain.click("form[data-contact] button.primary")
    assert "is a number" in plain.one("#errors").text
    assert plain.one("#f-order-number").get_attribute("value") == "A-1842"
    assert "part.png" in plain.one(".kept").text
    fill(plain, f_count="2")
    plain.click("form[data-contact] button.primary")
    if plain.path == form:  # articles that may answer it are a step in between
        plain.click("button[value=send]")
    assert plain.path.startswith("/contact/thanks")
    ticket = world.api("GET", f"/tickets/{wait_for_ticket(world, 'emma@customer.example')}")
    message = ticket["messages"][0]
    assert [file["name"] for file in message["attachments"]] == ["part.png"]
    assert {answer["name"]: answer["value"] for answer in message["form"]["answers"]} == {
        "order_number": "A-1842", "reason": "It is broken", "count": 2, "terms": True}


def test_a_double_click_is_one_ticket(public, world, form):
    public.open(form)
    assert public.js("return document.querySelector ('[data-when]').hidden")
    fill(public, f_reason="It is broken")
    public.wait(lambda: public.js("return !document.querySelector ('[data-when]').hidden"), "the question that was hidden")
    fill(public, f_reason="It is the wrong one", address="twice@customer.example", f_order_number="B-7", f_count="1", f_terms=True)
    page = public.one("html")
    public.js("const button = document.querySelector ('form[data-contact] button.primary'); button.click (); button.click ()")
    public.wait_left(page)
    if public.path == form:
        public.click("button[value=send]")
    assert public.path.startswith("/contact/thanks")
    wait_for_ticket(world, "twice@customer.example")
    assert len(tickets_of(world, "twice@customer.example")) == 1


def test_the_page_of_a_customer(public, world):
    """Solved, opened again, all requests by a fresh mail, and links that are called back."""
    address = "carla@customer.example"
    done = world.gateway.deliver(mail(f"Carla <{address}>", "The wheel", "It squeaks.",
                                      Authentication_Results="mx.demo.example; dmarc=pass header.from=customer.example"))
    world.api("POST", f"/tickets/{done['ticket']}/replies", {"text": "We look."})
    link = world.wait_for_letter(address, r"http://127\.0\.0\.1:\d+/my/[a-z2-7]{20,}").group()
    public.expected = ["the server responded with a status of 404"]
    public.open(link)
    public.click("form[action$='/solved'] button")
    public.click("form[action$='/reopen'] button")
    assert world.api("GET", f"/tickets/{done['ticket']}")["ticket"]["status"] == "open"
    public.click("form[action$='/all'] button")
    every = world.wait_for_letter(address, r"all requests[^:]*:\s+(http://127\.0\.0\.1:\d+/my/[a-z2-7]{20,})").group(1)
    public.open(every)
    assert public.path == "/my" and "The wheel" in public.one("main").text
    assert public.js(AUDIT, False) == []
    public.click(".ways a")
    public.js("document.querySelector ('details').open = true")
    public.click("form[action$='/revoke'] button")
    public.open(link)
    assert "no longer works" in public.one("h1").text


@pytest.mark.parametrize("page", ["/contact/return", "/desk/manage/forms", "/desk/manage/forms/return", "/desk/kb/figures",
                                  "/desk/people/1/erase", "/desk/manage/removals"])
@pytest.mark.parametrize("width, dark", [(1440, False), (390, True)])
def test_pages(first, world, form, page, width, dark):
    first.log_in("charles", PASSWORD)
    first.look(width=width, dark=dark, touch=width < 500)
    first.open(page)
    assert first.js(AUDIT, False) == []
    assert first.js("return document.documentElement.scrollWidth <= innerWidth")
    if os.environ.get("BROWSER_SHOTS"):
        first.shoot(os.path.join(os.environ["BROWSER_SHOTS"], f"{page.replace('/', '_')}-{width}.png"))
    first.look()
