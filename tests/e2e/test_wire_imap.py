"""IMAP on the wire: whom we trust, what we survive, and that mails come over byte by byte."""
import hashlib
import os
import socket
import time

import pytest

import peer
import servers
import wire

MAIL = b"From: a@customer.example\r\nSubject: hello\r\n\r\n.first\r\nlast\r\n"


@pytest.mark.parametrize("transport", ["plain", "starttls", "tls"])
def test_mails_come_byte_by_byte(dovecot, pki, folder, transport):
    mails = [MAIL, MAIL + b"x" * 150_000 + b"\r\n", b"Subject: 8bit\r\n\r\n\xff\x80\r\n"]
    for mail in mails:
        dovecot.append(mail)
    port = dovecot.tls_port if transport == "tls" else dovecot.port
    got = wire.run("imap", port, "list", f"fetch:{folder}", transport=transport, ca=pki.ca)
    assert got.error == "", got.message
    assert got.value("uids") == [1, 2, 3]
    for uid, mail in enumerate(mails, 1):
        with open(f"{folder}/{uid}.eml", "rb") as file:
            assert file.read() == mail
    assert all(flags <= {"\\Recent"} for _, flags, _ in dovecot.mails()), "nothing may be marked as seen"
    now = time.time()
    assert all(abs(date / 1e6 - now) < 3600 for date in got.values("date"))


@pytest.mark.parametrize("kind, words", [
    ("wrong-host", "name"), ("expired", "expired"), ("self-signed", "issuer"), ("unknown", "issuer"), ("sha1", "certificate"),
])
@pytest.mark.parametrize("transport", ["starttls", "tls"])
def test_row_62_a_bad_certificate_gets_no_password(pki, kind, words, transport):
    context = pki.server_context(kind)
    if transport == "tls":
        script, wrap = peer.imap(), context
    else:
        script, wrap = peer.imap(capability="IMAP4rev1 STARTTLS", on={"STARTTLS": lambda line, tag: (
            line.say(f"{tag} OK go\r\n"), line.secure(context), line.drain())}), None
    with peer.Peer(script, wrap) as server:
        got = wire.run("imap", server.port, transport=transport, ca=pki.ca)
    assert got.error == "PERMANENT"
    assert "certificate" in got.message and words in got.message
    assert not server.said("LOGIN") and not server.said("AUTHENTICATE")


def test_without_its_authority_a_good_server_is_refused(dovecot):
    got = wire.run("imap", dovecot.tls_port, transport="tls")
    assert got.error == "PERMANENT" and "certificate" in got.message


@pytest.mark.parametrize("host, is_good", [("127.0.0.1", True), ("LOCALHOST", True), ("localhost.", True)])
def test_the_host_name_may_be_written_in_these_ways(dovecot, pki, host, is_good):
    got = wire.run("imap", dovecot.tls_port, host=host, transport="tls", ca=pki.ca)
    assert (got.error == "") == is_good, got.message


@pytest.mark.parametrize("capability, answer", [
    ("IMAP4rev1 STARTTLS", "TAG NO not today"), ("IMAP4rev1 STARTTLS", "TAG BAD what?"), ("IMAP4rev1 AUTH=PLAIN", "TAG OK go"),
])
def test_row_62_stripped_starttls_gets_no_password(pki, capability, answer):
    with peer.Peer(peer.imap({"STARTTLS": answer + "\r\n"}, capability=capability)) as server:
        got = wire.run("imap", server.port, transport="starttls", ca=pki.ca)
    assert got.error in ("PERMANENT", "TEMPORARY")
    assert ("STARTTLS" in got.message and got.error == "PERMANENT") or "BAD" in answer
    assert not server.said("LOGIN") and not server.said("AUTHENTICATE")


def test_row_62_words_put_in_before_tls_are_noticed(pki):
    with peer.Peer(peer.imap({"STARTTLS": "TAG OK go\r\n* CAPABILITY IMAP4rev1\r\n3 OK ready\r\n"},
                             capability="IMAP4rev1 STARTTLS")) as server:
        got = wire.run("imap", server.port, transport="starttls", ca=pki.ca)
    assert got.error in ("PERMANENT", "TEMPORARY")
    assert not server.said("LOGIN") and not server.said("AUTHENTICATE")


def test_preauth_is_no_way_round_tls(pki):
    for transport in ("starttls", "plain"):
        with peer.Peer(peer.imap(greeting="* PREAUTH welcome")) as server:
            got = wire.run("imap", server.port, transport=transport, ca=pki.ca)
        assert got.error == "PERMANENT" and "PREAUTH" in got.message
        assert not server.said("SELECT")


def own_address():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))  # sends nothing
            address = sock.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith("127.") else address


def test_plain_is_for_this_machine_alone():
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address but loopback")
    with peer.Peer(peer.imap(), host=address) as server:
        got = wire.run("imap", server.port, host=address)
    assert got.error == "PERMANENT" and "encrypted" in got.message
    assert server.heard in ([], [b""])


def test_a_wrong_password_is_told_in_the_servers_words(dovecot):
    got = wire.run("imap", dovecot.port, secret="wrong")
    assert got.error == "DENIED"
    assert "support" in got.message and "Authentication failed" in got.message


def test_an_overloaded_server_is_no_wrong_password():
    answers = {"LOGIN": "TAG NO [UNAVAILABLE] later\r\n"}
    with peer.Peer(peer.imap(answers)) as server:
        got = wire.run("imap", server.port)
    assert got.error == "TEMPORARY" and "later" in got.message


def test_login_is_used_where_plain_is_not_offered():
    with peer.Peer(peer.imap()) as server:
        got = wire.run("imap", server.port, "list")
    assert got.error == "" and got.value("uids") == [5]
    assert server.said("LOGIN") and not server.said("AUTHENTICATE")


@pytest.mark.parametrize("mechanism, offer", [("XOAUTH2", "AUTH=OAUTHBEARER AUTH=XOAUTH2"), ("OAUTHBEARER", "AUTH=OAUTHBEARER")])
def test_a_refused_token_is_told(mechanism, offer):
    def refuse(line, tag):
        line.say("+ eyJzdGF0dXMiOiI0MDEifQ==\r\n")
        line.hear()
        line.say(f"{tag} NO [AUTHENTICATIONFAILED] the token is old\r\n")
    script = peer.imap(capability=f"IMAP4rev1 SASL-IR {offer}", on={"AUTHENTICATE": refuse})
    with peer.Peer(script) as server:
        got = wire.run("imap", server.port, login="token", secret="token")
    assert got.error == "DENIED" and "the token is old" in got.message
    assert server.said(f"AUTHENTICATE {mechanism}")


def test_a_token_lets_us_in():
    script = peer.imap({"AUTHENTICATE": "TAG OK in\r\n"}, capability="IMAP4rev1 SASL-IR AUTH=XOAUTH2")
    with peer.Peer(script) as server:
        got = wire.run("imap", server.port, "list", login="token", secret="token")
    assert got.error == "" and got.value("uids") == [5]


def test_nobody_listens():
    got = wire.run("imap", servers.free_port())
    assert got.error == "TEMPORARY" and "cannot be reached" in got.message


def test_a_host_that_is_not():
    got = wire.run("imap", 143, host="no-such-host.invalid")
    assert got.error == "TEMPORARY" and "no-such-host.invalid" in got.message


@pytest.mark.parametrize("answers", [
    {"SEARCH": "* SEARCH 1 2 3"}, {"SEARCH": ""}, {"SELECT": "* 1 EXI"}, {"CAPABILITY": ""}, {"LOGIN": ""},
])
def test_silence_ends_at_the_deadline(answers):
    with peer.Peer(peer.imap({word: text for word, text in answers.items()}, on={})) as server:
        at = time.monotonic()
        got = wire.run("imap", server.port, "list", seconds=2)
        assert time.monotonic() - at < 50
    assert got.error == "TEMPORARY" and "in time" in got.message


@pytest.mark.parametrize("word", ["CAPABILITY", "LOGIN", "SELECT", "SEARCH", "FETCH"])
def test_a_server_that_dies(folder, word):
    with peer.Peer(peer.imap(on={word: peer.hang_up})) as server:
        got = wire.run("imap", server.port, "list", f"fetch:{folder}")
    assert got.error == "TEMPORARY" and "ended the connection" in got.message


def test_a_server_that_dies_within_a_mail(folder):
    def fetch(line, tag):
        if b"SIZE" in line.heard[-1]:
            line.say(f"* 1 FETCH (UID 5 RFC822.SIZE 200000)\r\n{tag} OK done\r\n")
        else:
            line.say("* 1 FETCH (UID 5 BODY[] {200000}\r\nSubject: half\r\n\r\nxxxx")
            peer.hang_up(line)
    with peer.Peer(peer.imap(on={"FETCH": fetch})) as server:
        got = wire.run("imap", server.port, "list", f"fetch:{folder}")
    assert got.error == "TEMPORARY" and "ended the connection" in got.message


GARBAGE = [
    b"\x00\xff\xfe garbage\r\nTAG OK\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"* SEARCH x y\r\nTAG OK done\r\n",
    b"TAG NO no\r\n", b"TAG BAD bad\r\n", b"* BYE I am tired\r\n",
    b"* 1 FETCH (" + b"(" * 200_000 + b"\r\n", b"* OK [BADCHARSET (x)] hi\r\nTAG OK done\r\n",
    b"* OK {60000}\r\n* 1 FETCH (BODYSTRUCTURE " + b"(" * 50_000 + b"\r\n",
    b"* 1 FETCH (UID 5 BODY[] {4294967290}\r\n", b"* LIST (\\x) {4294967290}\r\nTAG OK done\r\n",
    b"wrong OK done\r\n", b"* SEARCH 1\r\n* SEARCH 2\r\nTAG NO [INUSE] busy\r\n",
]
GREETINGS = ["* OK [BADCHARSET (x)] hi", "* BYE go away", "220 smtp.example ESMTP", "", "* OK " + "x" * 100_000]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_an_error_not_a_crash(garbage):
    with peer.Peer(peer.imap({"SEARCH": garbage})) as server:
        got = wire.run("imap", server.port, "list", seconds=5)
    assert got.error == "TEMPORARY", (got.code, got.lines)


@pytest.mark.parametrize("greeting", GREETINGS, ids=range(len(GREETINGS)))
def test_odd_greetings(greeting):
    with peer.Peer(peer.imap(greeting=greeting)) as server:
        got = wire.run("imap", server.port, seconds=5)
    assert got.code > 0 or got.error == "", (got.code, got.lines)


def test_an_endless_line_ends_at_the_budget():
    def pour(line, tag):
        line.say("* OK ")
        for _ in range(4000):
            line.say(b"x" * 65536)
    with peer.Peer(peer.imap(on={"CAPABILITY": pour})) as server:
        got = wire.run("imap", server.port)
    assert got.error == "TEMPORARY" and "more than was asked for" in got.message


def test_a_mail_larger_than_it_said(folder):
    def fetch(line, tag):
        if b"SIZE" in line.heard[-1]:
            line.say(f"* 1 FETCH (UID 5 RFC822.SIZE 150000)\r\n{tag} OK done\r\n")
        else:
            line.say("* 1 FETCH (UID 5 BODY[] {90000000}\r\n")
            for _ in range(2000):
                line.say(b"x" * 65536)
    with peer.Peer(peer.imap(on={"FETCH": fetch})) as server:
        got = wire.run("imap", server.port, "list", f"fetch:{folder}")
    assert got.error == "TEMPORARY" and "longer than was asked for" in got.message


def test_forty_megabytes_take_no_memory(dovecot, pki, folder):
    mail = MAIL + b"".join(b"%08d %s\r\n" % (i, b"y" * 60) for i in range(560_000))
    dovecot.append(MAIL)
    small = wire.run("imap", dovecot.tls_port, "list", f"fetch:{folder}", transport="tls", ca=pki.ca)
    dovecot.append(mail)
    got = wire.run("imap", dovecot.tls_port, "list", f"fetch:{folder}", transport="tls", ca=pki.ca)
    assert got.error == "", got.message
    with open(f"{folder}/2.eml", "rb") as file:
        assert hashlib.sha256(file.read()).digest() == hashlib.sha256(mail).digest()
    if not wire.is_sanitized():
        assert got.value("rss_kb") - small.value("rss_kb") < 12_000, "a mail must not be held in memory"


def test_a_mail_above_the_limit_is_not_taken(dovecot, folder):
    dovecot.append(MAIL + b"z" * 300_000)
    got = wire.run("imap", dovecot.port, "list", f"fetch:{folder}", limit=200_000)
    assert got.error == "INVALID"
    got = wire.run("imap", dovecot.port, "header:1")
    assert got.value("header_bytes") == MAIL.index(b"\r\n\r\n") + 4


def test_done_mails_are_moved(dovecot):
    for _ in range(3):
        dovecot.append(MAIL)
    got = wire.run("imap", dovecot.port, "list", "away:Postern/Done", "list")
    assert got.error == "", got.message
    assert got.values("uids") == [[1, 2, 3], []]
    assert dovecot.mails() == []
    assert [body for _, _, body in dovecot.mails(folder="Postern.Done")] == [MAIL] * 3
    dovecot.append(MAIL)
    got = wire.run("imap", dovecot.port, "list", "away:Postern/Done", "list")
    assert got.values("uids") == [[4], []], "the folder is there already"


def test_a_mail_that_vanished_is_no_error(dovecot, folder):
    dovecot.append(MAIL)
    client = dovecot.imap()
    with peer_session(dovecot.port, "list", "idle:60", "away:Postern/Done", f"fetch:{folder}") as process:
        process.wait_for("idling")
        client.uid("STORE", "1", "+FLAGS", "(\\Deleted)")
        client.expunge()
        client.logout()
        got = process.finish()
    assert got.error == "", got.message
    assert os.listdir(folder) == ["dovecot"]


def test_without_move_a_keyword_is_set(folder, pki):
    server = servers.Dovecot(os.path.join(folder, "plain"), pki, {"support": "secret"},
                             capability="IMAP4rev1 SASL-IR IDLE UIDPLUS LITERAL+")
    server.start()
    try:
        server.append(MAIL)
        got = wire.run("imap", server.port, "list", "away:Postern/Done", "list")
        assert got.error == "" and got.values("uids") == [[1], []]
        (_, flags, body), = server.mails()
        assert "$PosternDone" in flags and "\\Deleted" not in flags and body == MAIL
    finally:
        server.stop()


@pytest.mark.parametrize("capability", ["IMAP4rev1", "IMAP4rev1 MOVE", "IMAP4rev1 IDLE LITERAL-"])
def test_of_what_a_server_may_offer_nothing_is_needed(folder, pki, capability):
    server = servers.Dovecot(os.path.join(folder, "poor"), pki, {"support": "secret"}, capability=capability)
    server.start()
    try:
        server.append(MAIL)
        got = wire.run("imap", server.port, "list", f"fetch:{folder}", "away:Postern/Done", "list", "idle:1")
        assert got.error == "" and got.values("uids") == [[1], []], got.message
        left = server.mails()
        assert len(left) == (0 if "MOVE" in capability else 1)
        assert all("$PosternDone" in flags and "\\Deleted" not in flags for _, flags, _ in left)
    finally:
        server.stop()


def test_a_server_that_cannot_make_the_folder_gets_keywords():
    answers = {"MOVE": "TAG NO [TRYCREATE] no\r\n", "CREATE": "TAG NO [NOPERM] never\r\n", "STORE": "TAG OK done\r\n",
               "LIST": '* LIST (\\Noselect) "/" ""\r\nTAG OK done\r\n'}
    with peer.Peer(peer.imap(answers)) as server:
        got = wire.run("imap", server.port, "list", "away:Postern/Done")
    assert got.error == "", got.message
    assert server.said("CREATE \"Postern/Done\"") and server.said("STORE 5 +FLAGS.SILENT ($PosternDone)")
    assert not server.said("Deleted") and not server.said("EXPUNGE")


class peer_session:
    """A probe that runs beside the test: waits for a line of it, then for its end."""

    def __init__(self, port, *actions, **options):
        self.process = wire.start("imap", port, *actions, **options)
        self.seen = ""

    def wait_for(self, word):
        while word not in self.seen:
            line = self.process.stdout.readline()
            assert line, f"the probe ended: {self.seen}"
            self.seen += line

    def finish(self):
        output, _ = self.process.communicate(timeout=120)
        return wire.Result(self.seen + output, self.process.returncode)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def test_idle_hears_of_a_new_mail(dovecot, pki):
    with peer_session(dovecot.tls_port, "list", "idle:100", "list", transport="tls", ca=pki.ca) as process:
        process.wait_for("idling")
        dovecot.append(MAIL)
        got = process.finish()
    assert got.error == "" and got.value("event") == "changed", got.lines
    assert got.values("uids") == [[], [1]]


def test_idle_ends_quietly(dovecot, pki):
    got = wire.run("imap", dovecot.tls_port, "list", "idle:1", "list", transport="tls", ca=pki.ca)
    assert got.error == "" and got.value("event") == "quiet"


def test_news_before_the_plus_are_heard():
    def idle(line, tag):
        line.say("* 2 EXISTS\r\n+ idling\r\n")
        line.hear()
        line.say(f"{tag} OK done\r\n")
    with peer.Peer(peer.imap(on={"IDLE": idle})) as server:
        got = wire.run("imap", server.port, "list", "idle:100")
    assert got.error == "" and got.value("event") == "changed"


def test_news_told_in_another_answer_are_not_lost():
    answers = {"SEARCH": "* SEARCH 5\r\n* 2 EXISTS\r\nTAG OK done\r\n"}
    with peer.Peer(peer.imap(answers)) as server:
        got = wire.run("imap", server.port, "list", "idle:100")
    assert got.error == "" and got.value("event") == "changed"
    assert not server.said("IDLE")


def test_a_server_that_dies_during_idle():
    def idle(line, tag):
        line.say("+ idling\r\n")
        peer.hang_up(line)
    with peer.Peer(peer.imap(on={"IDLE": idle})) as server:
        got = wire.run("imap", server.port, "list", "idle:100")
    assert got.error == "TEMPORARY" and "ended the connection" in got.message


def test_without_idle_we_look(folder, pki):
    server = servers.Dovecot(os.path.join(folder, "plain"), pki, {"support": "secret"},
                             capability="IMAP4rev1 SASL-IR MOVE UIDPLUS LITERAL+")
    server.start()
    try:
        got = wire.run("imap", server.port, "list", "idle:1", "list")
        assert got.error == "" and got.value("event") == "quiet"
    finally:
        server.stop()


def test_a_folder_that_is_not_there(dovecot):
    got = wire.run("imap", dovecot.port, folder="Nowhere")
    assert got.error == "NOT_FOUND" and "Nowhere" in got.message
