"""contrib/quickstart as a newcomer meets it, and the main job on what it brings up. It builds everything anew, which takes
minutes: only with DEEP=1."""
import json
import os
import shutil
import subprocess
import tempfile

import pytest

import main_loop
import servers

SOURCE = os.path.abspath(os.environ.get("TOP_SRCDIR", os.path.join(os.path.dirname(__file__), "..", "..")))
pytestmark = pytest.mark.skipif(not os.environ.get("DEEP"), reason="it builds everything anew: only with DEEP=1")
TRIES = 10


def quickstart(folder, *words):
    done = subprocess.run([os.path.join(SOURCE, "contrib", "quickstart"), "--no-install", "--dir", folder, *words],
                          capture_output=True, text=True, timeout=1500, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def started_in(folder):
    """The programs whose words name the folder."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if folder in words:
            found.append(words)
    return found


@pytest.fixture
def demo():
    folder = tempfile.mkdtemp(prefix="postern-quickstart.", dir="/var/tmp")
    os.chmod(folder, 0o755)
    first = next(port for port in iter(servers.free_port, None)
                 if not any(servers.can_connect(port + number) for number in range(3)))
    try:
        quickstart(folder, "--port", str(first), "--detach")
        yield folder, first
    finally:
        quickstart(folder, "--stop")
        assert started_in(folder) == []
        shutil.rmtree(folder, ignore_errors=True)


def test_the_main_job_on_what_a_newcomer_gets(demo, capsys):
    folder, port = demo
    with open(os.path.join(folder, "credentials.json"), encoding="utf-8") as file:
        credentials = json.load(file)
    loop = main_loop.Loop(credentials["web"], credentials["token"], port + 2, port + 1)
    for number in range(TRIES):
        loop.run(f"newcomer{number}")
    with capsys.disabled():
        print("", *loop.figures(), sep="\n  ")
    # A second start finds its state.
    quickstart(folder, "--port", str(port), "--detach")
    with open(os.path.join(folder, "credentials.json"), encoding="utf-8") as file:
        assert json.load(file)["token"] == credentials["token"]
    assert loop.on_desk("newcomer0@customer.example")
