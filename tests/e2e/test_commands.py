"""The commands: each with good input, with bad input, and as JSON. Exit codes are those of sysexits(3)."""
import imaplib
import json
import os
import re
import subprocess
import time

import pytest

import database
import gateway as gateways
import servers

OK, USAGE, DATAERR, NOINPUT, TEMPFAIL, NOPERM = 0, 64, 65, 66, 75, 77
MAIL = b"From: Ada <ada@customer.example>\r\nTo: support@demo.example\r\nSubject: Wheel\r\n\r\nIt is stuck.\r\n"


def add_support(gateway):
    gateway.run("queue", "add", "support", "--title", "Support")
    gateway.run("mailbox", "add", "support", "--queue", "support", "--address", "support@Demo.example")


def test_init_can_be_repeated_and_keeps_everything(new_gateway):
    first = new_gateway.json("init")
    assert first == {"settings": new_gateway.conf, "settings_are_new": False, "data": new_gateway.data, "key_is_new": True}
    with open(os.path.join(new_gateway.data, "postern.key"), encoding="ascii") as file:
        key = file.read()
    new_gateway.run("queue", "add", "support")
    assert new_gateway.json("init")["key_is_new"] is False
    with open(os.path.join(new_gateway.data, "postern.key"), encoding="ascii") as file:
        assert file.read() == key
    assert [queue["name"] for queue in new_gateway.json_lines("queue", "list")] == ["support"]


def test_init_writes_settings_where_there_are_none(folder):
    data = os.path.join(folder, "data")
    conf = os.path.join(folder, "etc", "postern.conf")
    words = ["--data", data] + (["--user", "nobody"] if os.getuid() == 0 else [])
    done = subprocess.run([gateways.POSTERN, "init", "-c", conf, *words], capture_output=True, check=False)
    assert done.returncode == OK, done.stderr
    with open(conf, encoding="utf-8") as file:
        text = file.read()
    assert f"\ndata = {data}\n" in text and "\n#listen = 127.0.0.1:8800\n" in text
    shown = subprocess.run([gateways.POSTERN, "-c", conf, "settings", "--json"], capture_output=True, check=True)
    assert json.loads(shown.stdout)["paths"]["data"] == data


def test_init_makes_no_new_key_for_sealed_passwords(gateway):
    add_support(gateway)
    gateway.run("mailbox", "set", "support", "--imap-host", "127.0.0.1", "--imap-user", "x", "--password-stdin",
                text="secret\n")
    os.unlink(os.path.join(gateway.data, "postern.key"))
    done = gateway.run("init", check=False)
    assert done.returncode == NOINPUT and "postern.key is missing: restore it" in done.stderr
    assert not os.path.exists(os.path.join(gateway.data, "postern.key"))
    assert gateway.json("init", "--new-key")["key_is_new"] is True


def test_commands_share_the_private_database(gateway):
    """Commands that start at the same time use one database, and nothing of it is left when the last has ended."""
    add_support(gateway)
    running = [subprocess.Popen([gateways.POSTERN, "queue", "list", "--json"], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=gateway.env()) for _ in range(6)]
    for process in running:
        out, err = process.communicate(timeout=servers.DEADLINE)
        assert process.returncode == OK, err
        assert json.loads(out)["name"] == "support"
    assert not [words for _, words in gateways.processes().values() if gateway.data in words]


def test_a_command_that_is_killed_leaves_no_database(gateway):
    process = subprocess.Popen([gateways.POSTERN, "deliver", "--mailbox", "support"], stdin=subprocess.PIPE,
                               env=gateway.env(), stderr=subprocess.DEVNULL)
    add_support(gateway)
    process.kill()
    process.communicate()
    servers.wait_for(lambda: not [words for _, words in gateways.processes().values() if gateway.data in words],
                     "the database to end")


def test_parse(folder):
    path = os.path.join(folder, "mail")
    with open(path, "wb") as file:
        file.write(b"From: ann@customer.example\nSubject: One\n\nHello\n")

    def parse(*words, given=b""):
        return subprocess.run([gateways.POSTERN, "parse", *words], input=given, capture_output=True, check=False)
    assert json.loads(parse("--json", path).stdout)["subject"] == "One"
    assert json.loads(parse("--json", given=b"Subject: Two\n\n").stdout)["subject"] == "Two"
    assert json.loads(parse("--batch", given=path.encode() + b"\n").stdout)["file"] == path
    done = parse(path + "x")
    assert done.returncode == NOINPUT and b"cannot be opened" in done.stderr and done.stdout == b""
    assert parse(path, path).returncode == USAGE and parse("--batch", path).returncode == USAGE


def test_settings(gateway):
    gateway.settings["database"]["password"] = "hidden"
    gateway.write_settings()
    os.chmod(gateway.conf, 0o640)
    shown = gateway.run("settings").stdout
    assert f"data={gateway.data}" in shown and "workers=4" in shown and "hidden" not in shown
    assert gateway.json("settings")["web"]["base_url"] == gateway.url
    explained = gateway.run("settings", "--explain").stdout
    assert "#listen = 127.0.0.1:8800" in explained and "[paths]" in explained
    os.chmod(gateway.conf, 0o644)
    assert gateway.run("settings", check=False).returncode == NOPERM
    gateway.settings["database"].pop("password")
    gateway.settings["web"]["lissten"] = "x"
    gateway.write_settings()
    done = gateway.run("settings", check=False)
    assert done.returncode == DATAERR
    assert 'there is no setting "lissten" in [web]; the nearest is "listen" in [web]' in done.stderr


def test_the_manual_explains_every_setting_as_the_program_does(gateway):
    """postern.conf(5) has the table's own words and defaults."""
    top = os.environ.get("TOP_SRCDIR", os.path.join(os.path.dirname(__file__), "..", ".."))
    with open(os.path.join(top, "contrib", "man", "postern.conf.5"), encoding="utf-8") as file:
        manual = file.read()
    told = {}
    for part in re.split(r"^\.Ss The group ", manual, flags=re.M)[1:]:
        group = part.split("\n")[0]
        for item in re.split(r"^\.It Ic ", part.split(".El")[0], flags=re.M)[1:]:
            key, _, body = item.partition("\n")
            text, _, default = " ".join(body.split()).partition(" Default: .Ql ")
            told[group, key] = (text, default.removesuffix(" ."))
    explained = {}
    group, words = None, []
    for line in gateway.run("settings", "--explain").stdout.splitlines():
        if line.startswith("["):
            group = line[1:-1]
        elif line.startswith("# "):
            words += line[2:].split()
        elif line.startswith("#"):
            key, _, default = line[1:].partition(" =")
            explained[group, key] = (" ".join(words), default.strip())
            words = []
    assert told == explained


def test_missing_settings_say_what_to_do(folder):
    conf = os.path.join(folder, "nothing.conf")
    done = subprocess.run([gateways.POSTERN, "queue", "list", "-c", conf], capture_output=True, check=False)
    assert done.returncode == NOINPUT and b"run `postern init` first" in done.stderr


def test_queues(gateway):
    made = gateway.json("queue", "add", "billing", "--title", "Bills", "--language", "de", "--public", "no",
                        "--signature", "Best,\nBills")
    assert made["name"] == "billing" and made["public"] is False and made["acknowledges"] is True
    gateway.run("queue", "set", "billing", "--title", "Money", "--acknowledge", "no")
    row = [queue for queue in gateway.json_lines("queue", "list") if queue["name"] == "billing"][0]
    assert row == {**made, "title": "Money", "acknowledges": False}
    assert "billing" in gateway.run("queue", "list").stdout
    for words, code, part in [
            (["add", "billing"], TEMPFAIL, "billing"),
            (["add", "Bad Name"], DATAERR, "Bad Name"),
            (["add"], USAGE, "usage: postern queue add"),
            (["add", "a", "b"], USAGE, "usage: postern queue add"),
            (["set", "nobody", "--title", "x"], NOINPUT, 'there is no queue "nobody"'),
            (["set", "billing", "--public", "maybe"], USAGE, '--public takes yes or no, not "maybe"'),
            (["add", "x", "--colour", "red"], USAGE, "--colour"),
            (["paint"], USAGE, "usage: postern queue VERB")]:
        done = gateway.run("queue", *words, check=False)
        assert (done.returncode, part in done.stderr) == (code, True), (words, done.returncode, done.stderr)


def test_mood(gateway):
    """The words for angry and pleased letters: the same as on the desk and by API."""
    assert gateway.json("mood", "export") == {"negative": "", "neutral": "", "positive": ""}
    made = gateway.json("mood", "set", "--negative", "Leak*, rusty", "--neutral", "broken")
    assert made == {"negative": "leak* rusty", "neutral": "broken", "positive": ""}
    rows = gateway.json_lines("mood", "list")
    assert rows[0] == {"kind": "negative", "language": None, "words": "leak* rusty"}
    assert {row["language"] for row in rows} >= {None, "en", "de"}
    assert "rusty" in gateway.run("mood", "list").stdout
    path = os.path.join(gateway.folder, "mood.json")
    for text, code, part in [('{"positive": "greased"}', 0, ""),
                             ('{"positive": "two-words"}', DATAERR, "two-words"),
                             ('{"positive": ["greased"]}', DATAERR, "is a text of words"),
                             ('{"pleased": "greased"}', DATAERR, "pleased")]:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o644)
        done = gateway.run("mood", "import", path, check=False)
        assert (done.returncode, part in done.stderr) == (code, True), (text, done.stderr)
    assert gateway.json("mood", "export") == {"negative": "leak* rusty", "neutral": "broken", "positive": "greased"}
    assert gateway.run("mood", "set", "--negative", "two words here").returncode == 0
    assert gateway.json("mood", "set", "--negative", "")["negative"] == ""


def test_a_policy_is_tried(running):
    """The command and the clerk share the work; the document is that of the API."""
    gateway = running
    path = os.path.join(gateway.folder, "policy.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"title": "Gold", "is_enabled": True, "targets": {"resolution": {"normal": 60}}}, file)
    os.chmod(path, 0o644)
    gateway.run("sla", "import", "gold", path)
    now = int(time.time() * 1e6)
    database.run(gateway, "INSERT INTO ticket (queue_id, status, priority, person_id, subject, preview, message_count, created_at,"
                          f" updated_at) SELECT 1, 0, 1, 1, 'Old', '', 1, {now} - (125 - seq) * 3600000000, {now} FROM seq_1_to_120")
    document = gateway.json("sla", "replay", "gold", "--weeks", "2")
    assert document["replay"]["state"] == "done" and document["replay"]["is_change"] is False
    assert (document["replay"]["tickets"], document["replay"]["changed"]) == (120, 120)
    metric = [row for row in document["metrics"] if row["metric"] == "resolution"][0]
    assert (metric["without"]["running"], metric["with"]["running"], metric["with"]["late"]) == (0, 120, 120)
    assert len(document["hits"]) == 120 and document["hits"][0]["changes"][0]["reason"] == "new_promise"
    shown = gateway.run("sla", "replays", str(document["replay"]["id"])).stdout
    assert "120 of 120 tickets would have changed" in shown and "resolution  normal" in shown
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"targets": {"resolution": {"normal": 7200}}}, file)
    changed = gateway.json("sla", "replay", "gold", path)
    assert changed["replay"]["is_change"] is True and changed["hits"][0]["changes"][0]["reason"] == "target"
    assert gateway.json("sla", "export", "gold")["targets"]["resolution"]["normal"] == 60
    number = gateway.run("sla", "replay", "gold", "--background").stdout.strip()
    servers.wait_for(lambda: gateway.json("sla", "replays", number)["replay"]["state"] == "done", "the clerk to finish it")
    assert [row["changed"] for row in gateway.json_lines("sla", "replays")] == [120, 120, 120]
    for words, code, part in [(["cancel", number], TEMPFAIL, "does not run"), (["replays", "x"], USAGE, "has a number"),
                              (["replay", "gold", "--weeks", "99"], DATAERR, "1 to 52 weeks"),
                              (["replay", "lead"], NOINPUT, 'there is no policy "lead"')]:
        done = gateway.run("sla", *words, check=False)
        assert (done.returncode, part in done.stderr) == (code, True), (words, done.returncode, done.stderr)


def test_staff(gateway):
    gateway.run("queue", "add", "support")
    made = gateway.json("staff", "add", "ann", "--name", "Ann Other", "--address", "ann@firm.example", "--role", "admin",
                        "--queue", "support", "--generate")
    assert made["login"] == "ann" and len(made["password"]) == 23
    gateway.run("staff", "add", "bob", "--address", "bob@firm.example", "--password-stdin", text="correct horse battery\n")
    rows = {row["login"]: row for row in gateway.json_lines("staff", "list")}
    assert rows["ann"]["role"] == "admin" and rows["bob"]["role"] == "agent" and rows["bob"]["enabled"] is True
    assert made["password"] not in json.dumps(rows)
    gateway.run("staff", "disable", "bob")
    assert [row["enabled"] for row in gateway.json_lines("staff", "list") if row["login"] == "bob"] == [False]
    gateway.run("staff", "enable", "bob")
    assert len(gateway.run("staff", "passwd", "bob", "--generate").stdout.strip()) == 23
    for words, text, code, part in [
            (["add", "eve"], "", USAGE, "give --address"),
            (["add", "eve", "--address", "nowhere"], "", DATAERR, '"nowhere" is no e-mail address'),
            (["add", "eve", "--address", "e@x.example", "--role", "king"], "", USAGE, 'not "king"'),
            (["add", "eve", "--address", "e@x.example"], "", USAGE, "--password-stdin or --generate"),
            (["add", "eve", "--address", "e@x.example", "--password-stdin"], "", DATAERR, "no line on stdin"),
            (["add", "eve", "--address", "e@x.example", "--password-stdin"], "short\n", DATAERR, "fewer than 12"),
            (["add", "eve", "--address", "e@x.example", "--password-stdin"], "Password2026!\n", DATAERR, "tried first"),
            (["add", "eve", "--address", "e@x.example", "--password-stdin"], b"\xff\xff\n", DATAERR, "not UTF-8"),
            (["add", "ann", "--address", "e@x.example", "--generate"], "", TEMPFAIL, "ann"),
            (["add", "eve", "--address", "e@x.example", "--generate", "--queue", "none"], "", NOINPUT, '"none"'),
            (["passwd", "nobody", "--generate"], "", NOINPUT, '"nobody"'),
            (["disable", "nobody"], "", NOINPUT, '"nobody"')]:
        done = gateway.run("staff", *words, text=text, check=False)
        assert (done.returncode, part in done.stderr) == (code, True), (words, done.returncode, done.stderr)
    assert {row["login"] for row in gateway.json_lines("staff", "list")} == {"ann", "bob"}


def test_staff_set(gateway):
    gateway.run("queue", "add", "sales")
    gateway.run("staff", "add", "ann", "--address", "ann@firm.example", "--generate")
    before = gateway.json_lines("staff", "list")[0]
    assert (before["notices"], before["language"]) == (["new", "assigned", "reply"], None)
    gateway.run("staff", "set", "ann")
    assert gateway.json_lines("staff", "list")[0] == before
    gateway.run("staff", "set", "ann", "--notices", "reply,new", "--language", "de", "--name", "Ann Other", "--role", "lead",
                "--address", "ann@Other.example", "--queue", "sales")
    after = gateway.json_lines("staff", "list")[0]
    assert after == {**before, "notices": ["new", "reply"], "language": "de", "name": "Ann Other", "role": "lead",
                     "address": "ann@other.example"}
    gateway.run("staff", "set", "ann", "--notices", "none", "--language", "", "--no-queue", "sales")
    after = gateway.json_lines("staff", "list")[0]
    assert (after["notices"], after["language"], after["name"]) == ([], None, "Ann Other")
    for words, code in ((["ann", "--notices", "old"], USAGE), (["ann", "--role", "king"], USAGE), (["eve"], NOINPUT), ([], USAGE),
                        (["ann", "--queue", "nosuch"], NOINPUT), (["ann", "--address", "x"], DATAERR), (["ann", "--name", ""], DATAERR)):
        assert gateway.run("staff", "set", *words, check=False).returncode == code, words
    assert gateway.json_lines("staff", "list")[0] == after


def test_tokens(gateway):
    gateway.run("staff", "add", "ann", "--address", "ann@firm.example", "--generate")
    made = gateway.json("token", "add", "ann", "--name", "scripts")
    assert made["token"].startswith("pn_") and made["login"] == "ann"
    assert gateway.run("token", "add", "ann", "--name", "more").stdout.startswith("pn_")
    gateway.run("token", "revoke", str(made["id"]))
    rows = {row["id"]: row for row in gateway.json_lines("token", "list")}
    assert rows[made["id"]]["revoked_at"] and len(rows) == 2
    assert made["token"] not in json.dumps(rows)
    for words, code in [(["add", "nobody", "--name", "x"], NOINPUT), (["add", "ann"], USAGE), (["revoke", "999"], NOINPUT),
                        (["revoke", "x"], USAGE), (["revoke"], USAGE)]:
        assert gateway.run("token", *words, check=False).returncode == code, words


def test_mailboxes(gateway):
    gateway.run("queue", "add", "support")
    made = gateway.json("mailbox", "add", "support", "--queue", "support", "--address", "Support@Demo.Example",
                        "--imap-host", "imap.demo.example", "--imap-user", "support", "--smtp-host", "smtp.demo.example",
                        "--smtp-security", "starttls", "--smtp-user", "support", "--password-stdin", text="secret\n")
    assert made["address"] == "Support@demo.example"
    assert made["imap"] == {"host": "imap.demo.example", "port": 993, "security": "tls", "user": "support",
                            "has_password": True}
    assert made["smtp"]["port"] == 587 and made["smtp"]["has_password"] is True
    assert "secret" not in json.dumps(made)
    gateway.run("mailbox", "set", "support", "--smtp-host", "")
    assert gateway.json_lines("mailbox", "list")[0]["smtp"]["host"] == ""
    assert "imap.demo.example:993 (tls)" in gateway.run("mailbox", "list").stdout
    for words, code, part in [
            (["add", "other"], USAGE, "give --address"),
            (["add", "other", "--address", "o@demo.example"], USAGE, "give --queue"),
            (["add", "other", "--address", "o@demo.example", "--queue", "none"], NOINPUT, '"none"'),
            (["add", "other", "--address", "o\r\nx@demo.example", "--queue", "support"], DATAERR, "is no e-mail address"),
            (["add", "support", "--address", "o@demo.example", "--queue", "support"], TEMPFAIL, "support"),
            (["set", "support", "--imap-security", "maybe"], USAGE, 'not "maybe"'),
            (["set", "support", "--imap-port", "70000"], USAGE, "70000 is no port"),
            (["set", "nobody", "--imap-port", "1"], NOINPUT, '"nobody"'),
            (["test", "nobody"], NOINPUT, '"nobody"')]:
        done = gateway.run("mailbox", *words, check=False)
        assert (done.returncode, part in done.stderr) == (code, True), (words, done.returncode, done.stderr)


def test_mailbox_test_really_logs_in(gateway, dovecot, pki):
    gateway.run("queue", "add", "support")
    os.chmod(pki.path, 0o755)
    words = ["--imap-host", "localhost", "--imap-port", str(dovecot.tls_port), "--imap-user", "support", "--ca-file", pki.ca]
    gateway.run("mailbox", "add", "support", "--queue", "support", "--address", "support@demo.example", *words,
                "--password-stdin", text="secret\n")
    assert gateway.json("mailbox", "test", "support") == {"mailbox": "support", "imap": {"ok": True, "waiting": 0},
                                                         "smtp": None}
    gateway.run("mailbox", "set", "support", "--password-stdin", text="wrong\n")
    done = gateway.run("mailbox", "test", "support", "--json", check=False)
    assert done.returncode == NOPERM
    assert json.loads(done.stdout)["imap"]["ok"] is False


def append(dovecot, *mails):
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as imap:
        imap.login("support", "secret")
        for mail in mails:
            assert imap.append("INBOX", None, None, mail)[0] == "OK"


def waiting(dovecot):
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as imap:
        imap.login("support", "secret")
        imap.select("INBOX", readonly=True)
        return [line.replace(b"\\Recent", b"") for line in imap.fetch("1:*", "(UID FLAGS)")[1]]


def test_dry_run_says_what_would_become_of_the_mail_and_changes_nothing(gateway, dovecot):
    add_support(gateway)
    gateway.run("mailbox", "set", "support", "--imap-host", "127.0.0.1", "--imap-port", str(dovecot.port),
                "--imap-security", "plain", "--imap-user", "support", "--password-stdin", text="secret\n")
    append(dovecot, MAIL, MAIL.replace(b"Wheel", b"Out of office").replace(b"Subject", b"Auto-Submitted: auto-replied\r\nSubject"))
    before = waiting(dovecot)
    rows = gateway.json_lines("mailbox", "dry-run", "support")
    assert [(row["subject"], row["disposition"], row["ticket"]) for row in rows] == [
        ("Wheel", "created", None), ("Out of office", "created", None)]
    assert [row["kind"] for row in rows] == ["message", "auto_reply"] and all(row["reasons"] for row in rows)
    assert gateway.json_lines("mailbox", "dry-run", "support", "--limit", "1") == rows[:1]
    assert "2 of 2 waiting mails looked at; nothing was filed, sent or moved" in gateway.run("mailbox", "dry-run", "support").stdout
    assert waiting(dovecot) == before
    assert gateway.run("mailbox", "dry-run", "support", "--limit", "0", check=False).returncode == USAGE
    assert gateway.run("mailbox", "dry-run", "nobody", check=False).returncode == NOINPUT
    assert gateway.deliver(MAIL, wait=False)["spool"] > 0
    assert [row["disposition"] for row in gateway.json_lines("mailbox", "dry-run", "support")] == ["created", "created"]


def test_deliver_returns_when_the_mail_is_safe(gateway):
    add_support(gateway)
    first = gateway.deliver(MAIL, wait=False)
    assert first["spool"] > 0
    assert gateway.deliver(MAIL, wait=False) == first, "an MTA that tries again hands in the same bytes"
    assert gateway.deliver(MAIL + b"More.\r\n", wait=False)["spool"] != first["spool"]
    assert gateway.run("deliver", "--mailbox", "support", text=MAIL).stdout == ""


@pytest.mark.parametrize("words, raw, code, part", [
    (["--mailbox", "support"], b"", DATAERR, "there is no mail on stdin"),
    (["--mailbox", "support"], b"Subject: x\r\n\r\n" + b"x" * (1024 * 1024), DATAERR, "larger than 1 MiB"),
    (["--mailbox", "sales"], MAIL, TEMPFAIL, 'there is no mailbox "sales"'),
    (["--mailbox", "support", "--wait"], MAIL, TEMPFAIL, "no gateway is running"),
    ([], MAIL, USAGE, "give --mailbox"),
    (["--mailbox"], MAIL, USAGE, "--mailbox")],
    ids=["empty", "large", "unknown", "unfiled", "nowhere", "nameless"])
def test_deliver_says_why_not(gateway, words, raw, code, part):
    gateway.settings["mail"] = {"size_limit_mb": "1"}
    gateway.write_settings()
    add_support(gateway)
    done = gateway.run("deliver", *words, text=raw, check=False)
    assert (done.returncode, part in done.stderr) == (code, True), (done.returncode, done.stderr)


def test_deliver_keeps_mail_at_the_mta_when_something_of_ours_is_broken(gateway):
    gateway.settings["web"]["nonsense"] = "1"
    gateway.write_settings()
    assert gateway.run("deliver", "--mailbox", "support", text=MAIL, check=False).returncode == TEMPFAIL


def test_persons(running):
    gateway = running
    add_support(gateway)
    for name in (b"ada@", b"lovelace@"):
        gateway.deliver(MAIL.replace(b"ada@", name))
    ada = gateway.json("person", "add-address", "ada@customer.example", "countess@customer.example")
    assert ada["addresses"] == ["ada@customer.example", "countess@customer.example"]
    done = gateway.run("person", "add-address", "ada@customer.example", "lovelace@customer.example", check=False)
    assert (done.returncode, "merge the two" in done.stderr) == (TEMPFAIL, True), done.stderr
    both = gateway.json("person", "merge", "ada@customer.example", "lovelace@customer.example")
    assert (both["id"], len(both["addresses"]), len(both["merged"])) == (ada["id"], 3, 1)
    other = gateway.json("person", "unmerge", str(both["merged"][0]["id"]))
    assert other["addresses"] == ["lovelace@customer.example"]
    assert gateway.json("person", "set", "lovelace@customer.example", "--note", "Likes cards")["note"] == "Likes cards"
    assert gateway.run("person", "show", "nobody@customer.example", check=False).returncode == NOINPUT


def test_unknown_commands_and_help(gateway):
    done = gateway.run("paint", check=False)
    assert done.returncode == USAGE and 'there is no command "paint"' in done.stderr
    assert gateway.run(check=False).returncode == USAGE
    listed = gateway.run("--help").stdout
    for command in ("init", "serve", "deliver", "queue", "mailbox", "staff", "token", "doctor", "settings"):
        assert f"\n  {command} " in listed
        assert "sage" in gateway.run(command, "--help").stdout
    assert gateway.run("--version").stdout.startswith("postern ")
