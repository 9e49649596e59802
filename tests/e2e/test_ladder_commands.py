"""Ladders, digests and webhooks from the command line: what goes out comes in again; and a clock that leaps."""
import json
import os

import pytest

import gateway as gateways
import servers

STEPS = [{"percent": 75, "notify": ["owner"]}, {"minutes": 60, "urgent": True, "agents": ["ada"], "webhook": "pager"}]


def test_what_goes_out_comes_in_again(gateway):
    gateway.settings["web"]["webhook_hosts"] = "127.0.0.1"
    gateway.write_settings()
    run = gateway.run
    run("queue", "add", "mill")
    run("staff", "add", "ada", "--name", "Ada", "--role", "admin", "--address", "ada@staff.example", "--generate")
    run("team", "add", "engines", "--queues", "mill", "--on-call", "ada", "--hours", "ada=always")
    assert gateway.json_lines("team", "list")[0]["members"][0]["calendar"] == 1
    run("team", "set", "engines", "--members", "ada")
    assert gateway.json_lines("team", "list")[0]["members"][0]["calendar"] == 1
    assert run("team", "set", "engines", "--hours", "ada=moon", check=False).returncode == 65

    run("webhook", "add", "pager", "http://127.0.0.1:9/")
    assert run("webhook", "add", "bad", "http://10.0.0.1/", check=False).returncode == 65
    run("webhook", "set", "pager", "--off")
    assert gateway.json_lines("webhook", "list") == [
        {"id": 1, "name": "pager", "target": "http://127.0.0.1:9/", "is_enabled": False}]
    assert run("webhook", "calls", "pager").stdout == ""
    assert run("webhook", "retry", "7", check=False).returncode == 75

    run("ladder", "import", "late", "-", text=json.dumps({"title": "Late", "calendar": "always", "steps": STEPS}))
    first = gateway.json("ladder", "export", "late")
    assert [step["place"] for step in first["steps"]] == ["75 %", "1 h after"]
    run("ladder", "import", "late", "-", text=json.dumps(first))
    again = gateway.json("ladder", "export", "late")
    assert again == dict(first, version=2)
    assert [version["version"] for version in gateway.json_lines("ladder", "versions", "late")] == [2, 1]
    assert run("ladder", "show", "late").stdout.startswith("75 %\t{")
    wrong = run("ladder", "import", "late", "-", text='{"steps": [{"percent": 5, "do": 1}]}', check=False)
    assert wrong.returncode == 65 and '"do"' in wrong.stderr

    run("digest", "import", "morning", "-", text=json.dumps({"time": "07:30", "zone": "Europe/Berlin", "days": ["mon"],
                                                              "queues": ["mill"], "team": "engines", "agents": ["ada"]}))
    digest = gateway.json("digest", "export", "morning")
    assert digest["time"] == "07:30" and digest["team"] == "engines" and digest["queues"] == ["mill"]
    run("digest", "import", "morning", "-", text=json.dumps(digest))
    assert gateway.json("digest", "export", "morning") == digest
    assert gateway.json("digest", "show", "morning")["total"] == 0
    assert run("digest", "import", "morning", "-", text='{"time": "25:00"}', check=False).returncode == 65
    for what, name in (("ladder", "late"), ("digest", "morning"), ("webhook", "pager")):
        run(what, "remove", name)
        assert run(what, "list").stdout == ""
        assert run(what, "remove", name, check=False).returncode == 66


def test_ladders_and_digests_in_words(gateway):
    run = gateway.run
    run("queue", "add", "mill")
    run("staff", "add", "ada", "--name", "Ada", "--role", "admin", "--address", "ada@staff.example", "--generate")
    run("ladder", "add", "late", "--title", "Late", "--default", "yes", "--calendar", "always")
    run("ladder", "step", "late", "--percent", "75", "--notify", "owner,leads", "--metrics", "resolution")
    made = gateway.json("ladder", "step", "late", "--minutes", "-30", "--agents", "ada", "--urgent", "yes", "--json")
    assert [step["place"] for step in made["steps"]] == ["75 %", "30 min before"]
    assert (made["is_default"], made["calendar"]) == (True, "always")
    run("ladder", "step", "late", "--key", "1", "--minutes", "0", "--metrics", "", "--note", "Now, please.")
    run("ladder", "step", "late", "--key", "2", "--remove", "yes")
    run("ladder", "set", "late", "--calendar", "", "--enabled", "no")
    step, = gateway.json("ladder", "export", "late")["steps"]
    assert (step["place"], step["metrics"], step["notify"], step["note"]) == ("when due", [], ["owner", "leads"], "Now, please.")
    assert run("ladder", "list").stdout == "late\tLate\t1\toff\tdefault\n"
    for words, code, text in [(("set", "early", "--title", "x"), 66, 'no ladder "early"'),
                              (("add", "late"), 75, 'named "late"'),
                              (("set", "late", "--calendar", "moon"), 65, 'no calendar "moon"'),
                              (("set", "late", "--enabled", "maybe"), 64, "maybe"),
                              (("step", "late", "--percent", "many"), 64, '"many"'),
                              (("step", "late", "--percent", "50"), 65, "50 % does nothing"),
                              (("step", "late", "--key", "9", "--tag", "x"), 66, "key 9"),
                              (("step", "late", "--notify", "everybody"), 65, '"notify"')]:
        wrong = run("ladder", *words, check=False)
        assert wrong.returncode == code and text in wrong.stderr, (words, wrong)

    run("digest", "add", "morning", "--time", "07:30", "--zone", "Europe/Berlin", "--days", "mon,tue", "--agents", "ada")
    run("digest", "set", "morning", "--queues", "mill", "--title", "Every morning", "--agents", "",
        "--addresses", "boss@demo.example")
    digest = gateway.json("digest", "export", "morning")
    assert [digest[key] for key in ("title", "time", "days", "queues", "agents", "team")] == \
        ["Every morning", "07:30", ["mon", "tue"], ["mill"], [], None]
    assert run("digest", "set", "morning", "--time", "25:00", check=False).returncode == 65
    assert run("digest", "set", "evening", check=False).returncode == 66


def test_a_clock_that_leaps(gateway):
    if not gateways.has_test_hooks():
        pytest.skip("built without --enable-test-hooks")
    clock = os.path.join(gateway.data, "clock")
    gateway.environment["POSTERN_CLOCK"] = clock

    def show(text):
        with open(clock + ".new", "w", encoding="ascii") as file:
            file.write(text)
        os.chmod(clock + ".new", 0o644)
        os.rename(clock + ".new", clock)

    def finds():
        return "leapt" in gateway.run("doctor", check=False).stdout
    show("0 0\n")
    gateway.start()
    show("90000 0\n")  # a day passes: no leap
    servers.wait_for(lambda: "role-ready role=clerk" in gateway.log(), "the clerk")
    assert not finds()
    show("90000 7200\n")
    servers.wait_for(finds, "the leap to be noticed")
    assert "clock-leapt" in gateway.log() and "by_s=7" in gateway.log()
    show("90000 0\n")
    servers.wait_for(lambda: not finds(), "the leap back to be noticed")
    show("90000 600000\n")
    servers.wait_for(finds, "the other leap to be noticed")
    gateway.run("ladder", "resume")
    assert not finds()
    assert gateway.stop() == 0
