"""Peers: servers that misbehave on purpose. A script is a function that talks to one connection."""
import socket
import threading


class Line:
    """One connection: say() sends, hear() reads a line (b"" at the end), and all that was heard is kept."""

    def __init__(self, sock, heard):
        self.sock = sock
        self.heard = heard
        self.file = sock.makefile("rb")

    def say(self, text):
        self.sock.sendall(text if isinstance(text, bytes) else text.encode())

    def hear(self):
        line = self.file.readline()
        self.heard.append(line)
        return line

    def secure(self, context):
        """Shakes hands; whatever the client sent before it is lost, as in any server."""
        self.sock = context.wrap_socket(self.sock, server_side=True)
        self.file = self.sock.makefile("rb")

    def drain(self):
        """Reads until the other side hangs up."""
        while self.hear():
            pass


class Peer:
    """Listens on .port and runs `script(line)` for every connection, in a thread; .heard is what clients said."""

    def __init__(self, script, context=None, host="127.0.0.1"):
        self.script = script
        self.context = context
        self.heard = []
        self.connections = 0
        self.sock = socket.create_server((host, 0))
        self.port = self.sock.getsockname()[1]
        self.open = []
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def serve(self):
        while True:
            try:
                sock, _ = self.sock.accept()
            except OSError:
                return
            self.connections += 1
            self.open.append(sock)
            threading.Thread(target=self.run, args=(sock,), daemon=True).start()

    def run(self, sock):
        try:
            if self.context is not None:
                sock = self.context.wrap_socket(sock, server_side=True)
            self.script(Line(sock, self.heard))
        except (OSError, ValueError):
            pass
        finally:
            sock.close()

    def said(self, word):
        return any(word.encode() in line for line in self.heard)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.sock.close()
        for sock in self.open:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def imap(answers=None, greeting="* OK hello", capability="IMAP4rev1 IDLE MOVE", on=None):
    """A script for an IMAP server that is good enough to come to `answers`: {command word: text of its answer}.

    In an answer, TAG stands for the client's tag. `on` maps a command word to a function(line, tag).
    """
    good = {"CAPABILITY": f"* CAPABILITY {capability}\r\nTAG OK done\r\n", "LOGIN": "TAG OK in\r\n",
            "SELECT": "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] fine\r\nTAG OK [READ-WRITE] selected\r\n",
            "SEARCH": "* SEARCH 5\r\nTAG OK done\r\n", "LOGOUT": "* BYE\r\nTAG OK bye\r\n", "NOOP": "TAG OK done\r\n"}
    good.update(answers or {})

    def script(line):
        line.say(greeting + "\r\n")
        while True:
            words = line.hear().decode(errors="replace").split()
            if len(words) < 2:
                return
            tag, word = words[0], words[1].upper()
            if word == "UID":
                word = words[2].upper()
            if on and word in on:
                on[word](line, tag)
            elif word in good:
                answer = good[word]
                line.say(answer.replace(b"TAG", tag.encode()) if isinstance(answer, bytes)
                         else answer.replace("TAG", tag))
            else:
                line.say(f"{tag} BAD what?\r\n")
    return script


def smtp(answers=None, greeting="220 hello", offer=("AUTH PLAIN LOGIN",), on=None):
    """A script for an SMTP server: `answers` maps a command word, or "." for the final dot, to what it says."""
    good = {"MAIL": "250 fine", "RCPT": "250 fine", "DATA": "354 go", ".": "250 2.0.0 taken", "QUIT": "221 bye",
            "RSET": "250 fine", "AUTH": "235 in", "STARTTLS": "220 go"}
    good.update(answers or {})

    def script(line):
        line.say(greeting + "\r\n")
        is_data = False
        while True:
            text = line.hear()
            if not text:
                return
            if is_data and text != b".\r\n":
                continue
            word = "." if is_data else text.decode(errors="replace").split()[0].upper()
            is_data = word == "DATA" and good["DATA"].startswith("354")
            if on and word in on:
                on[word](line)
            elif word == "EHLO":
                lines = ["hello", *offer]
                line.say("".join(f"250{'-' if i < len(lines) - 1 else ' '}{item}\r\n"
                                 for i, item in enumerate(lines)))
            else:
                line.say(good.get(word, "500 what?") + "\r\n")
    return script


def hang_up(line, *_):
    line.sock.shutdown(socket.SHUT_RDWR)


def silence(line, *_):
    line.drain()
