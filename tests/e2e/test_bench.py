"""The benchmark still runs, and says what it is asked for. How fast anything is, it does not matter here."""
import json
import os
import signal
import subprocess
import sys

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench", "run")

# What a figure's name begins with, its unit, and whether a limit stands beside it.
FILING = [("mails/s", "", True), ("the database's CPU a mail", "ms", True), ("own CPU a mail, clerk", "ms", False),
          ("own CPU a mail, parse", "ms", False), ("waits for rows", "", False), ("deadlocks", "", False), ("statements a mail", "", False)]
PAGE = [("pages/s", "", True), ("p50 at half of it", "ms", True), ("p99 at half of it", "ms", True),
        ("own CPU a page", "ms", False), ("the database's CPU a page", "ms", False)]
WALK = [("tickets a second", "", False), ("rows read, a ticket", "", False), ("the clerk's PSS", "MiB", False)]
PARTS = {"filing, 1 clerk": FILING, "filing, 2 clerks": FILING, "filing plain mail, 1 clerk": FILING,
         "recompute, 250 tickets": [("unsolved ones a second", "", False), ("longest lock", "ms", False),
                                    ("reader beside it, p99", "ms", True), ("writer beside it, p99", "ms", True)],
         "replay of a policy, 250 tickets": WALK, "replay of a rule, 250 tickets": WALK,
         "filing plain mail, 2 clerks": FILING, "fetching": [("mails/s", "", True)],
         "desk, queue": PAGE, "desk, ticket": PAGE, "desk, search": PAGE, "desk, API, list": PAGE,
         "help, home": PAGE, "help, article": PAGE, "help, search": PAGE, "help, completion": PAGE}


def run(*words):
    """What the benchmark prints; when it hangs it is asked to clean up."""
    process = subprocess.Popen([sys.executable, RUN, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, err = process.communicate(timeout=600)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == 0, err + out
    return out


def test_the_benchmark_says_what_it_is_asked_for(folder, first_data):
    out = run("--tiny", "--json", "--at", folder, "--data", first_data)
    figures = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    for part, wanted in PARTS.items():
        of_part = {figure["what"].partition(": ")[2]: figure for figure in figures if figure["what"].startswith(part)}
        for what, unit, has_limit in wanted:
            found = [figure for name, figure in of_part.items() if name.startswith(what)]
            assert found, f"{part} says nothing of {what}: {list(of_part)}"
            assert all(figure["unit"] == unit and (figure["limit"] is not None) == has_limit for figure in found), found
    assert all(figure["ours"] > 0 for figure in figures if figure["what"].endswith("/s"))
    roles = {figure["what"].partition(", ")[2].partition(":")[0] for figure in figures if figure["what"].startswith("memory idle")}
    assert roles >= {"clerk", "parse", "send", "web", "mariadbd", "supervisor", "all of ours"}, roles
    assert not os.path.exists(folder), "the benchmark left something behind"
