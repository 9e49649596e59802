#!/usr/bin/python3
"""Business hours against an oracle of another kind: Python's zoneinfo, spans merged as sets.

Every case is a random calendar and a random question, most of them around a change of the zone's clock. DEEP=1 asks
100,000 cases of up to 14 days and 200 of five years; otherwise a thousand and twenty.
"""
import bisect
import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
import zoneinfo

UTC = dt.timezone.utc
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
ZONES = ["Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC",
         "Africa/Casablanca", "Pacific/Apia", "America/St_Johns", "Asia/Beirut", "Pacific/Chatham", "America/Santiago"]
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ONE = dt.timedelta(days=1)


def shown(zone, second):
    """What the zone's clock shows, as seconds since 1970."""
    moment = (EPOCH + dt.timedelta(seconds=second)).astimezone(zone)
    return int((moment.replace(tzinfo=UTC) - EPOCH).total_seconds())


def day_offsets(zone, day, known={}):
    """The offsets that the zone has on a day of UTC, looked at every hour."""
    key = zone.key, day
    if key not in known:
        known[key] = {shown(zone, t) - t for t in range(day * 86400, (day + 1) * 86400, 3600)}
    return known[key]


def first_showing(zone, date, second_of_day):
    """The first instant whose clock reading is the wanted one, or, where there is none, the first that is later."""
    wanted = int((dt.datetime(date.year, date.month, date.day, tzinfo=UTC) - EPOCH).total_seconds()) + second_of_day
    offsets = set().union(*(day_offsets(zone, wanted // 86400 + k) for k in range(-3, 4)))
    exact = [wanted - o for o in offsets if shown(zone, wanted - o) == wanted]
    if exact:
        return min(exact)
    start, end = wanted - 50 * 3600, wanted + 50 * 3600
    return start + bisect.bisect_left(range(start, end), True, key=lambda t: shown(zone, t) >= wanted)


def seconds_of(text):
    parts = [int(p) for p in text.split(":")]
    return parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)


def day_spans(calendar, date):
    """The spans that start on a date; kept beside the calendar."""
    known = calendar.setdefault("known", {})
    if date not in known:
        zone = zoneinfo.ZoneInfo(calendar["zone"])
        holidays = {h["date"] if isinstance(h, dict) else h for h in calendar["holidays"]}
        known[date] = []
        if date.isoformat() not in holidays and date.isoformat()[5:] not in holidays:
            for start, end in calendar["week"].get(DAYS[date.weekday()], []):
                a, b = seconds_of(start), seconds_of(end)
                a_at = first_showing(zone, date, a)
                b_at = first_showing(zone, date + ONE, b) if b < a else first_showing(zone, date, b)
                if a_at < b_at:
                    known[date].append((a_at, b_at))
    return known[date]


def spans(calendar, first, last):
    out = []
    date = first
    while date <= last:
        out += day_spans(calendar, date)
        date += ONE
    merged = []
    for a, b in sorted(out):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return merged


def local_date(calendar, second):
    return (EPOCH + dt.timedelta(seconds=second)).astimezone(zoneinfo.ZoneInfo(calendar["zone"])).date()


def between(calendar, a, b):
    if b <= a:
        return 0
    reach = 3 * ONE
    return sum(max(0, min(e, b) - max(s, a))
               for s, e in spans(calendar, local_date(calendar, a) - reach, local_date(calendar, b) + reach))


def add(calendar, start, seconds):
    if seconds == 0:
        return start
    if not any(seconds_of(s) != seconds_of(e) for day in calendar["week"].values() for s, e in day):
        return None
    step = 20
    while True:
        left = seconds
        day = local_date(calendar, start)
        for s, e in spans(calendar, day - 3 * ONE, day + step * ONE):
            s = max(s, start)
            if s >= e:
                continue
            if left <= e - s:
                return s + left
            left -= e - s
        step *= 4
        if step > 40000:
            return None


def write(second):
    return (EPOCH + dt.timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")


def random_time(rng, last=86400):
    second = rng.choice([rng.randrange(0, 24) * 3600, rng.randrange(0, 1440) * 60, rng.randrange(0, 86400), last])
    text = f"{second // 3600:02d}:{second // 60 % 60:02d}"
    return text if second % 60 == 0 else f"{text}:{second % 60:02d}"


def random_calendar(rng, near):
    zone = rng.choice(ZONES)
    week = {}
    for day in DAYS:
        if rng.random() < 0.75:
            week[day] = [[random_time(rng, 0), random_time(rng)] for _ in range(rng.choice([1, 1, 2, 3]))]
    holidays = sorted({(near + rng.randrange(-10, 20) * ONE).isoformat() for _ in range(rng.randrange(0, 5))})
    holidays = [h[5:] if rng.random() < 0.3 else h for h in holidays]  # every year
    holidays = [{"date": h, "name": "Holiday"} if rng.random() < 0.3 else h for h in holidays]
    return {"zone": zone, "week": week, "holidays": holidays}


def changes(zone_name, year):
    zone = zoneinfo.ZoneInfo(zone_name)
    start = int((dt.datetime(year, 1, 1, tzinfo=UTC) - EPOCH).total_seconds())
    found = []
    for hour in range(0, 366 * 24, 6):
        a, b = start + hour * 3600, start + (hour + 6) * 3600
        if shown(zone, b) - shown(zone, a) != b - a:
            found.append(b)
    return found or [start + 40 * 86400]


def main():
    program = os.path.join(os.environ.get("TOP_BUILDDIR", "."), "postern")
    deep = os.environ.get("DEEP") == "1"
    many, long = (100000, 200) if deep else (1000, 20)
    seed = int(os.environ.get("SEED", "7"))
    rng = random.Random(seed)
    known = {}
    wrong = []
    asked = 0
    calendars = (many + long) // 20
    print("1..1")
    for number in range(calendars):
        zone_year = (rng.choice(ZONES), rng.randrange(2005, 2037))
        near = rng.choice(known.setdefault(zone_year, changes(*zone_year)))
        calendar = random_calendar(rng, local_date({"zone": "UTC"}, near))
        if rng.random() < 0.8:
            calendar["zone"] = zone_year[0]
        questions, answers = [], []
        for k in range(20):
            at = near + rng.randrange(-3 * 86400, 3 * 86400)
            reach = 14 * 86400
            if k == 0 and number < long:
                reach = 5 * 365 * 86400
            if rng.random() < 0.5:
                end = at + rng.randrange(0, reach)
                questions.append(f"between {write(at)} {write(end)}")
                answers.append(str(between(calendar, at, end)))
            else:
                seconds = rng.randrange(0, reach // 4) if rng.random() < 0.95 else 0
                due = add(calendar, at, seconds)
                questions.append(f"add {write(at)} {seconds}")
                answers.append("never" if due is None else write(due))
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({key: calendar[key] for key in ("zone", "week", "holidays")}, file)
            file.flush()
            done = subprocess.run([program, "hours", "--calendar", file.name, "--batch"], text=True,
                                  input="\n".join(questions) + "\n", capture_output=True)
        got = done.stdout.splitlines()
        asked += len(questions)
        if len(got) != len(questions):
            wrong.append((calendar, done.stderr, done.returncode))
            continue
        wrong += [(calendar, q, a, g) for q, a, g in zip(questions, answers, got) if a != g]
        if len(wrong) > 5:
            break
    for case in wrong[:5]:
        print("#", *case)
    print(f"{'not ok' if wrong else 'ok'} 1 - {asked} questions (seed {seed}) are answered as the oracle does")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
