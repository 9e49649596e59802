"""Lint: what every rule needs. A rule is a function (path, text) -> list of complaints; it must be able to fail."""
import os
import re

TOP = os.environ.get("TOP_SRCDIR") or os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
FOLDERS = ("ticketing", "kb", "templates", "gateway", "tests", "contrib")
MADE = ("-resources.c", "-resources.h")
done = 0


def files(*suffixes):
    """All our files with one of the suffixes, as paths from the root, sorted."""
    found = []
    for folder in FOLDERS:
        for here, folders, names in os.walk(os.path.join(TOP, folder)):
            folders[:] = [name for name in folders if name not in ("tmp", ".deps", "build-aux", "__pycache__", "joined")]
            found += [os.path.relpath(os.path.join(here, name), TOP) for name in names
                      if name.endswith(suffixes) and not name.endswith(MADE)]
    return sorted(found)


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def without_comments(text):
    """C without its comments; lines keep their numbers, literals are kept."""
    def blank(match):
        piece = match.group(0)
        return piece if piece[0] in "\"'" else re.sub(r"[^\n]", " ", piece)
    return re.sub(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|/\*.*?\*/|//[^\n]*', blank, text, flags=re.S)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def report(is_ok, title, complaints=()):
    global done
    done += 1
    for complaint in complaints:
        print("#", complaint)
    print("ok" if is_ok else "not ok", done, "-", title, flush=True)


def skip(title, why):
    global done
    done += 1
    print("ok", done, "-", title, "# SKIP", why, flush=True)


def check(title, rule, paths, bad, good):
    """bad and good: (path, text) samples that the rule must complain about, or must not."""
    silent = [sample for sample in bad if not rule(*sample)]
    loud = [complaint for sample in good for complaint in rule(*sample)]
    report(not silent and not loud, title + ": the rule can fail",
           [f"not seen: {sample}" for sample in silent] + loud)
    complaints = [complaint for path in paths for complaint in rule(path, read(path))]
    report(bool(paths) and not complaints, title, complaints)


def end():
    print(f"1..{done}")
