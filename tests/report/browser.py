"""A headless Chromium, driven over its DevTools pipe: one start serves many pages.

The pipe needs no web socket and opens no port: JSON messages, each ended by a zero byte, on the file descriptors 3
and 4 of the browser.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import attrs
import filelock

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
# Puts the two ends where the browser looks for them, and becomes the browser.
_ON_THREE_AND_FOUR = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execvp(sys.argv[3], sys.argv[3:])"
)
_PATIENCE_SECONDS = 60


class NoBrowserError(Exception):
    """There is no Chromium, and none can be installed; the text says why."""


def find_chromium() -> str:
    """Return the path of a Chromium, installed with apt-get when there is none and we may."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path is not None:
            return path
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise NoBrowserError("no chromium is installed, and only root on Debian can install it here")
    # Several test processes may come here at once, and apt-get works for one at a time.
    with filelock.FileLock(Path(tempfile.gettempdir()) / "chromium-for-tests.lock"):
        if shutil.which("chromium") is None:
            _install_chromium()
    path = shutil.which("chromium")
    if path is None:
        raise NoBrowserError("apt-get installed chromium, but it is not on the path")
    return path


def _install_chromium() -> None:
    for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        ended = subprocess.run(["apt-get", *command], capture_output=True, text=True, timeout=600, check=False)
        if ended.returncode:
            raise NoBrowserError(f"apt-get {command[0]} failed: {ended.stderr.strip()[-500:]}")


@attrs.define
class Page:
    """A page in the browser."""

    browser: Browser
    session_id: str

    def call(self, method, **parameters):
        return self.browser.call(method, self.session_id, **parameters)

    def open(self, path, width=1280, height=900, media="screen", scheme="light"):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.show_as(media, scheme)
        self.call("Page.navigate", url=path.as_uri())
        self.browser.wait_for("Page.loadEventFired", self.session_id)
        return self

    def resize(self, width, height=900):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def show_as(self, media="screen", scheme="light"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def accessible(self):
        """The accessibility tree, as pairs of role and name, without what is ignored."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        shown = [node for node in nodes if not node.get("ignored")]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in shown]

    def screenshot(self, whole=True):
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(answer["data"])

    def pdf(self):
        answer = self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        return base64.b64decode(answer["data"])


class Browser:
    """One running Chromium."""

    def __init__(self, chromium, profile):
        to_browser, self._write = _pipe()
        self._read, from_browser = _pipe()
        ends = (str(to_browser), str(from_browser))
        command = [sys.executable, "-c", _ON_THREE_AND_FOUR, *ends, chromium, *FLAGS, f"--user-data-dir={profile}"]
        with open(os.devnull, "w") as nowhere:
            self._process = subprocess.Popen(
                command, pass_fds=(to_browser, from_browser), stdout=nowhere, stderr=nowhere, stdin=subprocess.DEVNULL
            )
        os.close(to_browser)
        os.close(from_browser)
        self._number = 0
        self._rest = b""
        self._events = []

    def new_page(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session_id = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session_id)
        page.call("Page.enable")
        return page

    def call(self, method, session_id=None, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if session_id is not None:
            message["sessionId"] = session_id
        self._events.clear()
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer)
                return answer["result"]
            self._events.append(answer)

    def wait_for(self, method, session_id):
        def is_it(event):
            return event.get("method") == method and event.get("sessionId") == session_id

        if not any(map(is_it, self._events)):
            while not is_it(self._next()):
                pass

    def close(self):
        try:
            os.write(self._write, b'{"id": 0, "method": "Browser.close"}\0')
        except BrokenPipeError:
            pass
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        os.close(self._write)
        os.close(self._read)

    def _next(self):
        ends = time.monotonic() + _PATIENCE_SECONDS
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0, ends - time.monotonic()))
            more = os.read(self._read, 1 << 20) if ready else b""
            assert more, "the browser ended, or does not answer"
            self._rest += more
        line, self._rest = self._rest.split(b"\0", 1)
        return json.loads(line)


def _pipe():
    """A pipe whose ends are out of the way of 3 and 4."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20) for end in ends]
    for end in ends:
        os.close(end)
    return moved
