"""A demo per module and a browser per session; nothing stands in for a part of the product."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.system import Installation, Running, free_port

ROOT = Path(__file__).parents[2]
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


def words(language: str) -> dict[str, str]:
    """The console's own catalogue: what a dispatcher reads in that language."""
    folder = ROOT / "web" / "src" / "i18n"
    found: dict[str, str] = {}
    for path in (folder / f"{language}.json", *folder.glob(f"parts/*.{language}.json")):
        found |= json.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = next((path for path in CHROMIUM if Path(path).exists()), None)
    if program is None:
        pytest.fail("Chromium is missing: sudo apt-get install chromium")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=program, args=list(QUIET))
        yield running
        running.close()


@contextmanager
def demo(folder: Path, *options: str) -> Iterator[Running]:
    """`dispatch demo` in a folder of its own, on a free port."""
    port = free_port(socket.SOCK_STREAM)
    words = ("demo", "--port", str(port), "--data-dir", str(folder / "demo"), *options)
    with Installation(folder).running(*words) as server:
        server.sign_in_token()
        yield server


@contextmanager
def desk(browser: Browser, server: Running, language: str, **context: Any) -> Iterator[Page]:
    """A dispatcher's browser, signed in by the printed link, in a language of choice."""
    options: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}, **context}
    window: BrowserContext = browser.new_context(
        timezone_id="Europe/Riga",
        locale={"lv": "lv-LV", "lt": "lt-LT"}.get(language, "en-GB"),
        **options,
    )
    window.set_default_timeout(PATIENCE_MS)
    page = window.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    outside: list[str] = []
    page.on(
        "request",
        lambda request: (
            outside.append(request.url)
            if "127.0.0.1" not in request.url and not request.url.startswith(("data:", "blob:"))
            else None
        ),
    )
    page.goto(server.wait_for(r"(http://\S+#token=\S+)").group(1))
    page.locator("main button").first.click()
    choose_language(page, language)
    yield page
    window.close()
    assert not faults, "faults of the page"
    assert not outside, "requests that leave this machine"


def choose_language(page: Page, language: str) -> None:
    """Press LV, LT or EN in the top bar, once the desk is live with the user's own language."""
    expect(page.locator(".foot")).to_contain_text("#")
    page.get_by_role("button", name=language.upper(), exact=True).click()
    page.wait_for_function(
        "language => document.documentElement.lang.startsWith(language)", arg=language
    )
