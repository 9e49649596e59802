"""The main job on real parts: the demo's SMTP server, Dovecot, the gateway. It is IDLE that brings the mail: polling would
come hours later."""
import os
import subprocess

import pytest

import gateway as gateways
import main_loop
import servers

SMTPD = os.path.join(os.environ.get("TOP_SRCDIR", os.path.join(os.path.dirname(__file__), "..", "..")), "contrib", "demo",
                     "smtpd.py")
PEOPLE = ["ada@customer.example", "robot-ada@customer.example", "later-ada@customer.example", main_loop.SUPPORT,
          "ann@staff.example"]


@pytest.fixture
def mail_system(folder, pki):
    """(IMAP port, SMTP port) of the demo's mail system."""
    imap = servers.Dovecot(os.path.join(folder, "mail"), pki, {address: "demo" for address in PEOPLE})
    imap.start()
    port = servers.free_port()
    smtpd = subprocess.Popen(["/usr/bin/python3", SMTPD, "--smtp", str(port), "--imap", str(imap.port), "--password", "demo"],
                             **servers.as_nobody())
    servers.wait_for(lambda: servers.can_connect(port), "the SMTP server")
    yield imap.port, port
    smtpd.terminate()
    smtpd.wait()
    imap.stop()


def test_mail_becomes_a_ticket_and_an_answer_goes_out(gateway, mail_system):
    imap_port, smtp_port = mail_system
    if not gateways.has_test_hooks():
        pytest.skip("built without --enable-test-hooks")
    gateway.environment["POSTERN_LOOK_SECONDS"] = "36000"
    gateway.start()
    gateway.run("queue", "add", "support", "--title", "Support")
    gateway.run("mailbox", "add", "support", "--queue", "support", "--address", main_loop.SUPPORT, "--imap-host",
                "127.0.0.1", "--imap-port", str(imap_port), "--imap-security", "plain", "--imap-user", main_loop.SUPPORT,
                "--smtp-host", "127.0.0.1", "--smtp-port", str(smtp_port), "--smtp-security", "plain", "--password-stdin",
                text="demo\n")
    gateway.run("staff", "add", "ann", "--address", "ann@staff.example", "--role", "admin", "--generate")
    token = gateway.json("token", "add", "ann", "--name", "loop")["token"]
    servers.wait_for(lambda: "mailbox-open" in gateway.log(), "the mailbox to be opened")
    assert "idle=1" in gateway.log(), "without IDLE the gateway looks twice a minute"
    main_loop.Loop(gateway.url, token, smtp_port, imap_port).run("ada")
    told = main_loop.Loop(gateway.url, token, smtp_port, imap_port).inbox("ann@staff.example")
    assert [letter for letter in told if letter["Auto-Submitted"] == "auto-generated"], "staff were told of the new mail"
    assert gateway.log().count("mailbox-open") == 1
    assert gateway.stop() == 0
