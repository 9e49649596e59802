"""A MariaDB of one's own over the network: encrypted and verified, or not at all."""
import os
import pwd
import subprocess

import pytest

import servers


class Mariadb:
    """A server on a loopback port, in a folder of its own. `certificate` None: it offers no TLS."""

    def __init__(self, folder, pki):
        self.pki = pki
        self.folder = os.path.join(folder, "mariadb")
        self.port = servers.free_port()
        self.process = None
        os.makedirs(self.folder)
        self.who = ["--user=nobody"] if os.getuid() == 0 else []
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        subprocess.run(["mariadb-install-db", "--no-defaults", f"--datadir={self.folder}/data", "--auth-root-authentication-method=normal",
                        "--skip-test-db", *self.who], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)

    def start(self, certificate):
        tls = ["--skip-ssl"]
        if certificate is not None:
            pem, key = self.pki.certificate(certificate)
            tls = [f"--ssl-cert={pem}", f"--ssl-key={key}"]
        self.process = subprocess.Popen(
            ["mariadbd", "--no-defaults", f"--datadir={self.folder}/data", f"--socket={self.folder}/s", "--bind-address=127.0.0.1",
             f"--port={self.port}", f"--pid-file={self.folder}/pid", f"--log-error={self.folder}/log", *tls, *self.who])
        servers.wait_for(lambda: servers.can_connect(self.port), "the database server")

    def run(self, sql):
        return subprocess.run(["mariadb", "--no-defaults", f"--socket={self.folder}/s", "--user=root", "--batch", "--skip-column-names",
                               "--execute", sql], capture_output=True, text=True, check=True).stdout

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=servers.DEADLINE)
            self.process = None


@pytest.fixture
def mariadb(folder, pki):
    made = Mariadb(folder, pki)
    yield made
    made.stop()


def test_a_server_is_verified_before_the_password_goes_there(new_gateway, mariadb, pki):
    def use(**values):
        new_gateway.settings["database"].update({"host": "127.0.0.1", "port": str(mariadb.port), "user": "postern",
                                                 "password": "a secret", "tls": "yes", "ca_file": pki.ca, **values})
        new_gateway.write_settings()
        os.chmod(new_gateway.conf, 0o600)
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(new_gateway.conf, nobody.pw_uid, nobody.pw_gid)
        return new_gateway.run("init", check=False)
    mariadb.start("good")
    mariadb.run("CREATE USER postern@'%' IDENTIFIED BY 'a secret'; GRANT ALL ON postern.* TO postern@'%'")
    assert use().returncode == 0
    new_gateway.run("queue", "add", "mine")
    mariadb.run("ALTER USER postern@'%' REQUIRE SSL")
    assert new_gateway.run("queue", "list").returncode == 0
    assert use(tls="auto").returncode == 77  # this machine: in the clear, which that account may not
    mariadb.stop()
    for certificate in ("unknown", "expired", "wrong-host"):
        mariadb.start(certificate)
        done = use(tls="yes")
        assert done.returncode != 0 and "certificate" in done.stderr.lower(), (certificate, done.stderr)
        mariadb.stop()
    mariadb.start(None)
    done = use(tls="yes")
    assert done.returncode != 0 and "TLS" in done.stderr
    mariadb.run("ALTER USER postern@'%' REQUIRE NONE")
    assert use(tls="no").returncode == 0
    assert [queue["name"] for queue in new_gateway.json_lines("queue", "list")] == ["mine"]
    done = use(tls="maybe")
    assert done.returncode == 65 and '"auto", "yes" or "no"' in done.stderr
