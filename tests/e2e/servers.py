"""Servers for tests: a certificate authority, a private Dovecot, and an SMTP server whose answers a test chooses.

Everything listens on loopback and free ports, lives below one folder, and ends with the test. When the tests run as
root, Dovecot runs as `nobody`.
"""
import asyncio
import grp
import imaplib
import itertools
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

DEADLINE = 60


def fast_place():
    """Where databases are made and thrown away: in memory, where there is room and programs may lie, else on the disk."""
    try:
        place = os.statvfs("/dev/shm")
    except OSError:
        return "/tmp"
    has_room = place.f_bavail * place.f_frsize >= 4 << 30 and not place.f_flag & os.ST_NOEXEC
    return "/dev/shm" if has_room and os.access("/dev/shm", os.W_OK) else "/tmp"


def wait_for(condition, what, deadline=DEADLINE, pause=0.05):
    """Calls condition() until it is true and returns its value; fails with `what` after `deadline` seconds."""
    until = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > until:
            raise AssertionError(f"waited {deadline} s for {what}")
        time.sleep(pause)


# Ports are taken one after the other from below those that the system gives to clients, each test process from a
# range of its own, so that nobody takes one between its choice and its use.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw19")[2:])
ports = itertools.cycle(range(12000 + 1000 * WORKER, 12000 + 1000 * WORKER + 1000))


def free_port():
    for _ in range(1000):
        port = next(ports)
        with socket.socket() as sock:
            try:
                sock.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue  # somebody listens there
    raise AssertionError("no port is free")


def can_connect(port):
    with socket.socket() as sock:
        sock.settimeout(5)
        return sock.connect_ex(("127.0.0.1", port)) == 0


class Pki:
    """A certificate authority in a folder, and certificates good and bad, all made by openssl."""

    def __init__(self, path):
        self.path = path
        self.made = {}
        for name in ("ca", "other"):
            self.run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", f"/CN=Postern test {name}",
                     "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", self.at(f"{name}.key"),
                     "-out", self.at(f"{name}.pem"))
        self.ca = self.at("ca.pem")

    def at(self, name):
        return os.path.join(self.path, name)

    def run(self, *words):
        done = subprocess.run(["openssl", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        assert done.returncode == 0, done.stdout.decode(errors="replace")

    def certificate(self, kind="good"):
        """(certificate, key): good, wrong-host, expired, sha1, self-signed or unknown (another authority's)."""
        if kind not in self.made:
            self.made[kind] = self.make(kind)
        return self.made[kind]

    def make(self, kind):
        pem, key, csr, ext = (self.at(f"{kind}.{end}") for end in ("pem", "key", "csr", "ext"))
        names = "DNS:elsewhere.example" if kind == "wrong-host" else "DNS:localhost,IP:127.0.0.1"
        if kind == "self-signed":
            self.run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost",
                     "-addext", f"subjectAltName={names}", "-keyout", key, "-out", pem)
        else:
            self.run("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", key, "-out", csr)
            with open(ext, "w", encoding="ascii") as file:
                file.write(f"subjectAltName={names}\n")
            ca = "other" if kind == "unknown" else "ca"
            if kind == "expired":
                self.sign_with_dates(csr, ext, pem, "20200101000000Z", "20200201000000Z")
            else:
                self.run("x509", "-req", "-in", csr, "-CA", self.at(f"{ca}.pem"), "-CAkey", self.at(f"{ca}.key"),
                         "-CAcreateserial", "-days", "30", "-sha1" if kind == "sha1" else "-sha256",
                         "-extfile", ext, "-out", pem)
        for file in (pem, key):
            os.chmod(file, 0o644)
        return pem, key

    def sign_with_dates(self, csr, ext, pem, start, end):
        with open(self.at("index.txt"), "w", encoding="ascii"):
            pass
        with open(self.at("ca.cnf"), "w", encoding="ascii") as file:
            file.write("[ca]\ndefault_ca=x\n[x]\n"
                       f"database={self.at('index.txt')}\nnew_certs_dir={self.path}\nserial={self.at('serial')}\n"
                       "default_md=sha256\npolicy=p\nrand_serial=yes\n[p]\ncommonName=supplied\n")
        self.run("ca", "-batch", "-config", self.at("ca.cnf"), "-cert", self.at("ca.pem"), "-keyfile",
                 self.at("ca.key"), "-in", csr, "-extfile", ext, "-startdate", start, "-enddate", end,
                 "-notext", "-out", pem)

    def server_context(self, kind="good"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if kind == "sha1":
            context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.load_cert_chain(*self.certificate(kind))
        return context


def as_nobody():
    """Popen arguments that give up root."""
    if os.getuid() != 0:
        return {}
    return {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}


class Dovecot:
    """A private IMAP server: plain with STARTTLS on .port, implicit TLS on .tls_port."""

    def __init__(self, path, pki, users, capability=None, certificate="good", tokens=None):
        self.path = path
        self.pki = pki
        self.users = dict(users)
        self.capability = capability
        self.certificate = certificate
        self.tokens = tokens  # the URL that tells whose a token is, a token to be appended
        self.port = free_port()
        self.tls_port = free_port()
        self.process = None
        for name in ("", "run", "state", "mail"):
            os.makedirs(self.at(name), exist_ok=True)
        self.chown()

    def at(self, name):
        return os.path.join(self.path, name)

    def chown(self):
        if os.getuid() == 0:
            user = pwd.getpwnam("nobody")
            for root, _, files in os.walk(self.path):
                for name in (root, *(os.path.join(root, file) for file in files)):
                    os.chown(name, user.pw_uid, user.pw_gid)

    def write(self):
        user = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        group = grp.getgrgid(user.pw_gid).gr_name
        pem, key = self.pki.certificate(self.certificate)
        with open(self.at("users"), "w", encoding="utf-8") as file:
            file.writelines(f"{name}:{{PLAIN}}{password}\n" for name, password in self.users.items())
        by_token = f"passdb {{\n driver = oauth2\n mechanisms = xoauth2 oauthbearer\n args = {self.at('tokens.conf')}\n}}"
        if self.tokens is None:
            by_token = ""
        with open(self.at("tokens.conf"), "w", encoding="utf-8") as file:
            file.write(f"""
introspection_url = {self.tokens}
introspection_mode = get
force_introspection = yes
username_attribute = username
active_attribute = active
active_value = true
""")
        with open(self.at("dovecot.conf"), "w", encoding="utf-8") as file:
            file.write(f"""
base_dir = {self.at('run')}
state_dir = {self.at('state')}
log_path = {self.at('dovecot.log')}
default_internal_user = {user.pw_name}
default_internal_group = {group}
default_login_user = {user.pw_name}
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{pem}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
mail_location = maildir:{self.at('mail')}/%u
mail_max_userip_connections = 100
first_valid_uid = 1
{f'imap_capability = {self.capability}' if self.capability else ''}
{by_token}
passdb {{
  driver = passwd-file
  args = {self.at('users')}
}}
userdb {{
  driver = static
  args = uid={user.pw_uid} gid={user.pw_gid} home={self.at('mail')}/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
""")
        self.chown()

    def start(self):
        self.write()
        self.process = subprocess.Popen(["dovecot", "-F", "-c", self.at("dovecot.conf")], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.STDOUT, start_new_session=True, **as_nobody())
        wait_for(lambda: can_connect(self.port) and can_connect(self.tls_port), "Dovecot: " + self.log())

    def stop(self):
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    def kill(self):
        """As a machine that loses power: no good-byes."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def log(self):
        try:
            with open(self.at("dovecot.log"), encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def imap(self, user="support"):
        """Python's own client, logged in, with INBOX selected."""
        client = imaplib.IMAP4("127.0.0.1", self.port)
        client.login(user, self.users[user])
        client.select("INBOX")
        return client

    def append(self, message, user="support", folder="INBOX", date=None):
        client = self.imap(user)
        try:
            status, answer = client.append(folder, None, date or imaplib.Time2Internaldate(time.time()), message)
            assert status == "OK", answer
        finally:
            client.logout()

    def mails(self, user="support", folder="INBOX"):
        """[(uid, flags, bytes)] of a folder; [] where there is no such folder."""
        for _ in range(20):
            try:
                return self.read_mails(user, folder)
            except imaplib.IMAP4.abort:
                time.sleep(0.2)  # Dovecot ends sessions that look on while it makes an index anew
        raise AssertionError(f"{user}'s {folder} cannot be read: {self.log()[-2000:]}")

    def read_mails(self, user, folder):
        client = self.imap(user)
        found = []
        try:
            status, _ = client.select(f'"{folder}"', readonly=True)
            if status != "OK":
                return []
            _, (uids,) = client.uid("SEARCH", "ALL")
            for uid in uids.split():
                _, parts = client.uid("FETCH", uid, "(FLAGS BODY.PEEK[])")
                head, body = next(part for part in parts if isinstance(part, tuple))
                rest = b" ".join(part for part in parts if isinstance(part, bytes))
                flags = imaplib.ParseFlags(head) or imaplib.ParseFlags(rest)
                found.append((int(uid), {flag.decode() for flag in flags}, body))
        finally:
            client.shutdown()
        return found

    def forget_uids(self, user="support"):
        """Gives the folder a new UIDVALIDITY, as a restore from a backup does. Only while stopped."""
        assert self.process is None
        for name in os.listdir(self.at(f"mail/{user}")):
            if name.startswith("dovecot"):
                path = self.at(f"mail/{user}/{name}")
                shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)


class SmtpServer:
    """An SMTP server that keeps what it takes in .taken: [(envelope_from, [recipients], bytes)].

    `answers` maps a step ("MAIL", "RCPT", "DATA") to a list of answers to give, one a time, before things go well:
    "451 4.3.0 later"; "drop" ends the connection, and after DATA that leaves the sender uncertain. `deliver` gets each
    mail taken: deliver(recipient, bytes).
    """

    def __init__(self, pki=None, certificate="good", mode="plain", users=None, deliver=None, dsn=False, utf8=False):
        self.taken = []
        self.answers = {"MAIL": [], "RCPT": [], "DATA": []}
        self.options = []
        self.sessions = 0
        self.logins = []
        self.lock = threading.Lock()
        self.deliver = deliver
        self.users = users
        self.dsn = dsn
        self.mode = mode
        self.port = free_port()
        context = pki.server_context(certificate) if mode != "plain" else None
        outer = self

        class Factory(Controller):
            def factory(self):
                return SMTP(self.handler, hostname="smtp.test", enable_SMTPUTF8=utf8,
                              require_starttls=mode == "starttls", tls_context=context if mode == "starttls" else None,
                              authenticator=outer.authenticate if users else None, auth_required=bool(users),
                              auth_require_tls=mode == "starttls", data_size_limit=64 * 1024 * 1024)

        self.make = lambda: Factory(self, hostname="127.0.0.1", port=self.port,
                                    ssl_context=context if mode == "tls" else None, ready_timeout=DEADLINE)
        self.controller = None

    def start(self):
        self.controller = self.make()
        self.controller.start()

    def stop(self):
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    def authenticate(self, server, session, envelope, mechanism, data):
        name, password = data.login.decode(), data.password.decode()
        self.logins.append((name, password))
        return AuthResult(success=self.users.get(name) == password)

    def next_answer(self, step):
        with self.lock:
            return self.answers[step].pop(0) if self.answers[step] else None

    def speak(self, server, step, good):
        answer = self.next_answer(step)
        if answer == "drop":
            server.transport.abort()
            return "421 4.3.0 gone"
        return answer or good

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        if not (self.mode == "starttls" and session.ssl):
            self.sessions += 1
        if self.dsn:
            responses.insert(1, "250-DSN")
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = self.speak(server, "MAIL", "250 2.1.0 sender fine")
        if answer.startswith("2"):
            envelope.mail_from = address or "<>"
            envelope.mail_options.extend(options)
            self.options.append(("MAIL", address, list(options)))
        return answer

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.speak(server, "RCPT", "250 2.1.5 recipient fine")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
            self.options.append(("RCPT", address, list(options)))
        return answer

    async def handle_DATA(self, server, session, envelope: Envelope):
        answer = self.next_answer("DATA")
        if answer == "drop":
            server.transport.abort()
            return "421 4.3.0 gone"
        if answer == "take and drop":
            self.take(envelope)
            server.transport.abort()
            return "421 4.3.0 gone"
        if answer is not None and not answer.startswith("2"):
            return answer
        await asyncio.get_running_loop().run_in_executor(None, self.take, envelope)
        return answer or "250 2.0.0 taken"

    def take(self, envelope):
        with self.lock:
            sender = "" if envelope.mail_from == "<>" else envelope.mail_from
            self.taken.append((sender, list(envelope.rcpt_tos), envelope.original_content))
        if self.deliver is not None:
            for recipient in envelope.rcpt_tos:
                self.deliver(recipient, envelope.original_content)
