"""A whole gateway for a test: its folder, its settings, its commands, and the process of `postern serve`.

As root the settings say `user = nobody`, so that nothing of it runs as root.
"""
import json
import os
import pwd
import signal
import subprocess
import urllib.error
import urllib.request

import servers

POSTERN = os.path.join(os.environ.get("TOP_BUILDDIR", os.path.join(os.path.dirname(__file__), "..", "..")), "postern")


def processes():
    """{pid: (parent, command line)} of all there are."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                after = file.read().rpartition(")")[2].split()
            with open(f"/proc/{name}/cmdline", "rb") as file:
                words = file.read().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        if after[0] != "Z":
            found[int(name)] = (int(after[1]), words)
    return found


def descendants(pid):
    """{pid: command line} of everything below `pid`."""
    everything = processes()
    below = {pid}
    grew = True
    while grew:
        more = {child for child, (parent, _) in everything.items() if parent in below} - below
        below |= more
        grew = bool(more)
    return {child: everything[child][1] for child in below - {pid} if child in everything}


def has_test_hooks():
    with open(os.path.join(os.path.dirname(POSTERN), "config.h"), encoding="utf-8") as file:
        return "#define PN_TEST_HOOKS 1" in file.read()


class Gateway:
    """folder/postern.conf, folder/data, folder/log. `settings` is {group: {key: value}} over what is made up here;
    `template` a data directory of a stopped gateway to start from, which saves the time of the first start."""

    def __init__(self, folder, settings=None, environment=None, template=None):
        self.folder = folder
        self.data = os.path.join(folder, "data")
        self.conf = os.path.join(folder, "postern.conf")
        self.log_path = os.path.join(folder, "log")
        self.port = servers.free_port()
        self.process = None
        self.environment = dict(environment or {})
        self.settings = {"paths": {"data": self.data}, "web": {"listen": f"127.0.0.1:{self.port}"},
                         "database": {"buffer_mb": "16"}}
        if os.getuid() == 0:
            self.settings["paths"]["user"] = "nobody"
        for group, values in (settings or {}).items():
            self.settings.setdefault(group, {}).update(values)
        os.makedirs(folder, exist_ok=True)
        if template is None:
            os.makedirs(self.data, mode=0o700, exist_ok=True)
        else:
            subprocess.run(["cp", "-a", "--sparse=always", template, self.data], check=True)
        self.write_settings()
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.data, nobody.pw_uid, nobody.pw_gid)

    def write_settings(self):
        with open(self.conf, "w", encoding="utf-8") as file:
            for group, values in self.settings.items():
                file.write(f"[{group}]\n")
                file.writelines(f"{key} = {value}\n" for key, value in values.items())

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def run_path(self):
        return os.path.join(self.data, "run")

    def get(self, path, token=None):
        """(status, text) of a page, or with a token of the API."""
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {token}"} if token else {})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode()

    def env(self):
        return {**os.environ, "POSTERN_CONF": self.conf, **self.environment}

    def run(self, *words, text=None, check=True):
        """Runs a command. `text` is its stdin, str or bytes. What it printed is in .stdout and .stderr, as text."""
        given = text.encode() if isinstance(text, str) else text
        done = subprocess.run([POSTERN, *words], input=given if given is not None else b"", capture_output=True,
                              env=self.env(), timeout=300, check=False)
        done.stdout = done.stdout.decode(errors="replace")
        done.stderr = done.stderr.decode(errors="replace")
        assert not check or done.returncode == 0, f"postern {words}: {done.returncode} {done.stderr}"
        return done

    def json(self, *words, text=None):
        """What a command prints as one JSON object."""
        return json.loads(self.run(*words, "--json", text=text).stdout)

    def json_lines(self, *words):
        return [json.loads(line) for line in self.run(*words, "--json").stdout.splitlines()]

    def deliver(self, raw, mailbox="support", wait=True):
        """Hands a mail in as an MTA would; what became of it."""
        return self.json("deliver", "--mailbox", mailbox, *(["--wait"] if wait else []), text=raw)

    def start(self, wait=True):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([POSTERN, "serve"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=self.env(), start_new_session=True)
        if wait:
            self.wait_until_well()
        return self

    def health(self):
        """The rows of the health file by role; {} when there is none."""
        try:
            with open(os.path.join(self.run_path, "health.json"), encoding="utf-8") as file:
                document = json.load(file)
        except (OSError, ValueError):
            return {}
        return {row["role"]: row for row in document["roles"]}

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def is_well(self):
        assert self.process.poll() is None, f"postern serve ended with {self.process.returncode}:\n{self.log()}"
        rows = self.health()
        return "all-running" in self.log() and bool(rows) and all(
            row["state"] == "running" and row["sentence"] is None for row in rows.values())

    def wait_until_well(self):
        try:
            servers.wait_for(self.is_well, "all roles to run")
        except AssertionError as problem:
            raise AssertionError(f"{problem}\n{self.health()}\n{self.log()}") from None

    def wait_for_role(self, role, condition, what):
        """Waits until condition(row) holds for a role's row of the health file."""
        def look():
            row = self.health().get(role)
            return row is not None and condition(row)
        try:
            servers.wait_for(look, what)
        except AssertionError as problem:
            raise AssertionError(f"{problem}\n{self.health()}\n{self.log()}") from None

    def stop(self):
        """Stops it as systemd would, and returns its exit code."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(servers.DEADLINE)
        finally:
            self.kill()
        return code

    def kill(self):
        """Ends it at once, whatever it is doing; waits until nothing of it is left."""
        if self.process is None:
            return
        below = descendants(self.process.pid)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process = None
        servers.wait_for(lambda: not [pid for pid in below if processes().get(pid, (0, ""))[1] == below[pid]],
                         f"the processes below the supervisor to end: {below}")
