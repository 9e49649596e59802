"""Runs wire-probe, which drives our IMAP and SMTP code, and reads what it says."""
import json
import os
import subprocess

BUILD = os.environ.get("TOP_BUILDDIR") or os.path.join(os.path.dirname(__file__), "..", "..")
PROBE = os.path.join(BUILD, "tests", "e2e", "wire-probe")


def is_sanitized():
    """Sanitizers hold freed memory back, so how much a program takes says nothing."""
    with open(os.path.join(BUILD, "config.h"), encoding="utf-8") as file:
        return "#define PN_SANITIZED 1" in file.read()


class Result:
    """Lines that the probe printed; .error is "" when all went well."""

    def __init__(self, output, code):
        self.lines = [json.loads(line) for line in output.splitlines()]
        self.code = code
        last = self.lines[-1] if self.lines else {"error": f"died with {code}", "message": ""}
        self.error = last.get("error", "")
        self.message = last.get("message", "")

    def value(self, key):
        return next((line[key] for line in self.lines if key in line), None)

    def values(self, key):
        return [line[key] for line in self.lines if key in line]

    def sent(self):
        return [line for line in self.lines if "accepted" in line]


def start(kind, port, *actions, transport="plain", ca=None, user="support", secret="secret", login="password",
          host="localhost", seconds=None, **options):
    words = [PROBE, kind, "--host", host, "--port", str(port), "--transport", transport, "--login", login]
    if ca:
        words += ["--ca", ca]
    if user:
        words += ["--user", user, "--secret", secret]
    for name, value in options.items():
        words += [f"--{name}", str(value)]
    environment = dict(os.environ)
    if seconds:
        environment["POSTERN_WIRE_SECONDS"] = str(seconds)
    return subprocess.Popen([*words, *actions], stdout=subprocess.PIPE, text=True, env=environment)


def run(*words, **options):
    process = start(*words, **options)
    output, _ = process.communicate(timeout=120)
    return Result(output, process.returncode)
