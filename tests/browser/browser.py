"""A headless Chromium, asked in words of this project. Every wait has a deadline of a minute; nothing sleeps.

What a page says on its console (CSP violations are said there) is collected and checked when the browser is left;
requests to anywhere but this machine are collected too, and there must be none.
"""
import json
import os
import shutil
import tempfile
import urllib.parse

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

DEADLINE = 60
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
         "--disable-default-apps", "--disable-extensions", "--hide-scrollbars", "--force-color-profile=srgb",
         "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1", "--lang=en-GB")


class Browser:
    def __init__(self, url, script=True):
        self.url = url
        self.folder = tempfile.mkdtemp(prefix="postern-browser.", dir="/tmp")
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for flag in (*FLAGS, f"--user-data-dir={self.folder}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        options.add_experimental_option("prefs", {"intl.accept_languages": "en-GB",
                                                  "download.default_directory": self.folder,
                                                  "profile.managed_default_content_settings.javascript": 1 if script else 2})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver", env={**os.environ, "HOME": self.folder}),
                                       options=options)
        self.driver.set_page_load_timeout(DEADLINE)
        self.driver.set_script_timeout(DEADLINE)
        self.expected = []
        self.sessions = {}

    def quit(self):
        try:
            self.driver.quit()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    # What the page is like.

    def look(self, width=1440, height=900, dark=False, touch=False):
        """The window's size, the scheme, and whether there is a finger."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": touch})
        self.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": touch})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def open(self, path):
        self.driver.get(urllib.parse.urljoin(self.url, path))

    @property
    def path(self):
        parts = urllib.parse.urlsplit(self.driver.current_url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def one(self, css):
        """The only or first element; waits for it."""
        return self.wait(lambda: next(iter(self.all(css)), None), f"{css}")

    def wait(self, condition, what):
        """Calls condition() until it is true, whatever the page does meanwhile; its value."""
        def look(_):
            try:
                return condition()
            except (StaleElementReferenceException, WebDriverException):
                return False
        return WebDriverWait(self.driver, DEADLINE, poll_frequency=0.05).until(
            look, f"waited {DEADLINE} s for {what} on {self.driver.current_url}")

    def wait_text(self, css, text):
        return self.wait(lambda: any(text in element.text for element in self.all(css)), f"“{text}” in {css}")

    def wait_path(self, start):
        return self.wait(lambda: self.path.startswith(start) and self.js("return document.readyState") == "complete",
                         f"the page {start}")

    def js(self, script, *words):
        return self.driver.execute_script(script, *words)

    @property
    def text(self):
        return self.one("body").text

    # What a person does.

    def press(self, *keys):
        """Keys to whatever has the focus."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def submit(self, form_css):
        """Presses a form's first button, and waits until another page is there."""
        self.click(f"{form_css} button")

    def click(self, css):
        """A click that leads to another page."""
        element = self.one(css)
        page = self.one("html")
        self.js("arguments[0].scrollIntoView ({ block: 'center' })", element)
        element.click()
        self.wait_left(page)

    def wait_left(self, page):
        """Waits until `page`, an element of the page that was, is gone and its follower has loaded."""
        def gone():
            try:
                page.is_enabled()
                return False
            except StaleElementReferenceException:
                return True
        self.wait(gone, "the next page")
        self.wait(lambda: self.js("return document.readyState") == "complete", "the page to be complete")

    def log_in_again(self, login, password):
        """Logs in, with the session of the last time where there is one."""
        self.driver.delete_all_cookies()
        if login in self.sessions:
            self.driver.execute_cdp_cmd("Network.setCookies", {"cookies": self.sessions[login]})
            return
        self.log_in(login, password)
        cookies = self.driver.execute_cdp_cmd("Network.getCookies", {"urls": [self.url]})["cookies"]
        self.sessions[login] = [{"url": self.url, **{key: cookie[key] for key in (
            "name", "value", "path", "httpOnly", "secure", "sameSite") if key in cookie}} for cookie in cookies]

    def log_in(self, login, password):
        self.driver.delete_all_cookies()
        self.open("/desk/login")
        self.one("#login").send_keys(login)
        self.one("#password").send_keys(password)
        page = self.one("html")
        self.one("#password").send_keys(Keys.ENTER)
        self.wait_left(page)
        assert self.path == "/desk", self.text

    # What went wrong meanwhile.

    def console(self):
        """Lines of the console since the last call, without those that `expected` names."""
        lines = [line["message"] for line in self.driver.get_log("browser") if line["level"] in ("SEVERE", "WARNING")]
        return [line for line in lines if not any(word in line for word in self.expected)]

    def requests(self):
        """Addresses that pages asked for since the last call."""
        found = []
        for line in self.driver.get_log("performance"):
            message = json.loads(line["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return found

    def outside(self):
        """Requests since the last call to anywhere but the gateway; not what the browser asks for by itself, and late."""
        return [url for url in self.requests() if not url.startswith((self.url, "data:", "about:", "chrome", "blob:"))
                and not url.endswith("/favicon.ico")]

    def shoot(self, path, full=False):
        if full:
            height = self.js("return document.documentElement.scrollHeight")
            width = self.js("return innerWidth")
            self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                "width": width, "height": min(height, 6000), "deviceScaleFactor": 1, "mobile": False})
        self.driver.save_screenshot(path)
