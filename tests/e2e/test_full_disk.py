"""A full disk: nothing is lost, nobody is left guessing, and with room everything goes on by itself.

The gateway lives on a small disk of its own, in memory; to mount one takes root, and a machine that lets it."""
import email
import os
import signal
import subprocess

import pytest

import database
import gateway as gateways
import servers

DISK_MB = 260
FULL = "the disk is full: less than"


def mail(number, lines=1):
    return (f"From: ann{number}@customer.example\r\nTo: support@demo.example\r\nSubject: no {number}\r\n"
            f"Message-ID: <{number}@customer.example>\r\n\r\nhello {number}\r\n").encode() + b"wheels " * 10 * lines


@pytest.fixture
def disk(folder):
    if os.getuid() != 0:
        pytest.skip("only root can mount a small disk: NOTHING WAS TRIED ON A FULL DISK")
    path = os.path.join(folder, "d")  # sockets take short paths
    os.mkdir(path)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "none", path], capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no small disk can be mounted here, NOTHING WAS TRIED ON A FULL DISK: {done.stderr.strip()}")
    yield path
    subprocess.run(["umount", path], check=True)


@pytest.fixture
def smtp():
    server = servers.SmtpServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def house(disk, folder, dovecot, smtp):
    """A gateway at work on the small disk; its log, and everybody else, live elsewhere."""
    made = gateways.Gateway(os.path.join(disk, "g"))
    made.log_path = os.path.join(folder, "log")
    try:
        set_up(made, dovecot, smtp)
        yield made
    finally:
        made.kill()


def set_up(made, dovecot, smtp):
    made.start()
    made.run("queue", "add", "support")
    made.run("mailbox", "add", "support", "--queue", "support", "--address", "support@demo.example", "--imap-host",
             "127.0.0.1", "--imap-port", str(dovecot.port), "--imap-security", "plain", "--imap-user", "support",
             "--smtp-host", "127.0.0.1", "--smtp-port", str(smtp.port), "--smtp-security", "plain", "--password-stdin",
             text="secret\n")
    made.run("staff", "add", "ann", "--address", "ann@firm.example", "--role", "admin", "--generate")
    made.run("staff", "set", "ann", "--notices", "none")
    made.token = made.json("token", "add", "ann", "--name", "disk")["token"]
    dovecot.append(mail(1))
    servers.wait_for(lambda: len(smtp.taken) == 1, f"the first acknowledgement\n{made.log()}")


def fill(disk):
    """Takes what is left, to the last byte."""
    file = os.open(os.path.join(disk, "ballast"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        while True:
            os.write(file, b"x" * 4096)
    except OSError:
        pass
    finally:
        os.close(file)


def make_room(disk):
    os.unlink(os.path.join(disk, "ballast"))


def ask(house, path):
    """(status, document or page) of the web."""
    return house.get(path, house.token)


def expect_told(house):
    """One plain sentence by doctor."""
    done = house.run("doctor", check=False)
    assert done.returncode != 0 and f"disk: {FULL}" in done.stdout and "1 problem found" in done.stderr, done
    assert len(done.stdout.splitlines()) == 1, done.stdout


def test_nothing_is_lost_and_everybody_is_told(house, disk, dovecot, smtp):
    fill(disk)
    dovecot.append(mail(2, lines=4000))
    for number in range(3, 7):
        dovecot.append(mail(number))
    for raw in (mail(7), mail(8, lines=20_000)):
        refused = house.run("deliver", "--mailbox", "support", text=raw, check=False)
        assert refused.returncode == 75 and FULL in refused.stderr, refused
    servers.wait_for(lambda: "mailbox-trouble" in house.log() and "clerk-waits" in house.log(), "the log to tell")
    assert f'disk-full role=database reason="{FULL}' in house.log()
    expect_told(house)
    servers.wait_for(lambda: FULL in ask(house, "/api/v1/health")[1], "the desk to tell")
    assert ask(house, "/readyz")[0] == 503 and ask(house, "/api/v1/tickets?query=")[0] == 200
    assert len(dovecot.mails()) == 5 and len(database.rows(house, "id", "FROM spool")) == 1

    # Even a database that dies of it: whoever asks learns why, and nothing is started in vain.
    for pid, words in gateways.descendants(house.process.pid).items():
        if "mariadbd" in words.split(" ")[0]:
            os.kill(pid, signal.SIGKILL)
    servers.wait_for(lambda: ask(house, "/")[0] == 503, "the database to be away")
    assert "the disk of this server is full; nothing was lost" in ask(house, "/")[1]
    refused = house.run("deliver", "--mailbox", "support", text=mail(7), check=False)
    assert refused.returncode == 75 and FULL in refused.stderr, refused
    expect_told(house)

    make_room(disk)
    servers.wait_for(lambda: ask(house, "/readyz")[0] == 200, "all to be well again")
    for raw in (mail(7), mail(8, lines=20_000)):
        house.deliver(raw)
    servers.wait_for(lambda: len(smtp.taken) == 8, f"the acknowledgements\n{house.log()[-4000:]}")
    assert database.rows(house, "state, COUNT(*)", "FROM spool GROUP BY state") == [[1, 8]]
    assert len(database.rows(house, "id", "FROM ticket")) == 8 and dovecot.mails() == []
    subjects = [email.message_from_bytes(raw)["To"] for _, _, raw in smtp.taken]
    assert len(set(subjects)) == 8, subjects
    assert house.log().count("health-not-written") <= 2 and house.log().count("clerk-waits") <= 8
    assert house.stop() == 0


def test_a_command_does_not_start_a_database_on_a_full_disk(house, disk):
    house.stop()
    fill(disk)
    refused = house.run("deliver", "--mailbox", "support", text=mail(2), check=False)
    assert refused.returncode == 75 and FULL in refused.stderr, refused
    make_room(disk)
    assert house.run("deliver", "--mailbox", "support", text=mail(2)).returncode == 0
