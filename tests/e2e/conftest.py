"""What all end-to-end tests share: a folder a test that daemons of another user can enter, and its servers."""
import os
import shutil
import tempfile

import pytest

import servers


@pytest.fixture
def folder():
    path = tempfile.mkdtemp(prefix="postern-e2e.", dir="/tmp")
    os.chmod(path, 0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def pki():
    path = tempfile.mkdtemp(prefix="postern-pki.", dir="/tmp")
    os.chmod(path, 0o755)
    yield servers.Pki(path)
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def dovecot(folder, pki):
    server = servers.Dovecot(os.path.join(folder, "dovecot"), pki, {"support": "secret", "alice": "secret"})
    server.start()
    yield server
    server.stop()
