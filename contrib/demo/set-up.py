#!/usr/bin/python3
"""Fills a fresh demo: a queue, a mailbox, staff, an API token and sample mail. What is there already is left alone.

usage: set-up.py --postern PROGRAM --dir D --port N [--samples FOLDER [--clock FILE]]

Writes D/credentials.json and D/welcome.txt. The sample mail goes through the SMTP server as any mail would. With the
file that sets the gateway's clock off, four weeks of history (history.py) come before it.
"""
import argparse
import contextlib
import email
import email.utils
import imaplib
import json
import pathlib
import secrets
import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.request

import history

STAFF = [("ida", "Ida Rhodes", "admin"), ("mary", "Mary Somerville", "lead"), ("john", "John Herschel", "agent")]
# The demo's mail system (smtpd.py) says of each mail what it knows about its sender.
TRUST = ["--authserv-id", "mail.demo.example", "--spam-header", "X-Spam-Flag: YES"]
LETTERS = "abcdefghjkmnpqrstuvwxyz"
WAIT_SECONDS = 60


def command(options, *words, text=None):
    """Runs postern and returns what it printed; ends with its words when it fails."""
    done = subprocess.run([options.postern, *words], input=text, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"postern {words[0]} {words[1] if len(words) > 1 else ''}: {done.stderr.strip()}")
    return done.stdout


def listed(options, kind, field):
    lines = command(options, kind, "list", "--json").splitlines()
    return {json.loads(line)[field] for line in lines if line.strip()}


def set_up(options, credentials):
    host = ["--imap-host", "127.0.0.1", "--imap-port", str(options.port + 1), "--imap-security", "plain",
            "--smtp-host", "127.0.0.1", "--smtp-port", str(options.port + 2), "--smtp-security", "plain"]
    if "support" not in listed(options, "queue", "name"):
        command(options, "queue", "add", "support", "--title", "Support", "--from-name", "Demo support",
                "--signature", "Your Demo support\nhttps://demo.example")
    if "support" not in listed(options, "mailbox", "name"):
        command(options, "mailbox", "add", "support", "--queue", "support", "--address", "support@demo.example",
                "--imap-user", "support@demo.example", "--password-stdin", *TRUST, *host, text="demo\n")
    if options.samples and not credentials.get("has_samples"):
        folder = pathlib.Path(__file__).resolve().parent
        command(options, "form", "import", str(folder / "form-return.json"))
        command(options, "kb", "import", str(folder / "articles.jsonl"))
    there = listed(options, "staff", "login")
    for login, name, role in STAFF:
        known = {person["login"] for person in credentials["staff"]}
        if login in there and login in known:
            continue
        password = "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(3))
        if login in there:
            command(options, "staff", "passwd", login, "--password-stdin", text=password + "\n")
        else:
            command(options, "staff", "add", login, "--name", name, "--address", f"{login}@staff.example",
                    "--role", role, "--queue", "support", "--password-stdin", text=password + "\n")
        credentials["staff"].append({"login": login, "password": password, "role": role})
    if not credentials.get("token"):
        answer = json.loads(command(options, "token", "add", "ida", "--name", "quickstart", "--json"))
        credentials["token"] = answer["token"]


class Api:
    def __init__(self, web, token):
        self.base = f"{web}/api/v1"
        self.token = token

    def call(self, method, path, document=None):
        request = urllib.request.Request(self.base + path, method=method,
                                         data=None if document is None else json.dumps(document).encode())
        request.add_header("Authorization", f"Bearer {self.token}")
        if document is not None:
            request.add_header("Content-Type", "application/json")
            request.add_header("Idempotency-Key", secrets.token_hex(16))
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


@contextlib.contextmanager
def apis(options, credentials):
    """An Api for each of the staff, whose tokens live as long as the block."""
    made = [json.loads(command(options, "token", "add", login, "--name", "history", "--json")) for login, _, _ in STAFF]
    try:
        yield {login: Api(credentials["web"], token["token"]) for (login, _, _), token in zip(STAFF, made)}
    finally:
        for token in made:
            command(options, "token", "revoke", str(token["id"]))


def tell_history(options, credentials):
    """What the company has been through; the clock is right again afterwards, whatever happens."""
    host = ["--imap-host", "127.0.0.1", "--imap-port", str(options.port + 1), "--imap-security", "plain",
            "--smtp-host", "127.0.0.1", "--smtp-port", str(options.port + 2), "--smtp-security", "plain"]
    stories = history.read(pathlib.Path(__file__).resolve().parent / "history.jsonl")
    clock = history.Clock(options.clock)

    def deliver(mailbox, raw):
        done = subprocess.run([options.postern, "deliver", "--mailbox", mailbox, "--wait", "--json"], input=raw,
                              capture_output=True)
        if done.returncode != 0:
            raise OSError(done.stderr.decode(errors="replace").strip())
        return json.loads(done.stdout)

    try:
        command(options, "queue", "add", "billing", "--title", "Billing", "--from-name", "Demo billing",
                "--signature", "Your Demo billing\nhttps://demo.example")
        command(options, "mailbox", "add", "billing", "--queue", "billing", "--address", "billing@demo.example",
                "--imap-user", "billing@demo.example", "--password-stdin", *TRUST, *host, text="demo\n")
        for login, _, _ in STAFF:
            command(options, "staff", "set", login, "--queue", "billing", "--notices", "none")
        with apis(options, credentials) as staff:
            history.set_up_promises(staff["ida"], lambda *words: command(options, *words))
            told = history.History(staff, clock, deliver, options.port + 1)
            told.tell(stories, credentials["web"])
            clock.set_hours_ago(0)
            told.rate(stories, credentials["web"])
        for login, _, _ in STAFF:
            command(options, "staff", "set", login, "--notices", "new,assigned,reply")
        return max(told.numbers.values())
    finally:
        clock.path.unlink(missing_ok=True)


def send_samples(options, credentials, after):
    """Sends each sample once, then does what staff would do with some, so that the desk shows a working day. Numbers
    up to `after` are older tickets."""
    api = Api(credentials["web"], credentials["token"])
    subjects = {}
    for path in sorted(pathlib.Path(options.samples).glob("*.eml")):
        raw = path.read_bytes()
        message = email.message_from_bytes(raw)
        sender = email.utils.parseaddr(message["From"])[1]
        date = f"Date: {email.utils.formatdate()}\r\n".encode()
        with smtplib.SMTP("127.0.0.1", options.port + 2, timeout=30) as smtp:
            smtp.sendmail(sender, ["support@demo.example"], date + raw)
        if not path.stem.endswith(("-held", "-spam")):
            subjects[sender] = None
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        for ticket in api.call("GET", "/tickets?query=")["tickets"]:
            if ticket["number"] > after:
                subjects[ticket["person"]["address"]] = ticket["number"]
        if all(subjects.values()):
            break
        time.sleep(0.2)
    else:
        sys.exit("the sample mail did not become tickets in time; see log/postern.log")
    charles = subjects["charles@customer.example"]
    api.call("POST", f"/tickets/{charles}/replies",
             {"text": "Dear Mr Babbage,\n\nyou are right, one wheel it is. A corrected invoice leaves today."})
    api.call("PATCH", f"/tickets/{charles}", {"status": "waiting", "assignee": "mary"})
    ada = subjects["ada@customer.example"]
    api.call("POST", f"/tickets/{ada}/notes", {"text": "Same wheel as in spring? John, can you look at the log?"})
    api.call("PATCH", f"/tickets/{ada}", {"priority": "high", "assignee": "ida"})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--postern", required=True)
    parser.add_argument("--dir", type=pathlib.Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--samples")
    parser.add_argument("--clock")
    options = parser.parse_args()

    path = options.dir / "credentials.json"
    credentials = json.loads(path.read_text()) if path.exists() else {"staff": []}
    credentials.update({"web": f"http://127.0.0.1:{options.port}", "imap": f"127.0.0.1:{options.port + 1}",
                        "smtp": f"127.0.0.1:{options.port + 2}"})
    try:
        set_up(options, credentials)
    finally:
        path.touch(mode=0o600)
        path.write_text(json.dumps(credentials, indent=2) + "\n")
    if options.samples and not credentials.get("has_samples"):
        try:
            after = 0
            if options.clock:
                credentials["has_history"] = True  # once, even where it ends half-way
                path.write_text(json.dumps(credentials, indent=2) + "\n")
                after = tell_history(options, credentials)
            send_samples(options, credentials, after)
        except (urllib.error.URLError, OSError, smtplib.SMTPException, imaplib.IMAP4.error) as problem:
            sys.exit(f"the samples could not be sent: {problem}")
        credentials["has_samples"] = True
        path.write_text(json.dumps(credentials, indent=2) + "\n")

    lines = [f"  desk          {credentials['web']}/desk",
             *(f"    log in as   {person['login']} ({person['role']}), password {person['password']}"
               for person in credentials["staff"]),
             f"  help centre   {credentials['web']}/        forms  {credentials['web']}/contact, {credentials['web']}/contact/return",
             f"  write to      support@demo.example by SMTP on {credentials['smtp']}, no log-in",
             f"  customers     any NAME@customer.example by IMAP on {credentials['imap']}, password demo",
             f"  API token     in {path}"]
    (options.dir / "welcome.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
