"""SMTP on the wire: no password to strangers, bytes as they should be, and we always know how far a mail came."""
import pytest

import peer
import servers
import wire

MAIL = b"From: desk@demo.example\r\nSubject: hello\r\n\r\n.first\r\nlast\r\n"


@pytest.fixture
def mail(folder):
    path = f"{folder}/mail.eml"
    with open(path, "wb") as file:
        file.write(MAIL)
    return path


def serve(**options):
    class Running(servers.SmtpServer):
        def __enter__(self):
            self.start()
            return self

        def __exit__(self, *_):
            self.stop()
    return Running(**options)


ENVELOPE = {"from": "desk@demo.example", "to": "ann@customer.example"}


@pytest.mark.parametrize("mode", ["plain", "starttls", "tls"])
def test_a_mail_arrives_byte_by_byte(pki, mail, mode):
    with serve(pki=pki, mode=mode, users={"support": "secret"} if mode == "starttls" else None) as server:
        got = wire.run("smtp", server.port, f"send:{mail}", transport=mode, ca=pki.ca,
                       login="password" if mode == "starttls" else "none", **ENVELOPE)
    sent, = got.sent()
    assert sent["accepted"] and sent["stage"] == "answered" and sent["code"] == 250 and sent["enhanced"] == "2.0.0"
    assert server.taken == [("desk@demo.example", ["ann@customer.example"], MAIL)]


def test_one_connection_carries_many_mails(mail):
    with serve() as server:
        got = wire.run("smtp", server.port, *[f"send:{mail}"] * 5, login="none", **ENVELOPE)
    assert [sent["accepted"] for sent in got.sent()] == [True] * 5
    assert got.value("usable") is True and server.sessions == 1


def test_the_empty_sender(mail):
    with serve() as server:
        got = wire.run("smtp", server.port, f"send:{mail}", login="none", **{"from": "", "to": "ann@customer.example"})
    assert got.sent()[0]["accepted"] and server.taken[0][0] == ""


def test_row_74_line_ends_and_dots_cannot_end_a_mail(folder):
    path = f"{folder}/mail.eml"
    with open(path, "wb") as file:
        file.write(b"Subject: x\n\na\n.\nMAIL FROM:<evil@x>\r.\r\nb\0c\r.\rend")
    with serve() as server:
        got = wire.run("smtp", server.port, f"send:{path}", login="none", **ENVELOPE)
    assert got.sent()[0]["accepted"] and len(server.taken) == 1
    assert server.taken[0][2] == b"Subject: x\r\n\r\na\r\n.\r\nMAIL FROM:<evil@x>\r\n.\r\nbc\r\n.\r\nend\r\n"


@pytest.mark.parametrize("kind", ["wrong-host", "expired", "self-signed", "unknown", "sha1"])
@pytest.mark.parametrize("transport", ["starttls", "tls"])
def test_row_62_a_bad_certificate_gets_no_password(pki, mail, kind, transport):
    context = pki.server_context(kind)

    def start_tls(line):
        line.say("220 go\r\n")
        line.secure(context)
        line.drain()
    script = peer.smtp(offer=("STARTTLS",), on={"STARTTLS": start_tls}) if transport == "starttls" else peer.smtp()
    with peer.Peer(script, context if transport == "tls" else None) as server:
        got = wire.run("smtp", server.port, f"send:{mail}", transport=transport, ca=pki.ca, **ENVELOPE)
    assert got.error == "PERMANENT" and "certificate" in got.message
    assert not server.said("AUTH") and not server.said("MAIL")


def test_row_62_stripped_starttls_gets_nothing(pki, mail):
    for answers, offer in (({}, ("AUTH PLAIN",)), ({"STARTTLS": "454 not today"}, ("STARTTLS", "AUTH PLAIN"))):
        with peer.Peer(peer.smtp(answers, offer=offer)) as server:
            got = wire.run("smtp", server.port, f"send:{mail}", transport="starttls", ca=pki.ca, **ENVELOPE)
        assert got.error in ("PERMANENT", "TEMPORARY") and "STARTTLS" in got.message
        assert not server.said("AUTH") and not server.said("MAIL")


def test_row_62_words_put_in_before_tls_are_noticed(pki, mail):
    script = peer.smtp({"STARTTLS": "220 go\r\n250-hello\r\n250 AUTH PLAIN"}, offer=("STARTTLS",))
    with peer.Peer(script) as server:
        got = wire.run("smtp", server.port, f"send:{mail}", transport="starttls", ca=pki.ca, **ENVELOPE)
    assert got.error in ("PERMANENT", "TEMPORARY")
    assert not server.said("AUTH") and not server.said("MAIL")


@pytest.mark.parametrize("offer", ["AUTH PLAIN LOGIN", "AUTH LOGIN"])
def test_a_wrong_password_is_told_in_the_servers_words(mail, offer):
    answers = {"AUTH": "535 5.7.8 we do not know you"} if "PLAIN" in offer else {}
    asked = {"AUTH": lambda line: (line.say("334 VXNlcm5hbWU6\r\n"), line.hear(), line.say("334 UGFzc3dvcmQ6\r\n"),
                                   line.hear(), line.say("535 5.7.8 we do not know you\r\n"))}
    with peer.Peer(peer.smtp(answers, offer=(offer,), on=None if answers else asked)) as server:
        got = wire.run("smtp", server.port, f"send:{mail}", **ENVELOPE)
    assert got.error == "DENIED" and "we do not know you" in got.message and "support" in got.message
    assert not server.said("MAIL")


def test_a_refused_token(mail):
    asked = {"AUTH": lambda line: (line.say("334 eyJ9\r\n"), line.hear(), line.say("535 5.7.8 the token is old\r\n"))}
    with peer.Peer(peer.smtp(offer=("AUTH XOAUTH2",), on=asked)) as server:
        got = wire.run("smtp", server.port, f"send:{mail}", login="token", secret="token", **ENVELOPE)
    assert got.error == "DENIED" and "the token is old" in got.message


def test_a_server_without_log_in(mail):
    with peer.Peer(peer.smtp(offer=())) as server:
        got = wire.run("smtp", server.port, f"send:{mail}", **ENVELOPE)
    assert got.error == "PERMANENT" and not server.said("AUTH")


@pytest.mark.parametrize("word, answer, error, stage", [
    ("MAIL", "451 4.3.0 later", "TEMPORARY", "mail"),
    ("MAIL", "550 5.7.1 not you", "PERMANENT", "mail"),
    ("RCPT", "450 4.2.1 greylisted", "TEMPORARY", "rcpt"),
    ("RCPT", "550 5.1.1 no such user", "PERMANENT", "rcpt"),
    ("RCPT", "550 5.2.2 full", "TEMPORARY", "rcpt"),
    ("RCPT", "552 too many", "TEMPORARY", "rcpt"),
    ("RCPT", "421 4.3.0 going down", "TEMPORARY", "rcpt"),
    ("DATA", "451 4.3.0 later", "TEMPORARY", "data"),
    ("DATA", "554 5.7.1 spam", "PERMANENT", "data"),
    ("DATA", "250 what", "TEMPORARY", "data"),
    (".", "451 4.3.0 disk full", "TEMPORARY", "answered"),
    (".", "550 5.7.1 spam", "PERMANENT", "answered"),
    (".", "550-5.7.1 spam\r\n550 5.7.1 really", "PERMANENT", "answered"),
    (".", "421 4.3.0 going down", "UNCERTAIN", "dot"),
    (".", "what", "UNCERTAIN", "dot"),
    (".", "25", "UNCERTAIN", "dot"),
])
def test_what_the_server_says_decides(mail, word, answer, error, stage):
    with peer.Peer(peer.smtp({word: answer})) as server:
        got = wire.run("smtp", server.port, f"send:{mail}", **ENVELOPE)
    sent, = got.sent()
    assert not sent["accepted"] and sent["error"] == error and sent["stage"] == stage, sent
    if answer[:3].isdigit() and error != "UNCERTAIN" and answer != "250 what":
        assert sent["code"] == int(answer[:3]) and answer.split()[-1] in sent["text"]
    assert bool(got.value("before_dot")) == (stage in ("dot", "answered"))


def test_a_refused_recipient_leaves_the_connection_usable(mail):
    with serve() as server:
        server.answers["RCPT"] = ["550 5.1.1 no such user"]
        got = wire.run("smtp", server.port, f"send:{mail}", f"send:{mail}", login="none", **ENVELOPE)
    assert [sent["accepted"] for sent in got.sent()] == [False, True] and server.sessions == 1


@pytest.mark.parametrize("word, error, stage", [
    ("MAIL", "TEMPORARY", "mail"), ("RCPT", "TEMPORARY", "rcpt"), ("DATA", "TEMPORARY", "data"), (".", "UNCERTAIN", "dot"),
])
@pytest.mark.parametrize("how", [peer.hang_up, peer.silence])
def test_a_server_that_dies_or_falls_silent(mail, word, error, stage, how):
    with peer.Peer(peer.smtp(on={word: how})) as server:
        got = wire.run("smtp", server.port, f"send:{mail}", seconds=2, **ENVELOPE)
    sent, = got.sent()
    assert sent["error"] == error and sent["stage"] == stage and not sent["accepted"], sent
    assert got.value("usable") is False


def test_a_server_that_dies_within_the_body_took_nothing(folder):
    path = f"{folder}/big.eml"
    with open(path, "wb") as file:
        file.write(b"Subject: big\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 200_000)

    def die(line):
        line.say("354 go\r\n")
        line.hear()
        peer.hang_up(line)
    with peer.Peer(peer.smtp(on={"DATA": die})) as server:
        got = wire.run("smtp", server.port, f"send:{path}", **ENVELOPE)
    sent, = got.sent()
    assert sent["error"] == "TEMPORARY" and sent["stage"] == "body"
    assert got.value("before_dot") is None


def test_saying_no_before_the_dot_sends_nothing(mail):
    with serve() as server:
        got = wire.run("smtp", server.port, f"refuse:{mail}", login="none", **ENVELOPE)
    sent, = got.sent()
    assert sent["error"] == "CONFLICT" and sent["stage"] == "body" and server.taken == []


@pytest.mark.parametrize("to", [
    "ann@customer.example>\r\nRCPT TO:<evil@x.example", "ann@customer.example\nDATA", "a b@x.example", "", "ann", "<ann@x>",
])
def test_addresses_cannot_be_commands(mail, to):
    with peer.Peer(peer.smtp()) as server:
        got = wire.run("smtp", server.port, f"send:{mail}", **{"from": "desk@demo.example", "to": to})
    assert got.sent()[0]["error"] == "INVALID"
    assert not server.said("MAIL") and not server.said("evil")


def test_delivery_reports_are_asked_for_where_they_are_offered(mail):
    with peer.Peer(peer.smtp(offer=("DSN", "AUTH PLAIN", "SIZE 1000000"))) as server:
        got = wire.run("smtp", server.port, f"send:{mail}", envid="p1.abc", **ENVELOPE)
    assert got.sent()[0]["accepted"]
    assert server.said("ENVID=p1.abc") and server.said("NOTIFY=FAILURE,DELAY")
    with peer.Peer(peer.smtp()) as server:
        got = wire.run("smtp", server.port, f"send:{mail}", envid="p1.abc", **ENVELOPE)
    assert got.sent()[0]["accepted"] and not server.said("ENVID") and not server.said("NOTIFY")


def test_letters_of_other_scripts_need_a_server_that_takes_them(mail):
    envelope = {"from": "desk@demo.example", "to": "jörg@bücher.example"}
    with peer.Peer(peer.smtp()) as server:
        got = wire.run("smtp", server.port, f"send:{mail}", **envelope)
    assert got.sent()[0]["error"] == "INVALID" and "5.6.7" in got.sent()[0]["message"]
    with peer.Peer(peer.smtp(offer=("SMTPUTF8", "AUTH PLAIN"))) as server:
        got = wire.run("smtp", server.port, f"send:{mail}", **envelope)
    assert got.sent()[0]["accepted"]
    assert server.said("MAIL FROM:<desk@demo.example> SMTPUTF8") and server.said("RCPT TO:<jörg@xn--bcher-kva.example>")


GREETINGS = ["554 no service", "421 busy", "* OK IMAP", "", "220" + "x" * 200_000, "250-a"]


@pytest.mark.parametrize("greeting", GREETINGS, ids=range(len(GREETINGS)))
def test_odd_greetings(mail, greeting):
    with peer.Peer(peer.smtp(greeting=greeting)) as server:
        got = wire.run("smtp", server.port, f"send:{mail}", seconds=2, **ENVELOPE)
    assert got.error == "TEMPORARY", got.lines
    assert not server.said("AUTH")


def test_a_large_mail_takes_no_memory(folder, mail):
    path = f"{folder}/big.eml"
    body = b"Subject: big\r\n\r\n" + b"".join(b"%08d %s\r\n" % (i, b"y" * 60) for i in range(560_000))
    with open(path, "wb") as file:
        file.write(body)
    with serve() as server:
        small = wire.run("smtp", server.port, f"send:{mail}", login="none", **ENVELOPE)
        got = wire.run("smtp", server.port, f"send:{path}", login="none", **ENVELOPE)
    assert got.sent()[0]["accepted"] and server.taken[1][2] == body
    if not wire.is_sanitized():
        assert got.value("rss_kb") - small.value("rss_kb") < 12_000
