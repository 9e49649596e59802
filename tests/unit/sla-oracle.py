#!/usr/bin/python3
"""The clock of the SLA against a model of another kind, written from the specification in ticketing/sla_clock.h.

The model does not walk along a history: it lists the states after each change, finds the rounds as stretches of that
list, and measures sets of intervals: the calendar's spans (as the oracle of the hours finds them) without the pauses.
Random histories with changes of everything, also at the same instant, then a month of a busy house with three
calendars. DEEP=1: 20,000 histories and 50,000 tickets; otherwise 300 and 300.
"""
import bisect
import datetime as dt
import importlib.util
import json
import os
import random
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("hours_oracle", os.path.join(here, "hours-oracle.py"))
sys.dont_write_bytecode = True
hours = importlib.util.module_from_spec(spec)
spec.loader.exec_module(hours)

SECOND = 1000000
MINUTE = 60 * SECOND
DAY = 86400 * SECOND
NEVER = -1
UNSOLVED = ["new", "open", "waiting", "on_hold"]
STATUSES = UNSOLVED + ["solved", "closed"]
PRIORITIES = ["low", "normal", "high", "urgent"]
METRICS = ["first_response", "next_response", "periodic_update", "resolution"]
TARGETS = [1, 7, 30, 60, 240, 480, 1440, 2880]  # minutes; steps of histories too, so that some end when they are due
REACH = 40  # days that are looked at first


class Calendar:
    """Spans that count, in microseconds, found in growing windows."""

    def __init__(self, document):
        self.document = dict(document)
        self.first = self.last = None
        self.spans = []
        self.is_empty = not any(a != b for day in document["week"].values() for a, b in day)

    def between(self, start, end):
        """The parts of [start, end) that count."""
        first = hours.local_date(self.document, start // SECOND) - 3 * hours.ONE
        last = hours.local_date(self.document, end // SECOND) + 3 * hours.ONE
        if self.first is None or first < self.first or last > self.last:
            self.first = min(first, self.first or first)
            self.last = max(last, self.last or last)
            self.spans = [(a * SECOND, b * SECOND) for a, b in hours.spans(self.document, self.first, self.last)]
        at = bisect.bisect_right(self.spans, (start, 0)) - 1
        for a, b in self.spans[max(at, 0):]:
            if a >= end:
                break
            if max(a, start) < min(b, end):
                yield max(a, start), min(b, end)


def fits(policy, facts):
    wanted = policy["conditions"]
    language = (facts["language"] or "").lower()
    return policy["is_enabled"] and all([
        not wanted["queues"] or facts["queue"] in wanted["queues"],
        not wanted["organisations"] or facts["organisation"] in wanted["organisations"],
        not wanted["levels"] or facts["level"] in wanted["levels"],
        not wanted["tags"] or set(facts["tags"]) & set(wanted["tags"]),
        not wanted["forms"] or facts["form"] in wanted["forms"],
        not wanted["languages"] or any(language == w or language.startswith(w + "-") for w in wanted["languages"])])


def states_of(history):
    """What held before the first change, and after each."""
    state = {"status": history["status"], "priority": history["priority"], "queue": history["queue"],
             "tags": list(history["tags"]), "asked": False, "answered": False, "at": history["opened_at"], "by": None}
    state["unsolved"] = state["status"] in UNSOLVED
    out = [state]
    for change in history["changes"]:
        at, kind = change[:2]
        old = out[-1]
        new = dict(old, at=at, by=kind, tags=list(old["tags"]))
        if kind == "customer":
            new["asked"] = True
        elif kind == "answer":
            new["asked"], new["answered"] = False, True
        elif kind == "tag":
            new["tags"] = [t for t in new["tags"] if t != change[2]] + [change[2]]
        elif kind == "untag":
            new["tags"] = [t for t in new["tags"] if t != change[2]]
        else:
            new[kind] = change[2]
        new["unsolved"] = new["status"] in UNSOLVED
        if old["unsolved"] and not new["unsolved"]:
            new["asked"] = False
        out.append(new)
    return out


def rounds_of(states, metric, merged_at):
    """(index of the state that starts it, index of the state that ends it or None, whether it was fulfilled)."""
    if metric == "resolution":
        on = [s["unsolved"] for s in states]
    elif metric == "periodic_update":
        on = [s["unsolved"] and s["answered"] for s in states]
    else:
        wants = metric == "next_response"
        on = [s["unsolved"] and s["asked"] and s["answered"] == wants for s in states]
    start = None
    for i, state in enumerate(states):
        ends_by_answer = metric == "periodic_update" and state["by"] == "answer"
        if start is not None and (not on[i] or ends_by_answer):
            yield start, i, (metric == "resolution" and state["at"] != merged_at) or state["by"] == "answer"
            start = None
        if start is None and on[i]:
            start = i
    if start is not None:
        yield start, None, False


def measure(calendar, stretches, target):
    """When the target has counted in [from, to) stretches of which the last may be open (to is None); what counted."""
    total = 0
    reached = 0
    for start, end in stretches:
        if end is None:
            if reached:
                break
            if calendar.is_empty:
                return NEVER, total
            reach = REACH * DAY
            while True:
                left = target - total
                for a, b in calendar.between(start, start + reach):
                    if left <= b - a:
                        return a + left, total
                    left -= b - a
                reach *= 4
        for a, b in calendar.between(start, end):
            if not reached and target - total <= b - a:
                reached = a + target - total
            total += b - a
    return reached, total


def stretches_of(policy, states, metric, start, end):
    """The [from, to) in which the clock runs, the last one perhaps open; since when it stands still, 0: it runs."""
    timeline = []  # [from, to, whether it runs]
    for i in range(start, end if end is not None else len(states)):
        runs = states[i]["status"] not in policy["pauses"][metric]
        if timeline and timeline[-1][2] == runs:
            continue
        if timeline:
            timeline[-1][1] = states[i]["at"]
            if timeline[-1][0] == timeline[-1][1]:
                timeline.pop()
            if timeline and timeline[-1][2] == runs:
                timeline[-1][1] = None
                continue
        timeline.append([states[i]["at"], None, runs])
    return [(a, b) for a, b, runs in timeline if runs], 0 if timeline[-1][2] else timeline[-1][0]


def deadline_of(book, history, states, metric, number, start, end, fulfilled):
    judged = states[end - 1] if end is not None else states[-1]
    done = states[end]["at"] if end is not None else 0
    facts = dict(history, queue=judged["queue"], tags=judged["tags"])
    policy = next((p for p in book["policies"] if fits(p, facts)), None)
    if policy is None or (done and done < policy["created_at"]) or str(policy["calendar"]) not in book["calendars"]:
        return None
    target = policy["targets"].get(metric, {}).get(judged["priority"], 0) * MINUTE
    if not target:
        return None
    calendar = book["known"][str(policy["calendar"])]
    since = states[start]["at"]
    running, paused = stretches_of(policy, states, metric, start, end)
    due, _ = measure(calendar, running, target)
    soon, _ = measure(calendar, running, target * 3 // 4)
    counted = 0
    if done or paused:
        counted = sum(b - a for s, e in running for a, b in calendar.between(s, e if e is not None else done))
    if not done:
        state = "running" if due else "paused"
    elif due not in (0, NEVER) and due < done:
        state = "missed"
    else:
        state = "met" if fulfilled else "dropped"
    return [metric, number, state, policy["id"], since, soon, due, paused, counted, done]


def model(book, history):
    states = states_of(history)
    out = []
    for metric in METRICS:
        for number, (start, end, fulfilled) in enumerate(rounds_of(states, metric, history["merged_at"]), 1):
            deadline = deadline_of(book, history, states, metric, number, start, end, fulfilled)
            if deadline:
                out.append(deadline)
    return out


def random_policy(rng, number, calendars, t0, is_last):
    def some(words, share=0.25):
        return rng.sample(words, rng.randrange(1, 3)) if not is_last and rng.random() < share else []
    return {"id": number, "calendar": int(rng.choice(list(calendars))), "is_enabled": is_last or rng.random() < 0.9,
            "created_at": t0 + rng.randrange(0, 5) * DAY if rng.random() < 0.1 else 0,
            "targets": {m: {p: rng.choice(TARGETS) for p in PRIORITIES
                            if rng.random() < 0.9} for m in METRICS},
            "pauses": {m: rng.sample(UNSOLVED, rng.choice([0, 0, 1, 1, 2])) for m in METRICS},
            "conditions": {"queues": some([1, 2, 3]), "organisations": some([5, 6, 7], 0.1),
                           "levels": some(["gold", "silver"]), "tags": some(["vip", "slow", "x"]),
                           "forms": some(["contact", "order"], 0.1), "languages": some(["de", "en", "pt-br"], 0.1)}}


def random_book(rng, t0):
    near = (hours.EPOCH + dt.timedelta(microseconds=t0)).date()
    calendars = {str(i): hours.random_calendar(rng, near) for i in range(1, 4)}
    if rng.random() < 0.5:
        calendars["2"] = {"zone": "UTC", "week": {d: [["00:00", "24:00"]] for d in hours.DAYS}, "holidays": []}
    if rng.random() < 0.05:
        calendars["1"]["week"] = {}
    policies = [random_policy(rng, i, calendars, t0, i == 4) for i in range(1, 5)]
    if rng.random() < 0.05:
        policies[0]["calendar"] = 99
    return {"calendars": calendars, "policies": policies}


def random_change(rng, at):
    kind = rng.choice(["customer", "answer", "status", "status", "status", "priority", "queue", "tag", "untag"])
    if kind == "status":
        return [at, kind, rng.choice(STATUSES + UNSOLVED)]
    if kind == "priority":
        return [at, kind, rng.choice(PRIORITIES)]
    if kind == "queue":
        return [at, kind, rng.randrange(1, 4)]
    if kind in ("tag", "untag"):
        return [at, kind, rng.choice(["vip", "slow", "x"])]
    return [at, kind]


def random_history(rng, t0):
    at = t0 + rng.randrange(0, 10 * DAY)
    history = {"opened_at": at, "status": rng.choice(["new", "new", "open", "waiting"]),
               "priority": rng.choice(PRIORITIES), "queue": rng.randrange(1, 4),
               "organisation": rng.choice([0, 5, 6]), "level": rng.choice([None, "gold", "silver"]),
               "form": rng.choice([None, "contact"]), "language": rng.choice([None, "de", "de-AT", "en", "PT-BR"]),
               "tags": rng.sample(["vip", "slow"], rng.randrange(0, 3)), "merged_at": 0, "changes": []}
    for _ in range(rng.randrange(0, 14)):
        at += rng.choice([0, 1, rng.choice(TARGETS) * MINUTE, rng.randrange(0, 3600) * SECOND,
                          rng.randrange(0, 3 * 86400 * SECOND)])
        history["changes"].append(random_change(rng, at))
    if rng.random() < 0.1:
        at += rng.randrange(1, 86400) * SECOND
        history["changes"].append([at, "status", "closed"])
        history["merged_at"] = at
    return history


OFFICE = [["09:00", "12:00"], ["13:00", "17:30"]]
MONTH_BOOK = {
    "calendars": {
        "1": {"zone": "Europe/Berlin", "week": {d: OFFICE for d in hours.DAYS[:5]}, "holidays": ["2026-03-25"]},
        "2": {"zone": "America/New_York", "week": {d: [["08:00", "20:00"]] for d in hours.DAYS[:6]},
              "holidays": ["03-17"]},
        "3": {"zone": "UTC", "week": {d: [["00:00", "24:00"]] for d in hours.DAYS}, "holidays": []}},
    "policies": [
        {"id": number, "calendar": calendar, "created_at": 0, "is_enabled": True,
         "targets": {m: {p: base * factor // share for p, share in zip(PRIORITIES, [1, 2, 4, 8])}
                     for m, factor in zip(METRICS, [1, 1, 6, 8])},
         "pauses": {"first_response": [], "next_response": ["on_hold"], "periodic_update": ["waiting"],
                    "resolution": ["waiting", "on_hold"]},
         "conditions": dict({"queues": [], "organisations": [], "levels": [], "tags": [], "forms": [],
                             "languages": []}, **conditions)}
        for number, calendar, base, conditions in [(1, 3, 60, {"levels": ["gold"]}), (2, 2, 240, {"queues": [2]}),
                                                   (3, 1, 480, {})]]}


def month_history(rng, t0):
    """A ticket as they come: asked, answered after a while, waited for, solved, now and then reopened."""
    at = t0 + rng.randrange(0, 30 * DAY)
    history = {"opened_at": at, "status": "new", "priority": rng.choice(PRIORITIES), "queue": rng.randrange(1, 3),
               "organisation": 0, "level": "gold" if rng.random() < 0.1 else None, "form": None, "language": "en",
               "tags": [], "merged_at": 0, "changes": [[at, "customer"]]}
    changes = history["changes"]
    status = "new"
    for _ in range(rng.randrange(0, 5)):
        at += int(rng.expovariate(1 / (6 * 3600)) * SECOND)
        changes.append([at, "answer"])
        wanted = rng.choice(["open", "waiting", "waiting", "on_hold", "solved"])
        if wanted != status:
            changes.append([at + 5, "status", wanted])
            status = wanted
        if rng.random() < 0.2:
            changes.append([at + 9, "priority", rng.choice(PRIORITIES)])
        if rng.random() < 0.7:
            at += int(rng.expovariate(1 / (20 * 3600)) * SECOND)
            changes.append([at, "customer"])
            if status != "open":
                changes.append([at + 3, "status", "open"])
                status = "open"
    return history


def compare(program, book, histories):
    lines = [json.dumps({"calendars": book["calendars"], "policies": book["policies"]})]
    lines += [json.dumps(history) for history in histories]
    done = subprocess.run([program], input="\n".join(lines) + "\n", text=True, capture_output=True)
    got = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or len(got) != len(histories):
        return [("the probe ended", done.returncode, done.stderr)], 0
    book["known"] = {key: Calendar(document) for key, document in book["calendars"].items()}
    wanted = [model(book, history) for history in histories]
    wrong = [(json.dumps(history), "model", w, "clock", g) for history, w, g in zip(histories, wanted, got) if w != g]
    return wrong, sum(len(deadlines) for deadlines in wanted)


def report(number, name, wrong, histories, deadlines, seed):
    for case in wrong[:3]:
        print("#", *case, sep="\n#   ")
    is_fine = not wrong and deadlines > histories // 4
    print(f"{'ok' if is_fine else 'not ok'} {number} - {name}: {deadlines} deadlines of {histories} tickets (seed {seed})")
    return is_fine


def main():
    program = os.path.join(os.environ.get("TOP_BUILDDIR", "."), "tests/unit/sla-probe")
    deep = os.environ.get("DEEP") == "1"
    books, tickets = (1000, 50000) if deep else (15, 300)
    seed = int(os.environ.get("SEED", "11"))
    rng = random.Random(seed)
    print("1..2")
    wrong, deadlines = [], 0
    for _ in range(books):
        t0 = int(dt.datetime(rng.randrange(2020, 2030), rng.choice([3, 10, rng.randrange(1, 13)]), rng.randrange(1, 28),
                             tzinfo=dt.timezone.utc).timestamp()) * SECOND
        book = random_book(rng, t0)
        bad, found = compare(program, book, [random_history(rng, t0) for _ in range(20)])
        wrong += bad
        deadlines += found
        if len(wrong) > 3:
            break
    is_fine = report(1, "random histories", wrong, books * 20, deadlines, seed)
    t0 = int(dt.datetime(2026, 3, 1, tzinfo=dt.timezone.utc).timestamp()) * SECOND
    wrong, deadlines = compare(program, MONTH_BOOK, [month_history(rng, t0) for _ in range(tickets)])
    is_fine = report(2, "a month", wrong, tickets, deadlines, seed) and is_fine
    sys.exit(0 if is_fine else 1)


if __name__ == "__main__":
    main()
