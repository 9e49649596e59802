"""What goes wrong is one plain sentence in three places: doctor, the desk, the log. A full disk: test_full_disk.py."""
import json
import os
import signal

import pytest

import database
import servers

PASSWORD = "a long wheel turns slowly"


@pytest.fixture
def house(gateway, dovecot):
    gateway.start()
    gateway.run("queue", "add", "support")
    gateway.run("mailbox", "add", "support", "--queue", "support", "--address", "support@demo.example", "--imap-host",
                "localhost", "--imap-port", str(dovecot.tls_port), "--imap-user", "support", "--ca-file", dovecot.pki.ca,
                "--password-stdin", text="secret\n")
    gateway.run("staff", "add", "ann", "--address", "ann@firm.example", "--role", "admin", "--password-stdin",
                text=PASSWORD + "\n")
    gateway.token = gateway.json("token", "add", "ann", "--name", "faults")["token"]
    gateway.wait_for_role("fetch:support", lambda row: row["state"] == "running" and not row["sentence"], "the fetcher")
    yield gateway
    gateway.stop()


def ask(gateway, path):
    """(status, document) of the desk, as its API says it."""
    status, text = gateway.get(path, gateway.token)
    return status, json.loads(text)


def page_of(gateway, path):
    try:
        return gateway.get(path)[1]
    except OSError:  # it starts anew
        return ""


def desk_says(gateway):
    """All that the page "Health" complains of."""
    _, document = ask(gateway, "/api/v1/health")
    health = document["health"]
    return [row["trouble"] for row in health["roles"] if row["trouble"]] + [
        row[side]["trouble"] for row in health["mailboxes"] for side in ("fetch", "send") if row[side]["trouble"]]


def expect_everywhere(gateway, *words, event):
    """One sentence with all of the words, at each place."""
    def has(sentences):
        return [sentence for sentence in sentences if all(word in sentence for word in words)]

    servers.wait_for(lambda: has(desk_says(gateway)), f"the desk to say {words}")
    servers.wait_for(lambda: has(line for line in gateway.log().splitlines() if event in line), f"the log to say {words}")
    done = gateway.run("doctor", check=False)
    assert done.returncode != 0 and has(done.stdout.splitlines()), done.stdout
    assert len([line for line in done.stdout.splitlines() if line.startswith("problem")]) == 1, done.stdout


def test_a_mail_server_that_is_not_to_be_used(house, dovecot):
    dovecot.stop()
    expect_everywhere(house, "support", "cannot be reached", event="mailbox-trouble")
    dovecot.certificate = "expired"
    dovecot.start()
    house.run("mailbox", "set", "support", "--password-stdin", text="secret\n")  # tried again at once
    expect_everywhere(house, "support", "certificate", "expired", event="mailbox-trouble")
    assert "user=<support>" not in dovecot.log().split("starting up")[-1], "the password went to a server nobody vouches for"
    dovecot.stop()
    dovecot.certificate = "good"
    dovecot.start()
    house.run("mailbox", "set", "support", "--password-stdin", text="wrong\n")
    expect_everywhere(house, "support", "did not let support in", event="mailbox-trouble")
    house.run("mailbox", "set", "support", "--password-stdin", text="secret\n")
    servers.wait_for(lambda: desk_says(house) == [], "the trouble to be forgotten")
    assert house.run("doctor").returncode == 0


def test_wrong_settings(house):
    house.settings["web"]["lissten"] = "x"
    house.write_settings()
    house.process.send_signal(signal.SIGHUP)
    expect_everywhere(house, "no setting", "lissten", "in [web]", event="settings-refused")
    assert ask(house, "/readyz")[0] == 200, "it goes on with the old ones"
    del house.settings["web"]["lissten"]
    house.write_settings()
    house.process.send_signal(signal.SIGHUP)
    house.wait_until_well()
    servers.wait_for(lambda: desk_says(house) == [], "the trouble to be forgotten")
    house.settings["web"]["lissten"] = "x"
    house.write_settings()
    for words in (("serve",), ("mailbox", "list")):
        refused = house.run(*words, check=False)
        assert refused.returncode == 65 and 'no setting "lissten" in [web]' in refused.stderr, refused


def test_a_broken_template(house):
    folder = os.path.join(house.data, "..", "own")
    page = os.path.join(folder, "web", "public-front.html")
    os.makedirs(os.path.dirname(page))
    with open(page, "w", encoding="utf-8") as file:
        file.write("{{<public}}\n{{$main}}<p>Our own front page</p>{{/main}}\n{{/public}}\n")
    house.settings["paths"]["templates"] = os.path.abspath(folder)
    house.write_settings()
    house.process.send_signal(signal.SIGHUP)
    servers.wait_for(lambda: "Our own front page" in page_of(house, "/"), "the page of our own")
    house.wait_until_well()  # each role has read the folder as it was
    with open(page, "a", encoding="utf-8") as file:
        file.write("{{#articles}}\n")
    done = house.run("doctor", check=False)
    assert done.returncode != 0 and "public-front.html:4: this is never closed: articles" in done.stdout, done.stdout
    house.process.send_signal(signal.SIGHUP)
    expect_everywhere(house, "public-front.html:4", "never closed: articles", event="settings-refused")
    assert "Our own front page" in page_of(house, "/"), "it goes on with what it has"
    house.stop()
    refused = house.run("serve", check=False)
    assert refused.returncode == 65 and "public-front.html:4: this is never closed: articles" in refused.stderr, refused


def test_a_database_newer_than_the_program(house):
    database.run(house, "INSERT INTO migration (name, checksum, applied_at) VALUES ('9999_future', REPEAT('0', 32), 0)")
    house.stop()
    house.start(wait=False)
    servers.wait_for(lambda: servers.can_connect(house.port), "the web to come up")
    status, document = ask(house, "/api/v1/tickets?query=")
    assert status == 503 and "newer than this program" in document["detail"] and "9999_future" in document["detail"]
    desk = house.get("/desk/login")[1]
    public = house.get("/")[1]
    assert "newer than this program" in desk and "newer" not in public and "Not now" in public
    assert [line for line in house.log().splitlines() if "role-failed" in line and "newer than this program" in line]
    done = house.run("doctor", check=False)
    assert done.returncode != 0 and "newer than this program" in done.stdout
    refused = house.run("mailbox", "list", check=False)
    assert refused.returncode != 0 and "newer than this program" in refused.stderr
    database.run(house, "DELETE FROM migration WHERE name = '9999_future'")
    servers.wait_for(lambda: ask(house, "/readyz")[0] == 200, "all to be well again")
