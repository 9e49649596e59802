"""The desk in a browser: a day by keyboard, two at one ticket, every page for eyes, fingers and ears."""
import email
import email.policy
import os

import pytest
from selenium.webdriver.common.keys import Keys

import servers
from world import PASSWORD, mail

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "audit.js"), encoding="utf-8") as file:
    AUDIT = file.read()

PAGES = ["/desk", "/desk?view=unassigned", "/desk?view=all", "/desk/queues/quiet", "/desk?query=wheel", "/desk?query=xyzzy",
         "/desk?query=foo:bar", "ada", "long", "rtl", "nothing", "invoice", "/desk/held", "/desk/spam", "held",
         "/desk/outbox", "/desk/outbox?state=failed", "person", "/desk/profile", "/desk/health", "/desk/manage/answers", "/desk/manage/letters",
         "/desk/manage/letters/answer?language=de", "/desk/manage/synonyms", "/desk/tickets/99999"]
SIZES = [(390, False, True), (820, True, True), (1440, False, False), (1440, True, False)]


def find(browser, world, page):
    if page in world.tickets:
        return f"/desk/tickets/{world.tickets[page]}"
    if page == "held":
        browser.open("/desk/held")
        return browser.one("tbody a").get_attribute("href")
    if page == "person":
        browser.open(f"/desk/tickets/{world.tickets['ada']}")
        return browser.one(".about a[href^='/desk/people/']").get_attribute("href")
    return page


def ask(world, name, subject, queue="support"):
    """A new ticket by mail; its address on the desk."""
    done = world.open_ticket(name, f"{name.title()} <{name}@customer.example>", subject, "Please help.", mailbox=queue)
    return f"/desk/tickets/{done['ticket']}"


@pytest.mark.parametrize("page", PAGES)
def test_every_page_can_be_seen_touched_and_heard(desk, world, page):
    desk.expected = ["the server responded with a status of 404", "the server responded with a status of 400"]
    address = find(desk, world, page)
    problems, last = [], None
    for width, dark, touch in SIZES:
        desk.look(width, 900, dark, touch)
        if width != last:
            desk.open(address)
        last = width
        problems += [f"{width} {'dark' if dark else 'light'}: {problem}" for problem in desk.js(AUDIT, touch)]
    assert not problems, "\n".join(problems)


def test_a_working_day_by_keyboard(desk, world):
    ask(world, "gauss", "The telegraph hums")
    desk.open("/desk/queues/support")
    desk.press("j")
    assert "The telegraph hums" in desk.driver.switch_to.active_element.text
    page = desk.one("html")
    desk.press(Keys.ENTER)
    desk.wait_left(page)
    desk.wait_text("h1", "The telegraph hums")

    desk.press("r")
    assert desk.driver.switch_to.active_element.get_attribute("id") == "reply-text"
    desk.press("Use a shorter wire.")
    page = desk.one("html")
    desk.press(Keys.CONTROL + Keys.ENTER)
    desk.wait_left(page)
    desk.wait_text(".message.is-out", "Use a shorter wire.")
    assert "done=" not in desk.path

    page = desk.one("html")
    desk.press("n")
    desk.press("He builds it himself.")
    desk.press(Keys.CONTROL + Keys.ENTER)
    desk.wait_left(page)
    desk.wait_text(".message.is-note", "He builds it himself.")
    assert desk.one("#note-text").get_attribute("value") == ""

    page = desk.one("html")
    desk.js("document.getElementById ('set-status').focus ()")
    desk.press("so")
    desk.press(Keys.TAB)
    desk.press(Keys.ENTER)
    desk.wait_left(page)
    desk.wait_text("#facts", "solved")

    page = desk.one("html")
    desk.press("u")
    desk.wait_left(page)
    assert desk.path == "/desk/queues/support"
    desk.press("/")
    assert desk.driver.switch_to.active_element.get_attribute("id") == "query"
    page = desk.one("html")
    desk.press("telegraph", Keys.ENTER)
    desk.wait_left(page)
    desk.wait_text(".tickets", "The telegraph hums")
    desk.press("?")
    desk.wait(lambda: desk.one("#keys").is_displayed(), "the list of keys")
    desk.press(Keys.ESCAPE)
    world.wait_for_letter("gauss@customer.example", "Use a shorter wire")


def test_an_answer_can_be_taken_back(desk, world):
    """On a machine so loaded that the seconds are over before the page is there, another try is made."""
    address = ask(world, "weber", "The magnet is weak")
    for _ in range(5):
        desk.open(address)
        desk.one("#reply-text").clear()
        desk.one("#reply-text").send_keys("Heat it.")
        desk.click("form.reply button.primary")
        if desk.all(".toast [data-undo]"):
            page = desk.one("html")
            desk.one(".toast [data-undo]").click()
            desk.wait_left(page)
            if desk.all("#reply-text") and desk.one("#reply-text").get_attribute("value") == "Heat it.":
                break
    assert desk.one("#reply-text").get_attribute("value") == "Heat it."
    assert desk.path == address
    assert not desk.all(".message.is-out")


def test_focus_is_seen(desk, world):
    for address in ("/desk?view=all", f"/desk/tickets/{world.tickets['ada']}"):
        desk.open(address)
        for _ in range(25):
            desk.press(Keys.TAB)
            seen = desk.js("const e = document.activeElement, s = getComputedStyle (e),"
                           " l = e.labels && e.labels[0] ? getComputedStyle (e.labels[0]) : s;"
                           "return [e.outerHTML.slice (0, 120), s.outlineStyle !== 'none' || l.outlineStyle !== 'none']")
            assert seen[1], f"the focus can't be seen on {seen[0]}"


def test_two_at_one_ticket(desk, mary, world):
    """The second answer is stopped, nothing that was typed is lost, and what is new is shown."""
    address = ask(world, "ohm", "It resists")
    mary.open(address)
    mary.one("#reply-text").send_keys("My long and careful answer")
    mary.js("window.fetch = () => Promise.reject ()  // she hears of nothing")
    desk.open(address)
    desk.one("#reply-text").send_keys("I was faster")
    desk.click("form.reply button.primary")
    mary.expected = ["the server responded with a status of 409"]
    mary.click("form.reply button.primary")
    mary.wait_text("#conflict", "I was faster")
    assert mary.one("#reply-text").get_attribute("value") == "My long and careful answer"
    mary.click("form.reply button.primary")
    mary.wait_text(".message.is-out", "My long and careful answer")


def test_another_window_sees_it_by_itself(desk, mary, world):
    address = ask(world, "volta", "The frog twitches")
    mary.open(address)
    mary.js("window.isTheSame = true")
    mary.one("#reply-text").send_keys("half a sentence")
    desk.open(address)
    desk.press("n")
    desk.press("Seen that before", Keys.CONTROL + Keys.ENTER)
    mary.wait_text("#timeline", "Seen that before")
    assert mary.js("return window.isTheSame") is True
    assert mary.one("#reply-text").get_attribute("value") == "half a sentence"
    mary.wait_text("#news", "Something new has come above")
    mary.click("form.reply button.primary")
    mary.wait_text(".message.is-out", "half a sentence")
    assert not mary.all("#conflict")
    mary.open("/desk/queues/support")
    mary.js("window.isTheSame = true")
    ask(world, "galvani", "It twitches here too")
    mary.wait_text("#tickets", "It twitches here too")
    assert mary.js("return window.isTheSame") is True


def test_several_tickets_at_once(desk, world):
    for subject in ("The first of three", "The second of three", "The last of three"):
        ask(world, "kirchhoff", subject)
    desk.open("/desk?query=from:kirchhoff")
    desk.press("j")
    desk.press("x")
    desk.press("j")
    desk.press("j")
    desk.press("X")
    assert desk.one("#bulk-count").text == "3"
    desk.js("document.querySelector ('#bulk select[name=priority]').value = 'urgent'")
    desk.click("#bulk button.primary")
    desk.wait_text("[role=status]", "3 tickets")
    assert "query=from" in desk.driver.current_url, "the search goes on"
    desk.open("/desk?query=from:kirchhoff priority:urgent")
    desk.wait_text("#tickets", "The second of three")
    assert len(desk.all(".ticket-row")) == 3


def test_a_draft_survives_leaving_the_page(desk, world):
    address = ask(world, "faraday", "The cage")
    desk.open(address)
    desk.one("#reply-text").send_keys("A thought that is not ready")
    desk.open("/desk")
    desk.open(address)
    assert desk.one("#reply-text").get_attribute("value") == "A thought that is not ready"
    desk.click("form.reply button.primary")
    desk.open(address)
    assert desk.one("#reply-text").get_attribute("value") == ""


def test_held_mail_is_released(desk, world):
    world.gateway.deliver(mail("Eve <eve@bank.example>", "Held until somebody looks", "Honest.", Authentication_Results=
                               "mx.demo.example; dmarc=fail header.from=bank.example"))
    desk.open("/desk/held")
    desk.wait(lambda: next((a for a in desk.all("tbody a") if a.text == "Held until somebody looks"), None), "the mail")
    desk.js("[...document.querySelectorAll ('tbody a')].find ((a) => a.textContent.startsWith ('Held until')).id = 'it'")
    desk.click("#it")
    desk.click("form[action$='/release'] button.primary")
    desk.open("/desk/queues/support")
    desk.wait_text("#tickets", "Held until somebody looks")


def test_the_desk_without_script(plain, world):
    address = ask(world, "hertz", "It oscillates")
    plain.log_in("john", PASSWORD)
    plain.look(390, 900)
    plain.open("/desk/queues/support")
    assert plain.one("#query").is_displayed()
    plain.open(address)
    plain.one("#reply-text").send_keys("Count the cycles.")
    plain.click("form.reply button.primary")
    plain.wait_text(".message.is-out", "Count the cycles.")
    plain.one("label[for='mode-note']").click()
    plain.one("#note-text").send_keys("He will.")
    plain.click("form.note button.primary")
    plain.wait_text(".message.is-note", "He will.")
    plain.click("form[action='/desk/logout'] button")
    assert plain.path.startswith("/desk/login")


@pytest.mark.parametrize("page", ["/desk?view=all", "ada", "/desk/held", "/desk/outbox", "/desk/profile", "/desk/health", "/contact"])
def test_in_german(desk, world, page):
    """Longer words fit too, and nothing is left in English."""
    desk.driver.execute_cdp_cmd("Network.enable", {})
    desk.driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {"Accept-Language": "de"}})
    try:
        address = find(desk, world, page)
        for width, dark, touch in SIZES:
            desk.look(width, 900, dark, touch)
            desk.open(address)
            assert desk.js("return document.documentElement.lang") == "de"
            assert desk.js(AUDIT, touch) == []
        assert not {"Queue", "just now", "Send", "Save", "Log out", "opened this ticket"} & set(desk.text.split("\n"))
    finally:
        desk.driver.execute_cdp_cmd("Network.setExtraHTTPHeaders", {"headers": {}})


def settled(world):
    """Whether every letter has met its end."""
    return all(row["state"] in ("sent", "failed", "cancelled", "uncertain") or row["attempts"] > 0
               for row in world.api("GET", "/outbox")["letters"])


@pytest.mark.parametrize("answer, words", [("550 5.1.1 no such person", "no such person"), ("451 4.3.0 try later", "try later")])
def test_what_became_of_a_letter(desk, world, answer, words):
    address = ask(world, f"letter{answer[:3]}", f"Letter {answer[:3]}", queue="billing")
    servers.wait_for(lambda: settled(world), "the letters before to be sent")
    world.smtp.answers["RCPT"].append(answer)
    world.api("POST", f"/tickets/{address.rpartition('/')[2]}/replies", {"text": "Will it arrive?"})
    desk.open(address)
    desk.wait_text("#timeline .letters", words)
    desk.wait_text("#timeline .letters", {"5": "failed", "4": "deferred"}[answer[0]])
    for width, dark, touch in SIZES:
        desk.look(width, 900, dark, touch)
        assert desk.js(AUDIT, touch) == []


def test_a_stranger_is_accepted(desk, world):
    """Who answers in somebody's place with the address of a letter is shown, and joins when an agent says so."""
    address = ask(world, "tycho", "A new star")
    world.api("POST", f"/tickets/{address.rpartition('/')[2]}/replies", {"text": "Where is it?"})
    world.wait_for_letter("tycho@customer.example", "Where is it")
    raw = next(raw for raw in world.letters("tycho@customer.example") if b"Where is it" in raw)
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    world.gateway.deliver(mail("Sophie <sophie@elsewhere.example>", f"Re: {letter['Subject']}", "In Cassiopeia.",
                               In_Reply_To=str(letter["Message-ID"]),
                               to=str(letter["Reply-To"] or letter["From"])))
    desk.open(address)
    desk.wait_text("#timeline", "In Cassiopeia.")
    desk.click("form[action$='/accept'] button")
    desk.wait_text(".about", "sophie@elsewhere.example")
    assert not desk.all("form[action$='/accept']")


def test_on_from_ticket_to_ticket(desk, world):
    for subject in ("The first coil", "The second coil"):
        ask(world, "henry", subject)
    desk.open("/desk?query=from:henry")
    desk.wait(lambda: len(desk.all(".ticket-row")) == 2, "two tickets")
    there = [row.get_attribute("href") for row in desk.all(".ticket-row")]

    def press(*keys):
        page = desk.one("html")
        desk.press(*keys)
        desk.wait_left(page)

    desk.press("j")
    press(Keys.ENTER)
    assert there[0].endswith(desk.path)
    press("j")
    assert there[1].endswith(desk.path)
    desk.press("p")
    assert desk.driver.switch_to.active_element.get_attribute("id") == "set-priority"
    desk.press("hi")
    press(Keys.ENTER)
    desk.wait_text("#facts", "high")
    # Tab goes on from there, and single keys work
    assert desk.driver.switch_to.active_element.get_attribute("id") == "changes"
    desk.press(Keys.TAB)
    assert desk.driver.switch_to.active_element.get_attribute("id") == "set-status"
    desk.press(Keys.ESCAPE)
    press("i")
    desk.wait_text("#facts", "Charles Babbage")
    press("e")
    desk.wait_text("#facts", "solved")
    press("u")
    assert desk.path.startswith("/desk?query=from")
    assert desk.driver.switch_to.active_element.get_attribute("href") == there[1]

    desk.press(Keys.CONTROL + "k")
    desk.wait(lambda: desk.one("#palette").is_displayed(), "the palette")
    desk.press("outb")
    desk.wait_text("#offers [aria-selected=true]", "Outbox")
    press(Keys.ENTER)
    assert desk.path == "/desk/outbox"

    press("2")
    assert desk.path == "/desk?view=unassigned"
    desk.open(there[0])
    desk.press("r")
    desk.press("A new coil is on its way.")
    press(Keys.CONTROL + Keys.SHIFT + Keys.ENTER)
    desk.wait_text("#facts", "solved")
