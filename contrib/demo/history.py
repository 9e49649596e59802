"""Four weeks of a small company's mail, for the demo: history.jsonl says who wrote when, and what staff did then.

The demo's program reads how far its clock is off from a file; this goes back to the first mail and comes forward
again, so that due times, escalations, figures and surveys come about as they would have, by the gateway itself.
A line of history.jsonl is a ticket: "hours" before now, "box" (a mailbox), "from", "subject", "text", "then": a list of
[minutes after the mail, who, what, ...], and "rated": [score, word], which the customer answers to the survey.
"""
import email
import email.policy
import email.utils
import http.client
import imaplib
import json
import pathlib
import re
import time
import urllib.parse

WAIT_SECONDS = 60
TARGETS = {"first_response": {"low": 1440, "normal": 480, "high": 240, "urgent": 60},
           "next_response": {"low": 2880, "normal": 1440, "high": 480, "urgent": 120},
           "resolution": {"low": 14400, "normal": 7200, "high": 2880, "urgent": 1440}}
PRESENT = {"first_response": {"low": 480, "normal": 240, "high": 120, "urgent": 30},
           "resolution": {"low": 7200, "normal": 2880, "high": 1440, "urgent": 480}}
RATED_AT = (450, 280, 110)  # hours ago, and at the end
TICKS = (14, 12, 10.6, 9.9, 9)  # hours ago: when steps of ladders are due and nobody does anything
UNSIGNED = ("boston.example", "torino.example", "vienna.example")  # the mail system knows nothing about them
WAITS = {"resolution": ["waiting", "on_hold"]}


def pause_until(condition, what):
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise OSError(f"waited {WAIT_SECONDS} s for {what}")
        time.sleep(0.1)


class Clock:
    """The gateway's: a file with the seconds that it is off. It never goes back."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.start = time.time()

    def set_hours_ago(self, hours):
        """At once: who read a file that is half written would believe that it is today."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(f"{-hours * 3600:.0f}\n")
        fresh.replace(self.path)


def set_up_promises(api, command):
    """What a company of this size has decided: two promises, a ladder, rules, a team, an organisation, surveys."""
    command("organisation", "add", "Analytical Ltd", "--domains", "customer.example", "--level", "gold",
            "--note", "Our oldest customer: four engines, two of them large.")
    command("organisation", "add", "Göttingen University", "--domains", "goettingen.example")
    command("team", "add", "workshop", "--title", "Workshop", "--queues", "support", "--members", "john",
            "--leads", "ida", "--on-call", "ida,john")
    command("team", "add", "office", "--title", "Office", "--queues", "billing", "--leads", "mary", "--on-call", "mary")
    api.call("POST", "/sla", {"name": "gold", "title": "Gold customers", "targets": PRESENT, "pauses": WAITS,
                              "conditions": {"levels": ["gold"]}})
    api.call("POST", "/sla", {"name": "standard", "title": "Everybody", "targets": TARGETS, "pauses": WAITS})
    api.call("POST", "/ladders", {"name": "standard", "title": "Standard", "is_default": True, "steps": [
        {"percent": 75, "notify": ["owner"]},
        {"percent": 100, "notify": ["leads"], "priority": "raise", "tag": "late"}]})
    for rule in ({"name": "Bills that come to support", "on": ["arrival"], "stop": False,
                  "note": "Mary looks through these once a day.",
                  "if": {"all": [{"field": "subject", "op": "has", "value": "invoice"},
                                 {"field": "queue", "op": "is", "values": ["support"]}]},
                  "then": [{"do": "tag", "value": "invoice"}]},
                 {"name": "An engine that stands still", "on": ["arrival"], "stop": False,
                  "if": {"any": [{"field": "subject", "op": "has", "value": "stops"},
                                 {"field": "subject", "op": "has", "value": "stopped"}]},
                  "then": [{"do": "tag", "value": "standstill"}]}):
        api.call("POST", "/rules", {"rule": rule, "enabled": True})
    german = {"Returns": "Rückgabe", "The engine": "Die Maschine", "Cards": "Karten", "Your account": "Ihr Konto",
              "Orders and bills": "Bestellungen und Rechnungen"}
    for category in api.call("GET", "/kb/categories")["categories"]:
        if category["name"] in german:
            api.call("PATCH", f"/kb/categories/{category['id']}", {"language": "de", "title": german[category["name"]]})
    for queue in ("support", "billing"):
        api.call("POST", "/surveys", {"queue": queue, "is_on": True, "delay_hours": 4, "pause_days": 1})
    api.call("POST", "/digests", {"name": "morning", "title": "Every morning", "time": "07:00", "zone": "Europe/Berlin",
                                  "days": ["mon", "tue", "wed", "thu", "fri"], "agents": ["ida", "mary"]})


class History:
    def __init__(self, apis, clock, deliver, imap_port):
        self.apis = apis
        self.clock = clock
        self.deliver = deliver
        self.imap_port = imap_port
        self.numbers = {}

    def mail(self, story, at, part, text):
        first = f"<history-{story['index']}-0@{story['from'].rsplit('@', 1)[1].rstrip('>')}>"
        letter = email.message.EmailMessage(policy=email.policy.SMTP)
        letter["From"] = story["from"]
        letter["To"] = f"{story['box']}@demo.example"
        letter["Subject"] = story["subject"] if part == 0 else f"Re: {story['subject']}"
        letter["Date"] = email.utils.formatdate(at)
        letter["Message-ID"] = first.replace("-0@", f"-{part}@")
        domain = story["from"].rpartition("@")[2].rstrip(">")
        if domain not in UNSIGNED:
            letter["Authentication-Results"] = f"mail.demo.example; dmarc=pass header.from={domain}"
        if part:
            letter["In-Reply-To"] = letter["References"] = first
        letter.set_content(text)
        return self.deliver(story["box"], letter.as_bytes())

    def settle(self):
        """Waits until no letter is under way: none should leave hours after it was written."""
        api = self.apis["ida"]
        pause_until(lambda: not any(api.call("GET", f"/outbox?state={state}")["letters"]
                                    for state in ("waiting", "sending")), "the letters to leave")

    def act(self, story, who, what, words):
        number = self.numbers[story["index"]]
        api = self.apis[who]
        if what == "reply":
            api.call("POST", f"/tickets/{number}/replies", {"text": words[0], "status": words[1]})
            for tag in words[2:]:
                api.call("POST", f"/tickets/{number}/tags", {"tag": tag, "is_set": True})
        elif what == "note":
            api.call("POST", f"/tickets/{number}/notes", {"text": words[0]})
        else:
            api.call("PATCH", f"/tickets/{number}", words[0])

    def steps(self, stories):
        """(hours ago, story, step) in the order of time; a step of None is the first mail."""
        for story in stories:
            yield story["hours"], story, None
            for step in story["then"]:
                yield story["hours"] - step[0] / 60, story, step

    def tell(self, stories, web):
        parts = {}
        checks = list(RATED_AT)
        ticks = list(TICKS)
        for hours, story, step in sorted(self.steps(stories), key=lambda row: -row[0]):
            if checks and hours < checks[0]:
                self.rate(stories, web)
                checks.pop(0)
            while ticks and hours < ticks[0]:
                self.clock.set_hours_ago(ticks.pop(0))
                self.settle()
                time.sleep(1.5)  # the clerk looks once a second what is due
            self.clock.set_hours_ago(max(hours, 0.05))
            at = self.clock.start - hours * 3600
            if step is None:
                self.numbers[story["index"]] = self.mail(story, at, 0, story["text"])["ticket"]
            elif step[1] == "customer":
                parts[story["index"]] = parts.get(story["index"], 0) + 1
                self.mail(story, at, parts[story["index"]], step[2])
            else:
                self.act(story, step[1], step[2], step[3:])
            self.settle()

    def rate(self, stories, web):
        """Customers answer the surveys that their mailboxes have, each from a machine of their own."""
        waiting = [story for story in stories if story.get("rated") and story["index"] in self.numbers]
        asked = {}
        for address in {email.utils.parseaddr(story["from"])[1] for story in waiting}:
            asked.update(self.read_links(address))
        for story in waiting:
            link = asked.get(self.numbers[story["index"]])
            if link:
                score, word = story.pop("rated")
                connection = http.client.HTTPConnection(web.split("//")[1], timeout=30,
                                                        source_address=(f"127.0.1.{story['index'] + 1}", 0))
                connection.request("POST", link, urllib.parse.urlencode({"score": score, "word": word}),
                                   {"Content-Type": "application/x-www-form-urlencoded"})
                if connection.getresponse().status >= 400:
                    raise OSError(f"the survey {link} was not taken")
                connection.close()

    def read_links(self, address):
        with imaplib.IMAP4("127.0.0.1", self.imap_port) as imap:
            imap.login(address, "demo")
            imap.select("INBOX", readonly=True)
            for row in imap.search(None, "ALL")[1][0].split():
                letter = email.message_from_bytes(imap.fetch(row, "(BODY.PEEK[])")[1][0][1], policy=email.policy.default)
                body = letter.get_body(("plain",))
                link = body and re.search(r"(/rate/[A-Za-z0-9_.-]+)", body.get_content())
                number = re.search(r"\[#(\d+)\]", letter["Subject"] or "")
                if link and number:
                    yield int(number[1]), link[1]


def read(path):
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    return [{**json.loads(line), "index": index} for index, line in enumerate(lines) if line]
