"""The knowledge base from the command line: articles come in, are found, and go out as they came."""
import json
import os

OK, DATAERR, NOINPUT, USAGE = 0, 65, 66, 64
ARTICLES = [
    {"id": "refund", "title": "How do I get a refund?", "body": "Money is **back** on your card within five days.\n",
     "language": "en", "category": "Money", "questions": ["I want my money back"]},
    {"id": "passwort", "title": "Ich habe mein Passwort vergessen", "body": "", "language": "de", "category": "",
     "questions": []},
]


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o644)
    return path


def lines(articles):
    return "".join(json.dumps(article) + "\n" for article in articles)


def test_articles_are_imported_and_found(gateway, folder):
    path = write(folder, "kb.jsonl", lines(ARTICLES))
    assert gateway.json("kb", "import", path) == {"created": 2, "updated": 0, "unchanged": 0}
    assert gateway.json("kb", "import", path) == {"created": 0, "updated": 0, "unchanged": 2}
    found = gateway.json("kb", "search", "give me my money back")["articles"]
    assert found[0]["external_id"] == "refund" and found[0]["known_as"] == "I want my money back"
    assert 0 <= found[0]["confidence"] <= 1
    assert {"text": "Money", "hit": True} in found[0]["excerpt"] and found[0]["why"]
    assert gateway.json("kb", "search", "Passwörter vergessen")["articles"][0]["external_id"] == "passwort"
    assert gateway.json("kb", "search", "xyzzy")["articles"] == []


def test_a_batch_gives_run_lines(gateway, folder):
    gateway.run("kb", "import", write(folder, "kb.jsonl", lines(ARTICLES)))
    queries = write(folder, "queries.tsv", "q1\trefund please\nq2\tPasswort vergessen\nq3\txyzzy\n")
    for words in ([], ["--confidence"]):
        rows = [line.split(" ") for line in gateway.run("kb", "search", "--batch", queries, "--run", "tag", *words)
                .stdout.splitlines()]
        assert [row[0] for row in rows if row[3] == "1"] == ["q1", "q2"]
        assert all(len(row) == 6 and row[1] == "Q0" and row[5] == "tag" for row in rows)
        assert rows[0][2] == "refund"
        if words:
            assert all(0 <= float(row[4]) <= 1 for row in rows)


def test_a_wrong_line_stores_nothing(gateway, folder):
    path = write(folder, "kb.jsonl", lines(ARTICLES) + '{"id":"x"}\n')
    done = gateway.run("kb", "import", path, check=False)
    assert done.returncode == DATAERR and "line 3: " in done.stderr
    assert gateway.run("kb", "export").stdout == ""
    assert gateway.run("kb", "import", os.path.join(folder, "none"), check=False).returncode == NOINPUT
    assert gateway.run("kb", "search", check=False).returncode == USAGE


def test_an_import_names_who_and_what_is_not_there(gateway, folder):
    strange = [dict(ARTICLES[0], owner="nobody-here"), dict(ARTICLES[1], translation_of="none-such")]
    done = gateway.run("kb", "import", write(folder, "kb.jsonl", lines(strange)))
    assert '"nobody-here", the owner of the article "refund", is not there; 1 of 2' in done.stderr
    assert '"none-such", the original of the article "passwort", is not there; 1 of 2' in done.stderr
    known = [ARTICLES[0], dict(ARTICLES[1], translation_of="refund")]
    assert "is not there" not in gateway.run("kb", "import", write(folder, "kb.jsonl", lines(known))).stderr


def test_export_and_import_lose_nothing(gateway, folder):
    gateway.run("kb", "import", write(folder, "kb.jsonl", lines(ARTICLES)))
    before = gateway.run("kb", "export").stdout
    for want in ARTICLES:
        got = next(json.loads(line) for line in before.splitlines() if json.loads(line)["id"] == want["id"])
        assert {key: got[key] for key in want} == want
    out = os.path.join(gateway.data, "out")
    gateway.run("kb", "export", out)
    assert sorted(os.listdir(out)) == ["passwort.md", "refund.md"]
    assert gateway.json("kb", "import", out) == {"created": 0, "updated": 0, "unchanged": 2}
    assert gateway.run("kb", "export").stdout == before
