#!/usr/bin/python3
"""What ladders fire against a model of another kind, written from ticketing/ladder.h, escalation.h and team.h.

A month of a busy house: three calendars, three policies, two ladders with quiet hours, pauses, answers, staff who take
tickets, acknowledge and go away, and a clerk that is down for a night and for two days. The house lives it twice: many
tickets in memory (month-probe), by all that decides in it, and fewer in a real database (ladder-probe), so that what
keeps them is proved too. The model asks of each ticket alone, at each instant of the clerk, what the documents say.
Compared are each firing (ticket, metric, round, step, instant, when it was reached, its due time), the persons told and
their order, the letters, and all due times at the end. In memory 2,000 tickets, DEEP=1: 50,000; in the database 300,
DEEP=1: 2,000. TICKETS=n: so many in both.
"""
import bisect
import heapq
import importlib.util
import itertools
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time

here = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("sla_oracle", os.path.join(here, "../unit/sla-oracle.py"))
sys.dont_write_bytecode = True
sla = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sla)

MINUTE, DAY, NEVER = sla.MINUTE, sla.DAY, sla.NEVER
AFTER = 40 * sla.SECOND  # acts lie on whole minutes, ticks that much behind one
IN_A_LETTER = 100
STATES = ["running", "paused", "met", "missed", "dropped"]

CALENDARS = {"office": sla.MONTH_BOOK["calendars"]["1"], "shop": sla.MONTH_BOOK["calendars"]["2"],
             "round": sla.MONTH_BOOK["calendars"]["3"],
             "waking": {"zone": "Europe/Berlin", "holidays": ["2026-03-25"],
                        "week": {d: [["07:00", "22:00"]] for d in sla.hours.DAYS}}}
QUEUES = ["mill", "loom"]
AGENTS = ["ada", "babbage", "curie", "dirac", "euler"]
TEAMS = [{"name": "engines", "queues": ["mill"],
          "members": [{"agent": "ada", "is_lead": True, "on_call": 3, "calendar": None},
                      {"agent": "babbage", "is_lead": False, "on_call": 1, "calendar": "office"},
                      {"agent": "curie", "is_lead": False, "on_call": 2, "calendar": None}]},
         {"name": "weavers", "queues": ["loom", "mill"],
          "members": [{"agent": "dirac", "is_lead": True, "on_call": 0, "calendar": None},
                      {"agent": "euler", "is_lead": False, "on_call": 1, "calendar": "shop"}]}]


def policy(name, calendar, base, **conditions):
    return {"name": name, "title": name, "calendar": calendar, "is_enabled": True,
            "targets": {m: {p: base * factor // share for p, share in zip(sla.PRIORITIES, [1, 2, 4, 8])}
                        for m, factor in zip(sla.METRICS, [1, 1, 6, 8])},
            "pauses": {"first_response": [], "next_response": ["on_hold"], "periodic_update": ["waiting"],
                       "resolution": ["waiting", "on_hold"]},
            "conditions": dict({"queues": [], "organisations": [], "levels": [], "tags": [], "forms": [],
                                "languages": []}, **conditions)}


POLICIES = [policy("gold", "round", 160, tags=["gold"]), policy("loom", "shop", 320, queues=["loom"]),
            policy("common", "office", 480)]
LADDERS = [
    {"name": "standard", "title": "Standard", "is_default": True, "policies": [], "calendar": "waking",
     "steps": [{"percent": 75, "notify": ["owner"]},
               {"percent": 100, "notify": ["leads"], "priority": "raise", "tag": "late"},
               {"percent": 150, "metrics": ["first_response", "resolution"], "assign": "on_call", "notify": ["owner"]},
               {"minutes": 180, "urgent": True, "agents": ["curie"], "addresses": ["boss@demo.example"]},
               {"minutes": -30, "metrics": ["resolution"], "notify": ["on_call"]}]},
    {"name": "gold", "title": "Gold", "is_default": False, "policies": ["gold"], "calendar": None,
     "steps": [{"percent": 50, "notify": ["owner"], "note": "Look at it."},
               {"percent": 100, "metrics": ["first_response", "next_response"], "assign": "lead",
                "notify": ["on_call", "owner"]},
               {"percent": 200, "queue": "loom", "addresses": ["boss@demo.example"]}]}]
for each in LADDERS:
    for number, step in enumerate(each["steps"], 1):
        step["key"] = number


# The scenario.


def ticket_acts(rng, number, start):
    """What happens to a ticket, on whole minutes that differ."""
    at = start + rng.randrange(0, 30 * DAY // MINUTE) * MINUTE
    acts = [[at, "open", number, rng.choice(["mill", "mill", "loom"]), rng.choice(sla.PRIORITIES),
             ["gold"] if rng.random() < 0.15 else []], [at, "customer", number]]

    def later(hours):
        nonlocal at
        at += (1 + int(rng.expovariate(1 / (hours * 60)))) * MINUTE
        return at
    if rng.random() < 0.4:
        acts.append([later(2), "assign", number, rng.choice(AGENTS)])
    if rng.random() < 0.2:
        acts.append([later(5), "hold", number, at + rng.choice([1, 6, 24, 72]) * 60 * MINUTE])
        if rng.random() < 0.2:
            acts.append([later(3), "hold", number, 0])
    for _ in range(rng.randrange(0, 3)):
        acts.append([later(2), "answer", number])
        acts.append([later(0.1), "status", number, rng.choice(["open", "waiting", "waiting", "on_hold", "solved"])])
        if rng.random() < 0.2:
            acts.append([later(1), "priority", number, rng.choice(sla.PRIORITIES)])
        if rng.random() < 0.6:
            acts.append([later(20), "customer", number])
    if rng.random() < 0.9:
        acts.append([later(8), "status", number, "solved"])
    return acts


def presences(rng, start):
    acts = []
    for day in range(31):
        for agent in AGENTS:
            if rng.random() < 0.3:
                at = start + day * DAY + rng.randrange(0, 1440) * MINUTE
                until = rng.choice([0, at + rng.randrange(1, 30) * 60 * MINUTE])
                acts.append([at, "presence", agent, rng.choice(["away", "off", "available"]), until])
    return acts


def make_scenario(rng, tickets, period):
    start = int(sla.dt.datetime(2026, 3, 1, tzinfo=sla.dt.timezone.utc).timestamp()) * sla.SECOND
    down = [(start + 9 * DAY, start + 9 * DAY + 14 * 60 * MINUTE), (start + 20 * DAY, start + 22 * DAY)]
    end = start + 34 * DAY
    births = [[act for act in ticket_acts(rng, 0, start) if act[0] < end] for _ in range(tickets)]
    births.sort(key=lambda acts: acts[0][0])
    for number, acts in enumerate(births, 1):
        for act in acts:
            act[2] = number
    ticks = [t + AFTER for t in range(start, end + period, period)
             if not any(a <= t < b for a, b in down)]
    return {"start": start, "tickets": births, "presences": presences(rng, start), "ticks": ticks}


# The model.


class World:
    def __init__(self, scenario):
        self.book = {"calendars": CALENDARS, "known": {k: sla.Calendar(v) for k, v in CALENDARS.items()},
                     "policies": [dict(p, id=i, created_at=0) for i, p in enumerate(POLICIES, 1)]}
        self.ticks = scenario["ticks"]
        self.presence = {agent: [] for agent in AGENTS}
        for act in sorted(scenario["presences"], key=lambda act: act[0]):
            self.presence[act[2]].append(act)

    def tick_from(self, at):
        i = bisect.bisect_left(self.ticks, at)
        return self.ticks[i] if i < len(self.ticks) else None

    def is_there(self, agent, at):
        said = [act for act in self.presence[agent] if act[0] <= at]
        return not said or said[-1][3] == "available" or (said[-1][4] and said[-1][4] <= at)

    def teams_of(self, queue):
        return [team for team in sorted(TEAMS, key=lambda team: team["name"]) if queue in team["queues"]]

    def on_call(self, queue, at):
        for team in self.teams_of(queue):
            for member in sorted((m for m in team["members"] if m["on_call"]), key=lambda m: m["on_call"]):
                hours = member["calendar"] and self.book["known"][member["calendar"]]
                if self.is_there(member["agent"], at) and (not hours or any(hours.between(at, at + 1))):
                    return member["agent"]
        return None

    def leads(self, queue):
        out = [m["agent"] for team in self.teams_of(queue) for m in team["members"] if m["is_lead"]]
        return list(dict.fromkeys(out))

    def wake(self, ladder, at):
        if ladder["calendar"] is None:
            return at
        return next(self.book["known"][ladder["calendar"]].between(at, at + 30 * DAY))[0]

    def ladder_of(self, name):
        return next((one for one in LADDERS if name in one["policies"]),
                    next(one for one in LADDERS if one["is_default"]))


class Ticket:
    def __init__(self, world, acts):
        self.world = world
        at, _, self.number, queue, priority, tags = acts[0]
        self.history = {"opened_at": at, "status": "new", "priority": priority, "queue": queue, "organisation": 0,
                        "level": None, "form": None, "language": None, "tags": tags, "merged_at": 0, "changes": []}
        self.now = {"status": "new", "priority": priority, "queue": queue, "tags": list(tags)}
        self.acts = acts[1:]
        self.owner = None
        self.held_until = 0
        self.fired = {}  # (metric, round) → keys
        self.firings = []  # (tick, due, metric, round, key, reached, deadline, told)

    def change(self, at, kind, value):
        if self.now[kind] != value:
            self.now[kind] = value
            self.history["changes"].append([at, kind, value])

    def take(self, act):
        at, kind = act[:2]
        if kind == "assign":
            self.owner = act[3]
        elif kind == "hold":
            if act[3] <= at:
                self.held_until = 0
            elif self.now["status"] in sla.UNSOLVED and (self.owed() or self.fired):
                self.held_until = act[3]
        elif kind in ("customer", "answer"):
            self.history["changes"].append([at, kind])
            if kind == "answer" and self.now["status"] == "new" or kind == "customer" and self.now["status"] != "new":
                self.change(at, "status", "open")
        else:
            self.change(at, kind, act[3])
            if self.now["status"] not in sla.UNSOLVED:
                self.held_until = 0

    def owed(self):
        """What runs or is paused: (metric, round, policy, deadline, stretches in which the clock runs)."""
        states = sla.states_of(self.history)
        out = []
        for metric in sla.METRICS:
            for number, (start, end, fulfilled) in enumerate(sla.rounds_of(states, metric, 0), 1):
                if end is not None:
                    continue
                deadline = sla.deadline_of(self.world.book, self.history, states, metric, number, start, end, fulfilled)
                if deadline:
                    chosen = self.world.book["policies"][deadline[3] - 1]
                    target = chosen["targets"][metric][states[-1]["priority"]] * MINUTE
                    running, _ = sla.stretches_of(chosen, states, metric, start, end)
                    out.append((metric, number, chosen, target, deadline[6], running))
        return out

    def plans(self):
        """The next step of each round that is owed: (due, metric, round, ladder, step, reached, deadline)."""
        out = []
        for metric, number, chosen, target, due, running in self.owed():
            ladder = self.world.ladder_of(chosen["name"])
            calendar = self.world.book["known"][chosen["calendar"]]
            left = []
            for position, step in enumerate(ladder["steps"]):
                if step["key"] in self.fired.get((metric, number), ()) or metric not in step.get("metrics", [metric]):
                    continue
                if "percent" in step:
                    reached, _ = sla.measure(calendar, running, target // 100 * step["percent"])
                else:
                    reached = due + step["minutes"] * MINUTE if due not in (0, NEVER) else due
                if reached not in (0, NEVER):
                    ready = reached if step.get("urgent") else self.world.wake(ladder, reached)
                    left.append([reached, position, ready, step])
            if not left:
                continue
            left.sort(key=lambda plan: plan[:2])
            reached, _, _, step = left[0]
            ready = min(plan[2] for plan in left)  # what is urgent takes those before it along
            out.append((max(ready, self.held_until), sla.METRICS.index(metric), number, ladder, step, reached, due))
        return out

    def told_by(self, step, at):
        circle = []
        notify = step.get("notify", [])
        if "owner" in notify and self.owner:
            circle.append(self.owner)
        if "on_call" in notify or "owner" in notify and not self.owner:
            first = self.world.on_call(self.now["queue"], at)
            circle += [first] if first else self.world.leads(self.now["queue"])
        if "leads" in notify:
            circle += self.world.leads(self.now["queue"])
        circle += step.get("agents", [])
        return [f"{agent}@staff.example" for agent in dict.fromkeys(circle)] + step.get("addresses", [])

    def fire(self, plan, at):
        due, metric, number, _, step, reached, deadline = plan
        if "queue" in step:
            self.change(at, "queue", step["queue"])
        if step.get("assign") == "on_call":
            self.owner = self.world.on_call(self.now["queue"], at) or self.owner
        if step.get("assign") == "lead":
            self.owner = (self.world.leads(self.now["queue"]) + [self.owner])[0]
        if step.get("priority") == "raise":
            rank = sla.PRIORITIES.index(self.now["priority"])
            self.change(at, "priority", sla.PRIORITIES[min(rank + 1, 3)])
        if "tag" in step and step["tag"] not in self.now["tags"]:
            self.now["tags"].append(step["tag"])
            self.history["changes"].append([at, "tag", step["tag"]])
        self.fired.setdefault((sla.METRICS[metric], number), set()).add(step["key"])
        self.firings.append((at, due, metric, number, step["key"], reached, deadline, self.told_by(step, at)))

    def live(self):
        tick = 0
        plans = []
        while True:
            plan = min(plans, key=lambda p: p[:3]) if plans else None
            fires_at = self.world.tick_from(max(plan[0], tick)) if plan else None
            acts_at = self.world.tick_from(self.acts[0][0]) if self.acts else None
            if acts_at is not None and (fires_at is None or acts_at <= fires_at):
                while self.acts and self.world.tick_from(self.acts[0][0]) == acts_at:
                    self.take(self.acts.pop(0))
                tick = acts_at
            elif fires_at is not None:
                self.fire(plan, fires_at)
                tick = fires_at
            else:
                return
            plans = self.plans()

    def deadlines(self):
        for metric, number, state, _, _, _, due, *_ in sla.model(self.world.book, self.history):
            yield (self.number, sla.METRICS.index(metric), number), (STATES.index(state), due)


def order_of(firings):
    """A tick's firings of many tickets, each ticket's in its own order, the earliest due first."""
    heads = [(own[0][1], number, 0, own) for number, own in firings.items()]
    heapq.heapify(heads)
    while heads:
        _, number, at, own = heapq.heappop(heads)
        yield number, own[at]
        if at + 1 < len(own):
            heapq.heappush(heads, (own[at + 1][1], number, at + 1, own))


def live_all(scenario):
    """What each of the tickets fired, and its deadlines at the end."""
    world = World(scenario)
    out = []
    for acts in scenario["tickets"]:
        ticket = Ticket(world, acts)
        ticket.live()
        out.append((ticket.number, ticket.firings, list(ticket.deadlines())))
    return out


def model(scenario):
    """What fired: {(ticket, metric, round, key): …}; told at each tick; deadlines. On all processors."""
    tickets = scenario["tickets"]
    shares = [dict(scenario, tickets=tickets[i:i + 500]) for i in range(0, len(tickets), 500)]
    fired, by_tick, deadlines = {}, {}, {}
    with multiprocessing.Pool() as pool:
        for number, firings, own in itertools.chain.from_iterable(pool.imap(live_all, shares)):
            for firing in firings:
                tick, _, metric, round_number, key, reached, deadline, _ = firing
                fired[number, metric, round_number, key] = (reached, tick, deadline)
                by_tick.setdefault(tick, {}).setdefault(number, []).append(firing)
            deadlines.update(own)
    told = {}
    for tick, firings in by_tick.items():
        rows = [(firing[1], [number, firing[2], firing[3], firing[4], address])
                for number, firing in order_of(firings) for address in firing[7]]
        if rows:
            told[tick] = rows
    return fired, told, deadlines


# The comparison.


def by_names():
    """The house as its database takes it."""
    return {"calendars": CALENDARS, "queues": QUEUES, "agents": AGENTS, "teams": TEAMS, "policies": POLICIES,
            "ladders": LADDERS}


def by_ids():
    """The same with ids for names, from 1."""
    queues, agents, calendars, policies = (
        {name: number for number, name in enumerate(names, 1)}
        for names in (QUEUES, AGENTS, CALENDARS, [policy["name"] for policy in POLICIES]))

    def member(one):
        return dict(one, agent=agents[one["agent"]], calendar=calendars.get(one["calendar"], 0))

    def conditions(one):
        return dict(one["conditions"], queues=[queues[name] for name in one["conditions"]["queues"]])
    return {"calendars": {str(calendars[name]): document for name, document in CALENDARS.items()}, "queues": queues,
            "agents": agents,
            "teams": [dict(team, queues=[queues[name] for name in team["queues"]],
                           members=sorted(map(member, team["members"]), key=lambda m: (m["on_call"] or 99)))
                      for team in sorted(TEAMS, key=lambda team: team["name"])],
            "policies": [dict(one, id=policies[one["name"]], calendar=calendars[one["calendar"]],
                              conditions=conditions(one)) for one in POLICIES],
            "ladders": [dict(one, policies=[policies[name] for name in one["policies"]],
                             calendar=calendars.get(one["calendar"], 0)) for one in LADDERS]}


def live(program, setup, scenario):
    """What the house says: the lines of the probe, and the seconds that it took."""
    acts = [act for acts in scenario["tickets"] for act in acts] + scenario["presences"]
    acts += [[tick, "tick"] for tick in scenario["ticks"]]
    acts.sort(key=lambda act: act[0])
    with tempfile.TemporaryFile("w+") as file:
        for line in [dict(setup, start=scenario["start"] - DAY)] + acts:
            file.write(json.dumps(line) + "\n")
        file.seek(0)
        began = time.monotonic()
        done = subprocess.run([os.path.join(os.environ.get("TOP_BUILDDIR", "."), program)], stdin=file, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # a line for each firing
        took = time.monotonic() - began
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        raise SystemExit(f"Bail out! {program} ended with {done.returncode}")
    return lines, took


def compare_fired(wanted, got):
    seen = {tuple(row[:4]): tuple(row[5:]) for row in got}
    for identity in sorted(wanted.keys() | seen.keys()):
        if wanted.get(identity) != seen.get(identity):
            yield "firing", identity, "model", wanted.get(identity), "house", seen.get(identity)


def orders(rows):
    """What must be alike though steps that are due at one instant may come in any order: each ticket's own sequence, and
    that nothing comes before what was due earlier and known. rows: (due, row)."""
    own, latest, highest = {}, [], 0
    for due, row in rows:
        own.setdefault(row[0], []).append(row)
        highest = max(highest, due)
        latest.append(highest)
    return own, latest


def compare_told(wanted, lines):
    got = {line["tick"]: line for line in lines if "tick" in line}
    for tick in sorted(wanted.keys() | got.keys()):
        want = wanted.get(tick, [])
        line = got.get(tick, {"told": [], "letters": {}})
        if sorted(row for _, row in want) != sorted(line["told"]):
            yield "told at", tick, "model", sorted(row for _, row in want), "house", sorted(line["told"])
            continue
        due_of = {json.dumps(row): due for due, row in want}
        if orders(want) != orders([(due_of[json.dumps(row)], row) for row in line["told"]]):
            yield "order at", tick, "model", [row for _, row in want], "house", line["told"]
        if "letters" not in line:
            continue
        letters = {}
        for _, row in want:
            letters[row[4]] = letters.get(row[4], 0) + 1
        letters = {address: -(-count // IN_A_LETTER) for address, count in letters.items()}
        if letters != line["letters"]:
            yield "letters at", tick, "model", letters, "house", line["letters"]


def compare_deadlines(wanted, got):
    seen = {tuple(row[:3]): (row[3], row[4]) for row in got}
    for identity in sorted(wanted.keys() | seen.keys()):
        if wanted.get(identity) != seen.get(identity):
            yield "deadline", identity, "model", wanted.get(identity), "house", seen.get(identity)


def compare(number, name, program, setup, scenario, seed):
    wanted = model(scenario)
    lines, took = live(program, setup, scenario)
    if lines == [{"skipped": True}]:
        print(f"ok {number} - {name} # SKIP there is no mariadbd", flush=True)
        return True
    fired, told, deadlines = wanted
    end = lines[-1]
    wrong = list(compare_fired(fired, end["fired"])) + list(compare_told(told, lines)) \
        + list(compare_deadlines(deadlines, end["deadlines"]))
    for case in wrong[:5]:
        print("#", *case, sep="\n#   ")
    tickets = len(scenario["tickets"])
    is_fine = not wrong and len(fired) > tickets // 2
    print(f"{'ok' if is_fine else 'not ok'} {number} - {name}: {tickets} tickets, {len(fired)} firings, "
          f"{sum(map(len, told.values()))} told, {len(deadlines)} deadlines, {len(wrong)} differences (seed {seed})")
    print(f"# the house took {took:.1f} s", flush=True)
    return is_fine


def main():
    deep = os.environ.get("DEEP") == "1"
    period = (10 if deep else 30) * MINUTE
    seed = int(os.environ.get("SEED", "17"))
    rng = random.Random(seed)
    few = int(os.environ.get("TICKETS", "2000" if deep else "300"))
    many = int(os.environ.get("TICKETS", "50000" if deep else "2000"))
    print("1..2", flush=True)
    is_fine = compare(1, "a month in memory", "tests/unit/month-probe", by_ids(), make_scenario(rng, many, period), seed)
    is_fine = compare(2, "a month in the database", "tests/db/ladder-probe", by_names(),
                      make_scenario(rng, few, period), seed) and is_fine
    sys.exit(0 if is_fine else 1)


if __name__ == "__main__":
    main()
