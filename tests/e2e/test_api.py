"""The API as a program uses it: what a key stands for, and what comes back when the same is asked for twice."""
import concurrent.futures
import http.client
import json

import pytest


class Api:
    """Calls with one token; every answer is (status, document)."""

    def __init__(self, gateway):
        self.gateway = gateway
        gateway.run("queue", "add", "support", "--title", "Support")
        gateway.run("staff", "add", "boss", "--name", "Boss", "--role", "admin", "--address", "boss@demo.example",
                    "--generate")
        self.token = gateway.json("token", "add", "boss", "--name", "test")["token"]

    def ask(self, method, path, body=None, key=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=60)
        headers = {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        connection.request(method, "/api/v1" + path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        document = json.loads(answer.read())
        connection.close()
        return answer.status, document


@pytest.fixture
def api(running):
    return Api(running)


def test_a_key_stands_for_one_ticket(api):
    body = {"queue": "support", "address": "ada@customer.example", "subject": "The wheel", "text": "It is stuck."}
    status, first = api.ask("POST", "/tickets", body, "one")
    assert status == 201, first
    status, again = api.ask("POST", "/tickets", body, "one")
    assert (status, again["ticket"]["number"]) == (201, first["ticket"]["number"])
    status, other = api.ask("POST", "/tickets", body, "two")
    assert (status, other["ticket"]["number"]) == (201, first["ticket"]["number"] + 1)
    status, problem = api.ask("POST", "/tickets", {**body, "text": "It turns."}, "one")
    assert (status, problem["detail"]) == (422, "the Idempotency-Key was used for something else")
    assert len(api.ask("GET", f"/tickets/{first['ticket']['number']}")[1]["messages"]) == 1
    status, problem = api.ask("POST", "/tickets", body, "a key with spaces")
    assert status == 400, problem


def test_the_same_key_many_times_at_once_is_one_ticket_and_one_answer(api):
    body = {"queue": "support", "address": "ada@customer.example", "subject": "The wheel", "text": "It is stuck."}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api.ask("POST", "/tickets", body, "one"), range(8)))
    assert {status for status, _ in answers} <= {201, 202}, answers
    status, last = api.ask("POST", "/tickets", body, "one")
    assert status == 201
    assert {found["ticket"]["number"] for status, found in answers if status == 201} <= {last["ticket"]["number"]}
    assert [ticket["number"] for ticket in api.ask("GET", "/tickets")[1]["tickets"]] == [last["ticket"]["number"]]
    notes = f"/tickets/{last['ticket']['number']}/notes"
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api.ask("POST", notes, {"text": "Seen."}, "two"), range(8)))
    assert {status for status, _ in answers} == {201}, answers
    assert len({note["message"]["id"] for _, note in answers}) == 1
