"""The web tier in the customer's and the agent's words, through raw HTTP: forms, the desk, the mailed link, the API."""
import email
import email.policy
import http.client
import json
import re
import urllib.parse

import pytest

import proof
import servers

PASSWORD = "correct horse battery"


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()
        self.text = self.body.decode("utf-8", "replace")
        self.location = response.getheader("Location")

    @property
    def cookie(self):
        return self.headers["Set-Cookie"].split(";")[0]

    def field(self, name):
        """The value of a hidden field."""
        return re.search(rf'name="{name}" value="([^"]*)"', self.text).group(1)


class Browser:
    """Sends what a browser would send from our own pages."""

    def __init__(self, port):
        self.port = port
        self.cookies = {}

    def ask(self, method, path, fields=None, files=()):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if files:
            body = b"".join(
                b'--B\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value.encode())
                for name, value in fields.items())
            body += b"".join(
                b'--B\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n'
                b"Content-Type: application/octet-stream\r\n\r\n%s\r\n" % (name.encode(), content)
                for name, content in files) + b"--B--\r\n"
            headers["Content-Type"] = "multipart/form-data; boundary=B"
        elif fields is not None:
            body = urllib.parse.urlencode(fields).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if method == "POST":
            headers |= {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=servers.DEADLINE)
        connection.request(method, path, body, headers)
        answer = Answer(connection.getresponse())
        connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, files=(), **fields):
        return self.ask("POST", path, fields, files)

    def log_in(self, login):
        answer = self.post("/desk/login", login=login, password=PASSWORD, next="/desk")
        assert answer.status == 303, answer.text
        return self


class Program:
    """A script with an API token."""

    def __init__(self, port, token):
        self.port = port
        self.token = token

    def ask(self, method, path, document=None, key=None):
        headers = {"Authorization": f"Bearer {self.token}"}
        body = None
        if document is not None:
            body = json.dumps(document)
            headers["Content-Type"] = "application/json"
        if key is not None:
            headers["Idempotency-Key"] = key
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=servers.DEADLINE)
        connection.request(method, "/api/v1" + path, body, headers)
        answer = Answer(connection.getresponse())
        connection.close()
        return answer.status, json.loads(answer.text)


class World:
    def __init__(self, gateway):
        self.gateway = gateway
        self.server = servers.SmtpServer()
        self.server.start()
        gateway.run("init")
        gateway.start()
        gateway.run("queue", "add", "support", "--title", "Support")
        gateway.run("mailbox", "add", "support", "--queue", "support", "--address", "support@demo.example", "--smtp-host",
                    "127.0.0.1", "--smtp-port", str(self.server.port), "--smtp-security", "plain")
        gateway.run("staff", "add", "agent", "--name", "Charles", "--address", "charles@staff.example", "--queue",
                    "support", "--password-stdin", text=PASSWORD + "\n")
        token = gateway.json("token", "add", "agent", "--name", "test")["token"]
        self.program = Program(gateway.port, token)
        self.agent = Browser(gateway.port).log_in("agent")
        self.visitor = Browser(gateway.port)

    def send_form(self, **changes):
        page = self.visitor.get("/contact/support")
        fields = {"key": page.field("key"), "name": "Ada", "address": "ada@customer.example", "subject": "The engine",
                  "text": "it stops"} | changes
        fields["work"] = proof.work(fields["key"])
        return fields, self.visitor.post("/contact/support", **fields)

    def tickets(self, n):
        def look():
            found = self.program.ask("GET", "/tickets")[1]["tickets"]
            return found if len(found) >= n else None
        return servers.wait_for(look, f"{n} tickets\n{self.gateway.log()}")

    def letter(self, what, recipient="ada@customer.example"):
        """The first letter to somebody that holds `what`."""
        def look():
            for _, recipients, raw in list(self.server.taken):
                mail = email.message_from_bytes(raw, policy=email.policy.default)
                text = mail.get_body(("plain",)).get_content()
                if recipient in recipients and what in text:
                    return text
            return None
        return servers.wait_for(look, f"a letter with {what!r}\n{self.gateway.log()}")


@pytest.fixture
def world(gateway):
    made = World(gateway)
    yield made
    made.gateway.stop()
    made.server.stop()


def test_a_form_becomes_one_ticket_however_often_it_is_sent(world):
    fields, first = world.send_form()
    again = world.visitor.post("/contact/support", **fields)
    assert first.status == again.status == 303
    assert first.location == again.location
    world.send_form(subject="Another")
    assert [ticket["subject"] for ticket in world.tickets(2)] == ["Another", "The engine"]


def test_a_form_sent_again_with_other_words_is_not_lost_in_silence(world):
    fields, first = world.send_form()
    other = world.visitor.post("/contact/support", **fields | {"text": "it starts"})
    assert (first.status, other.status) == (303, 409)
    assert "it starts" in other.text and other.field("key") != fields["key"]
    assert world.visitor.post("/contact/support", **fields | {"text": "it starts", "key": other.field("key"),
                                                               "work": proof.work(other.field("key"))}).status == 303
    assert len(world.tickets(2)) == 2


def test_a_german_form_gets_a_german_letter(world):
    world.send_form(text="Guten Tag, ich habe eine Frage zu der Rechnung, die ich nicht verstehe, und bitte um Hilfe.")
    assert "Guten Tag" in world.letter("Nummer")


def test_an_answer_threads_where_the_customer_only_wrote_in_the_browser(world):
    world.send_form()
    number = world.tickets(1)[0]["number"]
    for text in ("First answer.", "Second answer."):
        assert world.program.ask("POST", f"/tickets/{number}/replies", {"text": text})[0] == 201
        world.letter(text)
    letters = [email.message_from_bytes(raw, policy=email.policy.default) for _, _, raw in world.server.taken]
    first, second = (next(letter for letter in letters if text in letter.get_body(("plain",)).get_content())
                     for text in ("First answer.", "Second answer."))
    assert second["In-Reply-To"] == first["Message-ID"]
    assert first["In-Reply-To"] is None


def test_what_was_typed_stays_when_something_is_wrong(world):
    _, answer = world.send_form(address="nonsense", text="long <text> & all")
    assert answer.status == 400
    assert 'value="nonsense"' in answer.text
    assert "long &lt;text&gt; &amp; all" in answer.text


def test_an_answer_from_the_desk_reaches_the_customer_who_answers_by_the_link(world):
    world.send_form()
    number = world.tickets(1)[0]["number"]
    page = world.agent.get(f"/desk/tickets/{number}")
    sent = world.agent.post(f"/desk/tickets/{number}/replies", csrf=page.field("csrf"), op=page.field("op"),
                            if_version=page.field("if_version"), seen=page.field("seen"), text="oil the mill", status="waiting",
                            files=[("how.txt", b"like this")])
    assert sent.status == 303 and "done=replied" in sent.location
    link = re.search(r"http://[^\s/]+(/my/\w{40})", world.letter("oil the mill")).group(1)
    entered = world.visitor.get(link)
    assert (entered.status, entered.location) == (303, f"/my/tickets/{number}")
    mine = world.visitor.get(entered.location)
    assert "oil the mill" in mine.text and "how.txt" in mine.text
    assert "Charles" not in mine.text and "staff.example" not in mine.text
    world.visitor.post(f"/my/tickets/{number}/replies", csrf=mine.field("csrf"), op=mine.field("op"), text="that helped",
                       files=[("proof.bin", b"\0" * 2_000_000)])

    def look():
        last = world.program.ask("GET", f"/tickets/{number}")[1]["messages"][-1]
        return last if last["text"] == "that helped" else None
    last = servers.wait_for(look, "the customer's answer\n" + world.gateway.log())
    assert last["channel"] == "link" and last["from"]["name"] == "Ada"
    assert last["attachments"][0]["size"] == 2_000_000
    file = world.agent.get(f"/desk/attachments/{last['attachments'][0]['id']}")
    assert file.body == b"\0" * 2_000_000
    assert file.headers["Content-Disposition"].startswith("attachment")
    solved = world.visitor.post(f"/my/tickets/{number}/solved", csrf=mine.field("csrf"))
    assert solved.status == 303
    assert world.program.ask("GET", f"/tickets/{number}")[1]["ticket"]["status"] == "solved"


def test_an_answer_can_be_taken_back(world):
    world.send_form()
    number = world.tickets(1)[0]["number"]
    page = world.agent.get(f"/desk/tickets/{number}")
    sent = world.agent.post(f"/desk/tickets/{number}/replies", csrf=page.field("csrf"), op=page.field("op"), text="too early")
    message = re.search(r"message=(\d+)", sent.location).group(1)
    undone = world.agent.post(f"/desk/messages/{message}/undo", csrf=page.field("csrf"))
    assert undone.status in (200, 409)
    letters = world.program.ask("GET", f"/tickets/{number}")[1]["messages"][-1]
    if undone.status == 200:  # a busy machine may take longer than the ten seconds
        assert "too early" in undone.text
        assert letters["direction"] == "note"


def test_a_program_opens_a_ticket_once(world):
    order = {"queue": "support", "subject": "From a shop", "text": "order 7", "person": {"name": "Bob", "address": "bob@other.example"}}
    first, page = world.program.ask("POST", "/tickets", order, key="order-7")
    second, _ = world.program.ask("POST", "/tickets", order, key="order-7")
    assert first in (201, 202) and second in (201, 202)
    assert len(world.tickets(1)) == 1
    number = world.tickets(1)[0]["number"]
    one = world.program.ask("POST", f"/tickets/{number}/notes", {"text": "call back"}, key="n")
    two = world.program.ask("POST", f"/tickets/{number}/notes", {"text": "call back"}, key="n")
    other = world.program.ask("POST", f"/tickets/{number}/notes", {"text": "something else"}, key="n")
    assert one[0] == two[0] == 201 and one[1]["message"]["id"] == two[1]["message"]["id"]
    assert other[0] == 422


def test_a_late_change_does_not_go_over_an_early_one(world):
    world.send_form()
    ticket = world.tickets(1)[0]
    path = f"/tickets/{ticket['number']}"
    early = world.program.ask("PATCH", path, {"if_version": ticket["version"], "priority": "high", "assignee": "agent"})
    late = world.program.ask("PATCH", path, {"if_version": ticket["version"], "priority": "low"})
    assert early[0] == 200 and late[0] == 409
    assert early[1]["ticket"]["assignee"]["login"] == "agent"
    assert world.program.ask("GET", path)[1]["ticket"]["priority"] == "high"


def test_errors_are_documents_for_machines_and_pages_for_people(world):
    status, problem = world.program.ask("GET", "/tickets/4711")
    assert status == problem["status"] == 404 and problem["kind"] == "not_found"
    status, problem = world.program.ask("PATCH", "/tickets/4711", {"colour": "red"})
    assert status == 400 and "colour" in problem["detail"]
    page = world.agent.get("/desk/tickets/4711")
    assert page.status == 404 and "<h1>" in page.text


def test_the_gateway_stops_while_pages_listen(world):
    connection = http.client.HTTPConnection("127.0.0.1", world.gateway.port, timeout=servers.DEADLINE)
    connection.request("GET", "/desk/events", headers={"Cookie": "; ".join(f"{k}={v}" for k, v in world.agent.cookies.items())})
    stream = connection.getresponse()
    assert stream.status == 200
    world.gateway.stop()
    assert b"event: end" in stream.read()
    connection.close()
