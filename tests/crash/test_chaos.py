"""Kill any role, or the database, with -9 at any time, again and again under a stream of mail: afterwards every mail is
one message, every acknowledgement went out once or is visibly uncertain, and nothing else happened."""
import os
import random
import signal
import threading

import database
import house as houses
import invariants
import servers

KILLS = 100 if os.environ.get("DEEP") else 25


def test_random_kills_under_a_stream_of_mail(house):
    seed = int(os.environ.get("SEED", "20261122"))
    rng = random.Random(seed)
    gateway = house.gateway
    gateway.start()
    house.set_up()
    done = threading.Event()
    pause = threading.Event()

    def stream():
        while not done.is_set() and len(house.mails) < 400:
            house.write(lines=rng.choice([3, 3, 30]))
            pause.wait(0.1)

    writer = threading.Thread(target=stream)
    writer.start()
    kills = []
    try:
        while len(kills) < KILLS:
            role = rng.choice(houses.ROLES)
            pid = house.process_of(role)
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                kills.append(role)
            if len(kills) % 5 == 4:
                # Roles that died often wait before they start again; let the house get on a little.
                before = len(house.mails)
                servers.wait_for(lambda: len(house.mails) > before or writer_ended(writer), "the stream to go on")
            pause.wait(rng.uniform(0.02, 0.6))
    finally:
        done.set()
        writer.join()
    assert len(set(kills)) == len(houses.ROLES) or KILLS < 30, kills
    print(f"seed {seed}: {len(kills)} kills, {len(house.mails)} mails")
    house.run_dry()
    invariants.check(house)
    (doubtful,), = database.rows(gateway, "COUNT(*)", "FROM outbox WHERE state = 6")
    print(f"{doubtful} letters uncertain")
    assert gateway.stop() == 0


def writer_ended(writer):
    return not writer.is_alive()
