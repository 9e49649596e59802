#!/usr/bin/python3
"""What the house style forbids and a machine can see."""
import os
import re
import shutil
import subprocess

import lint

LINES = 600


def size(path, text):
    count = text.count("\n")
    return [f"{path}: {count} lines; above {LINES} there are two modules in there"] if count > LINES else []


def words(path, text):
    pattern = r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b"
    return [f"{path}:{lint.line_of(text, match.start())}: {match.group(0)}" for match in re.finditer(pattern, text)]


def jumps(path, text):
    code = re.sub(r'"(?:\\.|[^"\\\n])*"', '""', lint.without_comments(text))
    return [f"{path}:{lint.line_of(code, match.start())}: goto" for match in re.finditer(r"\bgoto\s+\w+\s*;", code)]


def pragma(path, text):
    return [] if "#pragma once" in text else [f"{path}: no #pragma once"]


def html(path, text):
    code = lint.without_comments(text)
    pattern = r'"[^"\n]*</?(?:div|span|p|a|table|tr|td|ul|li|h[1-6]|form|input|button)\b[^"\n]*>'
    return [f"{path}:{lint.line_of(code, match.start())}: HTML is made by templates"
            for match in re.finditer(pattern, code)]


C = lint.files(".c", ".h")
OURS = [path for path in C if not path.startswith("tests/")]
lint.check("no file is too long", size, C + lint.files(".css", ".js"), bad=[("a.c", "\n" * (LINES + 1))], good=[("a.c", "\n" * LINES)])
lint.check("no work left for later", words, C, bad=[("a.c", "/* TO" "DO: all */")], good=[("a.c", "/* to do: none */")])
lint.check("no goto", jumps, C, bad=[("a.c", "if (x) goto out;")], good=[("a.c", '/* goto out; */ f ("goto x;");')])
lint.check("each header once", pragma, [path for path in C if path.endswith(".h")],
           bad=[("a.h", "int x;")], good=[("a.h", "#pragma once\n")])
lint.check("no HTML made by hand", html, [path for path in OURS if re.match(r"gateway/(web|clerk|cli)/|ticketing/|kb/", path)
                                          and path != "kb/markdown.c"],
           bad=[("gateway/web/a.c", 'g_string_append (s, "<div class=x>");')],
           good=[("gateway/web/a.c", '/* "<div>" */ f ("a < b > c");')])
CLANG_FORMAT = shutil.which("clang-format-14")
if CLANG_FORMAT is None:
    lint.skip("the layout is clang-format's", "clang-format-14 is not installed")
else:
    run = subprocess.run([CLANG_FORMAT, "--dry-run", "-Werror"] + [os.path.join(lint.TOP, path) for path in C],
                         stderr=subprocess.PIPE, text=True, check=False)
    lint.report(run.returncode == 0, "the layout is clang-format's",
                [line for line in run.stderr.splitlines() if "error:" in line][:20])
lint.end()
