"""When the line to the server breaks: the console says so, and afterwards has missed nothing."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.web.conftest import demo, desk, words

pytestmark = pytest.mark.browser


def test_a_browser_that_was_away_catches_up(browser: Browser, tmp_path: Path) -> None:
    say = words("en")
    with (
        demo(tmp_path, "--speed", "4", "--no-emergencies") as server,
        desk(browser, server, "en") as page,
    ):
        footer = page.locator(".foot")
        expect(footer).to_contain_text(say["stream.phase.live"])
        page.context.set_offline(True)
        lost = page.locator(".no-data")
        expect(lost).to_be_visible()
        expect(lost).to_contain_text(say["stream.lost"].partition("{")[0].strip())
        page.context.set_offline(False)
        expect(lost).to_be_hidden()
        expect(footer).to_contain_text(say["stream.phase.live"])
        newest = page.evaluate("() => fetch('/api/calls?limit=1').then(a => a.json())")
        began = newest["items"][0]["started_at"]
        expect(page.locator(f'ol.act time[datetime="{began}"]').first).to_be_visible()
