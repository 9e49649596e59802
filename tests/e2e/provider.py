"""An OAuth provider for tests: token, device and introspection endpoints over TLS, whose answers a test can turn.

Refresh tokens are good for one use; one that comes again takes back the whole family, as strict providers do.
"""
import base64
import hashlib
import http.server
import json
import threading
import urllib.parse

import servers


class Provider:
    def __init__(self, pki, certificate="good"):
        self.lock = threading.Lock()
        self.client = ("postern", "client secret")
        self.lifetime = 3600
        self.count = 0
        self.access = {}   # token: user
        self.refresh = {"first": "support"}
        self.used = set()
        self.replayed = []
        self.refusal = None  # (status, document) in place of every token
        self.asked = []      # the grant types
        self.pending = 0     # questions of a device before the person is ready
        self.codes = {}      # code: (challenge, redirect, user)
        self.port = servers.free_port()
        self.url = f"https://localhost:{self.port}"
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *words):
                pass

            def answer(self, status, document):
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self):
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
                with outer.lock:
                    self.answer(*outer.decide(self.path, form))

            def do_GET(self):
                token = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)).get("token")
                with outer.lock:
                    user = outer.access.get(token)
                    self.answer(200, {"active": user is not None, "username": user or ""})

        class Quiet(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # a client that trusts nobody hangs up

        self.server = Quiet(("127.0.0.1", self.port), Handler)
        self.server.socket = pki.server_context(certificate).wrap_socket(self.server.socket, server_side=True)
        # Dovecot asks whose a token is, without TLS.
        self.plain = Quiet(("127.0.0.1", 0), Handler)
        self.introspection = f"http://127.0.0.1:{self.plain.server_port}/introspect?token="
        for server in (self.server, self.plain):
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def stop(self):
        for server in (self.server, self.plain):
            server.shutdown()
            server.server_close()

    def give(self, user, refreshes=True):
        self.count += 1
        self.access[f"access-{self.count}"] = user
        document = {"access_token": f"access-{self.count}", "token_type": "Bearer", "expires_in": self.lifetime}
        if refreshes:
            self.refresh[f"refresh-{self.count}"] = user
            document["refresh_token"] = f"refresh-{self.count}"
        return 200, document

    def revoke(self):
        """The tokens that are out are worth nothing; who asks again gets another."""
        with self.lock:
            self.access.clear()

    def decide(self, path, form):
        if (form.get("client_id"), form.get("client_secret")) != self.client:
            return 401, {"error": "invalid_client", "error_description": "who are you?"}
        if path == "/device":
            return 200, {"device_code": "device code", "user_code": "WDJB-MJHT", "verification_uri": f"{self.url}/enter",
                         "interval": 1, "expires_in": 600}
        grant = form.get("grant_type")
        self.asked.append(grant)
        if self.refusal is not None:
            return self.refusal
        if grant == "client_credentials":
            return self.give("support", refreshes=False)
        if grant == "authorization_code":
            challenge, redirect, user = self.codes.pop(form["code"])
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            good = base64.urlsafe_b64encode(digest).decode().rstrip("=") == challenge and form["redirect_uri"] == redirect
            return self.give(user) if good else (400, {"error": "invalid_grant"})
        if grant == "urn:ietf:params:oauth:grant-type:device_code":
            if self.pending > 0:
                self.pending -= 1
                return 400, {"error": "authorization_pending"}
            return self.give("support") if form["device_code"] == "device code" else (400, {"error": "expired_token"})
        token = form.get("refresh_token")
        if token in self.used:
            self.replayed.append(token)
            self.refresh.clear()
        user = self.refresh.pop(token, None)
        if user is None:
            return 400, {"error": "invalid_grant", "error_description": "The grant was taken back.\r\nTrace: 7"}
        self.used.add(token)
        return self.give(user)
