"""axe-core finds nothing against WCAG 2.2 AA on any page, by day and by night."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import ROOT, demo, desk, words

pytestmark = pytest.mark.browser

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = ["/", "/calls", "/messages", "/track", "/map", "/account"]
RUN = """async tags => {
    const found = await axe.run(document, {runOnly: {type: "tag", values: tags}});
    return found.violations.map(v => ({rule: v.id, nodes: v.nodes.map(n => n.html.slice(0, 160))}));
}"""


ENDED = """() => fetch('/api/calls?limit=50').then(answer => answer.json())
    .then(page => page.items.some(call => call.ended_at))"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("axe")


@pytest.fixture(scope="module")
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    with (
        demo(folder, "--speed", "6", "--seed", "7") as server,
        desk(browser, server, "lt") as page,
    ):
        expect(page.locator(".emg.raised")).to_be_visible()
        page.wait_for_function(ENDED)
        yield page


def _let_two_sites_have_heard_all_calls(folder: Path) -> None:
    """Each radio of the demo is in reach of one base only."""
    two = '[["Karosta",2.9,-71.0,0.4,0.0],["Grobi\u0146a",2.9,-98.0,2.1,null]]'
    with closing(sqlite3.connect(folder / "demo" / "sardze.db", timeout=30)) as connection:
        connection.execute("UPDATE call_record SET receptions = ? WHERE duration_s > 0", (two,))
        connection.commit()


def _violations(page: Page) -> list[dict[str, Any]]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(RUN, TAGS)
    return found


@pytest.mark.parametrize("theme", ["day", "night"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(page: Page, folder: Path, path: str, theme: str) -> None:
    _let_two_sites_have_heard_all_calls(folder)
    page.goto(_address(page, path))
    expect(page.locator("main").first).to_be_visible()
    if page.locator("html").get_attribute("data-theme") != theme:
        page.get_by_role("button", name=words("lt")[f"top.to_{theme}"], exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    if path == "/":
        page.locator('[role="option"]').first.click()
    if path in ("/", "/calls"):
        page.locator(".receptions summary").first.press("Enter")
        expect(page.locator(".receptions[open] li")).to_have_count(2)
    assert _violations(page) == []


def _address(page: Page, path: str) -> str:
    scheme, _, rest = page.url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}{path}"


def test_the_sign_in_page_is_clean(browser: Browser, page: Page) -> None:
    window = browser.new_context()
    fresh = window.new_page()
    fresh.goto(_address(page, "/sign-in"))
    expect(fresh.get_by_role("button").first).to_be_visible()
    assert _violations(fresh) == []
    window.close()
