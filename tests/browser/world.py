"""The gateway that the browser tests look at: a queue with a working day in it, a second queue with a hostile one."""
import email.message
import email.policy
import json
import os
import re
import secrets
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

import servers  # noqa: E402
from gateway import Gateway  # noqa: E402

PASSWORD = "correct horse battery staple"
STAFF = {"charles": ("Charles Babbage", "admin", ["support", "billing", "quiet", "hostile"]),
         "mary": ("Mary Somerville", "lead", ["support", "billing"]),
         "john": ("John Herschel", "agent", ["support", "quiet"])}
LONG_NAME = ("Hubert Blaine Wolfeschlegelsteinhausenbergerdorff " * 4)[:180]
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3
RIGHT_TO_LEFT = "המנוע נעצר אחרי הכרטיס השביעי"

ARTICLES = [
    {"id": "refund", "title": "How do I get a refund?", "category": "Paying", "language": "en",
     "body": "Send the **card** back [with its form](/contact).\n\n## What you need\n\n1. the card\n2. the number:\n"
             "   - on the box\n   - or on the bill\n\n> Within thirty days.\n\n```\n" + "punch " * 40 + "\n```\n\n"
             "| Country | Days |\n| --- | --- |\n| Italy | 5 |\n| Peru | 12 |\n\n" + "The clerk counts every card. " * 20},
    {"id": "long", "title": LONG_WORD, "category": LONG_WORD[:180], "language": "de", "body": LONG_WORD},
    {"id": "right", "title": RIGHT_TO_LEFT, "category": "Paying", "language": "he", "body": RIGHT_TO_LEFT},
]


def mail(sender, subject, text, html=None, files=(), to="support@demo.example", **headers):
    """A mail as bytes. `files` are (name, type, bytes)."""
    message = email.message.EmailMessage(policy=email.policy.SMTP)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = f"<{secrets.token_hex(12)}@customer.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


class World:
    """.gateway, .smtp (what was sent is in .smtp.taken), .token, and the numbers of tickets by a short name in .tickets."""

    def __init__(self, folder):
        self.smtp = servers.SmtpServer()
        self.gateway = Gateway(os.path.join(folder, "gateway"), settings={"web": {"workers": "4"}})
        self.gateway.settings["web"]["base_url"] = self.gateway.url
        self.gateway.write_settings()
        self.tickets = {}
        self.token = None

    @property
    def url(self):
        return self.gateway.url

    def start(self):
        self.smtp.start()
        self.gateway.run("init")
        self.gateway.start()
        for name, title in (("support", "Support"), ("billing", "Billing and contracts"), ("quiet", "Quiet corner"),
                            ("hostile", "Hostile")):
            self.gateway.run("queue", "add", name, "--title", title, "--from-name", f"Demo {name}")
            self.gateway.run("mailbox", "add", name, "--queue", name, "--address", f"{name}@demo.example",
                             "--authserv-id", "mx.demo.example", "--spam-header", "X-Spam-Flag: YES", "--smtp-host",
                             "127.0.0.1", "--smtp-port", str(self.smtp.port), "--smtp-security", "plain")
        for login, (name, role, queues) in STAFF.items():
            self.gateway.run("staff", "add", login, "--name", name, "--address", f"{login}@demo.example", "--role", role,
                             *(word for queue in queues for word in ("--queue", queue)), "--password-stdin",
                             text=PASSWORD + "\n")
        self.write_articles()
        self.token = self.gateway.json("token", "add", "charles", "--name", "tests")["token"]
        return self

    def write_articles(self):
        path = os.path.join(os.path.dirname(self.gateway.folder), "articles.jsonl")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(article) + "\n" for article in ARTICLES)
        os.chmod(path, 0o644)
        self.gateway.run("kb", "import", path)

    def stop(self):
        self.gateway.stop()
        self.smtp.stop()

    def api(self, method, path, document=None):
        """Calls the API as charles."""
        request = urllib.request.Request(f"{self.url}/api/v1{path}", method=method,
                                         data=None if document is None else json.dumps(document).encode())
        request.add_header("Authorization", f"Bearer {self.token}")
        if document is not None:
            request.add_header("Content-Type", "application/json")
            request.add_header("Idempotency-Key", secrets.token_hex(16))
        try:
            with urllib.request.urlopen(request, timeout=servers.DEADLINE) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as problem:
            raise AssertionError(f"{method} {path}: {problem.code} {problem.read().decode()}") from None

    def open_ticket(self, name, *words, mailbox="support", **more):
        """Delivers a mail and remembers its ticket by a short name."""
        done = self.gateway.deliver(mail(*words, to=f"{mailbox}@demo.example", **more), mailbox=mailbox)
        self.tickets[name] = done["ticket"]
        return done

    def letters(self, recipient):
        return [raw for _, recipients, raw in list(self.smtp.taken) if recipient in recipients]

    def wait_for_letter(self, recipient, pattern):
        """Waits until a letter to `recipient` matches; the match."""
        def look():
            for raw in self.letters(recipient):
                text = email.message_from_bytes(raw, policy=email.policy.default).get_body(("plain",)).get_content()
                found = re.search(pattern, text)
                if found:
                    return found
            return None
        return servers.wait_for(look, f"a letter to {recipient} with {pattern}")

    def fill(self):
        """A working day: every kind of ticket that a page can show."""
        self.open_ticket("ada", "Ada Lovelace <ada@customer.example>", "The engine stops at card 7",
                         "Good morning,\n\nafter card 7 nothing moves. The wheel of the third column is warm.\n\n"
                         "Ada\n-- \nAda Lovelace\nAnalytical Ltd",
                         html="<p>Good morning,</p><p>after card 7 <b>nothing</b> moves.</p>",
                         files=[("card 7.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"\0" * 900),
                                (LONG_NAME + ".txt", "text/plain", b"log of the engine\n" * 40)],
                         Authentication_Results="mx.demo.example; dmarc=pass header.from=customer.example")
        self.open_ticket("long", f"{LONG_NAME} <hubert@customer.example>", LONG_WORD[:180],
                         "\n\n".join(f"Paragraph {n}: {LONG_WORD} and so on, for as long as it takes." for n in range(40)))
        self.open_ticket("rtl", "יעל כהן <yael@customer.example>", RIGHT_TO_LEFT, f"שלום,\n\n{RIGHT_TO_LEFT}.\n\nתודה, יעל")
        self.open_ticket("nothing", "grace@customer.example", "", "There is no subject.")
        self.open_ticket("invoice", "Konrad Zuse <konrad@customer.example>", "Invoice 1834 is wrong",
                         "One wheel, not two.", mailbox="billing")
        self.gateway.deliver(mail("Mallory <mallory@bank.example>", "Change of bank account", "Pay me instead.",
                                  Authentication_Results="mx.demo.example; dmarc=fail header.from=bank.example"))
        self.gateway.deliver(mail(f"{LONG_NAME} <spam@spam.example>", "Cheap wheels " * 12, "Buy!", X_Spam_Flag="YES"))
        for n in range(55):
            self.gateway.deliver(mail(f"Customer {n} <customer{n}@customer.example>", f"Question {n} about the mill",
                                      f"This is question {n}. " * 3), wait=n == 54)
        ada = self.tickets["ada"]
        self.api("POST", f"/tickets/{ada}/notes", {"text": "Same wheel as in spring? John, can you look at the log?"})
        self.api("POST", f"/tickets/{ada}/replies", {"text": "Dear Ada,\n\nplease oil the third column."})
        self.api("PATCH", f"/tickets/{ada}", {"priority": "urgent", "assignee": "charles"})
        self.api("POST", f"/tickets/{ada}/tags", {"tag": "mill", "is_set": True})
        self.api("PATCH", f"/tickets/{self.tickets['invoice']}", {"status": "solved"})
        self.gateway.deliver(mail("Ada Lovelace <ada@customer.example>", f"Re: [#{ada}] The engine stops at card 7",
                                  "It helped for an hour.\n\n> please oil the third column.\n",
                                  Authentication_Results="mx.demo.example; dmarc=pass header.from=customer.example"))
        self.gateway.deliver(mail("Byron <byron@elsewhere.example>", f"Re: [#{ada}] The engine stops at card 7",
                                  "I am her brother-in-law and would like to know more."))
        return self
