"""One gateway and one browser for all tests of this folder. A test that fails leaves a picture of its last page."""
import os
import shutil
import tempfile

import pytest

from browser import Browser
from world import PASSWORD, World

import servers  # world says where it lies

SHOTS = os.environ.get("BROWSER_SHOTS") or os.path.join(os.environ.get("TOP_BUILDDIR") or os.getcwd(), "browser-failures")


def pytest_configure():
    for program in ("/usr/bin/chromium", "/usr/bin/chromedriver"):
        if not os.path.exists(program):
            pytest.exit(f"{program} is missing: contrib/install-packages test", returncode=1)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if report.failed and report.when != "teardown":  # then the browsers may be gone
        for name, value in item.funcargs.items():
            if isinstance(value, Browser):
                os.makedirs(SHOTS, exist_ok=True)
                path = os.path.join(SHOTS, f"{item.name}-{name}.png".replace("/", "_"))
                value.shoot(path)
                report.sections.append((f"the page of {name}", f"{value.driver.current_url}\n{path}\n"))


@pytest.fixture(scope="session")
def world():
    folder = tempfile.mkdtemp(prefix="postern-pages.", dir=servers.fast_place())
    os.chmod(folder, 0o755)
    made = World(folder)
    try:
        yield made.start().fill()
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def opened(world, **more):
    made = Browser(world.url, **more)
    made.look()
    return made


@pytest.fixture(scope="session")
def first(world):
    made = opened(world)
    yield made
    made.quit()


@pytest.fixture(scope="session")
def second(world):
    made = opened(world)
    yield made
    made.quit()


def watched(made):
    made.console()
    made.outside()
    made.expected = []
    made.look()
    yield made
    assert made.console() == []
    assert made.outside() == []


@pytest.fixture
def public(first):
    """A browser without cookies."""
    first.driver.delete_all_cookies()
    yield from watched(first)


@pytest.fixture
def desk(first):
    """A browser with charles, an administrator, at the desk."""
    first.log_in_again("charles", PASSWORD)
    yield from watched(first)


@pytest.fixture
def mary(second):
    """Another one, with mary, a lead."""
    second.log_in_again("mary", PASSWORD)
    yield from watched(second)


@pytest.fixture
def plain(world):
    """A browser without JavaScript."""
    made = opened(world, script=False)
    yield from watched(made)
    made.quit()
