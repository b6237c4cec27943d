"""A headless Chromium, spoken to in its DevTools protocol over a pair of pipes: no port, no driver, no library."""

import base64
import fcntl
import json
import os
import select
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self

ANSWERS_WITHIN_S: Final = 60.0
_OPTIONS: Final = (
    "--headless",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    # Whoever runs tests in a container is root there, and shares little memory.
    "--no-sandbox",
    "--disable-dev-shm-usage",
)


class Browser:
    """The browser's process and the words that go to and from it."""

    def __init__(self, program: str, folder: Path) -> None:
        """Start it, with a profile of its own in the folder."""
        their_in, our_out = os.pipe()
        our_in, their_out = os.pipe()
        # It reads from 3 and writes to 4, which may be ours for something else.
        theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (their_in, their_out)]
        redirected = f'exec "$0" "$@" 3<&{theirs[0]} 4>&{theirs[1]}'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", redirected, program, *_OPTIONS, f"--user-data-dir={folder}", "about:blank"],
            pass_fds=theirs,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for end in (their_in, their_out, *theirs):
            os.close(end)
        self._in, self._out = our_in, our_out
        self._left = b""
        self._number = 0
        self.events: list[dict[str, Any]] = []

    def ask(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Send a command and wait for its answer; what happens meanwhile is kept in ``events``."""
        self._number += 1
        order = {"id": self._number, "method": method, "params": params}
        self._send(order | ({"sessionId": session} if session else {}))
        while True:
            told = self._next()
            if told.get("id") == self._number:
                assert "error" not in told, (method, told["error"])
                answer: dict[str, Any] = told["result"]
                return answer
            self.events.append(told)

    def wait_for(self, event: str) -> None:
        """Wait until an event has come."""
        while not any(told.get("method") == event for told in self.events):
            self.events.append(self._next())

    def _send(self, order: dict[str, Any]) -> None:
        data = json.dumps(order).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]

    def _next(self) -> dict[str, Any]:
        deadline = time.monotonic() + ANSWERS_WITHIN_S
        while b"\0" not in self._left:
            ready, _, _ = select.select([self._in], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"the browser says nothing for {ANSWERS_WITHIN_S} s"
            data = os.read(self._in, 1 << 20)
            assert data, "the browser has ended"
            self._left += data
        message, _, self._left = self._left.partition(b"\0")
        told: dict[str, Any] = json.loads(message)
        return told

    def close(self) -> None:
        """End it, its children with it, so that nobody writes into the profile any more."""
        self.ask("Browser.close")
        self._process.wait(ANSWERS_WITHIN_S)
        for end in (self._in, self._out):
            os.close(end)

    def __enter__(self) -> Self:
        """The browser itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.close()


class Tab:
    """One page in a window of a given size, and all that it asked for and complained of."""

    def __init__(self, browser: Browser, session: str) -> None:
        """A tab that is attached to."""
        self._browser = browser
        self._session = session

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """A command to the page."""
        return self._browser.ask(method, self._session, **params)

    def value(self, script: str) -> Any:
        """What an expression of JavaScript says of the page; the page's own policy does not bind us."""
        told = self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def printed(self) -> bytes:
        """The page on paper, as PDF."""
        return base64.b64decode(self.ask("Page.printToPDF", printBackground=True, preferCSSPageSize=True)["data"])

    def picture(self) -> bytes:
        """The whole page as PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def happened(self, *methods: str) -> list[dict[str, Any]]:
        """What events of these kinds said."""
        return [told["params"] for told in self._browser.events if told.get("method") in methods]


@contextmanager
def opened(browser: Browser, url: str, width: int, *, mobile: bool = False) -> Iterator[Tab]:
    """A page, loaded, in a window that is so many pixels wide."""
    target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
    session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    browser.events.clear()
    tab = Tab(browser, session)
    for domain in ("Page", "Network", "Runtime", "Log"):
        tab.ask(f"{domain}.enable")
    tab.ask("Emulation.setDeviceMetricsOverride", width=width, height=740, deviceScaleFactor=1, mobile=mobile)
    tab.ask("Page.navigate", url=url)
    browser.wait_for("Page.loadEventFired")
    yield tab
    browser.ask("Target.closeTarget", targetId=target)
