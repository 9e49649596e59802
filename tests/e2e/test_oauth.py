"""Mailboxes that log in with tokens: Dovecot asks a provider whose a token is, and so does an SMTP server."""
import base64
import os
import re
import subprocess
import urllib.parse

import pytest
from aiosmtpd.smtp import AuthResult

import servers
from gateway import POSTERN
from provider import Provider

MAIL = "From: {0}@customer.example\r\nTo: support@demo.example\r\nSubject: {0}\r\nMessage-ID: <{0}@customer.example>\r\n\r\nHello\r\n"


class TokenSmtp(servers.SmtpServer):
    """Takes mail from who shows a token of the provider's."""

    def __init__(self, provider, **words):
        super().__init__(users={"support": "secret"}, **words)
        self.provider = provider

    async def auth_XOAUTH2(self, server, args):
        said = base64.b64decode(args[1]).decode()
        user, token = re.fullmatch("user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01", said).groups()
        self.logins.append((user, token))
        return AuthResult(success=self.provider.access.get(token) == user, handled=False)


@pytest.fixture
def provider(pki):
    made = Provider(pki)
    yield made
    made.stop()


@pytest.fixture
def house(folder, pki, gateway, provider):
    """A mailbox whose servers take tokens, set up without a password."""
    gateway.dovecot = servers.Dovecot(os.path.join(folder, "dovecot"), pki, {"alice": "secret"}, tokens=provider.introspection)
    gateway.dovecot.start()
    gateway.smtp = TokenSmtp(provider, pki=pki, mode="tls")
    gateway.smtp.start()
    gateway.start()
    gateway.run("queue", "add", "support")
    gateway.run("mailbox", "add", "support", "--queue", "support", "--address", "support@demo.example",
                "--imap-host", "localhost", "--imap-port", str(gateway.dovecot.tls_port), "--imap-user", "support",
                "--smtp-host", "localhost", "--smtp-port", str(gateway.smtp.port), "--smtp-user", "support",
                "--ca-file", pki.ca)
    yield gateway
    gateway.stop()
    gateway.smtp.stop()
    gateway.dovecot.stop()


def oauth(house, provider, *words, secrets=("client secret",), check=True):
    return house.run("mailbox", "oauth", "support", "--client-id", "postern", "--client-secret-stdin", "--token-url",
                     f"{provider.url}/token", *words, text="".join(f"{secret}\n" for secret in secrets), check=check)


def put_mail(house, name):
    """By a log-in of the test's own, as a mail server would."""
    path = house.dovecot.at("mail/support/new")
    servers.wait_for(lambda: os.path.isdir(path), "the mailbox to be there")
    with open(os.path.join(path, f"1.{name}.test"), "wb") as file:
        file.write(MAIL.format(name).encode())
    house.dovecot.chown()


def expect_acknowledged(house, count):
    servers.wait_for(lambda: len(house.smtp.taken) >= count, f"{count} acknowledgements")
    assert len(house.smtp.taken) == count


def test_mail_comes_and_goes_by_token_and_refresh_tokens_are_used_once(house, provider):
    provider.lifetime = 60  # shorter than what counts as good: each log-in renews
    done = oauth(house, provider, "--refresh-token-stdin", secrets=("client secret", "first"))
    assert "renewed by itself" in done.stdout and "access-1" not in done.stdout
    put_mail(house, "one")
    expect_acknowledged(house, 1)
    for _ in range(3):  # all log in anew, and two of them at once
        house.run("mailbox", "set", "support", "--enabled", "no")
        house.run("mailbox", "set", "support", "--enabled", "yes")
        assert house.json("mailbox", "test", "support")["imap"]["ok"]
    put_mail(house, "two")
    expect_acknowledged(house, 2)
    assert provider.replayed == [] and len(provider.used) >= 4
    assert {user for user, _ in house.smtp.logins} == {"support"}


def test_a_token_that_is_refused_is_renewed(house, provider):
    oauth(house, provider, "--refresh-token-stdin", secrets=("client secret", "first"))
    put_mail(house, "one")
    expect_acknowledged(house, 1)
    provider.revoke()
    assert house.run("mailbox", "test", "support", check=False).returncode == 77
    done = house.json("mailbox", "test", "support")
    assert done["imap"]["ok"] and done["smtp"]["ok"]
    assert provider.asked.count("refresh_token") == 2


def test_who_has_to_sign_in_again_is_told_so(house, provider):
    oauth(house, provider, "--refresh-token-stdin", secrets=("client secret", "first"))
    provider.revoke()
    provider.refresh.clear()
    house.run("mailbox", "test", "support", check=False)  # finds the token refused
    done = house.run("doctor", check=False)
    assert done.returncode != 0
    assert re.search("mailbox support.*localhost gives no token: invalid_grant: The grant was taken back."
                     '; run "postern mailbox oauth support"', done.stdout), done.stdout
    assert "Trace" not in done.stdout
    provider.refusal = (503, {})
    assert "gives no token now (HTTP 503)" in house.run("mailbox", "test", "support", check=False).stdout
    provider.refusal = None
    provider.refresh["second"] = "support"
    oauth(house, provider, "--refresh-token-stdin", secrets=("client secret", "second"))
    assert house.json("mailbox", "test", "support")["imap"]["ok"]


def test_an_application_asks_for_itself(house, provider):
    oauth(house, provider, "--as-app")
    assert house.json("mailbox", "test", "support")["smtp"]["ok"]
    assert set(provider.asked) == {"client_credentials"}
    house.run("mailbox", "set", "support", "--imap-user", "alice", "--password-stdin", text="secret\n")
    house.run("mailbox", "oauth", "support", "--off")
    provider.revoke()
    done = house.json("mailbox", "test", "support")
    assert done["imap"]["ok"] and done["smtp"]["ok"] and house.smtp.logins[-1] == ("support", "secret")


def test_a_person_signs_in_with_a_code_on_another_device(house, provider):
    provider.pending = 1
    done = oauth(house, provider, "--device-url", f"{provider.url}/device", "--scope", "mail")
    assert "WDJB-MJHT" in done.stderr and f"{provider.url}/enter" in done.stderr
    assert house.json("mailbox", "test", "support")["imap"]["ok"]


def sign_in(house, provider, change=lambda address: address):
    """Does in the browser's place what the command asks for. Returns: (exit code, what it said)."""
    words = [POSTERN, "mailbox", "oauth", "support", "--client-id", "postern", "--client-secret-stdin", "--token-url",
             f"{provider.url}/token", "--authorize-url", f"{provider.url}/sign-in", "--scope", "mail"]
    with subprocess.Popen(words, env=house.env(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:
        process.stdin.write("client secret\n")
        process.stdin.flush()
        while not (line := process.stderr.readline()).startswith("https://"):
            assert line, "no address was shown"
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(line.strip()).query))
        assert query["code_challenge_method"] == "S256" and query["scope"] == "mail"
        provider.codes["the code"] = (query["code_challenge"], query["redirect_uri"], "support")
        back = urllib.parse.urlencode({"code": "the code", "state": query["state"]})
        _, errors = process.communicate(change(f"{query['redirect_uri']}/?{back}") + "\n", timeout=60)
        return process.returncode, errors


def test_a_person_signs_in_with_a_browser(house, provider):
    code, errors = sign_in(house, provider, lambda address: address.replace("state=", "state=x"))
    assert code == 77 and "another sign-in" in errors and provider.asked == []
    code, errors = sign_in(house, provider, lambda address: "http://localhost/?error=access_denied")
    assert code == 77 and "access_denied" in errors
    code, errors = sign_in(house, provider, lambda address: "http://localhost/")
    assert code == 65 and "holds no code" in errors
    assert sign_in(house, provider)[0] == 0
    assert house.json("mailbox", "test", "support")["imap"]["ok"]


def test_what_is_wrong_is_said(house, provider, pki):
    done = house.run("mailbox", "oauth", "support", "--provider", "hotmail", "--client-id", "x", check=False)
    assert done.returncode == 64 and "hotmail" in done.stderr and "microsoft or google" in done.stderr
    done = house.run("mailbox", "oauth", "support", "--provider", "google", check=False)
    assert done.returncode == 64 and "--client-id" in done.stderr
    done = house.run("mailbox", "oauth", "support", "--provider", "google", "--client-id", "x", "--as-app", check=False)
    assert done.returncode == 64 and "google" in done.stderr
    done = house.run("mailbox", "oauth", "support", "--client-id", "x", "--token-url", "http://login.x.example/", check=False)
    assert done.returncode == 65 and "https://" in done.stderr
    done = oauth(house, provider, "--as-app", secrets=("wrong",), check=False)
    assert done.returncode == 77 and "invalid_client: who are you?" in done.stderr
    stranger = Provider(pki, certificate="unknown")
    done = oauth(house, stranger, "--as-app", check=False)
    stranger.stop()
    assert done.returncode == 75 and "cannot be asked" in done.stderr and stranger.asked == []
    assert house.run("mailbox", "oauth", "sales", "--off", check=False).returncode == 66
