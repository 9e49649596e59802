"""What must hold whatever died and whenever: I1 to I8 and I10 of the crash table, each checked from the outside: what
customers sent, what the SMTP server took, and what the database holds."""
import collections
import email
import email.policy

import database


def check(house):
    gateway = house.gateway
    spool = database.rows(gateway, "id, HEX(raw_sha), state, message_id, format", "FROM spool")
    messages = database.rows(gateway, "id, ticket_id, HEX(ingest_key), HEX(raw_sha), direction", "FROM message")
    tickets = {number for (number,) in database.rows(gateway, "id", "FROM ticket")}
    outbox = database.rows(gateway, "id, class, letter, state, mid, recipient, dedupe, dotted",
                           "FROM (SELECT id, class, letter, state, mid, recipient, HEX(dedupe_key) AS dedupe,"
                           " dotted_at IS NOT NULL AS dotted FROM outbox) AS letters")

    # I1: each mail is one delivery and one message.
    deliveries = collections.Counter(sha for _, sha, _, _, kind in spool if kind == 0)
    assert deliveries == collections.Counter(house.hashes()), "I1: deliveries are not the mails that were sent"
    assert all(state == 1 and message for _, _, state, message, _ in spool), "I1: something was never filed"
    filed = collections.Counter(message for _, _, _, message, _ in spool)
    assert max(filed.values(), default=1) == 1, "I1: two deliveries became one message"
    arrived = [row for row in messages if row[4] == 0]
    assert len(arrived) == len(house.mails) + len(house.forms), "I1: messages are not the mails and forms"

    # I2: no two messages with one ingest key.
    keys = [key for _, _, key, _, _ in arrived]
    assert None not in keys and len(set(keys)) == len(keys), "I2: an ingest key is missing or occurs twice"

    # I3: each message belongs to one ticket; every mail was of somebody else, so each has its own.
    assert all(ticket in tickets for _, ticket, _, _, _ in messages), "I3: a message without a ticket"
    assert len({ticket for _, ticket, _, _, _ in arrived}) == len(arrived), "I3: strangers share a ticket"

    # I4: the raw bytes are those that were sent.
    stored = dict(database.rows(gateway, "HEX(sha), SHA2(data, 256)", "FROM blob_chunk WHERE seq = 0"))
    for sha in house.hashes():
        assert stored.get(sha, "").upper() == sha, f"I4: other bytes are stored for {sha}"

    # I5: every letter's state is final: sent, failed, uncertain, cancelled.
    assert {state for _, _, _, state, _, _, _, _ in outbox} <= {3, 5, 6, 8}, f"I5: {outbox}"
    assert not [row for row in outbox if row[3] == 5], f"I5: a letter failed: {outbox}"

    # I6, I7: what the server took and what the outbox says are the same; twice only where an answer may have been lost.
    with house.smtp.lock:
        taken = list(house.smtp.taken)
    seen = collections.Counter()
    for _, _, raw in taken:
        mid = email.message_from_bytes(raw, policy=email.policy.compat32)["Message-ID"].strip("<> ")
        seen[mid] += 1
    known = {mid: (state, cls) for _, cls, _, state, mid, _, _, _ in outbox}
    assert set(seen) <= set(known), "I7: a letter went out that the outbox does not know"
    for mid, (state, cls) in known.items():
        if state == 3:
            assert seen[mid] >= 1, f"I6: {mid} is called sent and never arrived"
        if cls != 0:
            assert seen[mid] <= 1, f"I6: the automatic letter {mid} went out {seen[mid]} times"

    # I8: each person who wrote was acknowledged once, or the letter is visibly uncertain.
    acks = collections.Counter(recipient for _, cls, letter, _, _, recipient, _, _ in outbox
                               if cls == 1 and not letter.startswith("notice"))
    people = [sender for sender, _ in house.mails] + [f"visitor{i + 1}@customer.example" for i in range(len(house.forms))]
    assert acks == collections.Counter(people), f"I8: {set(people) ^ set(acks)} {acks.most_common(3)}"

    # I10: each form is one ticket, each repeated call one answer.
    subjects = collections.Counter(subject for (subject,) in database.rows(
        gateway, "subject", "FROM ticket WHERE subject LIKE 'form %'"))
    assert subjects == collections.Counter(house.forms.values()), f"I10: {subjects}"
    answers = [text for (text,) in database.rows(gateway, "text", "FROM message WHERE direction = 1")]
    for key in house.replies:
        assert len([text for text in answers if key in text]) == 1, f"I10: the answer {key} is not there once"
    assert len(answers) == len(house.replies), "I10: an answer that nobody gave"
