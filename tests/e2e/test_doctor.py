"""`postern doctor`: one broken thing at a time, and the one plain sentence that it is told in."""
import json
import os
import pwd
import signal
import subprocess

import pytest

import servers


def add_mailbox(gateway, dovecot, *words, password="secret"):
    gateway.run("mailbox", "add", "support", "--queue", "support", "--address", "support@demo.example", "--imap-host",
                "localhost", "--imap-port", str(dovecot.tls_port), "--imap-user", "support", "--ca-file", dovecot.pki.ca,
                "--password-stdin", *words, text=password + "\n")


@pytest.fixture
def healthy(running, dovecot):
    """A gateway with an admin and a mailbox that works."""
    running.run("staff", "add", "ann", "--address", "ann@firm.example", "--role", "admin", "--generate")
    running.run("queue", "add", "support")
    add_mailbox(running, dovecot)
    running.wait_for_role("fetch:support", lambda row: row["state"] == "running" and not row["sentence"], "the fetcher")
    return running


def findings(gateway):
    """(exit code, problems, advice) as lists of "area: sentence"."""
    done = gateway.run("doctor", "--json", check=False)
    document = json.loads(done.stdout)
    assert document["ok"] == (done.returncode == 0)
    return done.returncode, *([f"{row['area']}: {row['sentence']}" for row in document[kind]] for kind in ("problems", "advice"))


def expect_problem(gateway, *parts):
    """There is exactly one problem, and its sentence holds all of `parts`."""
    code, problems, _ = findings(gateway)
    assert code != 0 and len(problems) == 1, problems
    for part in parts:
        assert part in problems[0], problems
    text = gateway.run("doctor", check=False).stdout
    assert parts[0] in text and "All is well" not in text


def sql(gateway, statement):
    user = {"user": "nobody"} if os.getuid() == 0 else {}
    name = "nobody" if user else pwd.getpwuid(os.getuid()).pw_name
    subprocess.run(["mariadb", "--no-defaults", f"--socket={gateway.run_path}/db.sock", f"--user={name}", "postern", "-e",
                    statement], check=True, **user)


def test_all_is_well(healthy):
    code, problems, advice = findings(healthy)
    assert (code, problems) == (0, [])
    assert advice == ["mailbox support: it has no SMTP server, so tickets of its queue cannot be answered"]
    assert "All is well." in healthy.run("doctor").stdout


def test_misspelt_setting(healthy):
    healthy.settings["web"]["lissten"] = "x"
    healthy.write_settings()
    expect_problem(healthy, "settings: ", 'no setting "lissten" in [web]')


def test_missing_settings(healthy):
    os.unlink(healthy.conf)
    expect_problem(healthy, "settings: ", "run `postern init` first")


def test_missing_data_directory(new_gateway):
    os.rmdir(new_gateway.data)
    expect_problem(new_gateway, "data directory: ", "No such file or directory; run postern init")


def test_open_data_directory(healthy):
    os.chmod(healthy.data, 0o755)
    expect_problem(healthy, "data directory: ", "other users may look into", "chmod 700")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_foreign_run_directory(healthy):
    daemon = pwd.getpwnam("daemon")
    os.chown(healthy.run_path, daemon.pw_uid, daemon.pw_gid)
    expect_problem(healthy, "data directory: ", 'belongs to the user "daemon"')
    nobody = pwd.getpwnam("nobody")
    os.chown(healthy.run_path, nobody.pw_uid, nobody.pw_gid)


def test_open_key_file(healthy):
    os.chmod(os.path.join(healthy.data, "postern.key"), 0o640)
    expect_problem(healthy, "key file: ", "others may read it; run: chmod 600")


def test_damaged_key_file(healthy):
    with open(os.path.join(healthy.data, "postern.key"), "w", encoding="ascii") as file:
        file.write("not a key\n")
    expect_problem(healthy, "key file: ", "it is damaged")


def test_missing_key_file(healthy):
    os.unlink(os.path.join(healthy.data, "postern.key"))
    expect_problem(healthy, "key file: ", "restore it from your backup")


def test_another_key_file(healthy):
    """Restored from the wrong backup: the passwords in the database do not open."""
    path = os.path.join(healthy.data, "postern.key")
    with open(path, "w", encoding="ascii") as file:
        file.write("00" * 32 + "\n")
    expect_problem(healthy, "mailbox support: ", "stored under another key file; set it again")


def test_gateway_not_running(healthy):
    healthy.stop()
    expect_problem(healthy, "gateway: ", "is not running: start it with")


def test_role_in_back_off(healthy):
    for _ in range(4):
        healthy.wait_for_role("send", lambda row: row["pid"] != 0, "the sender to be started")
        row = healthy.health()["send"]
        os.kill(row["pid"], signal.SIGKILL)
        healthy.wait_for_role("send", lambda now, row=row: now["restarts"] > row["restarts"], "the sender to die")
    expect_problem(healthy, "gateway: send has died and will be started again", "killed by signal 9")


def test_newer_database(healthy):
    sql(healthy, "INSERT INTO migration (name, checksum, applied_at) VALUES ('9999_future', REPEAT('0', 32), 0)")
    expect_problem(healthy, "database: ", "newer than this program", "9999_future")


def test_older_database(healthy):
    sql(healthy, "DELETE FROM migration WHERE name = '0021_search'")
    expect_problem(healthy, "database: ", "older than this program", "run postern init")


def test_unreachable_server(gateway):
    port = servers.free_port()
    gateway.settings["database"].update({"host": "127.0.0.1", "port": str(port)})
    gateway.write_settings()
    _, problems, _ = findings(gateway)
    assert [line for line in problems if line.startswith("database: Can't connect to server on '127.0.0.1'")], problems


def test_no_admin(healthy):
    healthy.run("staff", "disable", "ann")
    expect_problem(healthy, "staff: ", "no admin who may log in; run postern staff add")


def test_no_mailbox(running):
    running.run("staff", "add", "ann", "--address", "ann@firm.example", "--role", "admin", "--generate")
    expect_problem(running, "mailboxes: ", "there is no mailbox yet; run postern queue add and postern mailbox add")


def test_a_queue_that_cannot_answer(healthy):
    healthy.run("queue", "add", "billing")
    code, problems, advice = findings(healthy)
    assert (code, problems) == (0, [])
    assert any(words.startswith("queue billing: it has no mailbox") for words in advice), advice


def test_wrong_password(healthy):
    healthy.run("mailbox", "set", "support", "--password-stdin", text="wrong\n")
    expect_problem(healthy, "mailbox support: IMAP: ", "did not let support in: Authentication failed")


def test_missing_folder(healthy):
    healthy.run("mailbox", "set", "support", "--folder", "Nowhere")
    expect_problem(healthy, "mailbox support: IMAP: ", "Nowhere")


def test_silent_server(healthy, dovecot):
    dovecot.stop()
    expect_problem(healthy, "mailbox support: IMAP: ", "Connection refused")


@pytest.mark.parametrize("kind, part", [("expired", "expired"), ("wrong-host", "name"), ("unknown", "trusted")])
def test_bad_certificate(healthy, dovecot, kind, part):
    dovecot.stop()
    dovecot.certificate = kind
    dovecot.start()
    expect_problem(healthy, "mailbox support: IMAP: ", "certificate", part)


def test_plain_connection_to_elsewhere(healthy):
    """192.0.2.1 is nobody's (RFC 5737)."""
    done = healthy.run("mailbox", "set", "support", "--imap-host", "192.0.2.1", "--imap-security", "plain", check=False)
    assert done.returncode == 65 and "IMAP without TLS is for this machine only, not for 192.0.2.1" in done.stderr


def test_staff_in_the_same_domain(healthy):
    healthy.run("staff", "add", "bob", "--address", "bob@demo.example", "--generate")
    code, problems, advice = findings(healthy)
    assert (code, problems) == (0, [])
    assert [line for line in advice if "same domain as staff (bob@demo.example)" in line]


def test_pages_without_tls(healthy):
    healthy.settings["web"]["listen"] = f"0.0.0.0:{healthy.port}"
    healthy.write_settings()
    code, _, advice = findings(healthy)
    assert code == 0 and [line for line in advice if line.startswith("web: pages are served without TLS")]
