#!/usr/bin/python3
"""Random conditions against an evaluator of another kind: each is spelled out as every way the unknown facts could be.

A condition is unknown when it is true for some of those ways and false for others, so nothing of the program's
three-valued arithmetic is used here. DEEP=1 asks 50,000; otherwise 3,000.
"""
import itertools
import json
import os
import random
import re
import subprocess
import sys

VOCABULARY = ["printer", "late", "invoice", "money", "back", "urgent", "mill"]
NAMES = {"queue": ["support", "mill", "sales"], "tag": ["vip", "mill", "spam"], "status": ["new", "open", "solved"],
         "language": ["en", "de"], "verdict": ["pass", "fail", "none"]}
TEXTS = {"sender": ["ada@mill.example", "bob@sales.example", "eve@other.example"],
         "form:product": ["engine three", "card", "three cards"]}
DOMAINS = ["mill.example", "post.mill.example", "other.example", "example"]
RANKS = ["low", "normal", "high", "urgent"]


def random_test(rng):
    kind = rng.choice(["name", "text", "domain", "words", "number", "duration", "rank"])
    few = lambda values: rng.sample(values, rng.randint(1, 2))
    if kind == "name":
        field = rng.choice(list(NAMES))
        op = rng.choice(["is", "is_not", "exists", "absent"])
        test = {"field": field, "op": op}
        return test if op in ("exists", "absent") else {**test, "values": few(NAMES[field])}
    if kind == "text":
        field = rng.choice(list(TEXTS))
        op = rng.choice(["is", "is_not", "contains", "begins", "ends", "exists", "absent"])
        if op in ("exists", "absent"):
            return {"field": field, "op": op}
        whole = rng.choice(TEXTS[field])
        cut = rng.randrange(1, len(whole))
        return {"field": field, "op": op, "values": [rng.choice([whole, whole[:cut].strip(), whole[cut:].strip()])]}
    if kind == "domain":
        return {"field": "sender_domain", "op": rng.choice(["is", "is_not", "within"]), "values": few(DOMAINS)}
    if kind == "words":
        phrases = [" ".join(rng.choices(VOCABULARY, k=rng.randint(1, 2))) for _ in range(rng.randint(1, 3))]
        return {"field": rng.choice(["subject", "body"]), "op": rng.choice(["has", "has_exact", "lacks"]),
                "values": phrases}
    if kind == "number":
        return {"field": rng.choice(["messages", "contacts:7"]), "op": rng.choice(["is", "at_least", "at_most"]),
                "value": rng.randint(0, 3)}
    if kind == "duration":
        return {"field": rng.choice(["waiting", "age"]), "op": rng.choice(["at_least", "at_most"]),
                "value": rng.choice(["60 min", "1 h", "2 h", "1 d"])}
    return {"field": "priority", "op": rng.choice(["is", "is_not", "at_least", "at_most"]), "value": rng.choice(RANKS)}


def random_condition(rng, depth=0):
    kind = rng.choice(["test"] * 3 + ["all", "any", "not"]) if depth < 4 else "test"
    if depth == 0:
        kind = rng.choice(["all", "any", "not"])
    if kind == "test":
        return random_test(rng)
    if kind == "not":
        return {"not": random_condition(rng, depth + 1)}
    return {kind: [random_condition(rng, depth + 1) for _ in range(rng.randint(0, 3))]}


def random_facts(rng):
    facts = {}
    for field, values in {**NAMES, **TEXTS}.items():
        facts[field] = rng.sample(values, rng.randint(0, 1 if field != "tag" else 2))
    facts["sender_domain"] = [rng.choice(DOMAINS)]
    facts["subject"] = " ".join(rng.choices(VOCABULARY, k=rng.randint(0, 5)))
    facts["body"] = ", ".join(rng.choices(VOCABULARY, k=rng.randint(0, 5))).title()
    facts["messages"], facts["contacts:7"] = rng.randint(0, 3), rng.randint(0, 3)
    facts["waiting"], facts["age"] = rng.choice([0, 3599, 3600, 7200]), rng.choice([0, 3600, 86400])
    facts["priority"] = [rng.choice(RANKS)]
    for field in rng.sample(list(facts), rng.choice([0, 0, 1, 2, 4])):
        del facts[field]
    return facts


def seconds(text):
    return int(text.split()[0]) * {"min": 60, "h": 3600, "d": 86400}[text.split()[1]]


def holds(test, fact):
    op, values = test["op"], test.get("values", [test.get("value")])
    if test["field"] in ("subject", "body"):
        words = " " + " ".join(re.findall(r"\w+", fact.lower())) + " "
        return any(f" {v} " in words for v in values) != (op == "lacks")
    if test["field"] == "priority" and op.startswith("at_"):
        have, want = RANKS.index(fact[0]), RANKS.index(values[0])
        return have >= want if op == "at_least" else have <= want
    if isinstance(fact, int):
        want = seconds(values[0]) if isinstance(values[0], str) else values[0]
        return {"is": fact == want, "at_least": fact >= want, "at_most": fact <= want}[op]
    if op in ("exists", "absent"):
        return (len(fact) > 0) == (op == "exists")
    match = {"is": lambda f, v: f == v, "is_not": lambda f, v: f == v, "contains": lambda f, v: v in f,
             "begins": lambda f, v: f.startswith(v), "ends": lambda f, v: f.endswith(v),
             "within": lambda f, v: f == v or f.endswith("." + v)}[op]
    return any(match(f, v) for f in fact for v in values) != (op == "is_not")


def truths(condition, facts):
    """The truths of all tests in reading order; None where a fact is unknown."""
    if "field" in condition:
        return [holds(condition, facts[condition["field"]]) if condition["field"] in facts else None]
    children = condition.get("all", condition.get("any", [condition["not"]] if "not" in condition else []))
    return [t for child in children for t in truths(child, facts)]


def value(condition, given):
    if "field" in condition:
        return next(given)
    if "not" in condition:
        return not value(condition["not"], given)
    values = [value(child, given) for child in condition.get("all", condition.get("any"))]
    return all(values) if "all" in condition else any(values)


def expected(condition, facts):
    """Tests of unknown facts are taken as independent of each other."""
    known = truths(condition, facts)
    holes = [i for i, t in enumerate(known) if t is None]
    answers = set()
    for ways in itertools.product([False, True], repeat=len(holes)):
        filled = list(known)
        for i, way in zip(holes, ways):
            filled[i] = way
        answers.add(value(condition, iter(filled)))
    return "unknown" if len(answers) == 2 else str(answers.pop()).lower()


def main():
    program = os.path.join(os.environ.get("TOP_BUILDDIR", "."), "tests/unit/rule-probe")
    seed = int(os.environ.get("SEED", "7"))
    rng = random.Random(seed)
    cases = []
    while len(cases) < (50000 if os.environ.get("DEEP") == "1" else 3000):
        condition, facts = random_condition(rng), random_facts(rng)
        if sum(t is None for t in truths(condition, facts)) <= 10:
            cases.append((condition, facts))
    lines = [json.dumps({"rule": {"name": "r", "on": ["arrival"], "if": c, "then": [{"do": "raise"}]}, "facts": f})
             for c, f in cases]
    done = subprocess.run([program], input="\n".join(lines) + "\n", text=True, capture_output=True)
    got = done.stdout.splitlines()
    wrong = [(c, f, e, g) for (c, f), e, g in zip(cases, (expected(*case) for case in cases), got) if e != g]
    print("1..1")
    for case in wrong[:5]:
        print("#", *(json.dumps(part) for part in case))
    fine = not wrong and len(got) == len(cases) and {"true", "false", "unknown"} <= set(got)
    print(f"{'ok' if fine else 'not ok'} 1 - {len(cases)} conditions (seed {seed}) are as the oracle says {done.stderr}")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
