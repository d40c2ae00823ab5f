"""WebKitGTK of Debian, driven by its WebDriver on a virtual screen, with a persistent profile."""

import contextlib
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Remote, WebKitGTKOptions
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.file_detector import UselessFileDetector
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.webkitgtk.service import Service

from tests.flows.browsers import HERE, Browser

DRIVER_PATIENCE = 90
"""Seconds the driver may take for one command: it must never hold a whole test run."""

PROGRAM = HERE / "webkit_browser.py"
SET_BY_VALUE = ("date", "time", "datetime-local", "month", "week", "color", "range")
"""Fields whose keys depend on the language of the desk: their value is set instead."""

SET_VALUE = """
    element.focus()
    element.value = args[0]
    for (const kind of ['input', 'change'])
      element.dispatchEvent(new Event(kind, { bubbles: true }))"""

# The driver clicks where an element was a moment ago: on a slow machine, beside it. What has not
# stood still for two frames is looked up again, and a click that did not arrive is one more try.
STAND_STILL = """
    element.scrollIntoView({ block: 'center' })
    const place = () => JSON.stringify(element.getBoundingClientRect())
    const frame = () => new Promise(requestAnimationFrame)
    const before = place()
    await frame()
    await frame()
    if (place() !== before) throw new Error('it moves')
    const felt = (window.cartableFelt = {})
    for (const kind of ['pointerdown', 'click'])
      element.addEventListener(kind, () => (felt[kind] = true), { capture: true, once: true })
    felt.element = element"""
WAS_FELT = """
    const felt = window.cartableFelt
    if (!felt || felt.click) return true
    return Boolean(felt.pointerdown) && !felt.element.isConnected"""

NAMED_KEYS = {
    "Alt": Keys.ALT,
    "ArrowDown": Keys.ARROW_DOWN,
    "ArrowLeft": Keys.ARROW_LEFT,
    "ArrowRight": Keys.ARROW_RIGHT,
    "ArrowUp": Keys.ARROW_UP,
    "Backspace": Keys.BACKSPACE,
    "Control": Keys.CONTROL,
    "Delete": Keys.DELETE,
    "End": Keys.END,
    "Enter": Keys.ENTER,
    "Escape": Keys.ESCAPE,
    "Home": Keys.HOME,
    "PageDown": Keys.PAGE_DOWN,
    "PageUp": Keys.PAGE_UP,
    "Shift": Keys.SHIFT,
    "Space": " ",
    "Tab": Keys.TAB,
}


class WebKit(Browser):
    """No push, no pen: what WebKitGTK lacks. `driver` is Selenium's own."""

    engine = "webkit"
    passing = (WebDriverException,)

    driver: Remote | None = None
    _screen: "subprocess.Popen[str] | None" = None
    _service: Service | None = None

    @property
    def downloads(self) -> Path:
        """The folder of what is downloaded."""
        return self.profile.resolve() / "downloads"

    def start(self) -> None:
        self._picture = Path(tempfile.mkdtemp(prefix="cartable-screen-"))
        screen = ["-screen", "0", "1600x1400x24", "-fbdir", str(self._picture)]
        self._screen = subprocess.Popen(
            ["Xvfb", "-displayfd", "1", *screen, "-nolisten", "tcp"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._screen.stdout is not None
        display = self._screen.stdout.readline().strip()
        width, height = self.size
        # What is downloaded goes where the desk says: never into somebody's own folder.
        self.downloads.mkdir(parents=True, exist_ok=True)
        folders = self.downloads.with_name("user-dirs.dirs")
        folders.write_text(f'XDG_DOWNLOAD_DIR="{self.downloads}"\n')
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        env |= {
            "DISPLAY": f":{display}",
            "XDG_CONFIG_HOME": str(folders.parent),
            "CARTABLE_WEBKIT_PROFILE": str(self.profile.resolve()),
            "CARTABLE_WEBKIT_SIZE": f"{width}x{height}",
            "CARTABLE_WEBKIT_DARK": "1" if self.dark else "0",
            "GDK_BACKEND": "x11",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
            "NO_AT_BRIDGE": "1",
            "TZ": "Europe/Paris",
        }
        options = WebKitGTKOptions()
        options.binary_location = str(PROGRAM)
        options.add_argument("--automation")
        options.set_capability("browserName", "cartable-webkit")
        self._service = Service(
            shutil.which("WebKitWebDriver"), env=env, popen_kw={"start_new_session": True}
        )
        try:
            self._service.start()
            address = self._service.service_url
            limits = ClientConfig(remote_server_addr=address, timeout=DRIVER_PATIENCE)
            self.driver = Remote(RemoteConnection(client_config=limits), options=options)
            self.driver.file_detector = UselessFileDetector()  # files lie on this very machine
            self.driver.set_script_timeout(60)
            self.driver.set_page_load_timeout(60)
        except BaseException:
            self.quit()
            raise

    def quit(self) -> None:
        driver, service, screen = self.driver, self._service, self._screen
        self.driver = self._service = self._screen = None
        if driver is not None:
            with contextlib.suppress(WebDriverException):  # "no such window": it closed it itself
                driver.quit()
        if process := getattr(service, "process", None):  # none if it never started
            process.terminate()
            process.wait()
            _end_group(process.pid)
        if screen is not None:
            screen.terminate()
            screen.communicate()
            shutil.rmtree(self._picture, ignore_errors=True)

    @property
    def _driver(self) -> Remote:
        assert self.driver is not None, "the browser was ended"
        return self.driver

    def open(self, url: str) -> None:
        self._driver.get(url)

    @property
    def url(self) -> str:
        return self._driver.current_url

    def back(self) -> None:
        self._driver.back()

    def script(self, body: str, *args: Any) -> Any:
        return self._settled(body, None, *args)

    def _settled(self, body: str, element: Any, *args: Any) -> Any:
        """Run the body of an async function with `element` and `args`."""
        call = f"""
            const [element, args, done] = arguments
            const run = async () => {{ {body} }}
            run().then((value) => done([value ?? null]),
              (error) => done([null, `${{error}} ${{error?.stack ?? ''}}`]))"""
        value, *error = self._driver.execute_async_script(call, element, list(args))
        if error:
            raise WebDriverException(error[0])
        return value

    def screenshot(self, path: Path) -> None:
        """Taken from the virtual screen: the driver's own picture was seen to wait for ever."""
        drawn = "requestAnimationFrame(() => requestAnimationFrame(resolve))"
        self.script(f"await new Promise((resolve) => {drawn})")
        data = (self._picture / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", data[:100])  # XWDFileHeader of X11/XWDFile.h
        size, width, height, line, colors = (header[field] for field in (0, 4, 5, 12, 19))
        pixels = data[size + colors * 12 :]
        image = Image.frombuffer("RGB", (width, height), pixels, "raw", "BGRX", line)
        image.crop((0, 0, *self.size)).save(path)

    def press(self, keys: str) -> None:
        *held, last = keys.split("+") if keys != "+" else [keys]
        chain = ActionChains(self._driver, duration=0)
        for key in held:
            chain.key_down(NAMED_KEYS[key])
        chain.send_keys(NAMED_KEYS.get(last, last))
        for key in reversed(held):
            chain.key_up(NAMED_KEYS[key])
        chain.perform()

    def type(self, text: str) -> None:
        ActionChains(self._driver, duration=0).send_keys(text).perform()

    def _elements(self, body: str, *args: Any) -> list[Any]:
        call = f"const args = arguments[0]; {body}"
        found: list[Any] = self._driver.execute_script(call, list(args))
        return found

    def _on(self, element: Any, body: str, *args: Any) -> Any:
        call = f"const [element, args] = arguments; {body}"
        return self._driver.execute_script(call, element, list(args))

    def _click(self, element: Any) -> None:
        # The driver scrolls no further than the edge, under a bar that sticks there; people do.
        self._settled(STAND_STILL, element)
        element.click()
        if not self._driver.execute_script(WAS_FELT):
            raise WebDriverException("the click went beside it")

    def _fill(self, element: Any, text: str) -> None:
        if self._on(element, "return element.type") in SET_BY_VALUE:
            self._on(element, SET_VALUE, text)
            return
        # The driver types where it sees the field: one below the fold is "not interactable".
        self._on(element, "element.scrollIntoView({ block: 'center' })")
        element.clear()
        element.send_keys(text)

    def _set_files(self, element: Any, paths: Sequence[str]) -> None:
        element.send_keys("\n".join(paths))

    def _inject(self, source: str) -> None:
        self._driver.execute_script(source)


def _end_group(group: int) -> None:
    """Wait until driver, window and web processes are gone, then end what still lingers."""
    deadline = time.monotonic() + 5
    while _is_running(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _is_running(group: int) -> bool:
    """Whether the group has a process that is more than a zombie nobody has buried yet."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, its_group = stat.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                return True
    return False
