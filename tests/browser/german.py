"""Reads pages as somebody does who knows no English: finds what is left in it.

A text is English where the catalogue has another German one for just these words, or where English function words stand
in it. What people and servers wrote is left out: elements that say dir="auto", <bdi>, <q>, <code>, <pre>, <textarea>.
"""
import html.parser
import http.client
import os
import re
import urllib.parse

SOURCE = os.environ.get("TOP_SRCDIR") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
WRITTEN = {"bdi", "q", "code", "pre", "textarea", "script", "style", "svg"}
EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
TOLD = {"title", "aria-label", "placeholder", "alt", "label", "data-label", "data-found", "data-none"}
FUNCTION = re.compile(r"\b(the|and|of|is|are|this|that|these|with|not|has|have|been|from|by|for|your|you|its|were|would|"
                      r"can't|can’t|cannot|there|which|who|what|nobody|nothing|no|yet|only|before|after|until|every|does|"
                      r"ago|days|hours|minutes|yesterday|tomorrow|just now)\b", re.I)
DATE = re.compile(r"\b(\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b|\d{4}-\d\d-\d\dT|\d,\d{3}\b|\d\.\d (?:MB|kB))")
ENTRY = re.compile(r'^msgid ((?:"(?:[^"\\]|\\.)*"\n?)+)(?:msgid_plural ((?:"(?:[^"\\]|\\.)*"\n?)+))?msgstr(?:\[0\])? '
                   r'((?:"(?:[^"\\]|\\.)*"\n?)+)', re.M)


def unquoted(text):
    return re.sub(r"\\(.)", r"\1", "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', text)))


def english_texts():
    """Texts of pages that read otherwise in German, without holes; a word that is German too is no proof."""
    with open(os.path.join(SOURCE, "templates", "lang", "de.po"), encoding="utf-8") as file:
        entries = [(unquoted(one), unquoted(translated)) for one, _, translated in ENTRY.findall(file.read())]
    german = {translated for _, translated in entries}
    return {text for text, translated in entries if text and text != translated and "{" not in text and text not in german}


class Page(html.parser.HTMLParser):
    """.texts: what a reader sees or hears that we wrote; .links: where it leads; .language: what it says it is in."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.texts, self.links, self.language = [], [], None
        self.open = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        is_written = bool(self.open and self.open[-1][1]) or tag in WRITTEN or known.get("dir") == "auto" or \
            known.get("translate") == "no"
        if tag == "html":
            self.language = known.get("lang")
        if tag == "a" and known.get("href"):
            self.links.append(known["href"])
        if not is_written or tag in ("input", "textarea"):
            self.texts += [(f"{tag} {name}", value) for name, value in attributes if name in TOLD and value]
        if tag not in EMPTY:
            self.open.append((tag, is_written))

    def handle_endtag(self, tag):
        while self.open and tag not in EMPTY:
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data):
        if data.strip() and not (self.open and self.open[-1][1]):
            self.texts.append((self.open[-1][0] if self.open else "", data))


def english(page, known, written=()):
    """Returns what is English, or a date or number as the English write them, on the page; not what is quoted or `written`."""
    found = []
    for place, text in page.texts:
        text = re.sub("„[^“]*“", "„“", " ".join(text.split()))
        for words in written:
            text = text.replace(words, "")
        if text in known or FUNCTION.search(text) or DATE.search(text):
            found.append(f"<{place}> {text[:160]}")
    return found


class Reader:
    """Somebody with a browser that knows German alone."""

    def __init__(self, url):
        self.host = urllib.parse.urlsplit(url).netloc
        self.cookies = {}

    def log_in(self, login, password):
        """Returns the token that forms carry."""
        status, _, text = self.ask("POST", "/desk/login", {"login": login, "password": password, "next": "/desk"})
        assert status == 303, text
        return re.search(r'name="csrf" value="([^"]*)"', self.ask("GET", "/desk/profile")[2]).group(1)

    def ask(self, method, path, fields=None):
        """Returns (status, Location, text); text is "" of what is no page."""
        headers = {"Accept-Language": "de", "Accept": "text/html",
                   "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if method == "POST":
            headers |= {"Origin": "null", "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
            body = urllib.parse.urlencode(fields or {})
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.getheader("Location"), text if "html" in answer.getheader("Content-Type", "") else ""
