#!/usr/bin/python3
"""The demo's mail system: takes mail on a loopback port and puts it into the IMAP mailbox of each recipient.

usage: smtpd.py --smtp PORT --imap PORT --password P

Every address gets a mailbox of its own on the IMAP server beside it; what follows a "+" in the local part does not
matter. A recipient whose local part starts with "nobody" bounces, so that a failed delivery can be tried out.

Like any mail system it says of each mail what it knows about its sender: the customers whose mailboxes it keeps are
vouched for, bank.example says that this server is none of its own, and of everybody else nothing is known.
"""
import argparse
import asyncio
import email
import email.utils
import imaplib
import re
import signal
import sys
import time

from aiosmtpd.controller import UnthreadedController

LIMIT = 120 * 1024 * 1024
NAME = "mail.demo.example"


def domain_of(address):
    return email.utils.parseaddr(address)[1].rpartition("@")[2].lower()


def judge(sender, raw):
    """What is known about who sent it, as a header field (RFC 8601)."""
    domain = domain_of(str(email.message_from_bytes(raw)["From"] or ""))
    if domain == "bank.example":
        result = "dmarc=fail header.from=bank.example"
    elif domain == "customer.example" and domain_of(sender or "") == domain:
        result = "dmarc=pass header.from=customer.example"
    else:
        result = "none"
    return f"Authentication-Results: {NAME}; {result}\r\n".encode()


def without_our_word(raw):
    """The mail without what claims to be our own judgement."""
    end = raw.find(b"\r\n\r\n")
    head, rest = (raw, b"") if end < 0 else (raw[:end], raw[end:])
    fields = re.split(rb"\r\n(?![ \t])", head)
    ours = re.compile(rb"authentication-results\s*:.*" + re.escape(NAME.encode()), re.IGNORECASE | re.DOTALL)
    return b"\r\n".join(field for field in fields if not ours.match(field)) + rest


class Handler:
    def __init__(self, imap_port, password):
        self.imap_port = imap_port
        self.password = password

    async def handle_RCPT(self, server, session, envelope, address, options):
        if "@" not in address or len(address) > 320:
            return "501 5.1.3 this is no address"
        if address.startswith("nobody"):
            return f"550 5.1.1 <{address}>: there is no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        received = (f"Received: from {session.host_name or 'unknown'} by {NAME} with ESMTP;\r\n"
                    f"\t{email.utils.formatdate(localtime=False)}\r\n").encode("utf-8", "replace")
        content = judge(envelope.mail_from, envelope.content) + received + without_our_word(envelope.content)
        loop = asyncio.get_running_loop()
        for address in envelope.rcpt_tos:
            head = f"Return-Path: <{envelope.mail_from or ''}>\r\nDelivered-To: {address}\r\n".encode("utf-8", "replace")
            try:
                await loop.run_in_executor(None, self.store, address, head + content)
            except (OSError, imaplib.IMAP4.error) as problem:
                return f"451 4.3.0 the mailbox can't be written: {problem}"
        return "250 2.0.0 Ok: taken"

    def store(self, address, raw):
        local, domain = address.rsplit("@", 1)
        user = f"{local.split('+', 1)[0].lower()}@{domain.lower()}"
        with imaplib.IMAP4("127.0.0.1", self.imap_port) as imap:
            imap.login(user, self.password)
            answer, words = imap.append("INBOX", None, imaplib.Time2Internaldate(time.time()), raw)
            if answer != "OK":
                raise imaplib.IMAP4.error(words)


async def run(options):
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    controller = UnthreadedController(Handler(options.imap, options.password), hostname="127.0.0.1",
                                      port=options.smtp, data_size_limit=LIMIT, decode_data=False,
                                      ident="demo mail system", loop=loop)
    controller.server = await loop.create_server(controller.factory, "127.0.0.1", options.smtp)
    await stop.wait()
    controller.server.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--smtp", type=int, required=True)
    parser.add_argument("--imap", type=int, required=True)
    parser.add_argument("--password", required=True)
    options = parser.parse_args()
    try:
        asyncio.run(run(options))
    except OSError as problem:
        sys.exit(f"smtpd: {problem}")


if __name__ == "__main__":
    main()
