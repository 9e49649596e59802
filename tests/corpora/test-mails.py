"""Real mails of other projects, with what their own tests expect: `postern parse` against ../shared/corpora (or $CORPORA).

They belong to others and are not part of the project; without them everything here is skipped, loudly. The shares are
what general rules reach, a little below, so that a change that makes reading worse is seen."""
import json
import os
import subprocess
import sys

SOURCE = os.environ.get("TOP_SRCDIR", ".")
BUILD = os.environ.get("TOP_BUILDDIR", ".")
CORPORA = os.environ.get("CORPORA") or os.path.join(SOURCE, "..", "shared", "corpora")
POSTERN = os.path.join(BUILD, "postern")
READING = ("zammad", "zammad-process", "redmine", "mime-stalwart", "mime-zbateson", "freescout")
REPLIES = ("reply-trimmer", "reply-crisp", "reply-talon", "discourse")
# what, at least this share, of the fields of these sets together
POOLED = [
    ("senders", 0.95, [(name, "from") for name in READING]),
    ("names of senders", 0.95, [(name, "name") for name in READING]),
    ("subjects", 0.95, [(name, "subject") for name in READING]),
    ("attachments", 0.95, [(name, "attachments") for name in READING]),
    ("bodies", 0.88, [(name, "body") for name in READING]),
    ("bounces", 0.98, [("class", "bounce")]),
    ("statuses of bounces", 0.95, [("bounce-sisimai", "status")]),
    ("complaints", 0.90, [("class", "feedback")]),
    ("people", 0.98, [("class", "human")]),
] + [("replies of " + name, 0.90, [(name, "reply")]) for name in REPLIES]
FIELDS = ("message_id", "from", "to", "text", "reply", "attachments", "kind", "headers", "defects", "sender_verdict")
tests = 0


def report(is_ok, title, complaint=""):
    global tests
    tests += 1
    print(f"{'ok' if is_ok else 'not ok'} {tests} - {title}")
    if not is_ok and complaint:
        print("# " + complaint.replace("\n", "\n# "))


def mails():
    """Every file of the folders with mails, expectations and read-me files left out."""
    for folder in sorted(os.listdir(CORPORA)):
        if not folder.startswith(("bounce-", "mime-", "thread-", "discourse", "otobo", "redmine", "rt", "zammad", "reply-")):
            continue
        for here, _, names in os.walk(os.path.join(CORPORA, folder)):
            for name in sorted(names):
                if name != "README.md" and not name.endswith(".jsonl"):
                    yield os.path.realpath(os.path.join(here, name))


def all_parse():
    files = sorted(set(mails()))
    run = subprocess.run([POSTERN, "parse", "--json", "--batch"], input="\n".join(files) + "\n", stdout=subprocess.PIPE,
                         text=True, errors="surrogateescape", timeout=900, check=False)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    missing = set(files) - {answer["file"] for answer in answers}
    report(run.returncode == 0 and not missing, f"each of {len(files)} files is read", "\n".join(sorted(missing)[:10]))
    poor = [answer["file"] for answer in answers if any(field not in answer for field in FIELDS)]
    report(not poor, "each answer has all fields", "\n".join(poor[:10]))


def as_expected():
    run = subprocess.run([sys.executable, os.path.join(CORPORA, "eval_mail.py"), "--postern", POSTERN, "--json"],
                         stdout=subprocess.PIPE, text=True, timeout=900, check=False)
    report(run.returncode == 0, "each mail that has an expectation is answered")
    tally = json.loads(run.stdout)
    for title, least, keys in POOLED:
        found = [tally["/".join(key)] for key in keys if "/".join(key) in tally]
        right, of = sum(one[0] for one in found), sum(one[1] for one in found)
        report(of > 0 and right >= least * of, f"{title}: {right} of {of}", f"at least {least:.0%} are wanted")


def main():
    if not os.path.exists(os.path.join(CORPORA, "eval_mail.py")):
        print(f"1..0 # SKIP there are no mails of other projects at {CORPORA}: NOTHING WAS COMPARED WITH REAL MAIL")
        return
    all_parse()
    as_expected()
    print(f"1..{tests}")


main()
