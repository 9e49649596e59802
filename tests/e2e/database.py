"""A look into a gateway's database, by db-probe: for what no page shows, and to put letters into the outbox."""
import hashlib
import json
import os
import subprocess
import time

import servers

BUILD = os.environ.get("TOP_BUILDDIR") or os.path.join(os.path.dirname(__file__), "..", "..")
PROBE = os.path.join(BUILD, "tests", "e2e", "db-probe")


def run(gateway, *statements):
    done = subprocess.run([PROBE, os.path.join(gateway.run_path, "db.sock"), "postern", *statements],
                          capture_output=True, text=True, timeout=120, check=False, **servers.as_nobody())
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def rows(gateway, columns, rest):
    """[[value, …]]: rows(gateway, "id, HEX(raw_sha)", "FROM spool ORDER BY id")."""
    return [json.loads(text) for text in run(gateway, f"SELECT JSON_ARRAY({columns}) {rest}")]


def put_letter(gateway, mailbox_id, recipient, raw, is_reply=False):
    """Puts a rendered letter into the outbox, due now. Its id."""
    sha = hashlib.sha256(raw).hexdigest()
    ref = os.urandom(10).hex()
    now = int(time.time() * 1_000_000)
    chunks = [raw[at:at + (1 << 20)] for at in range(0, len(raw), 1 << 20)]
    for seq, chunk in enumerate(chunks):
        # An argument of a program has at most 128 KiB.
        for at in range(0, len(chunk), 50_000):
            piece = chunk[at:at + 50_000].hex()
            run(gateway, f"INSERT INTO blob_chunk (sha, seq, data) VALUES (X'{sha}', {seq}, X'{piece}')" if at == 0 else
                f"UPDATE blob_chunk SET data = CONCAT(data, X'{piece}') WHERE sha = X'{sha}' AND seq = {seq}")
    run(gateway, f"INSERT INTO `blob` (sha, size_bytes, created_at) VALUES (X'{sha}', {len(raw)}, {now})",
        "INSERT INTO outbox (dedupe_key, ref, class, letter, mailbox_id, recipient, state, is_rendered, envelope_from,"
        f" mid, mid_hash, raw_sha, next_at, give_up_at, created_at) VALUES (UNHEX(SHA2('{ref}', 256)), X'{ref}',"
        f" {0 if is_reply else 1}, 'reply', {mailbox_id}, '{recipient}', 0, 1,"
        f" '{'support@demo.example' if is_reply else ''}', '{ref}@demo.example', UNHEX(SHA2('{ref}@demo.example', 256)), X'{sha}',"
        f" {now - 1_000_000}, {now + 5 * 86_400_000_000}, {now})")
    (number,), = rows(gateway, "id", f"FROM outbox WHERE ref = X'{ref}'")
    return number


STATES = ["waiting", "sending", "dotted", "sent", "deferred", "failed", "uncertain", "held", "cancelled"]


def letter(gateway, number):
    """What became of a letter."""
    (state, attempts, code, text, next_at, gen), = rows(
        gateway, "state, attempts, reply_code, reply_text, next_at, gen", f"FROM outbox WHERE id = {number}")
    return {"state": STATES[state], "attempts": attempts, "code": code, "text": text, "next_at": next_at, "gen": gen}
