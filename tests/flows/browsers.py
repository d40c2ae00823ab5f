"""The browser of an end-to-end story: one way to act and look, in Chromium and in WebKit.

A story is written once against `Browser`, and asks for things as people do: by role and accessible
name (find.js, the same in both engines). Every deed waits until it can be done; `see`, `gone` and
`wait_text` wait until something is so. Airplane mode is a closed `gate.Gate`. A cold start is
`restart`, which keeps the profile: service worker, database, cookies.

    with open_browser(browser_name, tmp_path / "tablet") as browser:
        browser.open(gate.url)
        browser.fill("Adresse électronique", "elue@example.test")
        browser.click("button", "Se connecter")
        gate.close()
        browser.restart()
        browser.open(gate.url)
        browser.see("heading", "Mes séances")
        assert browser.axe() == []
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")

HERE = Path(__file__).resolve().parent
FIND = (HERE / "find.js").read_text()
AXE = HERE.parents[1] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 60.0
"""Seconds a deed or a look waits before it fails: a slow machine must not fail what works."""


class NotSeenError(AssertionError):
    """What the story waited for did not come."""


class Browser(ABC):
    """A browser with one page and a profile that lasts in a directory of its own.

    `size` is the viewport in CSS pixels; `dark` what the page is told of the person's preference.
    Language fr-FR, zone Europe/Paris.
    """

    engine: str
    passing: tuple[type[Exception], ...]
    """Errors of the driver that another try may cure: the page changed under its hands."""

    def __init__(
        self, profile: Path, size: tuple[int, int] = (1180, 820), dark: bool = False
    ) -> None:
        self.profile, self.size, self.dark = profile, size, dark
        self.profile.mkdir(parents=True, exist_ok=True)
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.quit()

    # What each engine does in its own way.

    @abstractmethod
    def start(self) -> None:
        """Start the program with the profile, on an empty page."""

    @abstractmethod
    def quit(self) -> None:
        """End the program and all it started; the profile stays. Twice does no harm."""

    @abstractmethod
    def open(self, url: str) -> None:
        """Go to an address and wait until the page has loaded."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The address of the page."""

    @abstractmethod
    def back(self) -> None:
        """Go back as the browser's own button does."""

    @abstractmethod
    def script(self, body: str, *args: Any) -> Any:
        """Run the body of an async function in the page, with `args`; JSON in, JSON out."""

    @abstractmethod
    def screenshot(self, path: Path) -> None:
        """Write the viewport as PNG."""

    @abstractmethod
    def press(self, keys: str) -> None:
        """Press a key or a chord where the focus is: "Tab", "Shift+Tab", "Control+f", "é"."""

    @abstractmethod
    def type(self, text: str) -> None:
        """Type a text where the focus is."""

    @abstractmethod
    def _elements(self, body: str, *args: Any) -> list[Any]:
        """The engine's handles of the elements that the body of a plain function returns."""

    @abstractmethod
    def _on(self, element: Any, body: str, *args: Any) -> Any:
        """Run the body of a plain function with `element` and `args`."""

    @abstractmethod
    def _click(self, element: Any) -> None: ...

    @abstractmethod
    def _fill(self, element: Any, text: str) -> None: ...

    @abstractmethod
    def _set_files(self, element: Any, paths: Sequence[str]) -> None: ...

    # Deeds.

    def restart(self) -> None:
        """End the program and start it again: what a cold start finds is what was on disk."""
        self.quit()
        self.start()

    def reload(self) -> None:
        """Load the same address again."""
        self.open(self.url)

    def click(
        self, role: str, name: str | None = None, *, exact: bool = True, within: str | None = None
    ) -> None:
        """Click the first element of this role and name. `within`: a CSS selector."""
        self._act(role, name, exact, within, self._click)

    def click_css(self, css: str) -> None:
        """Click the first element of a CSS selector: only where no role and name exist."""
        find = "return [...document.querySelectorAll(args[0])].filter((e) => e.checkVisibility())"
        self._until(lambda: self._first(self._elements(find, css), self._click), f"{css} to click")

    def fill(self, name: str, text: str, *, within: str | None = None) -> None:
        """Put a text in the field of this name; ISO form for dates and times."""
        self._act("field", name, True, within, lambda element: self._fill(element, text))

    def choose(self, name: str, option: str, *, within: str | None = None) -> None:
        """Choose an option, by its text, in the list (`select`) of this name."""
        body = """
            const same = (text) => text.replace(/\\s+/g, ' ').trim() === args[0]
            const option = [...element.options].find((each) => same(each.label))
            if (!option) throw new Error(`no option ${args[0]}`)
            element.value = option.value
            for (const kind of ['input', 'change'])
              element.dispatchEvent(new Event(kind, { bubbles: true }))"""
        self._act("combobox", name, True, within, lambda each: self._on(each, body, option))

    def check(self, name: str, checked: bool = True, *, within: str | None = None) -> None:
        """Tick or clear the checkbox of this name."""

        def set_it(element: Any) -> None:
            if bool(self._on(element, "return element.checked")) != checked:
                self._click(element)

        self._act("checkbox", name, True, within, set_it)

    def upload(
        self, paths: Iterable[Path], name: str | None = None, *, within: str | None = None
    ) -> None:
        """Choose files in the file field of this name, or in the first one."""
        files = [str(path.resolve()) for path in paths]
        self._act("file", name, True, within, lambda element: self._set_files(element, files))

    def drop(self, paths: Iterable[Path], css: str) -> None:
        """Drop files from the desk on the element of a CSS selector."""
        make = """
            const field = document.createElement('input')
            field.type = 'file'
            field.multiple = true
            document.body.append(field)
            return [field]"""
        let_go = """
            const bag = new DataTransfer()
            for (const file of element.files) bag.items.add(file)
            element.remove()
            const target = document.querySelector(args[0])
            for (const kind of ['dragenter', 'dragover', 'drop'])
              target.dispatchEvent(
                new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: bag }))"""
        self._until(lambda: self.script("return !!document.querySelector(args[0])", css), css)
        field = self._elements(make)[0]
        self._set_files(field, [str(path.resolve()) for path in paths])
        self._on(field, let_go, css)

    def tab_to(self, role: str, name: str, *, limit: int = 100, exact: bool = True) -> None:
        """Press Tab until this is focused: the story of somebody without a mouse."""
        passed = []
        for _ in range(limit):
            self.press("Tab")
            now_role, now_name = self.focused()
            passed.append(f"{now_role} {now_name!r}")
            if now_role == role and (now_name == fold(name) or (not exact and name in now_name)):
                return
        raise NotSeenError(f"Tab never reached {role} {name!r}, but {', '.join(passed[-30:])}")

    # Looks.

    def focused(self) -> tuple[str, str]:
        """Role and accessible name of what has the focus."""
        body = f"""
            const names = {FIND}
            const now = document.activeElement ?? document.body
            return [names.roleOf(now), names.nameOf(now)]"""
        role, name = self.script(body)
        return role, name

    def names(self, role: str, *, within: str | None = None) -> list[str]:
        """The accessible names of all that is shown of this role, now, in page order."""
        body = f"const n = {FIND}; return n.find(args[0], null, true, args[1]).map(n.nameOf)"
        found: list[str] = self.script(body, role, within)
        return found

    def has(self, role: str, name: str, *, exact: bool = True, within: str | None = None) -> bool:
        """Whether this is shown now, without waiting."""
        body = f"return ({FIND}).find(...args).length > 0"
        return bool(self.script(body, role, name, exact, within))

    def see(
        self,
        role: str,
        name: str,
        *,
        exact: bool = True,
        within: str | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """Wait until this is shown."""
        self._until(
            lambda: self.has(role, name, exact=exact, within=within),
            f"{role} {name!r}",
            patience,
            lambda: f"there is {self.names(role, within=within)}",
        )

    def gone(self, role: str, name: str, *, exact: bool = True, within: str | None = None) -> None:
        """Wait until this is no longer shown."""
        what = f"{role} {name!r} to go"
        self._until(lambda: not self.has(role, name, exact=exact, within=within), what)

    def text(self, css: str = "body") -> str:
        """What a person reads in the elements of a CSS selector; spaces and apostrophes plain."""
        body = f"""
            const all = [...document.querySelectorAll(args[0])]
            return ({FIND}).fold(all.map((each) => each.innerText).join(' '))"""
        read: str = self.script(body, css)
        return read

    def wait_text(self, text: str, within: str = "body", *, patience: float = PATIENCE) -> None:
        """Wait until a text is shown."""
        self._until(
            lambda: fold(text) in self.text(within),
            f"the text {text!r}",
            patience,
            lambda: f"there is {self.text(within)[:1500]!r}",
        )

    def wait_no_text(self, text: str, within: str = "body") -> None:
        """Wait until a text is no longer shown."""
        self._until(lambda: fold(text) not in self.text(within), f"the text {text!r} to go")

    def wait_until(self, body: str, *args: Any, patience: float = PATIENCE) -> Any:
        """Wait until a script returns something true, and return that."""
        return self._until(lambda: self.script(body, *args), body, patience)

    def axe(self, *, without: Sequence[str] = ()) -> list[str]:
        """Faults that axe finds in the page, one line each; `without`: CSS of parts left out."""
        if not self.script("return 'axe' in window"):
            self._inject(AXE.read_text())
        # A colour half way to another is nobody's choice.
        body = """
            const moving = document.getAnimations().filter((each) => each instanceof CSSTransition)
            await Promise.allSettled(moving.map((each) => each.finished))
            const found = await axe.run({ exclude: args[0].map((css) => [css]) },
              { resultTypes: ['violations'] })
            return found.violations.map((each) => `${each.id} (${each.impact}): ${each.help}: ` +
              each.nodes.map((node) => node.target.join(' ')).join(', '))"""
        found: list[str] = self.script(body, list(without))
        return found

    @abstractmethod
    def _inject(self, source: str) -> None:
        """Run a whole file in the page, past its content security policy."""

    # How they wait.

    def _act(
        self,
        role: str,
        name: str | None,
        exact: bool,
        within: str | None,
        deed: Callable[[Any], object],
    ) -> None:
        body = f"return ({FIND}).find(...args)"
        self._until(
            lambda: self._first(self._elements(body, role, name, exact, within), deed),
            f"{role} {name!r}",
            PATIENCE,
            lambda: f"there is {self.names(role, within=within)}",
        )

    @staticmethod
    def _first(elements: list[Any], deed: Callable[[Any], object]) -> bool:
        if not elements:
            return False
        deed(elements[0])
        return True

    def _until(
        self,
        attempt: Callable[[], T],
        what: str,
        patience: float = PATIENCE,
        instead: Callable[[], str] | None = None,
    ) -> T:
        deadline = time.monotonic() + patience
        trouble = ""
        while True:
            try:
                if result := attempt():
                    return result
                trouble = ""
            except self.passing as error:
                trouble = f" ({str(error).strip()[:400]})"
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        seen = instead() if instead else ""
        raise NotSeenError(f"Waited {patience:.0f} s for {what} at {self.url}; {seen}{trouble}")


def fold(text: str) -> str:
    """A text with plain spaces and apostrophes, as find.js and `Browser.text` give them."""
    return " ".join(text.replace("’", "'").split())


def open_browser(
    name: str, profile: Path, size: tuple[int, int] = (1180, 820), dark: bool = False
) -> Browser:
    """Start `chromium` or `webkit` with the profile of a directory, new or of an earlier start."""
    if name == "chromium":
        from tests.flows.chromium import Chromium

        return Chromium(profile, size, dark)
    if name == "webkit":
        from tests.flows.webkit import WebKit

        return WebKit(profile, size, dark)
    raise ValueError(f"unknown browser {name!r}: chromium or webkit")
