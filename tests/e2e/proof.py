"""The work that the form's script does: a second opinion on it, and a way for tests to send many forms."""
import hashlib


def work(key, bits=16):
    number = 0
    while int.from_bytes(hashlib.sha256(f"{key}:{number}".encode()).digest()[:4], "big") >> (32 - bits):
        number += 1
    return str(number)
