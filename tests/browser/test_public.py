"""What strangers can do in a browser: the form, the customer's page, and mails that would like to be more than mails."""
import http.server
import json
import os
import threading
import urllib.parse
import warnings

import pytest
from selenium.webdriver.common.by import By

import servers
from test_desk import AUDIT, SIZES
from world import mail

HERE = os.path.dirname(os.path.abspath(__file__))
CORPORA = os.environ.get("CORPORA") or os.path.join(HERE, "..", "..", "..", "shared", "corpora")
# Each of these does run when a page holds it as it is (the control below); `window.pwned` is what all of them would set.
OWN_VECTORS = [
    "<script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    "<svg onload='window.pwned = 1'></svg>",
    "<iframe srcdoc=\"<script>parent.window.pwned = 1</script>\"></iframe>",
    "<details open ontoggle='window.pwned = 1'><summary>x</summary></details>",
    "</textarea></title></style><img src=x onerror='window.pwned = 1'>",
]
BREAKOUTS = ["\"><img src=x onerror='window.pwned=1'>", "'><script>window.pwned=1</script>", "{{7*7}}{{{html}}}",
             "</title><script>window.pwned=1</script>", "javascript:window.pwned=1", "<svg/onload=window.pwned=1>"]


def vectors():
    """Ours and those of other projects."""
    path = os.path.join(CORPORA, "xss", "vectors.jsonl")
    if not os.path.exists(path):
        warnings.warn("the vectors are not at ../shared/corpora (or $CORPORA): only our own are tried")
        return OWN_VECTORS
    with open(path, encoding="utf-8") as file:
        return OWN_VECTORS + [json.loads(line)["payload"] for line in file]


class Outside(http.server.ThreadingHTTPServer):
    """A server on this machine that plays the rest of the world and counts who comes."""

    def __init__(self):
        outer = self
        self.seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.seen.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(outer.page)

            def log_message(self, *_):
                pass

        self.page = b""
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.shutdown()
        self.server_close()
        self.thread.join(servers.DEADLINE)


@pytest.fixture
def outside():
    made = Outside()
    yield made
    made.stop()


@pytest.mark.parametrize("page", ["/", "/contact", "/contact/support", "/contact/thanks?ref=K7QF-2M", "/nothing",
                                  "/my/" + "a" * 60, "/desk/login", "/search", "/search?q=refund+card", "/search?q=xyzzy",
                                  "/kb/1", "/kb/2", "/kb/3"])
def test_every_page_can_be_seen_touched_and_heard(public, page):
    public.expected = ["the server responded with a status of 404"]
    problems = []
    for width, dark, touch in SIZES:
        public.look(width, 900, dark, touch)
        public.open(page)
        problems += [f"{width} {'dark' if dark else 'light'}: {problem}" for problem in public.js(AUDIT, touch)]
    assert not problems, "\n".join(problems)


def fill_in(browser, address, subject, text, name="Emmy Noether"):
    for field, value in (("name", name), ("address", address), ("subject", subject), ("text", text)):
        element = browser.one(f"#{field}")
        element.clear()
        element.send_keys(value)


def find_ticket(world, subject):
    def look():
        found = world.api("GET", "/tickets?query=" + urllib.parse.quote(subject))["tickets"]
        return found[0]["number"] if found else None
    return servers.wait_for(look, f"the ticket “{subject}”")


def test_the_form(public, world, tmp_path):
    """Mistakes are said and nothing typed is lost; the message and its file arrive as a ticket, once."""
    paper = tmp_path / "ring & field.txt"
    paper.write_text("Idealtheorie")
    public.expected = ["the server responded with a status of 400"]
    public.open("/contact/support")
    public.js("for (const form of document.forms) form.noValidate = true")
    fill_in(public, "nobody at nowhere", "Rings", "They commute.")
    public.click("form button.primary")
    public.one("#errors")
    assert public.one("#text").get_attribute("value") == "They commute."
    assert public.one(".is-wrong #address").get_attribute("value") == "nobody at nowhere"
    assert public.js(AUDIT, False) == []
    fill_in(public, "emmy@customer.example", "Rings and ideals", "They commute.")
    public.one("#files").send_keys(str(paper))
    public.click("form button.primary")
    assert public.path.startswith("/contact/thanks")
    number = find_ticket(world, "Rings and ideals")
    ticket = world.api("GET", f"/tickets/{number}")
    assert [file["name"] for file in ticket["messages"][0]["attachments"]] == ["ring & field.txt"]
    assert ticket["messages"][0]["channel"] == "form"


def test_the_trap_for_machines(public, world):
    """Who fills in what nobody sees is thanked, and nothing comes of it."""
    public.open("/contact/support")
    assert public.js("const box = document.getElementById ('website').getBoundingClientRect ();"
                     "return box.right < 0 || box.left > innerWidth || box.width <= 1")
    fill_in(public, "robot@customer.example", "Buy a robot", "Cheap.")
    public.js("document.getElementById ('website').value = 'http://robot.example'")
    public.click("form button.primary")
    assert public.path.startswith("/contact/thanks")
    public.open("/contact/support")
    fill_in(public, "human@customer.example", "A human after it", "Honest.")
    public.click("form button.primary")
    find_ticket(world, "A human after it")
    assert world.api("GET", "/tickets?query=" + urllib.parse.quote("Buy a robot"))["tickets"] == []


def test_the_form_without_script(plain, world):
    plain.open("/contact/support")
    fill_in(plain, "sophie@customer.example", "Elastic surfaces", "They swing.")
    plain.click("form button.primary")
    assert plain.path.startswith("/contact/thanks")
    find_ticket(world, "Elastic surfaces")


def enter(browser, world, name, subject):
    """Sends a verified mail, and opens the link in the answer."""
    address = f"{name}@customer.example"
    done = world.gateway.deliver(mail(f"{name.title()} <{address}>", subject, "Dear all, please help.",
                                      Authentication_Results="mx.demo.example; dmarc=pass header.from=customer.example"))
    world.api("POST", f"/tickets/{done['ticket']}/notes", {"text": "he must not read this"})
    world.api("POST", f"/tickets/{done['ticket']}/replies", {"text": "We are looking into it."})
    link = world.wait_for_letter(address, r"http://127\.0\.0\.1:\d+/my/\S+").group()
    browser.open(link)
    return done["ticket"]


def test_the_customers_page(public, world):
    public.expected = ["the server responded with a status of 404"]
    number = enter(public, world, "leonhard", "Seven bridges")
    assert public.path == f"/my/tickets/{number}"
    public.wait_text("main", "We are looking into it.")
    assert "he must not read this" not in public.driver.page_source
    for width, dark, touch in SIZES:
        public.look(width, 900, dark, touch)
        assert public.js(AUDIT, touch) == []
    public.one("#text").send_keys("One cannot cross them all.")
    public.click("form button.primary")
    public.wait_text(".toast", "Your message")

    def look_again():
        public.open(f"/my/tickets/{number}")
        return any("One cannot cross them all." in article.text for article in public.all("article"))
    servers.wait_for(look_again, "the message on the page")
    public.click("form[action$='/solved'] button")
    public.wait_text("main", "solved")
    assert world.api("GET", f"/tickets/{number}")["ticket"]["status"] == "solved"
    public.open(f"/my/tickets/{world.tickets['ada']}")
    assert "The engine stops" not in public.text


def test_links_to_two_tickets_in_two_tabs(public, world):
    """Each tab goes on with its own ticket, whichever link was opened last."""
    first = enter(public, world, "emmy", "Rings and ideals")
    first_tab = public.driver.current_window_handle
    public.one("#text").send_keys("Does it hold for all of them?")
    public.driver.switch_to.new_window("tab")
    try:
        second = enter(public, world, "sofja", "A spinning top")
        assert public.path == f"/my/tickets/{second}"
        second_tab = public.driver.current_window_handle
        public.driver.switch_to.window(first_tab)
        public.click("form button.primary")
        public.wait_text(".toast", "Your message")
        public.wait_path(f"/my/tickets/{first}?")
        public.driver.switch_to.window(second_tab)
        public.click("form[action$='/solved'] button")
        public.wait_text("main", "solved")
        assert world.api("GET", f"/tickets/{second}")["ticket"]["status"] == "solved"
        assert world.api("GET", f"/tickets/{first}")["ticket"]["status"] != "solved"
    finally:
        for tab in public.driver.window_handles:
            if tab != first_tab:
                public.driver.switch_to.window(tab)
                public.driver.close()
        public.driver.switch_to.window(first_tab)


def test_row_13_hostile_html(desk, world, outside):
    """No vector runs or leads outside, neither in the frame nor as text; the control shows that it would elsewhere."""
    everything = "\n".join(f"<div>{vector}</div>" for vector in OWN_VECTORS)
    outside.page = b"<!doctype html>" + everything.encode()
    desk.expected = [outside.url]
    desk.driver.get(outside.url)
    desk.wait(lambda: desk.js("return window.pwned") == 1, "the control to run")
    desk.outside()

    numbers = []
    for chosen in (OWN_VECTORS, vectors()):
        html = "<p>before</p>" + "".join(f"<div>{vector}</div>" for vector in chosen)
        raw = mail("\"<img src=x onerror=window.pwned=1>\" <mallory@customer.example>", "<script>window.pwned=1</script>",
                   "\n".join(chosen + BREAKOUTS), html=html, to="hostile@demo.example",
                   files=[("\"><img src=x onerror=window.pwned=1>.html", "text/html", everything.encode())])
        numbers.append(world.gateway.deliver(raw, mailbox="hostile")["ticket"])
    for number in numbers:
        desk.open(f"/desk/tickets/{number}")
        desk.wait_text("#timeline", "window.pwned")
        for summary in desk.all("#timeline details.quoted > summary"):
            summary.click()
        frame = desk.one("iframe.mail-html")
        assert frame.get_attribute("sandbox") == "allow-popups allow-popups-to-escape-sandbox"
        desk.driver.switch_to.frame(frame)
        desk.wait(lambda: desk.js("return document.readyState") == "complete", "the frame")
        assert desk.all("script, iframe, object, embed, form, base, meta[http-equiv], link:not([href*='/static/'])") == []
        assert desk.js("return [...document.querySelectorAll ('*')].flatMap ((e) => [...e.attributes])"
                       ".filter ((a) => a.name.startsWith ('on') || /^\\s*javascript:/i.test (a.value)).length") == 0
        desk.driver.switch_to.default_content()
        assert desk.js("return window.pwned") is None
        assert desk.driver.find_elements(By.CSS_SELECTOR, "img[src='x'], svg[onload]") == []
    desk.open("/desk/queues/hostile")
    desk.wait_text("#tickets", "window.pwned")
    assert desk.js("return window.pwned") is None


def test_row_13_15_49_nothing_is_fetched_from_outside(desk, world, outside):
    """Pictures, fonts, styles and pings of a mail stay where they are (TRUST rows 13, 15, 49)."""
    url = outside.url
    html = (f"<link rel=stylesheet href={url}/a.css><style>@import '{url}/b.css'; p {{ background: url({url}/c.png) }}"
            f"@font-face {{ font-family: x; src: url({url}/d.woff) }} p {{ font-family: x }}</style>"
            f"<p style=\"background: url('{url}/e.png')\">seen</p><img src={url}/f.png srcset='{url}/g.png 2x'>"
            f"<table background={url}/h.png><tr><td background={url}/i.png>x</td></tr></table>"
            f"<video poster={url}/j.png src={url}/k.mp4></video><svg><image href={url}/l.png /></svg>"
            f"<a href={url}/m ping={url}/n>link</a><link rel=prefetch href={url}/o><img src=//127.0.0.1:{outside.server_port}/p>"
            f"<input type=image src={url}/q><object data={url}/r></object><meta http-equiv=refresh content='0;url={url}/s'>")
    done = world.gateway.deliver(mail("Tracker <tracker@customer.example>", "Are you reading this?", "seen", html=html,
                                      to="hostile@demo.example"), mailbox="hostile")
    desk.open(f"/desk/tickets/{done['ticket']}")
    desk.one("#timeline .message iframe")
    desk.js("document.querySelector ('iframe.mail-html').closest ('details').open = true")
    desk.driver.switch_to.frame(desk.one("iframe.mail-html"))
    desk.wait_text("body", "seen")
    desk.wait(lambda: desk.js("return document.readyState") == "complete", "the frame")
    desk.driver.switch_to.default_content()
    assert outside.seen == []
    desk.driver.get(url)
    assert "/" in outside.seen
    desk.expected = [url]
    desk.outside()
