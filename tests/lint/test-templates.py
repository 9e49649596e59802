#!/usr/bin/python3
"""Lint: templates are listed, catalogues are complete, safe HTML is made in one place."""
import os
import re
import shutil
import subprocess

import lint

MAKE = lint.read("templates/local.mk")
LETTERS = os.path.join(lint.TOP, "templates", "mail")


def is_listed(path, text):
    """path: a template or a static file."""
    entry = path.replace("templates/", "%D%/", 1)
    return [] if re.search(rf"{re.escape(entry)}( \\)?$", MAKE, re.M) else [f"{path} is not in templates/local.mk"]


def makes_safe_html(path, text):
    """The key is written by pn_safe_html () alone."""
    if path in ("templates/template_value.c",) or path.startswith("tests/"):
        return []
    return [f"{path}:{lint.line_of(text, found.start())}: safe HTML is made by pn_safe_html () alone"
            for found in re.finditer(r'"[^"\n]*safe_html[^"\n]*"', lint.without_comments(text))]


def writes_html(path, text):
    """Unescaped values stand in few places, and inline style in letters alone."""
    if path.startswith("templates/mail/"):
        return []
    return [f"{path}: inline style or script" for _ in re.finditer(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son\w+=\"", text)]


kept = [path for path in lint.files(".html", ".txt", ".po", ".css", ".js", ".svg", ".png", ".ico", ".woff2", ".json",
                                    ".webmanifest") if re.match(r"templates/(web|mail|static|style|lang|said)/", path)]
complaints = [complaint for path in kept for complaint in is_listed(path, "")]
lint.report(bool(is_listed("templates/web/nothing.html", "")), "each template is listed: the rule can fail")
lint.report(bool(kept) and not complaints, "each template is listed", complaints)

lint.check("safe HTML is made in one place", makes_safe_html, lint.files(".c", ".h"),
           [("web/x.c", 'json_pack ("{s:s}", "safe_html", x);')], [("web/x.c", "pn_safe_html (x); /* \"safe_html\" */")])
lint.check("pages have no inline style or script", writes_html, [path for path in kept if path.endswith(".html")],
           [("templates/web/x.html", '<p style="a">'), ("templates/web/x.html", "<script>a</script>"),
            ("templates/web/x.html", '<p onclick="a">')],
           [("templates/web/x.html", '<script src="a"></script>'), ("templates/mail/en/x.html", '<p style="a">')])

GIVEN = re.compile(r"\b(?:pn_event_add|pn_ticket_link|pn_ticket_open|pn_person_suspend|pn_survey_set_not_asked|pn_trust_switch_off|"
                   r"pn_intake_add_reason|pn_reason_add|set_status|note|leave|suspend|add_reason|add_note|add_event)"
                   r"\s\([^;]*?\"([A-Z]?[a-z']+ [a-z][^\"]*)\"|\b(?:reason|refusal|obstacle|because|why)\s=\s(?:g_strdup(?:_printf)?\s\()?"
                   r"\"([A-Za-z][a-z']+ [a-z][^\"]*)\"")


def tells_in_english(path, text):
    """Why something was done is a code of ticketing/core/reason_codes.h, in no language."""
    return [f"{path}: \"{match[1] or match[2]}\"" for match in GIVEN.finditer(text)]


lint.check("reasons are codes, not sentences", tells_in_english,
           [path for path in lint.files(".c") if path.startswith(("ticketing/", "kb/", "gateway/clerk/", "gateway/web/"))],
           [("x.c", 'pn_event_add (db, 1, PN_EVENT_LOOP, actor, NULL, NULL, "It goes round.", error)'),
            ("x.c", '*refusal = "it is so already"; why = g_strdup ("no one is there");')],
           [("x.c", 'pn_event_add (db, 1, kind, actor, "fired", NULL, pn_reason (PN_WHY_LOOP_MANY), error); a ("An old note");')])

languages = sorted(os.listdir(LETTERS))
names = {language: set(os.listdir(os.path.join(LETTERS, language))) for language in languages if language != "README"}
missing = [f"mail/{language}/{name} is missing" for language in names for name in names["en"] - names[language]]
lint.report(len(names) > 1 and not missing, "each letter is written in every language", missing)

said = subprocess.run([os.path.join(lint.TOP, "contrib", "messages"), "--check"], stdout=subprocess.PIPE, text=True,
                      check=False)
lint.report(said.returncode == 0, "catalogues are complete (contrib/messages mends what can be mended)",
            said.stdout.splitlines())
if shutil.which("msgfmt"):
    bad = []
    for path in lint.files(".po"):
        ran = subprocess.run(["msgfmt", "--check", "-o", os.devnull, os.path.join(lint.TOP, path)],
                             stderr=subprocess.PIPE, text=True, check=False)
        bad += ran.stderr.splitlines() if ran.returncode else []
    lint.report(not bad, "msgfmt takes the catalogues", bad)
else:
    lint.skip("msgfmt takes the catalogues", "there is no msgfmt")

lint.end()
