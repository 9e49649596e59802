"""What a service manager sees: the notifications of `postern serve`, and the unit files."""
import glob
import os
import re
import shutil
import signal
import socket
import subprocess
import uuid

import pytest

import servers
from gateway import Gateway, descendants

UNITS = os.path.join(os.environ.get("TOP_SRCDIR", os.path.join(os.path.dirname(__file__), "..", "..")), "contrib", "systemd")
WATCHDOG_SECONDS = 4


class Manager:
    """The socket that systemd listens on. It is abstract, so that whoever the gateway runs as can reach it."""

    def __init__(self):
        self.name = f"postern-notify-{uuid.uuid4().hex}"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f"\0{self.name}")
        self.socket.settimeout(servers.DEADLINE)
        self.said = []

    def hear_until(self, word):
        """What is said from now on, up to the message that has the line `word`."""
        heard = []
        while True:
            heard.append(self.socket.recv(65536).decode().split("\n"))
            self.said += heard[-1]
            if word in heard[-1]:
                return heard

    def close(self):
        self.socket.close()


@pytest.fixture
def manager():
    made = Manager()
    yield made
    made.close()


@pytest.fixture
def managed(folder, first_data, manager):
    """A gateway that a service manager starts, with a watchdog."""
    made = Gateway(os.path.join(folder, "managed"), template=first_data,
                   environment={"NOTIFY_SOCKET": f"@{manager.name}", "WATCHDOG_USEC": f"{WATCHDOG_SECONDS}000000"})
    yield made.start(wait=False)
    made.kill()


def test_ready_is_said_when_all_roles_run_and_stopping_at_the_end(managed, manager):
    manager.hear_until("READY=1")
    assert managed.get("/healthz")[0] == 200, "READY=1 came before the web answers"
    assert managed.health()["web"]["state"] == "running"
    if "STATUS=all roles are running" not in manager.said:
        manager.hear_until("STATUS=all roles are running")
    assert managed.is_well()
    manager.hear_until("WATCHDOG=1")
    manager.hear_until("WATCHDOG=1")
    managed.process.send_signal(signal.SIGHUP)
    heard = manager.hear_until("RELOADING=1")[-1]
    assert [line for line in heard if re.fullmatch("MONOTONIC_USEC=[0-9]+", line)], "Type=notify-reload asks for the time"
    manager.hear_until("READY=1")
    managed.process.send_signal(signal.SIGTERM)
    manager.hear_until("STOPPING=1")
    assert managed.process.wait(servers.DEADLINE) == 0
    assert manager.said.index("READY=1") < manager.said.index("STOPPING=1")


def test_trouble_is_in_the_status_and_the_watchdog_is_fed(managed, manager):
    manager.hear_until("READY=1")
    (server,) = [pid for pid, words in descendants(managed.process.pid).items() if "mariadbd" in words]
    os.kill(server, signal.SIGKILL)
    sentences = [line for heard in manager.hear_until("STATUS=all roles are running") for line in heard
                 if line.startswith("STATUS=")]
    assert any("database" in line for line in sentences), sentences
    manager.hear_until("WATCHDOG=1")
    assert not any(line.startswith("STOPPING") for line in manager.said)


def test_a_hung_supervisor_feeds_no_watchdog(managed, manager):
    manager.hear_until("READY=1")
    os.kill(managed.process.pid, signal.SIGSTOP)
    manager.socket.settimeout(2 * WATCHDOG_SECONDS)
    with pytest.raises(TimeoutError):  # after what was on its way
        for _ in range(1000):
            manager.socket.recv(65536)
    os.kill(managed.process.pid, signal.SIGCONT)
    manager.socket.settimeout(servers.DEADLINE)
    manager.hear_until("WATCHDOG=1")


def test_roles_cannot_speak_for_the_supervisor(managed, manager):
    manager.hear_until("READY=1")
    for pid in descendants(managed.process.pid):
        with open(f"/proc/{pid}/environ", "rb") as file:
            names = {setting.partition(b"=")[0] for setting in file.read().split(b"\0")}
        assert not names & {b"NOTIFY_SOCKET", b"WATCHDOG_USEC"}, pid


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_unit_files_are_understood(folder):
    paths = sorted(glob.glob(os.path.join(UNITS, "*.service")) + glob.glob(os.path.join(UNITS, "*.timer")))
    assert len(paths) >= 3
    for path in paths:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(os.path.join(folder, os.path.basename(path)), "w", encoding="utf-8") as file:
            file.write(re.sub(r"(?m)^ExecStart=/usr/bin/postern\b", "ExecStart=/bin/true", text))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *sorted(glob.glob(os.path.join(folder, "*.service"))),
                           os.path.join(folder, "postern-learn.timer")], capture_output=True, text=True, check=False)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "postern" in line]
    assert done.returncode == 0 and not ours, done.stdout + done.stderr
