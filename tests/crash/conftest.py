"""The crash tests share the servers and the gateway of the end-to-end tests."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

import pytest  # noqa: E402

import gateway as gateways  # noqa: E402
from house import House  # noqa: E402

pytest_plugins = ["worlds"]


@pytest.fixture
def house(gateway, dovecot):
    """A whole house: mail comes by IMAP, answers leave by SMTP, time can leap."""
    if not gateways.has_test_hooks():
        pytest.skip("built without --enable-test-hooks")
    made = House(gateway, dovecot)
    yield made
    made.stop()
