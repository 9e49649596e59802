"""What all tests of a whole gateway share: a folder a test that daemons of another user can enter, and its servers."""
import os
import shutil
import tempfile

import pytest

import servers
from gateway import Gateway


@pytest.fixture
def folder():
    path = tempfile.mkdtemp(prefix="postern-e2e.", dir=servers.fast_place())
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


@pytest.fixture(scope="session")
def first_data():
    """The data directory of a gateway after its first start."""
    path = tempfile.mkdtemp(prefix="postern-first.", dir=servers.fast_place())
    os.chmod(path, 0o755)
    first = Gateway(path)
    first.run("init")
    yield first.data
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def gateway(folder, first_data):
    """A gateway that is set up but not started."""
    made = Gateway(os.path.join(folder, "gateway"), template=first_data)
    yield made
    made.kill()


@pytest.fixture
def new_gateway(folder):
    """A gateway that has its settings and nothing else."""
    made = Gateway(os.path.join(folder, "new"))
    yield made
    made.kill()


@pytest.fixture
def running(gateway):
    gateway.start()
    yield gateway
    gateway.stop()
