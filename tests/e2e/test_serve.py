"""`postern serve`: what an operator sees of the processes, whatever dies and whenever."""
import os
import re
import signal
import subprocess

import pytest

import gateway as gateways
import servers


def test_a_second_start_finds_what_the_first_one_left(gateway):
    gateway.start()
    gateway.run("queue", "add", "billing", "--title", "Bills")
    assert gateway.stop() == 0
    gateway.start()
    assert [queue["title"] for queue in gateway.json_lines("queue", "list") if queue["name"] == "billing"] == ["Bills"]
    assert gateway.stop() == 0


def test_serve_without_init_sets_itself_up(new_gateway):
    gateway = new_gateway.start()
    assert os.stat(os.path.join(gateway.data, "postern.key")).st_mode & 0o777 == 0o600
    assert gateway.stop() == 0


def test_an_installation_that_was_interrupted_is_done_again(new_gateway):
    half = os.path.join(new_gateway.data, "mariadb", "mysql")
    os.makedirs(half)
    with open(os.path.join(half, "user.frm"), "w", encoding="ascii") as file:
        file.write("half of it")
    if os.getuid() == 0:
        subprocess.run(["chown", "-R", "nobody", new_gateway.data], check=True)
    new_gateway.run("init")
    new_gateway.run("queue", "add", "support")
    assert [name for name in os.listdir(new_gateway.data) if name.startswith("mariadb.unfinished-")]
    os.unlink(os.path.join(new_gateway.data, "mariadb", "postern-installed"))
    assert [queue["name"] for queue in new_gateway.json_lines("queue", "list")] == ["support"], "a restored copy is used"


def test_a_second_gateway_on_the_same_data_says_so(running):
    done = running.run("serve", check=False)
    assert done.returncode == 75
    assert f"a gateway is already running on {running.data} (process {running.process.pid})" in done.stderr
    assert running.is_well()


def test_every_role_that_is_killed_comes_back(running):
    for role, row in sorted(running.health().items()):
        os.kill(row["pid"], signal.SIGKILL)
        running.wait_for_role(role, lambda now, row=row: now["state"] == "running" and now["pid"] != row["pid"]
                              and now["restarts"] == row["restarts"] + 1, f"{role} to come back")
    running.wait_until_well()
    running.run("queue", "list")


def test_a_killed_mariadbd_comes_back(running):
    server = [pid for pid, words in gateways.descendants(running.process.pid).items() if "mariadbd" in words]
    assert len(server) == 1
    restarts = running.health()["database"]["restarts"]
    os.kill(server[0], signal.SIGKILL)
    running.wait_for_role("database", lambda now: now["state"] == "running" and now["restarts"] == restarts + 1,
                          "the database to come back")
    running.run("queue", "list")


def test_stopping_leaves_nothing(running):
    below = gateways.descendants(running.process.pid)
    assert any("mariadbd" in words for words in below.values())
    assert running.stop() == 0
    assert not set(below) & set(gateways.processes())
    assert not [name for name in os.listdir(running.run_path) if name.startswith("wake-") or name == "health.json"]


def test_a_killed_supervisor_leaves_nothing(running):
    below = gateways.descendants(running.process.pid)
    assert any("mariadbd" in words for words in below.values())
    running.process.kill()
    running.process.wait()
    servers.wait_for(lambda: not set(below) & set(gateways.processes()), "all processes to end")
    running.start()


def test_a_database_in_back_off_is_not_left_behind(running):
    """Whatever state the database's role is in when the gateway stops, no mariadbd outlives it."""
    for _ in range(3):
        row = running.health()["database"]
        os.kill(row["pid"], signal.SIGKILL)
        running.wait_for_role("database", lambda now, row=row: now["restarts"] > row["restarts"]
                              and (now["state"] == "running" or now["restarts"] >= 3), "the database to die")
    below = gateways.descendants(running.process.pid)
    assert running.stop() == 0
    assert not set(below) & set(gateways.processes())
    assert running.data not in "".join(words for _, words in gateways.processes().values())


@pytest.mark.skipif(not gateways.has_test_hooks(), reason="the patience of a minute is shortened by a test hook")
def test_a_role_that_hangs_is_replaced(gateway):
    gateway.environment["POSTERN_SILENCE_SECONDS"] = "20"
    gateway.start()
    row = gateway.health()["database"]
    os.kill(row["pid"], signal.SIGSTOP)
    gateway.wait_for_role("database", lambda now: now["state"] == "running" and now["pid"] != row["pid"],
                          "the hung role to be replaced")
    assert "silent" in gateway.log()
    assert gateway.stop() == 0


def test_new_settings_are_checked_before_they_are_taken(running):
    before = {role: row["pid"] for role, row in running.health().items()}
    running.settings["web"]["workers"] = "none"
    running.write_settings()
    running.process.send_signal(signal.SIGHUP)
    servers.wait_for(lambda: "settings-refused" in running.log(), "the settings to be refused")
    assert {role: running.health()[role]["pid"] for role in before} == before
    running.settings["web"]["workers"] = "2"
    running.write_settings()
    running.process.send_signal(signal.SIGHUP)
    servers.wait_for(lambda: "settings-reloaded" in running.log(), "the settings to be taken")
    running.wait_until_well()
    after = {role: row["pid"] for role, row in running.health().items()}
    assert after["database"] == before["database"]
    for role in set(before) - {"database"}:
        running.wait_for_role(role, lambda now, role=role: now["state"] == "running" and now["pid"] != before[role],
                              f"{role} to take the new settings")


def test_secrets_are_in_no_command_line_and_no_environment(running):
    with open(os.path.join(running.data, "postern.key"), encoding="ascii") as file:
        key = file.read().strip()
    assert re.fullmatch("[0-9a-f]{64}", key)
    for pid in [running.process.pid, *gateways.descendants(running.process.pid)]:
        for name in ("cmdline", "environ"):
            with open(f"/proc/{pid}/{name}", "rb") as file:
                content = file.read()
            assert key.encode() not in content and bytes.fromhex(key) not in content


def test_nothing_runs_as_root(running):
    for pid in [running.process.pid, *gateways.descendants(running.process.pid)]:
        assert os.stat(f"/proc/{pid}").st_uid != 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be refused as root")
def test_root_is_told_what_to_do(gateway):
    os.chown(gateway.data, 0, 0)
    del gateway.settings["paths"]["user"]
    gateway.write_settings()
    done = gateway.run("serve", check=False)
    assert done.returncode == 77
    assert "does not run as root" in done.stderr and "useradd" in done.stderr


def test_a_mailbox_that_is_added_is_fetched_from_and_one_that_is_disabled_is_not(running, dovecot):
    running.run("queue", "add", "help")
    running.run("mailbox", "add", "help", "--queue", "help", "--address", "help@demo.example", "--imap-host", "127.0.0.1",
                "--imap-port", str(dovecot.port), "--imap-security", "plain", "--imap-user", "support",
                "--password-stdin", text="secret\n")
    running.wait_for_role("fetch:help", lambda now: now["state"] == "running" and not now["sentence"], "the fetcher")
    pid = running.health()["fetch:help"]["pid"]
    running.run("mailbox", "set", "help", "--password-stdin", text="wrong\n")
    running.wait_for_role("fetch:help", lambda now: now["pid"] not in (0, pid), "a fetcher with the new password")
    running.run("mailbox", "set", "help", "--enabled", "no")
    servers.wait_for(lambda: "fetch:help" not in running.health(), "the fetcher to be stopped")


def test_roles_are_not_started_by_hand(gateway):
    done = gateway.run("role", "clerk", check=False)
    assert done.returncode != 0
    done = subprocess.run([gateways.POSTERN, "role", "database"], capture_output=True, check=False, close_fds=True)
    assert done.returncode != 0 and b"postern serve" in done.stderr


def test_a_server_of_ones_own_serves_as_well(running, new_gateway):
    """[database] host: no mariadbd is started, and only init changes that server's schema."""
    new_gateway.settings["database"].update({"host": f"{running.run_path}/db.sock", "name": "second"})
    new_gateway.write_settings()
    done = new_gateway.run("queue", "list", check=False)
    assert done.returncode != 0 and "second" in done.stderr
    new_gateway.run("init")
    new_gateway.run("queue", "add", "mine")
    new_gateway.start()
    assert "database" not in new_gateway.health()
    assert not [words for words in gateways.descendants(new_gateway.process.pid).values() if "mariadbd" in words]
    assert "mine" not in {queue["name"] for queue in running.json_lines("queue", "list")}
    assert new_gateway.stop() == 0
    running.run("queue", "list")
