"""Fetching: what lies in a mailbox is in the spool once, whatever happens, and only then touched on the server."""
import hashlib
import os

import pytest

import database
import gateway as gateways
import servers


def mail(number, size=0):
    return (f"From: ann{number}@customer.example\r\nTo: support@demo.example\r\nSubject: no {number}\r\n"
            f"Message-ID: <{number}@customer.example>\r\n\r\nhello {number}\r\n").encode() + b"x" * 70 * size


def add_mailbox(gateway, dovecot, name="support", user="support", password="secret", **options):
    words = {"queue": "support", "address": f"{user}@demo.example", "imap-host": "127.0.0.1",
             "imap-port": str(dovecot.port), "imap-security": "plain", "imap-user": user, **options}
    if not any(queue["name"] == "support" for queue in gateway.json_lines("queue", "list")):
        gateway.run("queue", "add", "support", "--title", "Support")
    return gateway.json("mailbox", "add", name, *[word for key, value in words.items() for word in (f"--{key}", value)],
                        "--password-stdin", text=password + "\n")


def spooled(gateway, mailbox_id=None):
    """[sha256] of all that was spooled, one a delivery."""
    where = f"WHERE mailbox_id = {mailbox_id}" if mailbox_id else ""
    return sorted(sha.lower() for sha, in database.rows(gateway, "HEX(raw_sha)", f"FROM spool {where}"))


def sums(*mails):
    return sorted(hashlib.sha256(raw).hexdigest() for raw in mails)


def wait_for_spool(gateway, *mails):
    servers.wait_for(lambda: len(spooled(gateway)) >= len(mails), f"{len(mails)} mails: {gateway.log()}")
    assert spooled(gateway) == sums(*mails)


def wait_for_done(dovecot, count, user="support"):
    servers.wait_for(lambda: len(dovecot.mails(user, "Postern.Done")) >= count, f"{count} mails to be moved")
    assert dovecot.mails(user) == []


def trouble(gateway, side="fetch", name="support"):
    row, = [row for row in gateway.json_lines("mailbox", "list") if row["name"] == name]
    return row[f"{side}_trouble"]


def test_a_mail_that_arrives_is_taken_at_once(running, dovecot):
    add_mailbox(running, dovecot)
    servers.wait_for(lambda: "mailbox-open" in running.log(), "the mailbox to be opened")
    # The next look without news would be after five minutes.
    for number in range(3):
        dovecot.append(mail(number))
        wait_for_spool(running, *[mail(i) for i in range(number + 1)])
    wait_for_done(dovecot, 3)
    assert {body for _, _, body in dovecot.mails(folder="Postern.Done")} == {mail(0), mail(1), mail(2)}
    assert trouble(running) is None


def test_a_full_mailbox_is_taken_byte_by_byte(running, dovecot):
    mails = [mail(number, size=3000 if number % 20 == 7 else number) for number in range(90)]
    client = dovecot.imap()
    for raw in mails:
        assert client.append("INBOX", None, None, raw)[0] == "OK"
    client.logout()
    add_mailbox(running, dovecot)
    wait_for_spool(running, *mails)
    wait_for_done(dovecot, len(mails))


def test_over_tls_with_an_authority_of_ones_own(running, dovecot, pki):
    dovecot.append(mail(1))
    add_mailbox(running, dovecot, **{"imap-host": "localhost", "imap-port": str(dovecot.tls_port),
                                     "imap-security": "tls", "ca-file": pki.ca})
    wait_for_spool(running, mail(1))


def test_trouble_is_told_and_forgotten(running, dovecot):
    dovecot.append(mail(1))
    add_mailbox(running, dovecot, password="wrong")
    sentence = servers.wait_for(lambda: trouble(running), "the trouble to be told")
    assert "support" in sentence and "Authentication failed" in sentence
    running.wait_for_role("fetch:support", lambda row: row["sentence"] == sentence, "the same sentence for doctor")
    assert spooled(running) == []
    running.run("mailbox", "set", "support", "--password-stdin", text="secret\n")
    wait_for_spool(running, mail(1))
    servers.wait_for(lambda: trouble(running) is None, "the trouble to be forgotten")


def test_a_server_that_goes_and_comes(running, dovecot):
    add_mailbox(running, dovecot)
    servers.wait_for(lambda: "mailbox-open" in running.log(), "the mailbox to be opened")
    dovecot.kill()
    sentence = servers.wait_for(lambda: trouble(running), "the trouble to be told")
    assert "127.0.0.1" in sentence
    dovecot.start()
    dovecot.append(mail(1))
    wait_for_spool(running, mail(1))
    servers.wait_for(lambda: trouble(running) is None, "the trouble to be forgotten")


def test_one_dead_mailbox_harms_only_itself(running, dovecot, folder, pki):
    add_mailbox(running, dovecot, "dead", user="alice", **{"imap-port": str(servers.free_port())})
    add_mailbox(running, dovecot)
    dovecot.append(mail(1))
    wait_for_spool(running, mail(1))
    assert "cannot be reached" in servers.wait_for(lambda: trouble(running, name="dead"), "the trouble to be told")


def test_two_fetchers_on_one_mailbox(running, dovecot, folder):
    """Another node on the same database, as in a cluster."""
    mails = [mail(number) for number in range(60)]
    for raw in mails[:30]:
        dovecot.append(raw)
    add_mailbox(running, dovecot)
    other = gateways.Gateway(os.path.join(folder, "other"), {
        "database": {"host": os.path.join(running.run_path, "db.sock")},
        "paths": {"key": os.path.join(running.data, "postern.key")}})
    try:
        other.start()
        for raw in mails[30:]:
            dovecot.append(raw)
        wait_for_spool(running, *mails)
        wait_for_done(dovecot, len(mails))
        assert "mailbox-open" in other.log() and "mailbox-open" in running.log()
    finally:
        other.stop()


@pytest.fixture
def unmoving(folder, pki):
    """A server without MOVE."""
    server = servers.Dovecot(os.path.join(folder, "unmoving"), pki, {"support": "secret"},
                             capability="IMAP4rev1 SASL-IR IDLE UIDPLUS LITERAL+")
    server.start()
    yield server
    server.stop()


def test_without_move_a_keyword_is_set(running, unmoving):
    mails = [mail(number) for number in range(5)]
    for raw in mails:
        unmoving.append(raw)
    add_mailbox(running, unmoving)
    wait_for_spool(running, *mails)
    servers.wait_for(lambda: all("$PosternDone" in flags for _, flags, _ in unmoving.mails()), "the keywords")
    assert all(not {"\\Deleted", "\\Seen"} & flags for _, flags, _ in unmoving.mails())
    running.stop()
    running.start()
    unmoving.append(mail(9))
    wait_for_spool(running, *mails, mail(9))


def test_a_new_uidvalidity_makes_no_new_mail(running, unmoving):
    mails = [mail(number) for number in range(30)]
    for raw in mails:
        unmoving.append(raw)
    add_mailbox(running, unmoving)
    wait_for_spool(running, *mails)
    servers.wait_for(lambda: all("$PosternDone" in flags for _, flags, _ in unmoving.mails()), "the keywords")
    before = database.rows(running, "uidvalidity", "FROM mailbox")
    unmoving.stop()
    unmoving.forget_uids()
    unmoving.start()
    assert not any("$PosternDone" in flags for _, flags, _ in unmoving.mails())
    unmoving.append(mail(99))
    servers.wait_for(lambda: all("$PosternDone" in flags for _, flags, _ in unmoving.mails()), "the keywords again")
    assert spooled(running) == sums(*mails, mail(99))
    servers.wait_for(lambda: database.rows(running, "uidvalidity", "FROM mailbox") != before, "the new cursor")


def test_of_a_mail_above_the_limit_the_header_is_taken(gateway, dovecot):
    gateway.settings["mail"] = {"size_limit_mb": "1"}
    gateway.write_settings()
    gateway.run("init")
    gateway.start()
    large = mail(1, size=30_000)
    dovecot.append(large)
    dovecot.append(mail(2))
    add_mailbox(gateway, dovecot)
    header = large[:large.index(b"\r\n\r\n") + 4]
    wait_for_spool(gateway, header, mail(2))
    assert sorted(database.rows(gateway, "is_header_only, size_bytes", "FROM spool")) == [[0, len(mail(2))],
                                                                                          [1, len(large)]]
    wait_for_done(dovecot, 2)
    assert large in [body for _, _, body in dovecot.mails(folder="Postern.Done")]
    gateway.stop()


POINTS = ["connected", "selected", "fetched-half", "blob-written", "before-commit", "after-commit", "before-move",
          "after-move", "cursor-saved"]


def test_dying_at_any_step_loses_and_doubles_nothing(gateway, dovecot):
    if not gateways.has_test_hooks():
        pytest.skip("built without --enable-test-hooks")
    mails = []
    gateway.run("init")
    for number, point in enumerate(POINTS):
        once = os.path.join(gateway.data, f"once-{point}")
        gateway.environment.update({"POSTERN_CRASH": f"fetch-{point}", "POSTERN_CRASH_ONCE": once})
        more = [mail(10 * number + i, size=2500 * (i == 2)) for i in range(3)]
        mails += more
        for raw in more:
            dovecot.append(raw)
        gateway.start(wait=False)
        gateway.wait_for_role("database", lambda row: row["state"] == "running", "the database")
        if number == 0:
            add_mailbox(gateway, dovecot)
        wait_for_spool(gateway, *mails)
        wait_for_done(dovecot, len(mails))
        assert os.path.exists(once), f"nothing died at {point}"
        assert gateway.stop() == 0


def test_one_mail_in_two_mailboxes_is_one_ticket(running, dovecot):
    """Written to sales and to support: one ticket, one acknowledgement."""
    smtp = servers.SmtpServer()
    smtp.start()
    try:
        out = {"smtp-host": "127.0.0.1", "smtp-port": str(smtp.port), "smtp-security": "plain"}
        add_mailbox(running, dovecot, **out)
        add_mailbox(running, dovecot, "sales", user="alice", address="sales@demo.example", **out)
        raw = mail(1).replace(b"To: ", b"To: sales@demo.example, ")
        dovecot.append(b"Received: by one; Sun, 22 Nov 2026 08:00:00 +0000\r\n" + raw)
        dovecot.append(b"Received: by two; Sun, 22 Nov 2026 08:00:01 +0000\r\n" + raw, user="alice")
        servers.wait_for(lambda: len(database.rows(running, "id", "FROM spool WHERE state = 1")) == 2,
                         f"both to be filed: {running.log()}")
        servers.wait_for(lambda: smtp.taken, "the acknowledgement")
        assert len(database.rows(running, "id", "FROM ticket")) == 1
        assert len(database.rows(running, "id", "FROM message WHERE direction = 0")) == 1
        assert database.rows(running, "recipient", "FROM outbox WHERE class = 1") == [["ann1@customer.example"]]
    finally:
        running.stop()
        smtp.stop()
    assert [recipients for _, recipients, _ in smtp.taken] == [["ann1@customer.example"]]
