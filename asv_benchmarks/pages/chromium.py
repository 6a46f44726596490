"""A headless Chromium that sees this machine only, driven through DevTools on a pipe.

The Chromium on the PATH is taken; where there is none, the one of the npm package
``@sparticuz/chromium``, pinned in `package.json`. It is unpacked next to the pages, and brings all
libraries but those of C.
"""

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, Self

from assemble import BUILT, HERE, npm

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
UNPACK = "import c from '@sparticuz/chromium'; console.log(await c.executablePath());"


def find() -> tuple[str, dict[str, str]]:
    """The command of a Chromium, and what its environment needs."""
    for name in NAMES:
        if path := shutil.which(name):
            return path, {}
    folder = BUILT / "chromium"
    folder.mkdir(parents=True, exist_ok=True)
    npm("--include=dev")
    # The package unpacks the libraries too where it takes the machine for a bare one.
    environment = {"TMPDIR": str(folder), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs20.x"}
    command = ["node", "--input-type=module", "--eval", UNPACK]
    path = subprocess.check_output(command, cwd=HERE, env=os.environ | environment, text=True)
    # Its list of fonts names another folder.
    fonts = folder / "fonts.conf"
    fonts.write_text(f"<fontconfig><dir>{folder}</dir><cachedir>{folder}</cachedir></fontconfig>")
    return path.strip(), {
        "LD_LIBRARY_PATH": str(folder / "al2023" / "lib"),
        "FONTCONFIG_FILE": str(fonts),
    }


def _above(fd: int) -> int:
    """The same file under a number that is none of those that Chromium expects."""
    high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(fd)
    return high


class Browser:
    """One page of a headless Chromium; every host but 127.0.0.1 is unknown to it.

    `requests` has the addresses that were asked for, `errors` what scripts raised or logged.
    """

    def __init__(self) -> None:
        path, environment = find()
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._said = Path(self._profile.name) / "said.txt"
        read, self._write = map(_above, os.pipe())
        self._read, write = map(_above, os.pipe())
        arguments = [
            path,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--no-first-run",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
            f"--user-data-dir={self._profile.name}",
            "--remote-debugging-pipe",
            "about:blank",
        ]
        # Chromium reads what it is told from 3, and answers on 4.
        with self._said.open("w") as said:
            self._process = subprocess.Popen(
                ["bash", "-c", f'exec "$0" "$@" 3<&{read} 4>&{write}', *arguments],
                pass_fds=(read, write),
                env=os.environ | environment,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
        os.close(read)
        os.close(write)
        self._rest = b""
        self._count = 0
        self._session: str | None = None
        self.requests: list[str] = []
        self.errors: list[str] = []

    def __enter__(self) -> Self:
        try:
            target = self.call("Target.createTarget", url="about:blank")["targetId"]
            attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
            self._session = attached["sessionId"]
            for domain in ("Page", "Runtime", "Network", "Log"):
                self.call(f"{domain}.enable")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)
        os.close(self._write)
        self._profile.cleanup()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a method of the DevTools protocol."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        text = json.dumps(message).encode() + b"\0"
        with contextlib.suppress(BrokenPipeError):  # said when there is no answer
            while text:
                text = text[os.write(self._write, text) :]
        while (answer := self._message()).get("id") != self._count:
            self._note(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._read], [], [], 60)[0]:
                raise TimeoutError("Chromium does not answer")
            more = os.read(self._read, 2**16)
            if not more:
                said = self._said.read_text(errors="replace")
                raise RuntimeError(f"Chromium has ended: {said[-2000:]}")
            self._rest += more
        message, self._rest = self._rest.split(b"\0", 1)
        return json.loads(message)

    def _note(self, event: dict[str, Any]) -> None:
        what = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(what["request"]["url"])
            case "Network.loadingFailed" if not what.get("canceled"):
                self.errors.append(what["errorText"])
            case "Runtime.exceptionThrown":
                details = what["exceptionDetails"]
                thrown = details.get("exception", {}).get("description", "")
                self.errors.append(f"{details['text']} {thrown}")
            case "Log.entryAdded" if what["entry"]["level"] == "error":
                self.errors.append(what["entry"]["text"])

    def open(self, address: str, width: int = 1400, height: int = 900) -> None:
        """Load a page in a window of this size; forget earlier requests and errors."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self.call("Page.navigate", url="about:blank")
        self.requests.clear()
        self.errors.clear()
        self.call("Page.navigate", url=address)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def wait(self, expression: str, seconds: float = 20) -> Any:
        """The value of an expression once it is true; TimeoutError if it never is."""
        end = time.monotonic() + seconds
        while not (value := self.evaluate(expression)):
            if time.monotonic() > end:
                raise TimeoutError(f"{expression} stays {value!r}; errors: {self.errors}")
            time.sleep(0.05)
        return value

    def screenshot(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))
